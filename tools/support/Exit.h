//===- Exit.h - How the tools end ------------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_SUPPORT_EXIT_H
#define GRUCC_TOOLS_SUPPORT_EXIT_H

#include "llvm/Support/Error.h"

namespace grucc {

/// Makes errors like others (E) of what would end the program with a stack trace: no memory
/// left, a file that may not grow, what LLVM cannot go on from. Call it after InitLLVM.
void catchExhaustion(const char *tool);

/// Prints an error and says which exit code it asks for.
int fail(llvm::Error error);

/// Ends what was written to standard output. It may be a full device: that is an
/// error like any other.
llvm::Error flushOutput(llvm::StringRef tool);

/// The same, and the exit code.
int finish(llvm::StringRef tool);

} // namespace grucc

#endif // GRUCC_TOOLS_SUPPORT_EXIT_H
