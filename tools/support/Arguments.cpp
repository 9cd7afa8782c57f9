//===- Arguments.cpp - What is wrong with a tool's arguments ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/support/Arguments.h"

#include "compiler/frontend/Diagnostic.h"
#include "compiler/write/OutputFiles.h"

using namespace llvm;
using namespace llvm::opt;

StringRef grucc::optionName(const Arg &arg) {
  StringRef name = arg.getSpelling();
  name.consume_back("=");
  return name;
}

Error grucc::checkKnown(StringRef tool, const OptTable &table, const InputArgList &args) {
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
