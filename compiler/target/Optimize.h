//===- Optimize.h - What LLVM may do to code of ours -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_OPTIMIZE_H
#define GRUCC_COMPILER_TARGET_OPTIMIZE_H

#include "dialects/rnn/Targets.h"
#include "llvm/Target/TargetMachine.h"
#include <memory>
#include <string>

namespace grucc {

/// A code generator for a target; null, and why. Code may be anywhere in memory;
/// multiply-adds are fused where it says so, and nowhere else (N4).
std::unique_ptr<llvm::TargetMachine>
createTargetMachine(const rnn::Target &target, std::string &error,
                    rnn::OperatingSystem system = rnn::OperatingSystem::Linux);

/// The same for the least CPU of a platform: for objects without code.
std::unique_ptr<llvm::TargetMachine> createTargetMachine(const rnn::Platform &platform,
                                                         std::string &error);

/// Optimises a module whose loops a schedule has chosen already: none is unrolled or
/// vectorised. No function is known by its name: nothing becomes a call of a library.
/// `forSize`: to short code, not fast one.
void optimize(llvm::Module &module, llvm::TargetMachine &machine, bool forSize = false);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_OPTIMIZE_H
