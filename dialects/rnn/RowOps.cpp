//===- RowOps.cpp - Kernels over the rows of a step -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/PanelLayout.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::rnn;

/// What a kernel needs around it, unless it is to be a function of its own: room on the
/// stack that no loop takes again.
template <typename Op> static LogicalResult expectInFunction(Op op) {
  if (op.getKernel() || isa<FunctionOpInterface>(op->getParentOp()))
    return success();
  return op.emitOpError() << "found it in '" << op->getParentOp()->getName()
                          << "', expected it in the body of a function, or a `kernel`";
}

/// The matrix of one round of a cell of one state.
static LogicalResult expectRound(Operation *op, MatrixAttr matrix, CellAttr cell,
                                 const CellShape &shape, int64_t round) {
  if (shape.states != 1)
    return op->emitOpError() << "cell: found " << shape.states << " states of '" << cell.getOp()
                             << "', expected one";
  if (shape.gatesOf(round) != matrix.getGates())
    return op->emitOpError() << "gates: found " << matrix.getGates() << ", expected "
                             << shape.gatesOf(round) << " for '" << cell.getOp() << "'";
  if (matrix.getPacks() && shape.rounds > 1)
    return op->emitOpError() << "packs: found true, expected false for " << shape.rounds
                             << " rounds";
  if (matrix.getDepth() != matrix.getUnits())
    return op->emitOpError() << "depth: found " << matrix.getDepth() << ", expected the "
                             << matrix.getUnits() << " units";
  return success();
}

/// That of a cell of one round.
static LogicalResult expectRecurrent(Operation *op, MatrixAttr matrix, CellAttr cell) {
  std::optional<CellShape> shape = expectCell(op, cell);
  if (!shape)
    return failure();
  if (shape->rounds != 1)
    return op->emitOpError() << "cell: found " << shape->rounds << " rounds of '" << cell.getOp()
                             << "', expected one";
  return expectRound(op, matrix, cell, *shape, /*round=*/0);
}

LogicalResult ProjectRowsOp::verify() { return expectInFunction(*this); }

LogicalResult ScanRowsOp::verify() {
  std::optional<CellShape> shape = expectCell(*this, getCell());
  return !shape || failed(expectInFunction(*this))
             ? failure()
             : expectRound(*this, getMatrix(), getCell(), *shape, shape->rounds - 1);
}

LogicalResult ScanRoundOp::verify() {
  std::optional<CellShape> shape = expectCell(*this, getCell());
  return !shape || failed(expectInFunction(*this)) ||
                 failed(expectEarlyRound(*this, *shape, getRound()))
             ? failure()
             : expectRound(*this, getMatrix(), getCell(), *shape, getRound());
}

LogicalResult ScanStepsOp::verify() {
  if (failed(expectInFunction(*this)) || failed(expectRecurrent(*this, getMatrix(), getCell())))
    return failure();
  MatrixAttr matrix = getMatrix();
  if (isOneVector(matrix.getUnits(), matrix.getGates(), matrix.getLanes()))
    return success();
  return emitOpError() << "units: found " << matrix.getUnits() << ", expected one vector of "
                       << matrix.getLanes();
}

LogicalResult StepRowOp::verify() {
  MatrixAttr input = getInput(), recurrent = getRecurrent();
  if (failed(expectInFunction(*this)) || failed(expectRecurrent(*this, recurrent, getCell())))
    return failure();
  auto panelsOf = [](MatrixAttr m) {
    return std::array{m.getGates(), m.getUnits(), m.getLanes(), m.getVectors()};
  };
  if (panelsOf(input) == panelsOf(recurrent))
    return success();
  return emitOpError() << "input: found " << input << ", expected the panels of " << recurrent;
}
