//===- Compile.cpp - The one entry of the compiler -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compilation.h"
#include "compiler/frontend/Frontend.h"
#include "compiler/write/Artifact.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace grucc;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

/// FILE: error: …, and the notes after it: the first is what is wrong, others may follow from
/// it, or be the same of other layers (E).
void Compilation::collect(Diagnostic &diagnostic) {
  auto line = [&](Diagnostic &d, StringRef kind, const std::string &text) {
    std::string place = blamesScheduleFile ? printable(options.scheduleFile) : where();
    auto location = dyn_cast<FileLineColLoc>(d.getLocation());
    if (location && location.getLine() > 0 && !blamesScheduleFile)
      place += (":" + Twine(location.getLine()) + ":" + Twine(location.getColumn())).str();
    diagnostics += (diagnostics.empty() ? "" : "\n") + place + ": " + kind.str() + ": " + text;
  };
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error || !diagnostics.empty())
    return;
  line(diagnostic, "error", errorText(diagnostic));
  for (Diagnostic &note : diagnostic.getNotes())
    line(note, "note", printable(note.str()));
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
    // What NETWORK.json names is known only now.
    if (Error error = checkOutputs(options, network->weightsFile, "the weights"))
      return error;
    module = buildModule(context, *network, options.name);
    report.weightsFile = network->weightsFile;
    report.assumed = network->assumed;
    report.weightsHash = network->weightsHash;
  }
  rnn::GruOp gru;
  module->walk([&](rnn::GruOp op) { gru = op; });
  gru->getParentOfType<func::FuncOp>().setName(options.name);
  report.name = options.name;
  report.network = gru.getNetwork();
  return Error::success();
}

/// What the scheduled network keeps its weights in; into the report, too.
void Compilation::describeSchedule() {
  SmallVector<rnn::StorageAttr> input, recurrent; // index l*D + d (C7)
  module->walk([&](rnn::ProjectOp op) { input.push_back(op.getStorageAttr()); });
  module->walk([&](rnn::CellOpInterface op) { recurrent.push_back(op.getStorageAttr()); });
  size_t directions = report.network.numDirections();
  StringRef dtype = rnn::nameOf(report.network.dtype);
  for (size_t i = 0; i < input.size() && i < recurrent.size(); ++i) {
    std::string suffix = "_l" + std::to_string(i / directions) + (i % directions ? "_reverse" : "");
    report.storage.emplace_back("weight_ih" + suffix, rnn::storageText(input[i], dtype));
    report.storage.emplace_back("weight_hh" + suffix, rnn::storageText(recurrent[i], dtype));
  }
  if (!input.empty() && !recurrent.empty())
    storage = {rnn::kindOf(input.front()), rnn::kindOf(input.back()),
               rnn::kindOf(recurrent.front())};
}

/// The fields that are not left to the cost model.
Expected<rnn::FieldSettings> Compilation::scheduleByHand() {
  if (options.scheduleFile.empty())
    return options.schedule;
  Expected<rnn::FieldSettings> fields =
      readScheduleFile(options.scheduleFile, {report.machine, report.network});
  if (fields)
    rnn::overrideSettings(*fields, options.schedule);
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

/// The lines that every artifact carries, with those that EmitDescriptor adds:
/// nothing in them depends on the host when the target is named (N6).
void Compilation::setProvenance() {
  auto flag = [](bool value) { return value ? "true" : "false"; };
  const rnn::Network &network = report.network;
  std::string variant = rnn::describeVariant(network), text;
  llvm::raw_string_ostream out(text);
  out << "grucc " GRUCC_VERSION " (LLVM " LLVM_VERSION_STRING ")\n"
      << "network: GRU(" << network.inputSize << ", " << network.hiddenSize
      << ", num_layers=" << network.numLayers << ", bias=" << flag(network.bias)
      << ", batch_first=" << flag(network.batchFirst)
      << ", dropout=" << llvm::format("%.15g", network.dropout)
      << ", bidirectional=" << flag(network.bidirectional) << (variant.empty() ? "" : ", ")
      << variant << "), " << rnn::nameOf(network.dtype) << "\n"
      << "weights: " << (report.weightsHash.empty() ? "external" : "blake3 " + report.weightsHash)
      << "\n";
  if (options.system != rnn::OperatingSystem::Linux)
    out << "system: " << rnn::nameOf(options.system) << "\n";
  if (!options.levels.empty())
    out << "levels: " << options.target << " " << llvm::join(options.levels, " ") << "\n";
  model()->setAttr("rnn.provenance", StringAttr::get(&context, text));
}

std::string Compilation::provenance() {
  return model()->getAttrOfType<StringAttr>("rnn.provenance").str();
}

Operation *Compilation::model() {
  Block &body = *module->getBody();
  auto found =
      llvm::find_if(body, [](Operation &op) { return op.hasAttr(rnn::NetworkAttr::name); });
  return found == body.end() ? &body.front() : &*found; // the frontend's function is alone
}

Error Compilation::runStages(const PipelineOptions &pipeline, Stage last) {
  for (auto [name, stage] : llvm::drop_begin(stages)) { // the frontend has built the module
    if (stage > last)
      break;
    PassManager passes(&context);
    buildStage(passes, pipeline, stage);
    blamesScheduleFile =
        stage == Stage::Schedule && !options.scheduleFile.empty() && options.schedule.empty();
    if (mlir::failed(passes.run(*module)))
      return failedStage(stage);
    if (stage == Stage::Schedule)
      describeSchedule();
  }
  return Error::success();
}

Expected<Report> Compilation::run(Announce announce) {
  const rnn::Target *target = rnn::findTarget(options.target); // or an entry of the machine table
  bool forGpu = target && target->isGpu();
  if (Error error = loadNetwork())
    return std::move(error);
  Stage last = options.stopAfter.value_or(Stage::Target);
  if (last == Stage::Target)
    setProvenance();
  if (Error error = forGpu                   ? runGpuPipeline(last)
                    : options.levels.empty() ? runCpuPipeline(options.target, last)
                                             : runLevels(last))
    return std::move(error);
  Outputs outputs;
  if (options.stopAfter) {
    std::string text;
    llvm::raw_string_ostream out(text);
    module->print(out); // with the resources' values: it can be read again
    outputs.add(options.output, text);
  } else if (Error error = forGpu ? gpuOutputs(outputs) : cpuOutputs(outputs)) {
    return std::move(error);
  }
  auto confirm = [&] { return announce ? announce(report) : Error::success(); };
  if (Error error = writeFiles(outputs.files, confirm))
    return std::move(error);
  return report;
}

Expected<std::unique_ptr<llvm::MemoryBuffer>>
Compilation::packageObject(std::unique_ptr<llvm::MemoryBuffer> object) {
  if (options.emit == Emit::Archive)
    return writeArchive(object->getBuffer(), options.name);
  if (options.emit == Emit::WebAssembly)
    return linkWebAssembly(object->getBuffer(), options.name);
  if (options.emit != Emit::SharedLibrary)
    return std::move(object);
  StringRef fileName = llvm::sys::path::filename(options.output);
  return linkSharedLibrary(object->getBuffer(), rnn::findTarget(report.target)->platform->objects(),
                           options.name, fileName == "-" ? options.name + ".so" : fileName.str());
}

static std::string withExtension(StringRef output, StringRef extension) {
  llvm::SmallString<128> path(output);
  llvm::sys::path::replace_extension(path, extension);
  return path.str().str();
}
std::string grucc::weightsPath(const CompileOptions &options) {
  return withExtension(options.output, ".weights");
}
std::string grucc::esModulePath(const CompileOptions &options) {
  return withExtension(options.output, ".mjs");
}
std::string grucc::declarationsPath(const CompileOptions &options) {
  return withExtension(options.output, ".d.mts");
}

std::vector<OutputPath> grucc::outputPaths(const CompileOptions &options) {
  std::vector<OutputPath> paths{{"-o", options.output}};
  if (writesKernels(options.emit))
    paths.push_back({"-o", weightsPath(options), "weights go"});
  if (options.emit == Emit::WebAssembly) {
    paths.push_back({"-o", esModulePath(options), "ES module goes"});
    paths.push_back({"-o", declarationsPath(options), "declarations go"});
  }
  if (!options.header.empty())
    paths.push_back({"--header", options.header});
  return paths;
}

Error grucc::checkOutputs(const CompileOptions &options, StringRef input, StringRef what) {
  for (const OutputPath &written : outputPaths(options))
    if (isSameFile(written.path, input))
      return written.beside.empty()
                 ? usageError(written.option, what + " " + quoted(input), "another file")
                 : usageError(written.option, quoted(options.output),
                              "a name whose " + written.beside + " to another file than " +
                                  quoted(input));
  return Error::success();
}

Expected<Report> grucc::compile(const CompileOptions &options, std::vector<std::string> &warnings,
                                Announce announce) {
  return Compilation(options, warnings).run(announce);
}
