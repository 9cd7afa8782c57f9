//===- PrintTargets.h - What code is generated for ------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PRINTTARGETS_H
#define GRUCC_TOOLS_GRUCC_PRINTTARGETS_H

#include "llvm/Support/raw_ostream.h"

namespace grucc {

/// Every row of the table of targets: what it is for, what is written for it, which promises its
/// numbers keep, and what a CPU or GPU must have.
void printTargets(llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_PRINTTARGETS_H
