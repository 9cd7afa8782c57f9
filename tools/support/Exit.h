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

/// Prints an error and says which exit code it asks for.
int fail(llvm::Error error);

/// Ends what was written to standard output. It may be a full device: that is an
/// error like any other.
int finish(llvm::StringRef tool);

} // namespace grucc

#endif // GRUCC_TOOLS_SUPPORT_EXIT_H
