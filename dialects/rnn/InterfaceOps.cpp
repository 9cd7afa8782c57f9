//===- InterfaceOps.cpp - What C gives a run -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CStructs.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace grucc::rnn;

/// Whether numbers of that type may stand behind a pointer, and which do, in words; no words
/// where nobody looks behind it.
static std::pair<bool, StringRef> behind(ArgsField field, Type type) {
  switch (field) {
  case ArgsField::Input:
  case ArgsField::H0:
  case ArgsField::Output:
  case ArgsField::HN:
    return {type.isF32() || type.isF64(), "a memref of f32 or f64"};
  case ArgsField::Lengths:
  case ArgsField::BatchSizes:
    return {type.isInteger(64), "a memref of i64"};
  case ArgsField::Weights:
  case ArgsField::DropoutMask:
    return {type.isInteger(8), "a memref of i8"};
  case ArgsField::Workspace:
    return {true, "a memref"};
  default:
    return {false, ""};
  }
}

LogicalResult ArgumentOp::verify() {
  Type type = getValue().getType();
  auto refuse = [&](const Twine &expected) {
    return emitOpError() << stringifyArgsField(getField()) << ": found " << type << ", expected "
                         << expected;
  };
  if (CStruct::args().field(getField()).kind == CStruct::Kind::Int64)
    return type.isInteger(64) || type.isIndex() ? success() : refuse("i64 or index");
  if (isa<LLVM::LLVMPointerType>(type))
    return success();
  auto memory = dyn_cast<MemRefType>(type);
  auto [fits, words] = behind(getField(), memory ? memory.getElementType() : type);
  if (memory && fits)
    return success();
  return refuse(words.empty() ? "!llvm.ptr" : "!llvm.ptr or " + words);
}
