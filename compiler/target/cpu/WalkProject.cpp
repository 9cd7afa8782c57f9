//===- WalkProject.cpp - The input part of the gates -===//
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

void cpu::walkProject(Emitter &e, const rnn::Schedule &schedule, rnn::ProjectRowsOp op) {
  MatrixLayout matrix = MatrixLayout::of(op.getMatrix(), e.element);
  PanelLayout panels = matrix.panels;
  int64_t lanes = panels.lanes;
  Value weights = op.getWeights(), weightsAt = op.getWeightsAt(), rows = op.getRows();
  Rows x{op.getX(), op.getXAt(), op.getXStride()};
  Rows gates{op.getGates(), op.getGatesAt(), op.getGatesStride()};

  Value aside = emitAside(e, schedule, panels);

  emitPanelWalk(
      e, panels, {op.getFirst(), op.getEnd(), /*descending=*/Value(), panels.hasNarrowTail()},
      [&](ValueRange walked, bool tail, Value next) {
        Value panel = walked.front();
        Panel input = panelAt(e, matrix, weights, weightsAt, panel, tail);
        Value column = e.mul(panel, panels.panelElements(/*tail=*/false));
        SmallVector<Tile> tiles = tilesOf(e, schedule, panels, tail);
        emitRowGroups(e, schedule, rows, [&](Value firstRow, Value count) {
          emitPanelVectors(e, panels, tail, tiles.front(), [&](Tile part, Value unit, bool) {
            Value nextStart = panelAt(e, matrix, weights, weightsAt, next, tail).starts.front();
            emitGroupSums(e, schedule, tiles, part, input, unit,
                          {x, firstRow, count, aside, nextStart});
            int64_t perRow = part.sums();
            e.loop(e.index(0), count, e.index(1), [&](Value row) {
              Value rowAt = e.add(gates.offset, e.mul(e.add(firstRow, row), gates.stride));
              for (int64_t i = 0; i < perRow; ++i) {
                Value at = e.add(column, emitElementAt(e, panels, part, tail, unit, i));
                Value sum = e.load(aside, e.add(e.mul(row, perRow * lanes), i * lanes), lanes);
                if (op.getBias()) {
                  Value bias = e.loadNumbers(weights, e.add(weightsAt, *op.getBias()), at, lanes);
                  sum = arith::AddFOp::create(e, sum, bias);
                }
                e.store(sum, gates.memory, e.add(rowAt, at));
              }
            });
          });
        });
      });
}
