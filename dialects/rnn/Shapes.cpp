//===- Shapes.cpp - Shapes in inference and in diagnostics -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Shapes.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace grucc::rnn {

/// The shape of a tensor type; empty for anything else.
static ArrayRef<int64_t> shapeOf(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor.getShape() : ArrayRef<int64_t>();
}

int64_t sizeOf(Value value, unsigned dimension) {
  if (!value)
    return anySize;
  ArrayRef<int64_t> shape = shapeOf(value.getType());
  return dimension < shape.size() ? shape[dimension] : anySize;
}

int64_t firstStatic(ArrayRef<int64_t> sizes) {
  const int64_t *found = llvm::find_if(sizes, [](int64_t size) { return size != anySize; });
  return found == sizes.end() ? anySize : *found;
}

std::optional<int64_t> scaled(int64_t factor, int64_t size) {
  return size == anySize ? anySize : llvm::checkedMul(factor, size);
}

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream out(text);
  out << '[';
  llvm::interleaveComma(shape, out, [&](int64_t size) {
    if (size == anySize)
      out << '?';
    else
      out << size;
  });
  out << ']';
  return text;
}

static std::string dtypeText(Type type) {
  if (type.isF32())
    return "float32";
  if (type.isF64())
    return "float64";
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

LogicalResult expectTensor(Operation *op, const Twine &name, Value tensor, ArrayRef<int64_t> shape,
                           Type dtype) {
  if (!tensor)
    return success();
  ArrayRef<int64_t> found = shapeOf(tensor.getType());
  if (failed(verifyCompatibleShape(found, shape)))
    return op->emitOpError() << name << ": found shape " << shapeText(found) << ", expected "
                             << shapeText(shape);
  Type foundDtype = getElementTypeOrSelf(tensor);
  if (foundDtype != dtype)
    return op->emitOpError() << name << ": found dtype " << dtypeText(foundDtype) << ", expected "
                             << dtypeText(dtype);
  return success();
}

LogicalResult expectPositive(Operation *op, const Twine &name, int64_t size) {
  if (size == anySize || size >= 1)
    return success();
  return op->emitOpError() << name << ": found " << size << ", expected at least 1";
}

} // namespace grucc::rnn
