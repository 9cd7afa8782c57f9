//===- Passes.td - Scheduled networks into code for GPUs -*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_PASSES
#define GRUCC_COMPILER_TARGET_PTX_PASSES

include "mlir/Pass/PassBase.td"

def EmitGpuKernels : Pass<"rnn-emit-gpu-kernels", "::mlir::ModuleOp"> {
  let summary = "rnn.project and rnn.scan ==> kernels, packed weights and a launch plan";
  let description = [{
    The function that holds the network is replaced by a `gpu.module` of its
    kernels, with the parameters that runtime/include/grucc/cuda.h fixes, and by the
    packed weights as a global of bytes. The function's attributes go on standing on the
    `gpu.module`, with `rnn.cuda`: how kernels are launched, and where weights stand.
    Refuses a function whose ops are not the network that its `rnn.network` says, and a
    schedule that its precision does not allow or whose blocks ask the GPU for more than it
    has.
  }];
  let dependentDialects = [
    "::grucc::rnn::RnnDialect", "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::NVVM::NVVMDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

#endif // GRUCC_COMPILER_TARGET_PTX_PASSES
