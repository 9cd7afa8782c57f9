//===- CommandLine.cpp - What grucc-run was asked to do -------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "support/Diagnostic.h"
#include "tools/support/Arguments.h"
#include "tools/support/OptionTable.h"
#include <cmath>

using namespace llvm;

namespace grucc {
namespace {

Error usage(StringRef argument, const Twine &found, const Twine &expected) {
  return usageError("grucc-run", argument, found, expected);
}

Error readPath(const InputArgList &args, OptionID id, StringRef name, std::string &path) {
  path = args.getLastArgValue(id).str();
  if (path.empty())
    return usage(name, args.hasArg(id) ? "an empty value" : "nothing", "a file");
  return Error::success();
}

Error readReference(const InputArgList &args, CommandLine &line) {
  line.isReference = args.hasArg(OPT_reference, OPT_reference_EQ);
  if (const Arg *arg = args.getLastArg(OPT_reference_EQ)) {
    StringRef word = arg->getValue();
    if (word != "float32" && word != "float64")
      return usage("--reference", quoted(word), "float32 or float64");
    line.arithmetic = word == "float32" ? DType::Float32 : DType::Float64;
  }
  if (const Arg *arg = args.getLastArg(OPT_batch_first, OPT_no_batch_first)) {
    if (!line.isReference)
      return usage(optionName(*arg), "no --reference", "it with --reference only");
    if (args.hasArg(OPT_batch_first) && args.hasArg(OPT_no_batch_first))
      return usage("--batch-first", "--no-batch-first too", "one of the two");
    line.network.batchFirst = args.hasArg(OPT_batch_first);
  }
  line.isTraining = args.hasArg(OPT_training);
  if (line.isTraining && !line.isReference)
    return usage("--training", "no --reference", "it with --reference only");
  if (const Arg *prefix = args.getLastArg(OPT_prefix)) {
    if (!line.isReference && !args.hasArg(OPT_compare))
      return usage("--prefix", "no --reference", "it with --reference or --compare only");
    line.network.prefix = prefix->getValue();
  }
  if (StringRef(line.model).ends_with(".mlir"))
    for (OptionID id : {OPT_batch_first, OPT_no_batch_first, OPT_training})
      if (const Arg *arg = args.getLastArg(id))
        return usage(optionName(*arg), "an .mlir file",
                     "it without the option, since it says that itself");
  return Error::success();
}

Error readCompare(const InputArgList &args, CommandLine &line) {
  if (!args.hasArg(OPT_compare)) {
    for (OptionID id : {OPT_expected, OPT_bound, OPT_json})
      if (const Arg *arg = args.getLastArg(id))
        return usage(optionName(*arg), "no --compare", "it with --compare only");
    return Error::success();
  }
  for (OptionID id : {OPT_output, OPT_repeat, OPT_reference, OPT_reference_EQ})
    if (const Arg *arg = args.getLastArg(id))
      return usage(optionName(*arg), "--compare too", "one of the two");
  if (Error error = readPath(args, OPT_compare, "--compare", line.compare))
    return error;
  if (args.hasArg(OPT_expected))
    if (Error error = readPath(args, OPT_expected, "--expected", line.expected))
      return error;
  line.isJson = args.hasArg(OPT_json);
  if (const Arg *arg = args.getLastArg(OPT_bound)) {
    StringRef text = arg->getValue();
    double bound = 0;
    if (text.getAsDouble(bound) || !(bound >= 0) || !std::isfinite(bound))
      return usage("--bound", quoted(text), "a number of at least 0");
    line.bound = bound;
  }
  return Error::success();
}

Error readAll(const InputArgList &args, CommandLine &line) {
  if (Error error = checkRepeats("grucc-run", "MODEL", args))
    return error;
  if (Error error = readPath(args, OPT_INPUT, "MODEL", line.model))
    return error;
  if (Error error = readPath(args, OPT_input, "--input", line.input))
    return error;
  if (Error error = readCompare(args, line))
    return error;
  if (line.compare.empty())
    if (Error error = readPath(args, OPT_output, "--output", line.output))
      return error;
  if (Error error = readNumber("grucc-run", args, OPT_threads, 1, 1024, line.threads))
    return error;
  if (Error error = readNumber("grucc-run", args, OPT_repeat, 1, 1'000'000'000, line.repeat))
    return error;
  if (Error error = readReference(args, line))
    return error;
  if (Error error = checkOutput("grucc-run", line.output, {line.model, line.input}))
    return error;
  if (line.output == "-" && line.repeat)
    return usage("--repeat", "--output=- too", "the tensors in a file");
  return Error::success();
}

} // namespace

Expected<CommandLine> parseCommandLine(ArrayRef<const char *> arguments) {
  ToolOptions table; // the arguments point into it
  Expected<InputArgList> args = parseArguments("grucc-run", table, arguments, {OPT_help});
  if (!args)
    return args.takeError();
  CommandLine line;
  line.isHelp = args->hasArg(OPT_help);
  if (line.isHelp)
    return line;
  if (Error error = readAll(*args, line))
    return std::move(error);
  return line;
}

void printHelp(raw_ostream &os) {
  ToolOptions().printHelp(
      os, "grucc-run MODEL.so --input=IN.safetensors --output=OUT.safetensors [options]",
      "runs a compiled model, evaluates a network in plain loops (--reference), or holds one\n"
      "against the other and against another engine's results (--compare)\n\n"
      "MODEL: a shared library that grucc wrote; with --reference NETWORK.json,\n"
      "WEIGHTS.safetensors, or an .mlir file with one function of rnn ops\n"
      "IN: input [T, B, I] ([B, T, I] batch first, [T, I] unbatched, [N, I] packed),\n"
      "h_0 [D*L, B, H], lengths [B], batch_sizes [T], in training dropout_seed or dropout_mask;\n"
      "all but input may be left out; a seed that is left out is 0, and noted\n"
      "OUT: output [T, B, D*H] in the layout of input, h_n [D*L, B, H]\n"
      "Exit codes: 0 done, 1 the input, the output or the environment is bad, or results are\n"
      "beyond the bound of --compare, 2 the command line is bad");
}

} // namespace grucc
