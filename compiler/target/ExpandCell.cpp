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
// and rnn.cell_round alike, which has several results.
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

template <typename Op> static rnn::CellEquations cellOf(Op op) {
  return rnn::equationsOf(op.getCell());
}

/// The units of `op` once its round is through: with the gates of that and of those before.
template <typename Op>
static CellUnit<ValueSteps> activated(Op op, rnn::StepsPlace &place, int64_t round) {
  const CellShape shape = cellOf(op).shape;
  CellUnit<ValueSteps> unit;
  int64_t first = shape.round[round].first;
  for (int64_t q = 0; q < first; ++q)
    unit.gates[q] = {&place, op.getGates()[q]};
  for (int64_t q = first; q < shape.round[round].end; ++q) {
    unit.inputs[q] = {&place, op.getGates()[q]};
    unit.sums[q] = {&place, op.getSums()[q - first]};
    int64_t kept = shape.keptIndex(q) - shape.keptIndex(first);
    if (shape.gate[q].keepsBias && !op.getBiases().empty())
      unit.biases[q] = ValueSteps{&place, op.getBiases()[kept]};
  }
  unit.states[0] = {&place, op.getH()};
  activateRound(shape, round, unit);
  return unit;
}

static Values equationsOf(rnn::CellUpdateOp op, rnn::StepsPlace &place) {
  CellUnit<ValueSteps> unit = activated(op, place, cellOf(op).shape.rounds - 1);
  cellOf(op).in<ValueSteps>().update(unit);
  return {unit.states[0].value};
}

static Values equationsOf(rnn::CellRoundOp op, rnn::StepsPlace &place) {
  const CellShape shape = cellOf(op).shape;
  int64_t round = op.getRound();
  CellUnit<ValueSteps> unit = activated(op, place, round);
  Values results;
  for (int64_t q = shape.round[round].first; q < shape.round[round].end; ++q)
    results.push_back(unit.gates[q].value);
  results.push_back(operandOf(shape, round + 1, unit).value);
  return results;
}

namespace {
struct ExpandCell : grucc::impl::ExpandCellBase<ExpandCell> {
  void runOnOperation() override {
    getOperation()->walk([&](rnn::CellUpdateOp op) { expand(op); });
    getOperation()->walk([&](rnn::CellRoundOp op) { expand(op); });
  }
  template <typename Op> void expand(Op op) {
    ImplicitLocOpBuilder builder(op.getLoc(), op);
    rnn::StepsPlace place(builder, op.getH().getType(), fusesMultiplyAdds(op));
    op->replaceAllUsesWith(equationsOf(op, place));
    op->erase();
  }
};
} // namespace
