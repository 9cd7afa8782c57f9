//===- CommandLine.h - What grucc-run was asked to do ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_COMMANDLINE_H
#define GRUCC_TOOLS_GRUCC_RUN_COMMANDLINE_H

#include "compiler/frontend/Network.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace grucc {

struct CommandLine {
  std::string model; ///< MODEL.so, or with --reference a network
  std::string input, output;
  uint64_t threads = 1;
  uint64_t repeat = 0; ///< 0: once, and no times are printed
  bool isReference = false;
  bool isTraining = false;         ///< of --reference
  std::optional<DType> arithmetic; ///< of --reference; default: the network's
  NetworkFlags network;
  std::string compare;         ///< a network; empty: nothing is compared
  std::string expected;        ///< another engine's results, or empty
  std::optional<double> bound; ///< default: by dtype
  bool isJson = false;
  bool isHelp = false;
};

/// Errors are DiagnosticErrors that ask for exit code 2.
llvm::Expected<CommandLine> parseCommandLine(llvm::ArrayRef<const char *> arguments);

void printHelp(llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_COMMANDLINE_H
