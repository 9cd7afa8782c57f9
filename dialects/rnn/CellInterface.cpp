//===- CellInterface.cpp - What every recurrent cell is -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CellInterface.h"

#include "dialects/rnn/Shapes.h"
#include "dialects/rnn/Storage.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::rnn;

#include "dialects/rnn/CellInterface.cpp.inc"

CellAttr rnn::kindOfCell(Operation *cell) {
  return CellAttr::get(cell->getContext(), cell->getName().getStringRef(),
                       cast<CellOpInterface>(cell).getVariantAttr());
}

CellShape rnn::shapeOfCell(Operation *cell) { return equationsOf(kindOfCell(cell)).shape; }

const CellOpInterface::Concept *rnn::lookupCell(CellAttr cell) {
  auto known = RegisteredOperationName::lookup(cell.getOp(), cell.getContext());
  return known ? known->getInterface<CellOpInterface>() : nullptr;
}

std::optional<CellEquations> rnn::findEquations(CellAttr cell) {
  auto *op = lookupCell(cell);
  if (!op)
    return std::nullopt;
  return op->getEquations(VariantAttr::in(cell.getVariant()));
}

std::optional<CellShape> rnn::expectCell(Operation *op, CellAttr cell) {
  if (std::optional<CellEquations> equations = findEquations(cell))
    return equations->shape;
  op->emitOpError() << "cell: found '" << cell.getOp()
                    << "', expected the name of an op that is a cell";
  return std::nullopt;
}

LogicalResult rnn::expectEarlyRound(Operation *op, const CellShape &shape, int64_t round) {
  if (round >= 0 && round + 1 < shape.rounds)
    return success();
  return op->emitOpError() << "round: found " << round << ", expected one before the last of "
                           << shape.rounds;
}

/// H, of the weights' columns or of the states.
static int64_t hiddenSize(const CellShape &shape, Value h, Value wHh) {
  int64_t width = sizeOf(h, 1);
  return firstStatic({sizeOf(wHh, 1), width == anySize ? anySize : width / shape.states});
}

Type rnn::inferCellType(const CellEquations &equations, Value gates, Value h, Value wHh) {
  int64_t batch = firstStatic({sizeOf(h, 0), sizeOf(gates, 0)});
  auto width = scaled(equations.shape.states, sizeOf(wHh, 1));
  return RankedTensorType::get({batch, firstStatic({sizeOf(h, 1), width.value_or(anySize)})},
                               getElementTypeOrSelf(h));
}

LogicalResult rnn::verifyCell(CellOpInterface cell) {
  const CellShape shape = cell.getShape();
  Type dtype = getElementTypeOrSelf(cell.getGates());
  int64_t batch = sizeOf(cell.getGates(), 0);
  int64_t hidden = hiddenSize(shape, cell.getH(), cell.getWHh());
  if (failed(expectPositive(cell, "hidden_size", hidden))) // C1
    return failure();
  std::optional<int64_t> gates = scaled(shape.gates, hidden), states = scaled(shape.states, hidden);
  if (!gates || !states)
    return cell.emitOpError() << "w_hh: found shape "
                              << shapeText({sizeOf(cell.getWHh(), 0), hidden})
                              << ", expected fewer columns";
  if (failed(expectTensor(cell, "gates", cell.getGates(), {batch, *gates}, dtype)) || // C3
      failed(expectTensor(cell, "h", cell.getH(), {batch, *states}, dtype)) ||
      failed(expectTensor(cell, "w_hh", cell.getWHh(), {*gates, hidden}, dtype)) || // C3
      failed(expectStorage(cell, "storage", cell.getStorageAttr(), dtype)))
    return failure();
  // C4: of the gates that keep theirs, or b_hh whole.
  bool whole = hidden != anySize && sizeOf(cell.getBias(), 0) == *gates;
  std::optional<int64_t> kept = scaled(shape.keptBiases(), hidden);
  return expectTensor(cell, "bias", cell.getBias(), {whole ? *gates : *kept}, dtype);
}
