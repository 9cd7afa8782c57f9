//===- LowerToNVVM.h - Kernels into the NVVM dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_LOWERTONVVM_H
#define GRUCC_COMPILER_TARGET_PTX_LOWERTONVVM_H

#include "mlir/Pass/PassManager.h"

namespace grucc::ptx {

/// gpu, vector, scf, arith and math ==> the LLVM and NVVM dialects, by MLIR's own
/// passes.
void buildLowerToNVVM(mlir::OpPassManager &passes);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_LOWERTONVVM_H
