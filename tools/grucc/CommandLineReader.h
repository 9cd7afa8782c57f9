//===- CommandLineReader.h - From arguments to what grucc is to do -------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_COMMANDLINEREADER_H
#define GRUCC_TOOLS_GRUCC_COMMANDLINEREADER_H

#include "CommandLine.h"
#include "OptionValues.h"
#include "dialects/rnn/Targets.h"
#include "support/Diagnostic.h"
#include "tools/support/Arguments.h"
#include "tools/support/OptionIds.h"

namespace grucc {

/// Reads the parsed arguments into a CommandLine; stops at the first error.
class Reader {
public:
  Reader(const llvm::opt::InputArgList &args, CommandLine &line) : args(args), line(line) {}
  llvm::Error read();

private:
  const llvm::opt::InputArgList &args;
  CommandLine &line;
  const rnn::Platform *platform = nullptr; ///< of --processor; null: not given

  llvm::Error checkForms() const;
  llvm::Error readNetwork();
  llvm::Error readWeights();
  llvm::Error readTuning();
  llvm::Error readOutput();
  llvm::Error readPlatform();
  llvm::Error readTarget();
  llvm::Expected<std::vector<std::string>> targetsAssumed() const;
  llvm::Error checkSystem() const;
  llvm::Error checkTarget() const;
  llvm::Error readSizes();
  llvm::Error readName();
  llvm::Error checkPaths() const;
  llvm::Error readNative();
  llvm::Error readProbe();
  llvm::Error readList();
  llvm::Error readTargetsToPrint();

  /// Reads the value of an option into `field` with `read`, when it was given.
  template <typename Field, typename Read>
  llvm::Error value(OptionID id, Field &field, Read read) const {
    const llvm::opt::Arg *arg = args.getLastArg(id);
    if (!arg)
      return llvm::Error::success();
    llvm::StringRef option = optionName(*arg);
    auto result = read(option, llvm::StringRef(arg->getValue()));
    if (!result)
      return result.takeError();
    field = *result;
    return llvm::Error::success();
  }
};

/// The first error of a row of steps; the steps after it are not taken.
template <typename... Steps> llvm::Error inOrder(Steps... steps) {
  llvm::Error error = llvm::Error::success();
  (void)((error = steps(), bool(error)) || ...);
  return error;
}

/// The value of an option that is a path.
inline llvm::Expected<std::string> readText(llvm::StringRef option, llvm::StringRef text) {
  if (text.empty())
    return usageError(option, "an empty value", "a path");
  return text.str();
}

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_COMMANDLINEREADER_H
