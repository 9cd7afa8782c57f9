//===- DirectionOps.cpp - Directions joined, dropout between layers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "dialects/rnn/Shapes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace grucc::rnn;

//===----------------------------------------------------------------------===//
// rnn.concat
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Value a = adaptor.getForward(), b = adaptor.getBackward();
  auto same = [&](unsigned i) { return firstStatic({sizeOf(a, i), sizeOf(b, i)}); };
  std::optional<int64_t> both = scaled(2, same(2));
  if (!both)
    return failure();
  types.push_back(RankedTensorType::get({same(0), same(1), *both}, getElementTypeOrSelf(a)));
  return success();
}

LogicalResult ConcatOp::verify() {
  Value a = getForward();
  return expectTensor(*this, "backward", getBackward(), {sizeOf(a, 0), sizeOf(a, 1), sizeOf(a, 2)},
                      getElementTypeOrSelf(a));
}

//===----------------------------------------------------------------------===//
// rnn.dropout
//===----------------------------------------------------------------------===//

LogicalResult DropoutOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult DropoutOp::verify() {
  double p = getP().convertToDouble();
  if (!(p >= 0 && p <= 1)) // C6; NaN fails too
    return emitOpError() << "p: found " << p << ", expected a number in [0, 1]";
  if (getLayer() < 0)
    return emitOpError() << "layer: found " << getLayer() << ", expected at least 0";
  if (static_cast<bool>(getSeed()) == static_cast<bool>(getMask())) // N5
    return emitOpError() << "mask: found "
                         << (getSeed() ? "both 'seed' and 'mask'" : "no 'seed' and no 'mask'")
                         << ", expected one of them";
  Value x = getInput();
  int64_t layers = sizeOf(getMask(), 0);
  if (layers != anySize && getLayer() >= layers)
    return emitOpError() << "layer: found " << getLayer() << ", expected one of the " << layers
                         << " of 'mask'";
  return expectTensor(*this, "mask", getMask(), {anySize, sizeOf(x, 0), sizeOf(x, 1), sizeOf(x, 2)},
                      getElementTypeOrSelf(x));
}
