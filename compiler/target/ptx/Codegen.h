//===- Codegen.h - From the NVVM dialect to the text of kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_CODEGEN_H
#define GRUCC_COMPILER_TARGET_PTX_CODEGEN_H

#include "compiler/target/ptx/Model.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace grucc::ptx {

/// What a lowered module says of its network `name`: the text of its kernels for the GPU of
/// `rnn.gpu`, its packed weights, and the plan of `rnn.cuda`. Multiply-adds are fused where kernels
/// say so and nowhere else (N4).
llvm::Expected<Model> generateModel(mlir::ModuleOp module, llvm::StringRef name);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_CODEGEN_H
