//===- CommandLine.h - What grucc was asked to do (I2, I3) ----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_COMMANDLINE_H
#define GRUCC_TOOLS_GRUCC_COMMANDLINE_H

#include "compiler/Compile.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace grucc {

enum class ReportForm { None, Words, Json, Svg, Html };

struct CommandLine {
  CompileOptions options;
  ReportForm report = ReportForm::None;
  std::string tune;                       ///< path to write the fastest schedule to, or empty
  int64_t tuneSeqLen = 50, tuneBatch = 1; ///< of the runs that are timed
  ReportForm list = ReportForm::None;     ///< of options.input, and nothing else
  bool probe = false;                     ///< measure this machine, and nothing else
  std::vector<std::string> printed;       ///< targets to print, and nothing else
  bool help = false, version = false;     ///< nothing else counts when one is set
};

/// Errors are usage errors (Diagnostic.h): one line, exit code 2.
llvm::Expected<CommandLine> parseCommandLine(llvm::ArrayRef<const char *> arguments);

void printHelp(llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_COMMANDLINE_H
