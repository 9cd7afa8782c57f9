//===- NearestTarget.h - What to take for a target of others --------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_NEARESTTARGET_H
#define GRUCC_TOOLS_GRUCC_NEARESTTARGET_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace grucc {

/// What a user who names a CPU, a feature, a card or an architecture as other compilers do
/// may take instead, or why there is nothing; empty for a name that nobody knows.
std::string nearestTarget(llvm::StringRef name);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_NEARESTTARGET_H
