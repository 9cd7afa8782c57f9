//===- ExpandCell.cpp - rnn.cell_update into its equations --------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %new = rnn.cell_update gates(%r, %z, %n) sums(...) biases(...) h(%h) : vector<8xf32>
//     ==>
//   arith, math.fma, rnn.sigmoid and rnn.tanh on vector<8xf32>
//
// The equations are those of Cells.h, instantiated with values of the IR in place of
// numbers.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/KernelBuilder.h"
#include "compiler/target/Passes.h"
#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/ValueSteps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDCELL
#include "compiler/target/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using rnn::ValueSteps;

static Value equationsOf(rnn::CellUpdateOp op) {
  const rnn::CellEquations &cell = rnn::lookupCell(op.getContext(), op.getCell())->getEquations();
  rnn::StepsPlace place(ImplicitLocOpBuilder(op.getLoc(), op), op.getType(), fusesMultiplyAdds(op));
  CellUnit<ValueSteps> unit;
  for (int64_t q = 0; q < cell.shape.gates; ++q) {
    unit.inputs[q] = {&place, op.getGates()[q]};
    unit.sums[q] = {&place, op.getSums()[q]};
    if (cell.shape.gate[q].keepsBias && !op.getBiases().empty())
      unit.biases[q] = ValueSteps{&place, op.getBiases()[cell.shape.keptIndex(q)]};
  }
  unit.states[0] = {&place, op.getH()};
  activateRound(cell.shape, /*round=*/0, unit);
  cell.in<ValueSteps>().update(unit);
  return unit.states[0].value;
}

namespace {
struct ExpandCell : grucc::impl::ExpandCellBase<ExpandCell> {
  void runOnOperation() override {
    getOperation()->walk([&](rnn::CellUpdateOp op) {
      op.replaceAllUsesWith(equationsOf(op));
      op.erase();
    });
  }
};
} // namespace
