//===- Functions.h - Which functions of a model there are -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_FUNCTIONS_H
#define GRUCC_COMPILER_TARGET_CPU_FUNCTIONS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace grucc::cpu {

/// What --functions takes: run, and of it what lengths and threads ask for; step; what makes, reads
/// and resets states; state_bytes and workspace_bytes, of which run has the latter anyway; pack;
/// supported; the descriptor.
inline constexpr llvm::StringRef functionWords[] = {
    "run", "ragged", "threads", "step", "state", "sizes", "pack", "supported", "model"};

/// On @NAME.run, and on what takes its place: the words that were asked for, with commas
/// between; without it all.
inline constexpr llvm::StringLiteral keptFunctionsName = "rnn.functions";
bool keepsFunctions(mlir::Operation *run, llvm::StringRef word);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_FUNCTIONS_H
