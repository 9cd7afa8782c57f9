//===- WalkStepRow.cpp - Projection and scan of one step in one walk -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/WalkPanels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

void cpu::walkStepRow(Emitter &e, const rnn::Schedule &schedule, rnn::StepRowOp op) {
  MatrixLayout inputMatrix = MatrixLayout::of(op.getInput(), e.element);
  MatrixLayout recurrentMatrix = MatrixLayout::of(op.getRecurrent(), e.element);
  PanelLayout panels = recurrentMatrix.panels;
  int64_t lanes = panels.lanes;
  Value weights = op.getWeights(), weightsAt = op.getWeightsAt(), zero = e.index(0);
  Rows x{op.getX(), op.getXAt(), zero}, h{op.getH(), op.getHAt(), zero};
  Rows y{op.getY(), op.getYAt(), zero};
  Value descending = walkDirection(schedule, op.getDescending());
  bool bias = op.getRecurrentBias().has_value();
  CellFacts cell(e, op.getRecurrent(), op.getCell(), bias);
  CellPlace place{weights, e.add(weightsAt, op.getRecurrentBias().value_or(0)), h, y};
  Tile tile{panels.gates, 1, schedule.tiling.tiles.back()};

  PanelWalk walk{op.getFirst(), op.getEnd(), descending, panels.hasPartialTail(),
                 schedule.traversal.streams};
  emitPanelWalk(e, panels, walk, [&](ValueRange walked, bool tail, Value) {
    Panel input = panelAt(e, inputMatrix, weights, weightsAt, walked, tail);
    Panel recurrent =
        panelAt(e, recurrentMatrix, weights, e.add(weightsAt, op.getRecurrentAt()), walked, tail);
    emitPanelVectors(e, panels, tail, tile, [&](Tile part, Value unit, bool ends) {
      Values gates = emitSums(e, schedule, part, input, unit, x, zero);
      auto addBiases = [&](Value panel, MutableArrayRef<Value> gates) {
        Value column = e.mul(panel, panels.panelElements(/*tail=*/false));
        for (int64_t i = 0; i < part.sums(); ++i) {
          Value at = e.add(column, emitElementAt(e, panels, part, tail, unit, i));
          Value bias = e.loadNumbers(weights, e.add(weightsAt, *op.getInputBias()), at, lanes);
          gates[i] = arith::AddFOp::create(e, gates[i], bias);
        }
      };
      int64_t perPanel = part.sums();
      for (size_t i = 0; op.getInputBias() && i < walked.size(); ++i)
        addBiases(walked[i], MutableArrayRef(gates).slice(i * perPanel, perPanel));
      Values sums = emitSums(e, schedule, part, recurrent, unit, h, zero);
      for (size_t i = 0; i < walked.size(); ++i) {
        Value firstUnit = e.add(e.mul(walked[i], panels.width()), unit);
        emitValid(e, cell, part, firstUnit, ends && tail, [&](int64_t valid) {
          emitCells(e, cell, place, part, firstUnit, valid, zero,
                    ArrayRef(gates).slice(i * perPanel, perPanel),
                    ArrayRef(sums).slice(i * perPanel, perPanel));
        });
      }
    });
  });
}
