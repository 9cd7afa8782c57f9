//===- Arguments.h - What is wrong with a tool's arguments -----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_SUPPORT_ARGUMENTS_H
#define GRUCC_TOOLS_SUPPORT_ARGUMENTS_H

#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Error.h"

namespace grucc {

/// An option as the manual writes it: `--name`, without `=`.
llvm::StringRef optionName(const llvm::opt::Arg &arg);

/// The arguments, of which all options are known and have their values; `help`: nothing else
/// on the line counts.
llvm::Expected<llvm::opt::InputArgList> parseArguments(llvm::StringRef tool,
                                                       const llvm::opt::OptTable &table,
                                                       llvm::ArrayRef<const char *> arguments,
                                                       llvm::ArrayRef<unsigned> help);

/// Said twice, an option must say the same, and so must what stands without an
/// option, the tool's `input`. Those of `several` may differ.
llvm::Error checkRepeats(llvm::StringRef tool, llvm::StringRef input,
                         const llvm::opt::InputArgList &args,
                         llvm::ArrayRef<unsigned> several = {});

/// Where the option is there, the whole of its value; else `number` stays.
llvm::Error readNumber(llvm::StringRef tool, const llvm::opt::InputArgList &args, unsigned id,
                       uint64_t least, uint64_t most, uint64_t &number);

/// `output` is none of the files that are read.
llvm::Error checkOutput(llvm::StringRef tool, llvm::StringRef output,
                        llvm::ArrayRef<llvm::StringRef> inputs);

} // namespace grucc

#endif // GRUCC_TOOLS_SUPPORT_ARGUMENTS_H
