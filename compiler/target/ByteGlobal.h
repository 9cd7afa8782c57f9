//===- ByteGlobal.h - Weights as a global of bytes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_BYTEGLOBAL_H
#define GRUCC_COMPILER_TARGET_BYTEGLOBAL_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace grucc {

/// An internal llvm.mlir.global of raw bytes, aligned to so many, which never become
/// single floats.
mlir::LLVM::GlobalOp emitByteGlobal(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name,
                                    llvm::ArrayRef<char> bytes, int64_t alignment);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_BYTEGLOBAL_H
