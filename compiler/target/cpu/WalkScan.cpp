//===- WalkScan.cpp - One step of the recurrence, gates fused -===//
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

void cpu::walkScan(Emitter &e, const rnn::Schedule &schedule, rnn::ScanRowsOp op) {
  MatrixLayout matrix = MatrixLayout::of(op.getMatrix(), e.element);
  PanelLayout panels = matrix.panels;
  int64_t lanes = panels.lanes;
  bool oneRow = op.getOneRow();
  Value weights = op.getWeights(), weightsAt = op.getWeightsAt(), zero = e.index(0);
  Rows gates{op.getGates(), op.getGatesAt(), e.index(panels.elements())};
  Rows h{op.getH(), op.getHAt(), op.getHStride()}, y{op.getY(), op.getYAt(), op.getYStride()};
  Value rows = op.getRows(), descending = walkDirection(schedule, op.getDescending());
  CellFacts cell(e, op, op.getMatrix(), op.getCell(), op.getBias().has_value());
  CellPlace place{weights, e.add(weightsAt, op.getBias().value_or(0)), h, y};
  Value aside = oneRow ? Value() : emitAside(e, schedule, panels);
  // With many rows its micro-kernels would be the same once more.
  bool apart = oneRow ? panels.hasPartialTail() : panels.hasNarrowTail();

  emitPanelWalk(
      e, panels, op.getFirst(), op.getEnd(), descending, apart,
      [&](Value panel, bool tail, Value next) {
        auto unitOf = [&](Value unit) { return e.add(e.mul(panel, panels.width()), unit); };
        auto gatesOf = [&](Value row) {
          return e.add(e.add(gates.offset, e.mul(row, gates.stride)),
                       e.mul(panel, panels.panelElements(/*tail=*/false)));
        };
        // The cells of one row, with its sums [gate][vector].
        auto emitRow = [&](Tile part, Value unit, int64_t valid, Value row, ArrayRef<Value> sums) {
          Values inputs;
          for (int64_t i = 0; i < part.sums(); ++i) {
            Value at = emitElementAt(e, panels, part, tail, unit, i);
            inputs.push_back(e.load(gates.memory, e.add(gatesOf(row), at), lanes));
          }
          emitCells(e, cell, place, part, unitOf(unit), valid, row, inputs, sums);
        };
        Panel recurrent = panelAt(e, matrix, weights, weightsAt, panel, tail);
        SmallVector<Tile> tiles = tilesOf(e, schedule, panels, tail);
        if (oneRow)
          return emitPanelVectors(
              e, panels, tail, {panels.gates, 1, tiles.back().vectors},
              [&](Tile part, Value unit, bool ends) {
                Values sums = emitSums(e, schedule, part, recurrent, unit, h, zero);
                emitValid(e, cell, part, unitOf(unit), ends && tail,
                          [&](int64_t valid) { emitRow(part, unit, valid, zero, sums); });
              });
        emitRowGroups(e, schedule, rows, [&](Value firstRow, Value count) {
          emitPanelVectors(e, panels, tail, tiles.front(), [&](Tile part, Value unit, bool ends) {
            Value nextStart = panelAt(e, matrix, weights, weightsAt, next, tail).start;
            emitGroupSums(e, schedule, tiles, part, recurrent, unit,
                          {h, firstRow, count, aside, nextStart});
            int64_t perRow = part.sums() * lanes;
            Tile wide{part.gates, part.rows, part.vectors};
            auto emitWide = [&](int64_t valid) {
              e.loop(zero, count, e.index(1), [&](Value row) {
                Values sums;
                for (int64_t i = 0; i < wide.sums(); ++i)
                  sums.push_back(e.load(aside, e.add(e.mul(row, perRow), i * lanes), lanes));
                emitRow(wide, unit, valid, e.add(firstRow, row), sums);
              });
            };
            if (part.vectors)
              emitValid(e, cell, part, unitOf(unit), ends, emitWide);
            if (!part.packed)
              return;
            // As many rows as it has parts fill a vector; some may be the last row once more.
            int64_t behind = part.gates * panels.tailWidth(), size = panels.partLanes();
            int64_t beside = panels.packedParts();
            e.loop(zero, count, e.index(beside), [&](Value first) {
              Values rows, inputs, sums;
              for (int64_t i = 0; i < beside; ++i) {
                Value row = e.min(e.add(first, i), e.sub(count, e.index(1)));
                rows.push_back(e.add(firstRow, row));
                for (int64_t q = 0; q < part.gates; ++q) {
                  Value sumAt = e.add(e.mul(row, perRow), wide.sums() * lanes + q * size);
                  Value gateAt = e.add(gatesOf(rows.back()), behind + q * size);
                  sums.push_back(e.load(aside, sumAt, size));
                  inputs.push_back(e.load(gates.memory, gateAt, size));
                }
              }
              emitPackedCells(e, cell, place, rows, inputs, sums);
            });
          });
        });
      });
}
