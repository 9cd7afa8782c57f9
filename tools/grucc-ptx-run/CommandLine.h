//===- CommandLine.h - What grucc-ptx-run was asked to do ----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_COMMANDLINE_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_COMMANDLINE_H

#include "Machine.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

namespace grucc::ptxrun {

struct CommandLine {
  bool isHelp = false, listsKernels = false, listsSyncs = false;
  bool printsCounters = false, isJson = false;
  std::string model, kernel, args, output;
  std::map<uint32_t, std::string> values; ///< of --arg, by parameter
  Launch launch;                          ///< all but the parameters
};

llvm::Expected<CommandLine> parseCommandLine(llvm::ArrayRef<const char *> arguments);
void printHelp(llvm::raw_ostream &os);

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_COMMANDLINE_H
