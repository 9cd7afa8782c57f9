//===- CommandLine.cpp - What grucc was asked to do (I2, I3) -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLineReader.h"
#include "tools/support/OptionTable.h"

using namespace llvm;

namespace grucc {

Error Reader::checkForms() const {
  if (args.hasArg(OPT_report) && args.hasArg(OPT_report_EQ))
    return usageError("--report", "words and another form", "one of the two");
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

Error Reader::read() {
  if (Error error = checkRepeats("grucc", "INPUT", args, {OPT_schedule}))
    return error;
  if (args.hasArg(OPT_print_targets))
    return readTargetsToPrint();
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
    return readWord<ReportForm>(
        option, text,
        {{"json", ReportForm::Json}, {"svg", ReportForm::Svg}, {"html", ReportForm::Html}});
  };
  if (args.hasArg(OPT_report))
    line.report = ReportForm::Words;
  return inOrder(
      [&] { return value(OPT_report_EQ, line.report, report); }, [&] { return readNetwork(); },
      [&] { return readWeights(); }, [&] { return readTuning(); }, [&] { return readOutput(); },
      [&] { return checkTarget(); }, [&] { return readSizes(); }, [&] { return readName(); },
      [&] { return checkPaths(); }, [&] { return readNative(); });
}

Expected<CommandLine> parseCommandLine(ArrayRef<const char *> arguments) {
  ToolOptions table; // the arguments point into it
  Expected<InputArgList> args = parseArguments("grucc", table, arguments, {OPT_help, OPT_version});
  if (!args)
    return args.takeError();
  CommandLine line;
  line.help = args->hasArg(OPT_help);
  line.version = args->hasArg(OPT_version);
  if (line.help || line.version)
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
      "OUTPUT: .o, .a, .so, .s or .ll; for WebAssembly .wasm, with an ES module (.mjs) beside it, "
      ".o, .a, .s or .ll; for a GPU .o, .a or .so, which the runtime "
      "runs, or kernels alone: .ptx or .cubin, and .weights beside them\n"
      "Exit codes: 0 done, 1 the input, the output or the environment is bad, "
      "2 the command line is bad");
}

} // namespace grucc
