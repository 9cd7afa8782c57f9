//===- ByteGlobal.cpp - Weights as a global of bytes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ByteGlobal.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace grucc;

LLVM::GlobalOp grucc::emitByteGlobal(OpBuilder &b, Location loc, StringRef name,
                                     ArrayRef<char> bytes, int64_t alignment) {
  auto type = RankedTensorType::get({int64_t(bytes.size())}, b.getI8Type());
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, size_t(alignment));
  auto value = DenseResourceElementsAttr::get(type, name, std::move(blob));
  auto array = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
  return LLVM::GlobalOp::create(b, loc, array, /*isConstant=*/true, LLVM::Linkage::Internal, name,
                                value, uint64_t(alignment));
}
