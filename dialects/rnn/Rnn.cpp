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

/// What the passes leave on a module or function is what its name says.
LogicalResult RnnDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  Attribute value = attribute.getValue();
  auto isPrecision = [](Attribute value) {
    auto type = dyn_cast<TypeAttr>(value);
    return type && (type.getValue().isF16() || type.getValue().isBF16());
  };
  struct Known {
    StringRef name;
    bool holds;
    StringRef expected;
  };
  const Known known[] = {
      {"rnn.machine", isa<MachineAttr>(value), "#rnn.machine"},
      {"rnn.schedule", isa<ScheduleAttr>(value), "#rnn.schedule"},
      {"rnn.gpu", isa<GpuAttr>(value), "#rnn.gpu"},
      {"rnn.gpu_schedule", isa<GpuScheduleAttr>(value), "#rnn.gpu_schedule"},
      {"rnn.precision", isPrecision(value), "f16 or bf16"},
  };
  for (const Known &fact : known)
    if (attribute.getName() == fact.name && !fact.holds)
      return op->emitError() << "'" << fact.name << "': found " << value << ", expected "
                             << fact.expected;
  return success();
}
