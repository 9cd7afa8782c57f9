//===- PrintTargets.h - What code is generated for ------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PRINTTARGETS_H
#define GRUCC_TOOLS_GRUCC_PRINTTARGETS_H

#include "dialects/rnn/Targets.h"
#include "llvm/Support/raw_ostream.h"

namespace grucc {

/// Rows of the table of targets: what they are for, what is written for them, which promises their
/// numbers keep, and what a CPU or GPU must have. Those whose objects are for `platform`, unless it
/// is null, and of these the one that is called `name`, unless it is empty.
void printTargets(const rnn::Platform *platform, llvm::StringRef name, llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_PRINTTARGETS_H
