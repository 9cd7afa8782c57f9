//===- Rnn.cpp - The rnn dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace grucc::rnn;

bool grucc::rnn::areCompatible(TypeRange inferred, TypeRange given) {
  return inferred.size() == given.size() &&
         llvm::all_of(llvm::zip_equal(inferred, given), [](auto pair) {
           auto [a, b] = pair;
           return getElementTypeOrSelf(a) == getElementTypeOrSelf(b) &&
                  succeeded(verifyCompatibleShape(a, b));
         });
}

#include "dialects/rnn/RnnDialect.cpp.inc"

#include "dialects/rnn/RnnEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/rnn/RnnAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/rnn/RnnOps.cpp.inc"

void RnnDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/rnn/RnnAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/rnn/RnnOps.cpp.inc"
      >();
}

/// Values that fold to constants, such as folded biases, become arith.constant.
Operation *RnnDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                           Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}
