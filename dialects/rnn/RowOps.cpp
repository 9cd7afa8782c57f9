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

static LogicalResult expectRecurrent(Operation *op, MatrixAttr matrix, StringRef cell) {
  const CellShape *shape = expectCell(op, cell);
  if (!shape)
    return failure();
  if (shape->rounds != 1 || shape->states != 1)
    return op->emitOpError() << "cell: found " << shape->rounds << " rounds and " << shape->states
                             << " states of '" << cell << "', expected one of each";
  if (shape->gates != matrix.getGates())
    return op->emitOpError() << "gates: found " << matrix.getGates() << ", expected "
                             << shape->gates << " for '" << cell << "'";
  if (matrix.getDepth() != matrix.getUnits())
    return op->emitOpError() << "depth: found " << matrix.getDepth() << ", expected the "
                             << matrix.getUnits() << " units";
  return success();
}

LogicalResult ProjectRowsOp::verify() { return expectInFunction(*this); }

LogicalResult ScanRowsOp::verify() {
  return failed(expectInFunction(*this)) ? failure()
                                         : expectRecurrent(*this, getMatrix(), getCell());
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
