//===- LayerOps.cpp - One layer, one direction, and its layout -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/Shapes.h"
#include "dialects/rnn/Storage.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace grucc::rnn;

//===----------------------------------------------------------------------===//
// rnn.layer
//===----------------------------------------------------------------------===//

LogicalResult LayerOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Value input = adaptor.getInput();
  Type dtype = getElementTypeOrSelf(input);
  int64_t batch =
      firstStatic({sizeOf(input, 1), sizeOf(adaptor.getH_0(), 0), sizeOf(adaptor.getLengths(), 0)});
  int64_t hidden = sizeOf(adaptor.getWHh(), 1);
  auto cell = findEquations(adaptor.getCell());
  auto width = cell ? scaled(cell->shape.states, hidden) : std::nullopt;
  types.push_back(RankedTensorType::get({sizeOf(input, 0), batch, hidden}, dtype));
  types.push_back(RankedTensorType::get({batch, width.value_or(anySize)}, dtype));
  return success();
}

LogicalResult LayerOp::verify() {
  std::optional<CellShape> cell = expectCell(*this, getCell());
  if (!cell)
    return failure();
  Type dtype = getElementTypeOrSelf(getInput()), counts = IntegerType::get(getContext(), 64);
  int64_t batch = firstStatic({sizeOf(getInput(), 1), sizeOf(getH_0(), 0)});
  int64_t inputs = sizeOf(getInput(), 2), hidden = sizeOf(getWHh(), 1);
  if (failed(expectPositive(*this, "input_size", inputs)) || // C1
      failed(expectPositive(*this, "hidden_size", hidden)))
    return failure();
  std::optional<int64_t> gates = scaled(cell->gates, hidden);
  std::optional<int64_t> width = scaled(cell->states, hidden);
  if (!gates || !width)
    return emitOpError() << "w_hh: found shape " << shapeText({sizeOf(getWHh(), 0), hidden})
                         << ", expected fewer columns";
  if (static_cast<bool>(getBIh()) != static_cast<bool>(getBHh())) // C4
    return emitOpError() << (getBIh() ? "b_hh" : "b_ih")
                         << ": found nothing, expected both biases or neither";
  if (failed(expectTensor(*this, "w_ih", getWIh(), {*gates, inputs}, dtype)) || // C3
      failed(expectTensor(*this, "w_hh", getWHh(), {*gates, hidden}, dtype)) ||
      failed(expectTensor(*this, "b_ih", getBIh(), {*gates}, dtype)) || // C4
      failed(expectTensor(*this, "b_hh", getBHh(), {*gates}, dtype)) ||
      failed(expectTensor(*this, "h_0", getH_0(), {batch, *width}, dtype)) || // C8
      failed(expectStorage(*this, "w_ih_storage", getWIhStorageAttr(), dtype)) ||
      failed(expectStorage(*this, "w_hh_storage", getWHhStorageAttr(), dtype)))
    return failure();
  return expectTensor(*this, "lengths", getLengths(), {batch}, counts); // C10
}

//===----------------------------------------------------------------------===//
// rnn.transpose
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  Value input = adaptor.getInput();
  types.push_back(RankedTensorType::get({sizeOf(input, 1), sizeOf(input, 0), sizeOf(input, 2)},
                                        getElementTypeOrSelf(input)));
  return success();
}

/// transpose(transpose(x)) ==> x
OpFoldResult TransposeOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<TransposeOp>();
  if (inner && inner.getInput().getType() == getType())
    return inner.getInput();
  return {};
}

//===----------------------------------------------------------------------===//
// rnn.state
//===----------------------------------------------------------------------===//

LogicalResult StateOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Value states = adaptor.getStates();
  types.push_back(
      RankedTensorType::get({sizeOf(states, 1), sizeOf(states, 2)}, getElementTypeOrSelf(states)));
  return success();
}

LogicalResult StateOp::verify() {
  int64_t index = getIndex(), count = sizeOf(getStates(), 0); // C7
  if (index < 0 || (count != anySize && index >= count))
    return emitOpError() << "index: found " << index << ", expected a state of "
                         << shapeText({count, sizeOf(getStates(), 1), sizeOf(getStates(), 2)});
  return success();
}

/// state(stack(a, b, ...))[i] ==> the i-th of a, b, ...
OpFoldResult StateOp::fold(FoldAdaptor) {
  auto stack = getStates().getDefiningOp<StackOp>();
  if (!stack || getIndex() >= static_cast<int64_t>(stack.getStates().size()))
    return {};
  Value state = stack.getStates()[getIndex()];
  return state.getType() == getType() ? state : Value();
}

//===----------------------------------------------------------------------===//
// rnn.stack
//===----------------------------------------------------------------------===//

LogicalResult StackOp::inferReturnTypes(MLIRContext *, std::optional<Location> location,
                                        Adaptor adaptor, SmallVectorImpl<Type> &types) {
  ValueRange states = adaptor.getStates();
  if (states.empty())
    return emitOptionalError(location, "'rnn.stack' op states: found none, expected at least one");
  types.push_back(RankedTensorType::get(
      {static_cast<int64_t>(states.size()), sizeOf(states[0], 0), sizeOf(states[0], 1)},
      getElementTypeOrSelf(states[0])));
  return success();
}
