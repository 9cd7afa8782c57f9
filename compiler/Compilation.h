//===- Compilation.h - One compilation, from files to files -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compile.cpp has what is the same for every target, CompileForCpu.cpp and
// CompileForGpu.cpp what is not. Nobody else includes this.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_COMPILATION_H
#define GRUCC_COMPILER_COMPILATION_H

#include "compiler/Compile.h"
#include "compiler/Pipeline.h"
#include "compiler/schedule/CostModel.h"
#include "compiler/target/ModelAbi.h"
#include "compiler/target/ptx/Model.h"
#include "compiler/write/Artifact.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "support/Diagnostic.h"
#include "support/OutputFiles.h"
#include "llvm/Support/MemoryBuffer.h"

namespace grucc {

/// One compilation, from files to files.
class Compilation {
public:
  Compilation(const CompileOptions &options, std::vector<std::string> &warnings)
      : options(options), warnings(warnings),
        handler(&context, [this](mlir::Diagnostic &diagnostic) { collect(diagnostic); }) {
    context.loadDialect<rnn::RnnDialect, mlir::func::FuncDialect>();
    // One thread: the passes are short, and the order of diagnostics is fixed.
    context.disableMultithreading();
    context.printOpOnDiagnostic(false); // an error is one line
  }

  llvm::Expected<Report> run(Announce announce);

private:
  const CompileOptions &options;
  std::vector<std::string> &warnings;
  mlir::MLIRContext context;
  std::string diagnostics; ///< lines that MLIR reported
  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Report report;
  NetworkStorage storage;          ///< of the scheduled network
  bool blamesScheduleFile = false; ///< an error now is one of --schedule-file's

  void collect(mlir::Diagnostic &diagnostic);
  llvm::Error failure(bool isUsage = false) {
    return llvm::make_error<DiagnosticError>(diagnostics, isUsage);
  }
  std::string where() const { return options.input.empty() ? "grucc" : options.input; }

  llvm::Error loadNetwork();
  llvm::Expected<rnn::FieldSettings> scheduleByHand();
  llvm::Error failedStage(Stage stage);
  void describeSchedule();
  llvm::Error runStages(const PipelineOptions &pipeline, Stage last);
  /// The op that the network's facts stand on: its function, or what was made of it.
  mlir::Operation *model();
  template <typename Attr> Attr fact() { return model()->getAttrOfType<Attr>(Attr::name); }
  void setProvenance();
  std::string provenance();

  /// Files to write, and what they hold.
  struct Outputs {
    std::vector<std::unique_ptr<llvm::MemoryBuffer>> buffers;
    std::vector<OutputFile> files;
    void add(const std::string &path, std::unique_ptr<llvm::MemoryBuffer> bytes) {
      files.push_back({path, bytes->getBuffer()});
      buffers.push_back(std::move(bytes));
    }
    void add(const std::string &path, const std::string &text) {
      add(path, llvm::MemoryBuffer::getMemBufferCopy(text));
    }
  };

  /// A library exports what it is for; an object is a part of what it is linked into.
  Visibility visibility() const {
    bool exported = options.exportSymbols || options.emit == Emit::SharedLibrary;
    return exported ? Visibility::Exported : Visibility::Hidden;
  }

  // For several levels of a CPU (CompileLevels.cpp).
  llvm::Error runLevels(Stage last);
  llvm::Error joinLevels();
  void describeLevels(llvm::StringRef object);

  // For a CPU (CompileForCpu.cpp).
  llvm::Error runCpuPipeline(llvm::StringRef target, Stage last);
  void describeParts(rnn::MachineAttr machine, const rnn::Schedule &schedule);
  void describeSizes();
  llvm::Error checkWeights();
  /// Whether the deepest stack is asked for: where nothing else says what there is.
  bool boundsStack() const {
    return options.maxRam > 0 || (options.system == rnn::OperatingSystem::None &&
                                  rnn::findTarget(report.target)->platform->architecture !=
                                      rnn::Architecture::WASM32);
  }
  llvm::Error checkFunctions() const;
  llvm::Error checkRoom(llvm::StringRef object);
  llvm::Error cpuOutputs(Outputs &outputs);
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> cpuArtifact();
  HeaderFacts cpuHeaderFacts();
  /// The object, or what is made of it for --emit=a, --emit=so and --emit=wasm.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
  packageObject(std::unique_ptr<llvm::MemoryBuffer> object);

  // For a GPU (CompileForGpu.cpp).
  llvm::Error runGpuPipeline(Stage last);
  void describeGpu(rnn::GpuAttr gpu);
  llvm::Error gpuOutputs(Outputs &outputs);
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> gpuObject(const ptx::Model &model);
  std::string gpuProvenance();
  ModelId gpuId(const ptx::Model &model);
};

} // namespace grucc

#endif // GRUCC_COMPILER_COMPILATION_H
