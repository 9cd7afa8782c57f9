//===- LowerToNVVM.cpp - Kernels into the NVVM dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/LowerToNVVM.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void grucc::ptx::buildLowerToNVVM(OpPassManager &passes) {
  // Index arithmetic that only differs by constants meets in one place.
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  // Structured loops first: everything below works on blocks.
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(createConvertVectorToLLVMPass());
  // Before gpu, whose own patterns would call a library's fma.
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addNestedPass<gpu::GPUModuleOp>(createConvertGpuOpsToNVVMOps());
  passes.addPass(createReconcileUnrealizedCastsPass());
  passes.addPass(createCSEPass());
}
