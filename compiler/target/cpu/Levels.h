//===- Levels.h - Several levels of one network in a module -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_LEVELS_H
#define GRUCC_COMPILER_TARGET_CPU_LEVELS_H

#include "dialects/rnn/Targets.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace grucc {

namespace cpu {

/// LLVM's attributes of a function that runs on every CPU of a target's platform, whatever the
/// model is compiled for.
inline mlir::ArrayAttr leastCpuOf(mlir::Builder &b, const rnn::Target &target) {
  return b.getArrayAttr(b.getStrArrayAttr({"target-cpu", target.platform->leastCpu}));
}

/// A model of NAME_select: its descriptor, what finds out about the CPU, and what that must have.
struct SelectedLevel {
  std::string model, supported;
  const rnn::Target *target;
};

/// NAME_select(features): the last of `levels` whose features are all there, else the first. Of
/// the CPU that it runs on, where `features` is NULL and the platform's CPUs say what they have.
void emitSelect(mlir::ModuleOp module, llvm::StringRef name, llvm::ArrayRef<SelectedLevel> levels);

} // namespace cpu
} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_CPU_LEVELS_H
