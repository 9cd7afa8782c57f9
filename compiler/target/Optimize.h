//===- Optimize.h - What LLVM may do to code of ours -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_OPTIMIZE_H
#define GRUCC_COMPILER_TARGET_OPTIMIZE_H

#include "llvm/Target/TargetMachine.h"
#include <memory>
#include <string>

namespace grucc {

/// A code generator of 64-bit x86 for an instruction set level; null, and why. Code
/// may be anywhere in memory; multiply-adds are fused where it says so, and nowhere
/// else (N4).
std::unique_ptr<llvm::TargetMachine> createX86Machine(llvm::StringRef level, std::string &error);

/// Optimises a module whose loops a schedule has chosen already: none is unrolled or
/// vectorised. No function is known by its name: nothing becomes a call of a library.
void optimize(llvm::Module &module, llvm::TargetMachine &machine);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_OPTIMIZE_H
