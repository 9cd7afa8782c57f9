//===- OptionsAlone.cpp - What is asked for without compiling ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLineReader.h"
#include "compiler/schedule/Machines.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::opt;
using namespace grucc;

// Options that mean nothing beside `option`.
static Error expectOnly(const InputArgList &args, ArrayRef<OptionID> known, StringRef option) {
  for (const Arg *arg : args)
    if (none_of(known, [&](OptionID id) { return arg->getOption().matches(id); }))
      return usageError(arg->getOption().matches(OPT_INPUT) ? "INPUT" : optionName(*arg),
                        option + " too", "one of the two");
  return Error::success();
}

// Nothing is compiled: a place, and perhaps a target.
Error Reader::readProbe() {
  line.probe = true;
  if (Error error = expectOnly(args, {OPT_probe, OPT_output, OPT_target}, "--probe"))
    return error;
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
  if (Error error = expectOnly(args, {OPT_list_grus, OPT_list_grus_EQ, OPT_INPUT}, "--list"))
    return error;
  line.options.input = args.getLastArgValue(OPT_INPUT).str();
  if (sys::path::extension(line.options.input) != ".onnx")
    return usageError("INPUT", line.options.input.empty() ? "nothing" : quoted(line.options.input),
                      "MODEL.onnx to list");
  return Error::success();
}

// Nothing is compiled: the targets of one processor, of some names, or all.
Error Reader::readTargetsToPrint() {
  if (Error error = expectOnly(args, {OPT_print_targets, OPT_processor, OPT_os, OPT_target},
                               "--print-targets"))
    return error;
  if (Error error = readPlatform())
    return error;
  CompileOptions &options = line.options;
  if (args.hasArg(OPT_target)) {
    if (Error error = inOrder([&] { return readTarget(); }, [&] { return checkSystem(); }))
      return error;
    if (options.target == "native")
      options.target = nativeTarget();
    if (options.target.empty())
      return inputError("grucc", "target", "a CPU that runs none of them",
                        rnn::listWords(rnn::targetNames(rnn::TargetKind::Cpu)));
    line.printed = options.levels;
    line.printed.insert(line.printed.begin(), options.target);
    return Error::success();
  }
  bool onAny = !platform && !args.hasArg(OPT_os);
  for (const rnn::Target &target : rnn::targets())
    if ((!platform || target.platform->objects().architecture == platform->architecture) &&
        (onAny || !target.platform->tripleOn(options.system).empty()))
      line.printed.push_back(target.name.str());
  if (line.printed.empty())
    return usageError("--os", rnn::nameOf(options.system) + " for " + platform->name, "linux");
  return Error::success();
}
