//===- PrintTargets.h - What code is generated for ------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PRINTTARGETS_H
#define GRUCC_TOOLS_GRUCC_PRINTTARGETS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

namespace grucc {

/// These rows of the table of targets: what they are for, what is written for them, which promises
/// their numbers keep, and what a CPU or GPU must have.
void printTargets(llvm::ArrayRef<std::string> names, llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_PRINTTARGETS_H
