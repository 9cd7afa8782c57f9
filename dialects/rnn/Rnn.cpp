//===- Rnn.cpp - The rnn dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
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

/// One type for all operands.
using Operands = ArrayRef<OpAsmParser::UnresolvedOperand>;
static ParseResult parseSameTypes(OpAsmParser &parser, Type &h, Type &result,
                                  SmallVectorImpl<Type> &gates, Operands gateValues,
                                  SmallVectorImpl<Type> &sums, Operands sumValues,
                                  SmallVectorImpl<Type> &biases, Operands biasValues) {
  if (parser.parseType(h))
    return failure();
  result = h;
  gates.assign(gateValues.size(), h);
  sums.assign(sumValues.size(), h);
  biases.assign(biasValues.size(), h);
  return success();
}
static void printSameTypes(OpAsmPrinter &printer, Operation *, Type h, Type, TypeRange, ValueRange,
                           TypeRange, ValueRange, TypeRange, ValueRange) {
  printer << h;
}

/// As many gates come out of a round as have sums in it.
static ParseResult parseRoundTypes(OpAsmParser &parser, Type &h, Type &operand,
                                   SmallVectorImpl<Type> &activated, SmallVectorImpl<Type> &gates,
                                   Operands gateValues, SmallVectorImpl<Type> &sums,
                                   Operands sumValues, SmallVectorImpl<Type> &biases,
                                   Operands biasValues) {
  if (parseSameTypes(parser, h, operand, gates, gateValues, sums, sumValues, biases, biasValues))
    return failure();
  activated.assign(sumValues.size(), h);
  return success();
}
static void printRoundTypes(OpAsmPrinter &printer, Operation *, Type h, Type, TypeRange, TypeRange,
                            ValueRange, TypeRange, ValueRange, TypeRange, ValueRange) {
  printer << h;
}

static ParseResult parseOneType(OpAsmParser &parser, Type &one, SmallVectorImpl<Type> &others,
                                Operands values) {
  if (parser.parseType(one))
    return failure();
  others.assign(values.size(), one);
  return success();
}
static void printOneType(OpAsmPrinter &printer, Operation *, Type one, TypeRange, ValueRange) {
  printer << one;
}

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

/// What stands on an operation as rnn.NAME: the attribute #rnn.NAME, or one of MLIR's own.
LogicalResult RnnDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  Attribute value = attribute.getValue();
  auto expect = [&](bool isExpected, StringRef expected) -> LogicalResult {
    if (isExpected)
      return success();
    return op->emitError() << name << ": found " << value << ", expected " << expected;
  };
  bool isKnown = false;
  LogicalResult result = success();
  auto check = [&](auto type) {
    using Type = decltype(type);
    if (name != Type::name)
      return;
    isKnown = true;
    result = expect(isa<Type>(value), ("#" + Type::name).str());
  };
  check(NetworkAttr());
  check(MachineAttr());
  check(ScheduleAttr());
  check(GpuAttr());
  check(GpuScheduleAttr());
  check(DescriptorAttr());
  check(CudaAttr());
  check(MemoryAttr());
  check(PlaceAttr());
  if (isKnown)
    return result;
  if (name == "rnn.provenance" || name == "rnn.id" || name == "rnn.functions" ||
      name == levelOfName || name == weightsName)
    return expect(isa<StringAttr>(value), "a string");
  if (name == "rnn.precision") {
    auto type = dyn_cast<TypeAttr>(value);
    return expect(type && (type.getValue().isF16() || type.getValue().isBF16()), "f16 or bf16");
  }
  return op->emitError() << name << ": found an unknown attribute, expected one of the rnn dialect";
}

/// Values that fold to constants, such as folded biases, become arith.constant.
Operation *RnnDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                           Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}
