//===- Arguments.cpp - What is wrong with a tool's arguments ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/support/Arguments.h"

#include "support/Diagnostic.h"
#include "support/OutputFiles.h"

using namespace llvm;
using namespace llvm::opt;
using namespace grucc;

StringRef grucc::optionName(const Arg &arg) {
  StringRef name = arg.getSpelling();
  name.consume_back("=");
  return name;
}

/// Every option is one that the tool knows; else the nearest one is named.
static Error checkKnown(StringRef tool, const OptTable &table, const InputArgList &args) {
  for (const Arg *arg : args) {
    if (arg->getOption().getKind() != Option::UnknownClass)
      continue;
    std::string nearest, text = arg->getAsString(args);
    bool isNear = table.findNearest(text, nearest) <= 2;
    return usageError(tool, text, "an unknown option",
                      isNear ? quoted(nearest) : "one that --help lists");
  }
  return Error::success();
}

Expected<InputArgList> grucc::parseArguments(StringRef tool, const OptTable &table,
                                             ArrayRef<const char *> arguments,
                                             ArrayRef<unsigned> help) {
  unsigned missingIndex = 0, missingCount = 0;
  InputArgList args = table.ParseArgs(arguments, missingIndex, missingCount);
  if (Error error = checkKnown(tool, table, args))
    return std::move(error);
  bool isHelp = any_of(help, [&](unsigned id) { return args.hasArg(id); });
  if (missingCount && !isHelp)
    return usageError(tool, arguments[missingIndex], "no value", "a value after it");
  return args;
}

Error grucc::readNumber(StringRef tool, const InputArgList &args, unsigned id, uint64_t least,
                        uint64_t most, uint64_t &number) {
  const Arg *arg = args.getLastArg(id);
  if (!arg)
    return Error::success();
  StringRef text = arg->getValue();
  uint64_t value = 0;
  if (text.getAsInteger(10, value) || value < least || value > most)
    return usageError(tool, optionName(*arg), quoted(text),
                      "a number from " + Twine(least) + " to " + Twine(most));
  number = value;
  return Error::success();
}

Error grucc::checkRepeats(StringRef tool, StringRef input, const InputArgList &args,
                          ArrayRef<unsigned> several) {
  std::map<unsigned, const Arg *> first;
  for (const Arg *arg : args) {
    unsigned id = arg->getOption().getID();
    if (is_contained(several, id) || arg->getNumValues() == 0)
      continue;
    const Arg *earlier = first.insert({id, arg}).first->second;
    if (StringRef(earlier->getValue()) == arg->getValue())
      continue;
    bool isInput = arg->getOption().getKind() == Option::InputClass;
    return usageError(tool, isInput ? input : optionName(*arg),
                      quoted(earlier->getValue()) + " and " + quoted(arg->getValue()),
                      isInput ? "one " + input.lower() : "one value");
  }
  return Error::success();
}

Error grucc::checkOutput(StringRef tool, StringRef output, ArrayRef<StringRef> inputs) {
  for (StringRef input : inputs)
    if (isSameFile(output, input))
      return usageError(tool, "--output", quoted(output), "another file than it reads");
  return Error::success();
}
