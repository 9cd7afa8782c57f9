//===- StackBound.h - The deepest that calls of a model reach -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_STACKBOUND_H
#define GRUCC_COMPILER_TARGET_CPU_STACKBOUND_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace llvm {
class Module;
} // namespace llvm

namespace grucc::cpu {

/// Bytes of stack that any function of the module takes at the most, with all that it calls in it;
/// `frames` is what the code generator wrote to TargetOptions::StackUsageOutput.
int64_t stackBound(const llvm::Module &module, llvm::StringRef frames);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_STACKBOUND_H
