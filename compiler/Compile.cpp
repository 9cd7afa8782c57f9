//===- Compile.cpp - The one entry of the compiler -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compile.h"

#include "compiler/Pipeline.h"
#include "compiler/frontend/Diagnostic.h"
#include "compiler/frontend/Frontend.h"
#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/Machines.h"
#include "compiler/target/cpu/Codegen.h"
#include "compiler/write/Artifact.h"
#include "compiler/write/OutputFiles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace grucc;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

namespace {
/// One compilation, from files to files.
class Compilation {
public:
  Compilation(const CompileOptions &options, std::vector<std::string> &warnings)
      : options(options), warnings(warnings),
        handler(&context, [this](Diagnostic &diagnostic) { collect(diagnostic); }) {
    context.loadDialect<rnn::RnnDialect, func::FuncDialect>();
    // One thread: the passes are short, and the order of diagnostics is fixed.
    context.disableMultithreading();
    context.printOpOnDiagnostic(false); // an error is one line
  }

  Expected<Report> run();

private:
  const CompileOptions &options;
  std::vector<std::string> &warnings;
  MLIRContext context;
  std::string diagnostics; ///< lines that MLIR reported
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
  Report report;
  double dropout = 0;
  bool blamesScheduleFile = false; ///< an error now is one of --schedule-file's

  void collect(Diagnostic &diagnostic);
  Error failure(bool isUsage = false) {
    return llvm::make_error<DiagnosticError>(diagnostics, isUsage);
  }
  std::string where() const { return options.input.empty() ? "grucc" : options.input; }

  Error loadNetwork();
  Expected<ScheduleFields> scheduleByHand();
  Error failedStage(Stage stage);
  Error runPipeline(Stage last);
  NetworkStorage describeStorage();
  void setProvenance();
  Expected<std::unique_ptr<llvm::MemoryBuffer>> artifact();
};
} // namespace

/// FILE: error: …, and the notes after it.
void Compilation::collect(Diagnostic &diagnostic) {
  auto line = [&](Diagnostic &d, StringRef kind) {
    std::string place = blamesScheduleFile ? printable(options.scheduleFile) : where();
    auto location = dyn_cast<FileLineColLoc>(d.getLocation());
    if (location && location.getLine() > 0 && !blamesScheduleFile)
      place += (":" + Twine(location.getLine()) + ":" + Twine(location.getColumn())).str();
    diagnostics += (diagnostics.empty() ? "" : "\n") + place + ": " + kind.str() + ": " + d.str();
  };
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return;
  line(diagnostic, "error");
  for (Diagnostic &note : diagnostic.getNotes())
    line(note, "note");
}

Error Compilation::loadNetwork() {
  if (StringRef(options.input).ends_with(".mlir")) {
    module = parseModule(context, options.input);
    if (!module)
      return failure();
    Expected<Network> network = describeModule(*module, options.input, options.network);
    if (!network)
      return network.takeError();
    report.weightsHash = network->weightsHash;
  } else {
    Expected<Network> network = readNetwork(options.input, options.network, warnings);
    if (!network)
      return network.takeError();
    module = buildModule(context, *network, options.name);
    report.weightsHash = network->weightsHash;
  }
  rnn::GruOp gru;
  module->walk([&](rnn::GruOp op) { gru = op; });
  gru->getParentOfType<func::FuncOp>().setName(options.name);
  report.name = options.name;
  report.inputSize = gru.getInputSize();
  report.hiddenSize = gru.getHiddenSize();
  report.numLayers = gru.getNumLayers();
  report.bias = gru.getBias();
  report.batchFirst = gru.getBatchFirst();
  report.bidirectional = gru.getBidirectional();
  bool isFloat32 = cast<RankedTensorType>(gru.getInput().getType()).getElementType().isF32();
  report.dtype = isFloat32 ? "float32" : "float64";
  dropout = gru.getDropout().convertToDouble();
  return Error::success();
}

/// What the scheduled network keeps its weights in; into the report, too.
NetworkStorage Compilation::describeStorage() {
  SmallVector<rnn::StorageAttr> input, recurrent; // index l*D + d (C7)
  module->walk([&](rnn::ProjectOp op) { input.push_back(op.getStorageAttr()); });
  module->walk([&](rnn::GruCellOp op) { recurrent.push_back(op.getStorageAttr()); });
  size_t directions = report.bidirectional ? 2 : 1;
  for (size_t i = 0; i < input.size() && i < recurrent.size(); ++i) {
    std::string suffix = "_l" + std::to_string(i / directions) + (i % directions ? "_reverse" : "");
    report.storage.emplace_back("weight_ih" + suffix, rnn::storageText(input[i], report.dtype));
    report.storage.emplace_back("weight_hh" + suffix, rnn::storageText(recurrent[i], report.dtype));
  }
  if (input.empty() || recurrent.empty())
    return {};
  return {rnn::kindOf(input.front()), rnn::kindOf(input.back()), rnn::kindOf(recurrent.front())};
}

/// The fields that are not left to the cost model.
Expected<ScheduleFields> Compilation::scheduleByHand() {
  if (options.scheduleFile.empty())
    return options.schedule;
  Expected<ScheduleFields> fields = readScheduleFile(
      options.scheduleFile, {report.machine, report.inputSize, report.hiddenSize, report.numLayers,
                             report.bidirectional, report.dtype});
  if (fields)
    overrideFields(*fields, options.schedule);
  return fields;
}

/// A schedule that was set by hand is part of the command line, one in a file is not.
Error Compilation::failedStage(Stage stage) {
  bool isUsage = stage == Stage::Schedule && !options.schedule.empty();
  if (isUsage && !options.scheduleFile.empty())
    diagnostics += "\n" + printable(options.scheduleFile) +
                   ": note: sets the fields that --schedule leaves to it";
  return failure(isUsage);
}

Error Compilation::runPipeline(Stage last) {
  StringRef name = options.target == "native" ? nativeMachine() : StringRef(options.target);
  rnn::MachineAttr machine = lookupMachine(&context, name);
  if (!machine)
    return inputError("grucc", "target", name.empty() ? "a CPU below x86-64-v2" : quoted(name),
                      "x86-64-v2, x86-64-v3 or x86-64-v4");
  report.target = machine.getLevel().str();
  report.machine = machine.getName().str();

  NetworkStorage storage;
  PipelineOptions pipeline{name.str(), machine.getFma(), options.narrowWeights, {}};
  Expected<ScheduleFields> fields = scheduleByHand();
  if (!fields)
    return fields.takeError();
  for (const auto &[field, value] : *fields)
    pipeline.scheduleFields.push_back((Twine(field) + "=" + value).str());
  for (Stage stage : {Stage::Layers, Stage::Precision, Stage::Recurrence, Stage::Schedule,
                      Stage::Kernels, Stage::LLVM}) {
    if (stage > last)
      break;
    PassManager passes(&context);
    buildStage(passes, pipeline, stage);
    blamesScheduleFile =
        stage == Stage::Schedule && !options.scheduleFile.empty() && options.schedule.empty();
    if (mlir::failed(passes.run(*module)))
      return failedStage(stage);
    if (stage == Stage::Schedule)
      storage = describeStorage();
  }

  auto schedule = (*module)->getAttrOfType<rnn::ScheduleAttr>("rnn.schedule");
  if (!schedule)
    return Error::success();
  llvm::raw_string_ostream(report.schedule) << schedule;
  report.scheduleFields = listFields(schedule);
  int64_t directions = report.bidirectional ? 2 : 1, bytes = report.dtype == "float32" ? 4 : 8;
  NetworkSizes sizes{report.inputSize, report.hiddenSize, report.numLayers, directions, bytes,
                     storage};
  report.limitMicroseconds = stepCycles(sizes, machine) / machine.getMhz();
  report.stepMicroseconds = scheduledStepCycles(sizes, machine, schedule) / machine.getMhz();
  // A multiply-add is two operations; a unit's gates are some 60.
  for (int64_t layer = 0; layer < report.numLayers; ++layer) {
    double input = sizes.layerInputSize(layer);
    report.stepFlops += directions * 6.0 * report.hiddenSize * (input + report.hiddenSize);
    report.stepFlops += directions * 60.0 * report.hiddenSize;
  }
  return Error::success();
}

/// The lines that every artifact carries, with those that EmitDescriptor adds:
/// nothing in them depends on the host when the target is named (N6).
void Compilation::setProvenance() {
  auto flag = [](bool value) { return value ? "true" : "false"; };
  std::string text;
  llvm::raw_string_ostream(text)
      << "grucc " GRUCC_VERSION " (LLVM " LLVM_VERSION_STRING ")\n"
      << "network: GRU(" << report.inputSize << ", " << report.hiddenSize
      << ", num_layers=" << report.numLayers << ", bias=" << flag(report.bias)
      << ", batch_first=" << flag(report.batchFirst)
      << ", dropout=" << llvm::format("%.15g", dropout)
      << ", bidirectional=" << flag(report.bidirectional) << "), " << report.dtype << "\n"
      << "weights: " << (report.weightsHash.empty() ? "external" : "blake3 " + report.weightsHash)
      << "\n";
  (*module)->setAttr("rnn.provenance", StringAttr::get(&context, text));
  (*module)->setAttr("rnn.dropout", FloatAttr::get(Float64Type::get(&context), dropout));
}

Expected<std::unique_ptr<llvm::MemoryBuffer>> Compilation::artifact() {
  cpu::CodeText text = options.emit == Emit::Assembly ? cpu::CodeText::Assembly
                       : options.emit == Emit::LLVMIR ? cpu::CodeText::LLVMIR
                                                      : cpu::CodeText::None;
  Expected<cpu::Code> code = cpu::generateCode(*module, report.target, text);
  if (!code)
    return code.takeError();
  // For text too: the report and the header count bytes of machine code.
  StringRef object = code->object->getBuffer();
  Expected<int64_t> bytes = codeBytes(object);
  if (!bytes)
    return bytes.takeError();
  report.codeBytes = *bytes;
  switch (options.emit) {
  case Emit::Assembly:
  case Emit::LLVMIR:
    return std::move(code->text);
  case Emit::Archive:
    return writeArchive(object, options.name);
  case Emit::SharedLibrary: {
    StringRef fileName = llvm::sys::path::filename(options.output);
    return linkSharedLibrary(object, options.name,
                             fileName == "-" ? options.name + ".so" : fileName.str());
  }
  default:
    return std::move(code->object);
  }
}

Expected<Report> Compilation::run() {
  if (Error error = loadNetwork())
    return std::move(error);
  Stage last = options.stopAfter.value_or(Stage::LLVM);
  if (last == Stage::LLVM)
    setProvenance();
  if (Error error = runPipeline(last))
    return std::move(error);
  std::string text; // the module, or the header
  std::unique_ptr<llvm::MemoryBuffer> code;
  std::vector<OutputFile> files;
  if (options.stopAfter) {
    llvm::raw_string_ostream out(text);
    module->print(out); // with the resources' values: it can be read again
    files.push_back({options.output, text});
  } else {
    auto facts = (*module)->getAttrOfType<DictionaryAttr>("rnn.descriptor");
    auto fact = [&](StringRef name) { return cast<IntegerAttr>(facts.get(name)).getInt(); };
    report.weightsBytes = fact("weights_bytes");
    auto flag = [&](StringRef name) { return cast<BoolAttr>(facts.get(name)).getValue(); };
    int64_t elementBytes = flag("float64") ? 8 : 4;
    if (flag("streams"))
      report.stateBytes =
          64 + 2 * llvm::alignTo(elementBytes * report.numLayers * report.hiddenSize, 64);
    report.workspaceBytes = fact("workspace_bytes");
    auto bytes = artifact();
    if (!bytes)
      return bytes.takeError();
    code = std::move(*bytes);
    files.push_back({options.output, code->getBuffer()});
    if (!options.header.empty()) {
      auto provenance = (*module)->getAttrOfType<StringAttr>("rnn.provenance");
      HeaderFacts header;
      header.name = report.name;
      header.provenance = provenance.str();
      header.inputSize = report.inputSize;
      header.hiddenSize = report.hiddenSize;
      header.numLayers = report.numLayers;
      header.directions = report.bidirectional ? 2 : 1;
      header.bias = report.bias;
      header.batchFirst = report.batchFirst;
      header.float64 = flag("float64");
      header.externalWeights = flag("external");
      header.training = flag("training");
      header.streams = flag("streams");
      header.weightsBytes = report.weightsBytes;
      header.weightsCount = fact("weights_count");
      header.codeBytes = report.codeBytes;
      header.stepFlops = report.stepFlops;
      text = writeHeader(header);
      files.push_back({options.header, text});
    }
  }
  if (Error error = writeFiles(files))
    return std::move(error);
  return report;
}

Expected<Report> grucc::compile(const CompileOptions &options, std::vector<std::string> &warnings) {
  return Compilation(options, warnings).run();
}
