//===- CommandLine.cpp - What grucc was asked to do (I2, I3) --------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "NearestTarget.h"
#include "OptionValues.h"
#include "compiler/schedule/Machines.h"
#include "support/Diagnostic.h"
#include "support/OutputFiles.h"
#include "tools/support/Arguments.h"
#include "tools/support/OptionTable.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace llvm;

namespace grucc {
namespace {

/// Reads the parsed arguments into a CommandLine; stops at the first error.
class Reader {
public:
  Reader(const InputArgList &args, CommandLine &line) : args(args), line(line) {}
  Error read();

private:
  const InputArgList &args;
  CommandLine &line;

  Error checkForms() const;
  Error readNetwork();
  Error readWeights();
  Error readTuning();
  Error readOutput();
  Error checkTarget() const;
  Error readName();
  Error checkPaths() const;
  Error readNative();
  Error readProbe();
  Error readList();

  /// Reads the value of an option into `field` with `read`, when it was given.
  template <typename Field, typename Read> Error value(OptionID id, Field &field, Read read) const {
    const Arg *arg = args.getLastArg(id);
    if (!arg)
      return Error::success();
    StringRef option = optionName(*arg);
    auto result = read(option, StringRef(arg->getValue()));
    if (!result)
      return result.takeError();
    field = *result;
    return Error::success();
  }
};

// The first error of a row of steps; the steps after it are not taken.
template <typename... Steps> Error inOrder(Steps... steps) {
  Error error = Error::success();
  (void)((error = steps(), bool(error)) || ...);
  return error;
}

Expected<std::string> readText(StringRef option, StringRef text) {
  if (text.empty())
    return usageError(option, "an empty value", "a path");
  return text.str();
}

} // namespace

Error Reader::checkForms() const {
  if (args.hasArg(OPT_report) && args.hasArg(OPT_report_EQ))
    return usageError("--report", "words and JSON", "one of the two");
  constexpr std::pair<OptionID, OptionID> opposites[] = {{OPT_batch_first, OPT_no_batch_first},
                                                         {OPT_unwind_tables, OPT_no_unwind_tables}};
  for (auto [yes, no] : opposites)
    if (args.hasArg(yes) && args.hasArg(no))
      return usageError(optionName(*args.getLastArg(yes)),
                        optionName(*args.getLastArg(no)) + " too", "one of the two");
  return Error::success();
}

Error Reader::readNetwork() {
  NetworkFlags &flags = line.options.network;
  if (args.hasArg(OPT_bidirectional))
    flags.bidirectional = true;
  if (args.hasArg(OPT_batch_first))
    flags.batchFirst = true;
  if (args.hasArg(OPT_no_batch_first))
    flags.batchFirst = false;
  if (args.hasArg(OPT_no_bias))
    flags.bias = false;
  auto size = [](StringRef option, StringRef text) { return readSize(option, text, largestSize); };
  auto layers = [](StringRef option, StringRef text) { return readSize(option, text, mostLayers); };
  auto dtype = [](StringRef option, StringRef text) {
    return readWord<DType>(option, text,
                           {{"float32", DType::Float32}, {"float64", DType::Float64}});
  };
  auto direction = [](StringRef option, StringRef text) {
    return readWord<Direction>(option, text,
                               {{"forward", Direction::Forward},
                                {"reverse", Direction::Reverse},
                                {"bidirectional", Direction::Bidirectional}});
  };
  auto reset = [](StringRef option, StringRef text) {
    return readWord<Reset>(option, text, {{"after", Reset::After}, {"before", Reset::Before}});
  };
  return inOrder(
      [&] { return value(OPT_input_size, flags.inputSize, size); },
      [&] { return value(OPT_hidden_size, flags.hiddenSize, size); },
      [&] { return value(OPT_num_layers, flags.numLayers, layers); },
      [&] { return value(OPT_direction, flags.direction, direction); },
      [&] { return value(OPT_dropout, flags.dropout, readProbability); },
      [&] { return value(OPT_reset, flags.reset, reset); },
      [&] { return value(OPT_gate_activation, flags.gateActivation, readActivationOption); },
      [&] {
        return value(OPT_candidate_activation, flags.candidateActivation, readActivationOption);
      },
      [&] { return value(OPT_clip, flags.clip, readClip); },
      [&] { return value(OPT_dtype, flags.dtype, dtype); });
}

Error Reader::readWeights() {
  NetworkFlags &flags = line.options.network;
  if (const Arg *prefix = args.getLastArg(OPT_prefix))
    flags.prefix = prefix->getValue();
  if (const Arg *node = args.getLastArg(OPT_node))
    flags.node = node->getValue();
  auto where = [](StringRef option, StringRef text) {
    return readWord<bool>(option, text, {{"baked", false}, {"external", true}});
  };
  auto how = [](StringRef option, StringRef text) {
    return readWord<bool>(option, text, {{"uniform", true}});
  };
  auto precision = [](StringRef option, StringRef text) {
    return readWord<std::string>(
        option, text,
        {{"exact", "exact"}, {"float16", "float16"}, {"bfloat16", "bfloat16"}, {"int8", "int8"}});
  };
  bool init = false;
  std::optional<uint64_t> seed;
  if (Error error =
          inOrder([&] { return value(OPT_weights, flags.externalWeights, where); },
                  [&] { return value(OPT_init, init, how); },
                  [&] { return value(OPT_seed, seed, readSeed); },
                  [&] { return value(OPT_precision, line.options.precision, precision); }))
    return error;
  if (seed && !init)
    return usageError("--seed", "no --init", "--init=uniform");
  if (init)
    flags.initSeed = seed.value_or(0);
  return Error::success();
}

Error Reader::readTuning() {
  constexpr int64_t most = 1 << 20;
  auto size = [](StringRef option, StringRef text) { return readSize(option, text, most); };
  if (Error error = inOrder([&] { return value(OPT_tune, line.tune, readText); },
                            [&] { return value(OPT_tune_seq_len, line.tuneSeqLen, size); },
                            [&] { return value(OPT_tune_batch, line.tuneBatch, size); }))
    return error;
  if (line.tune.empty()) {
    for (OptionID id : {OPT_tune_seq_len, OPT_tune_batch})
      if (const Arg *arg = args.getLastArg(id))
        return usageError(optionName(*arg), "no --tune", "--tune=FILE");
    return Error::success();
  }
  if (line.tune == "-")
    return usageError("--tune", "'-'", "a file");
  for (OptionID id : {OPT_output, OPT_emit, OPT_header, OPT_stop_after, OPT_report, OPT_report_EQ,
                      OPT_schedule_file})
    if (const Arg *arg = args.getLastArg(id))
      return usageError(optionName(*arg), "--tune too", "one of the two");
  return Error::success();
}

Error Reader::readOutput() {
  CompileOptions &options = line.options;
  options.network.training = args.hasArg(OPT_training);
  options.exportSymbols = args.hasArg(OPT_export_symbols);
  options.narrowWeights = !args.hasArg(OPT_no_narrow_weights);
  options.unwindTables = !args.hasArg(OPT_no_unwind_tables);
  auto stage = [](StringRef option, StringRef text) -> Expected<Stage> {
    SmallVector<StringRef> names;
    for (const auto &[name, stage] : stages) {
      if (name == text)
        return stage;
      names.push_back(name);
    }
    return wordError(option, text, names);
  };
  auto target = [](StringRef option, StringRef text) -> Expected<std::string> {
    SmallVector<StringRef> names = targetNames();
    if (is_contained(names, text))
      return text.str();
    std::string nearest = nearestTarget(text);
    Error error = wordError(option, text, names);
    return nearest.empty() ? std::move(error) : withNote(std::move(error), "grucc", nearest);
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
                           {"s", Emit::Assembly},
                           {"ll", Emit::LLVMIR},
                           {"mlir", Emit::MLIR},
                           {"ptx", Emit::Ptx},
                           {"cubin", Emit::Cubin}});
  };
  if (Error error =
          inOrder([&] { return value(OPT_output, options.output, readText); },
                  [&] { return value(OPT_header, options.header, readText); },
                  [&] { return value(OPT_target, options.target, target); },
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
                        "a name ending in .o, .a, .so, .s, .ll, .mlir, .ptx or .cubin, or --emit");
    }
    options.emit = *byExtension;
  }
  if (options.emit == Emit::Cubin && options.ptxas.empty())
    options.ptxas = "ptxas";
  if (options.emit == Emit::MLIR && !options.stopAfter)
    return usageError("--stop-after", "nothing for an output of MLIR", "--stop-after=STAGE");
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
  if (!isGpu) {
    if (writesKernels(options.emit))
      return usageError("--target", quoted(options.target) + " for an output of kernels",
                        rnn::listWords(rnn::targetNames(rnn::TargetKind::Gpu)));
    if (!options.ptxas.empty())
      return usageError("--ptxas", "it for " + options.target, "it for a GPU only");
    return Error::success();
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

Error Reader::readName() {
  CompileOptions &options = line.options;
  if (const Arg *name = args.getLastArg(OPT_name)) {
    options.name = name->getValue();
    return checkName("--name", options.name);
  }
  if (options.output == "-" || !line.tune.empty()) { // no stem to take
    options.name = "gru";
    return Error::success();
  }
  options.name = sys::path::stem(options.output).str();
  return checkName("OUTPUT", options.name);
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
  if (writesKernels(options.emit))
    for (StringRef path : {options.output, options.header})
      if (isSameFile(weightsPath(options), path))
        return usageError("-o", quoted(options.output),
                          "a name whose weights go to another file than " + quoted(path));
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

// Nothing is compiled: a place, and perhaps a target.
Error Reader::readProbe() {
  line.probe = true;
  for (const Arg *arg : args) {
    bool isKnown = any_of(ArrayRef{OPT_probe, OPT_output, OPT_target},
                          [&](OptionID id) { return arg->getOption().matches(id); });
    if (!isKnown)
      return usageError(arg->getOption().matches(OPT_INPUT) ? "INPUT" : optionName(*arg),
                        "--probe too", "one of the two");
  }
  CompileOptions &options = line.options;
  auto target = [](StringRef option, StringRef text) {
    SmallVector<StringRef> names = rnn::targetNames(rnn::TargetKind::Cpu);
    names.insert(names.begin(), "native");
    return is_contained(names, text) ? Expected<std::string>(text.str())
                                     : wordError(option, text, names);
  };
  if (Error error = inOrder([&] { return value(OPT_output, options.output, readText); },
                            [&] { return value(OPT_target, options.target, target); }))
    return error;
  if (options.output.empty())
    return usageError("-o", "nothing", "-o MACHINE.json");
  if (options.output != "-" && sys::path::extension(options.output) != ".json")
    return usageError("-o", quoted(options.output), "a name ending in .json, or -");
  options.name = options.output == "-" ? "machine" : sys::path::stem(options.output).str();
  if (options.name.empty() || options.name.size() > 64 ||
      !all_of(options.name, [](char c) { return isAlnum(c) || StringRef("-_.").contains(c); }))
    return usageError("-o", quoted(options.output),
                      "a name of 1 to 64 letters, digits, '-', '_' and '.'");
  return Error::success();
}

// Nothing is compiled: a model to look at.
Error Reader::readList() {
  if (args.hasArg(OPT_list_grus) && args.hasArg(OPT_list_grus_EQ))
    return usageError("--list", "words and JSON", "one of the two");
  auto form = [](StringRef option, StringRef text) {
    return readWord<ReportForm>(option, text, {{"json", ReportForm::Json}});
  };
  line.list = ReportForm::Words;
  if (Error error = value(OPT_list_grus_EQ, line.list, form))
    return error;
  for (const Arg *arg : args) {
    bool isKnown = any_of(ArrayRef{OPT_list_grus, OPT_list_grus_EQ, OPT_INPUT},
                          [&](OptionID id) { return arg->getOption().matches(id); });
    if (!isKnown)
      return usageError(optionName(*arg), "--list too", "one of the two");
  }
  line.options.input = args.getLastArgValue(OPT_INPUT).str();
  if (sys::path::extension(line.options.input) != ".onnx")
    return usageError("INPUT", line.options.input.empty() ? "nothing" : quoted(line.options.input),
                      "MODEL.onnx to list");
  return Error::success();
}

Error Reader::read() {
  if (Error error = checkRepeats("grucc", "INPUT", args, {OPT_schedule}))
    return error;
  if (args.hasArg(OPT_probe))
    return readProbe();
  if (args.hasArg(OPT_list_grus, OPT_list_grus_EQ))
    return readList();
  if (Error error = checkForms())
    return error;
  line.options.input = args.getLastArgValue(OPT_INPUT).str();
  if (line.options.input == "-")
    return usageError("INPUT", "'-'", "a file");
  auto report = [](StringRef option, StringRef text) {
    return readWord<ReportForm>(option, text, {{"json", ReportForm::Json}});
  };
  if (args.hasArg(OPT_report))
    line.report = ReportForm::Words;
  return inOrder([&] { return value(OPT_report_EQ, line.report, report); },
                 [&] { return readNetwork(); }, [&] { return readWeights(); },
                 [&] { return readTuning(); }, [&] { return readOutput(); },
                 [&] { return checkTarget(); }, [&] { return readName(); },
                 [&] { return checkPaths(); }, [&] { return readNative(); });
}

Expected<CommandLine> parseCommandLine(ArrayRef<const char *> arguments) {
  ToolOptions table; // the arguments point into it
  Expected<InputArgList> args =
      parseArguments("grucc", table, arguments, {OPT_help, OPT_version, OPT_print_targets});
  if (!args)
    return args.takeError();
  CommandLine line;
  line.help = args->hasArg(OPT_help);
  line.version = args->hasArg(OPT_version);
  line.printTargets = args->hasArg(OPT_print_targets);
  if (line.help || line.version || line.printTargets)
    return line;
  if (arguments.empty())
    return usageError("INPUT", "nothing", "grucc INPUT -o OUTPUT; see grucc --help");
  if (Error error = Reader(*args, line).read())
    return std::move(error);
  return line;
}

void printHelp(raw_ostream &os) {
  ToolOptions().printHelp(
      os, "grucc INPUT -o OUTPUT [options]",
      "compiles a GRU ahead of time into an object file with a C interface\n\n"
      "INPUT: NETWORK.json, WEIGHTS.safetensors, MODEL.onnx, NETWORK.mlir, or none: "
      "options alone describe the network\n"
      "NETWORK.json: torch.nn.GRU's arguments, dtype, weights (a file beside it), prefix, "
      "direction, reset, gate_activation, candidate_activation and clip; the same keys but weights "
      "in the metadata of WEIGHTS.safetensors\n"
      "OUTPUT: .o, .a, .so, .s or .ll; for a GPU .o, .a or .so, which the runtime "
      "runs, or kernels alone: .ptx or .cubin, and .weights beside them\n"
      "Exit codes: 0 done, 1 the input, the output or the environment is bad, "
      "2 the command line is bad");
}

} // namespace grucc
