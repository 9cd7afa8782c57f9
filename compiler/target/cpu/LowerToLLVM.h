//===- LowerToLLVM.h - Kernels into the LLVM dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_LOWERTOLLVM_H
#define GRUCC_COMPILER_TARGET_CPU_LOWERTOLLVM_H

#include "mlir/Pass/PassManager.h"

namespace grucc::cpu {

/// vector, scf, memref, arith and func ==> the LLVM dialect: rnn-lower-to-llvm, and MLIR's own
/// passes before and behind it.
void buildLowerToLLVM(mlir::OpPassManager &passes);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_LOWERTOLLVM_H
