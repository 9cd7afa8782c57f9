//===- OutputOptions.cpp - What is written, and where ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLineReader.h"
#include "compiler/schedule/Machines.h"
#include "support/OutputFiles.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace llvm;
using namespace llvm::opt;
using namespace grucc;

Error Reader::readOutput() {
  CompileOptions &options = line.options;
  options.network.training = args.hasArg(OPT_training);
  options.exportSymbols = args.hasArg(OPT_export_symbols);
  options.narrowWeights = !args.hasArg(OPT_no_narrow_weights);
  options.unwindTables = !args.hasArg(OPT_no_unwind_tables);
  auto stage = [](StringRef option, StringRef text) {
    return readNamed<Stage>(option, text, stages);
  };
  auto machine = [](StringRef option, StringRef text) -> Expected<std::string> {
    if (isMachineFile(text) || is_contained(machineNames(), text))
      return text.str();
    return usageError(option, quoted(text),
                      rnn::listWords(machineNames()) + ", or a file that ends in .json");
  };
  auto emit = [](StringRef option, StringRef text) {
    return readWord<Emit>(option, text,
                          {{"o", Emit::Object},
                           {"a", Emit::Archive},
                           {"so", Emit::SharedLibrary},
                           {"wasm", Emit::WebAssembly},
                           {"s", Emit::Assembly},
                           {"ll", Emit::LLVMIR},
                           {"mlir", Emit::MLIR},
                           {"ptx", Emit::Ptx},
                           {"cubin", Emit::Cubin}});
  };
  if (Error error =
          inOrder([&] { return value(OPT_output, options.output, readText); },
                  [&] { return value(OPT_header, options.header, readText); },
                  [&] { return readPlatform(); }, [&] { return readTarget(); },
                  [&] { return value(OPT_machine, options.machine, machine); },
                  [&] { return value(OPT_stop_after, options.stopAfter, stage); },
                  [&] { return value(OPT_emit, options.emit, emit); },
                  [&] { return value(OPT_ptxas, options.ptxas, readText); },
                  [&] { return value(OPT_schedule_file, options.scheduleFile, readText); }))
    return error;
  const rnn::Target *row = rnn::findTarget(options.target); // none for native, which is a CPU
  rnn::FieldTable fields = row && row->isGpu() ? rnn::gpuScheduleTable() : rnn::scheduleTable();
  for (const Arg *arg : args.filtered(OPT_schedule))
    if (Error error = readSchedule("--schedule", arg->getValue(), fields, options.schedule))
      return error;

  if (!line.tune.empty()) {
    options.emit = Emit::SharedLibrary; // what can be timed
    return Error::success();
  }
  if (options.stopAfter) {
    if (args.hasArg(OPT_emit) && options.emit != Emit::MLIR)
      return usageError("--emit", "--stop-after too", "one of the two, or --emit=mlir");
    if (!options.header.empty())
      return usageError("--header", "--stop-after too", "one of the two");
    options.emit = Emit::MLIR;
    if (options.output.empty())
      options.output = "-";
  } else if (options.output.empty()) {
    return usageError("-o", "nothing", "-o OUTPUT");
  } else if (!args.hasArg(OPT_emit)) {
    StringRef extension = sys::path::extension(options.output);
    Expected<Emit> byExtension = emit("-o", extension.drop_front(!extension.empty()));
    if (!byExtension) {
      consumeError(byExtension.takeError());
      return usageError("-o", quoted(options.output),
                        "a name ending in .o, .a, .so, .wasm, .s, .ll, .mlir, .ptx or .cubin, or "
                        "--emit");
    }
    options.emit = *byExtension;
  }
  if (options.emit == Emit::Cubin && options.ptxas.empty())
    options.ptxas = "ptxas";
  if (options.emit == Emit::MLIR && !options.stopAfter)
    return usageError("--stop-after", "nothing for an output of MLIR", "--stop-after=STAGE");
  return Error::success();
}

// A module is for an engine, and what calls it is JavaScript. `given`: the target, in words.
static Error checkWebAssembly(const CompileOptions &options, const std::string &given) {
  auto isForEngine = [](StringRef name) {
    const rnn::Target *target = rnn::findTarget(name);
    return target && target->platform->arch() == Triple::wasm32;
  };
  if (!isForEngine(options.target))
    return usageError("--target", given + " for an output of WebAssembly",
                      rnn::listWords(to_vector(
                          make_filter_range(rnn::targetNames(rnn::TargetKind::Cpu), isForEngine))));
  if (options.network.training)
    return usageError("--training", "it for an output of WebAssembly", "inference");
  if (!options.header.empty())
    return usageError("--header", "it for an output of WebAssembly",
                      "none: nothing is linked with it; or an object");
  if (options.output == "-")
    return usageError("-o", "'-'", "a file: an ES module is written beside it");
  return Error::success();
}

// Not everything can be had for every target.
Error Reader::checkTarget() const {
  const CompileOptions &options = line.options;
  const rnn::Target *target = rnn::findTarget(options.target);
  bool isGpu = target && target->isGpu(); // native is a CPU
  bool isHalf = options.precision == "float16" || options.precision == "bfloat16";
  // Known, and not compiled yet: no fault of the command line.
  if (options.precision != "exact" && !(isHalf && isGpu))
    return inputError("grucc", "--precision", quoted(options.precision),
                      "exact, or float16 or bfloat16 for a GPU: grucc does not compile other "
                      "precisions yet");
  if (!options.levels.empty())
    for (OptionID id : {OPT_tune, OPT_schedule_file, OPT_machine})
      if (const Arg *arg = args.getLastArg(id))
        return usageError(optionName(*arg), "it for several targets", "it for one");
  if (Error error = checkSystem())
    return error;
  if (target && !target->platform->hasFreeUnwindTables() && args.hasArg(OPT_unwind_tables))
    return usageError("--unwind-tables", "it for " + options.target,
                      "none: tables of ARM's kind name functions of a library, and without a "
                      "system nobody reads them");
  if (!isGpu) {
    std::string given = args.hasArg(OPT_target) ? quoted(options.target) : "nothing";
    if (writesKernels(options.emit))
      return usageError("--target", given + " for an output of kernels",
                        rnn::listWords(rnn::targetNames(rnn::TargetKind::Gpu)));
    if (!options.ptxas.empty())
      return usageError("--ptxas", "it for a CPU", "it for a GPU only");
    return options.emit == Emit::WebAssembly ? checkWebAssembly(options, given) : Error::success();
  }
  std::string forTarget = "for " + options.target;
  if (options.stopAfter && !isOfGpus(*options.stopAfter)) {
    SmallVector<StringRef> known;
    for (auto [name, stage] : stages)
      if (isOfGpus(stage))
        known.push_back(name);
    const auto *found =
        llvm::find_if(stages, [&](auto &one) { return one.second == *options.stopAfter; });
    return usageError("--stop-after", quoted(found->first) + " " + forTarget,
                      rnn::listWords(known));
  }
  if (options.network.training)
    return usageError("--training", "it " + forTarget, "inference");
  if (options.network.externalWeights)
    return usageError("--weights", "external " + forTarget, "baked");
  for (OptionID id :
       {OPT_tune, OPT_schedule_file, OPT_machine, OPT_unwind_tables, OPT_no_unwind_tables})
    if (const Arg *arg = args.getLastArg(id))
      return usageError(optionName(*arg), "it " + forTarget, "it for a CPU only");
  if (options.stopAfter)
    return Error::success();
  bool isEmbedded = options.emit == Emit::Object || options.emit == Emit::Archive ||
                    options.emit == Emit::SharedLibrary;
  if (!writesKernels(options.emit) && !isEmbedded)
    return usageError("--emit", "another kind " + forTarget, "ptx, cubin, o, a or so");
  if (options.emit == Emit::Ptx && !options.ptxas.empty())
    return usageError("--ptxas", "it for an output of text", "--emit=cubin, o, a or so");
  if (options.output == "-" && !isEmbedded)
    return usageError("-o", "'-'", "a file: weights are written beside it");
  return Error::success();
}

/// What the names of levels have behind that of the artifact.
static size_t longestLevel(const CompileOptions &options) {
  size_t longest = 0;
  for (StringRef level : options.levels)
    longest = std::max(longest, level.size() + 1);
  return longest;
}

Error Reader::readName() {
  CompileOptions &options = line.options;
  if (const Arg *name = args.getLastArg(OPT_name)) {
    options.name = name->getValue();
    return checkName("--name", options.name, longestLevel(options));
  }
  if (options.output == "-" || !line.tune.empty()) { // no stem to take
    options.name = "gru";
    return Error::success();
  }
  options.name = sys::path::stem(options.output).str();
  return checkName("OUTPUT", options.name, longestLevel(options));
}

// What is written must not be what is read, nor the other thing written.
Error Reader::checkPaths() const {
  const CompileOptions &options = line.options;
  const std::pair<StringRef, StringRef> inputs[] = {
      {options.input, "INPUT"},
      {options.scheduleFile, "--schedule-file"},
      {isMachineFile(options.machine) ? options.machine : "", "--machine"},
      {options.ptxas, "--ptxas"}};
  for (const auto &[path, what] : inputs) {
    if (Error error = checkOutputs(options, path, what))
      return error;
    if (isSameFile(line.tune, path))
      return usageError("--tune", what + " " + quoted(path), "another file");
  }
  // Two places that do not exist yet are compared when they are written.
  if (isSameFile(options.header, options.output))
    return usageError("--header", "OUTPUT " + quoted(options.output), "another file");
  for (const OutputPath &written : outputPaths(options))
    for (StringRef path : {options.output, options.header})
      if (!written.beside.empty() && isSameFile(written.path, path))
        return usageError("-o", quoted(options.output),
                          "a name whose " + written.beside + " to another file than " +
                              quoted(path));
  bool isDrawn = line.report == ReportForm::Svg || line.report == ReportForm::Html;
  if (isDrawn && options.stopAfter && *options.stopAfter < Stage::Schedule) {
    const auto *stage =
        llvm::find_if(stages, [&](auto &one) { return one.second == *options.stopAfter; });
    return usageError("--report",
                      quoted(line.report == ReportForm::Svg ? "svg" : "html") +
                          " after the stage " + quoted(stage->first),
                      "one from 'schedule' on");
  }
  if (line.report != ReportForm::None && options.output == "-")
    return usageError("--report", "OUTPUT on standard output", "OUTPUT in a file");
  return Error::success();
}

// So that one machine can compile, and test, what --target=native means on another.
Error Reader::readNative() {
  std::optional<std::string> machine = sys::Process::GetEnv("GRUCC_NATIVE");
  if (line.options.target != "native" || !line.options.machine.empty() || !machine ||
      machine->empty())
    return Error::success();
  SmallVector<StringRef> names = machineNames();
  if (!is_contained(names, *machine))
    return inputError("grucc", "GRUCC_NATIVE", quoted(*machine), rnn::listWords(names));
  line.options.target = *machine;
  return Error::success();
}
