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

/// Behind the gates of each row: what the next round's product is of.
static Rows operandsOf(Emitter &e, const Rows &gates, const CellFacts &cell) {
  return {gates.memory, e.add(gates.offset, cell.rowPanels().elements()), gates.stride};
}

/// The op's round of the rows: sums are of `x`.
template <typename Op>
static void walk(Emitter &e, const rnn::Schedule &schedule, Op op, const CellFacts &cell,
                 const Rows &gates, const Rows &x, const CellPlace &place) {
  MatrixLayout matrix = MatrixLayout::of(op.getMatrix(), e.element);
  PanelLayout panels = matrix.panels, rowPanels = cell.rowPanels();
  int64_t lanes = panels.lanes;
  bool oneRow = op.getOneRow();
  Value weights = op.getWeights(), weightsAt = op.getWeightsAt(), zero = e.index(0);
  Value rows = op.getRows(), descending = walkDirection(schedule, op.getDescending());
  Value aside = oneRow ? Value() : emitAside(e, schedule, panels);
  int64_t streams = oneRow ? schedule.traversal.streams : 1;
  // With many rows its micro-kernels would be the same once more.
  bool apart = oneRow ? panels.hasPartialTail() : panels.hasNarrowTail();

  emitPanelWalk(
      e, panels, {op.getFirst(), op.getEnd(), descending, apart, streams},
      [&](ValueRange walked, bool tail, Value next) {
        auto unitOf = [&](Value panel, Value unit) {
          return e.add(e.mul(panel, panels.width()), unit);
        };
        auto gatesOf = [&](Value panel, Value row) {
          return e.add(e.add(gates.offset, e.mul(row, gates.stride)),
                       e.mul(panel, rowPanels.panelElements(/*tail=*/false)));
        };
        // The cells of one row, with its sums [gate][vector].
        auto emitRow = [&](Value panel, Tile part, Value unit, int64_t valid, Value row,
                           ArrayRef<Value> sums) {
          Tile all{cell.gatesEnd(), part.rows, part.vectors, part.packed};
          Values inputs, gatesAt;
          for (int64_t i = 0; i < all.sums(); ++i) {
            Value at = emitElementAt(e, rowPanels, all, tail, unit, i);
            gatesAt.push_back(e.add(gatesOf(panel, row), at));
            inputs.push_back(e.load(gates.memory, gatesAt.back(), lanes));
          }
          emitCells(e, cell, place, part, unitOf(panel, unit), valid, row, inputs, sums, gatesAt);
        };
        Panel recurrent = panelAt(e, matrix, weights, weightsAt, walked, tail);
        SmallVector<Tile> tiles = tilesOf(e, schedule, panels, tail);
        if (oneRow)
          return emitPanelVectors(
              e, panels, tail, {panels.gates, 1, tiles.back().vectors},
              [&](Tile part, Value unit, bool ends) {
                Values sums = emitSums(e, schedule, part, recurrent, unit, x, zero);
                ArrayRef<Value> own = sums;
                for (Value panel : walked) {
                  emitValid(e, cell, part, unitOf(panel, unit), ends && tail, [&](int64_t valid) {
                    emitRow(panel, part, unit, valid, zero, own.take_front(part.sums()));
                  });
                  own = own.drop_front(part.sums());
                }
              });
        Value panel = walked.front();
        emitRowGroups(e, schedule, rows, [&](Value firstRow, Value count) {
          emitPanelVectors(e, panels, tail, tiles.front(), [&](Tile part, Value unit, bool ends) {
            Value nextStart = panelAt(e, matrix, weights, weightsAt, next, tail).starts.front();
            emitGroupSums(e, schedule, tiles, part, recurrent, unit,
                          {x, firstRow, count, aside, nextStart});
            int64_t perRow = part.sums() * lanes;
            Tile wide{part.gates, part.rows, part.vectors};
            auto emitWide = [&](int64_t valid) {
              e.loop(zero, count, e.index(1), [&](Value row) {
                Values sums;
                for (int64_t i = 0; i < wide.sums(); ++i)
                  sums.push_back(e.load(aside, e.add(e.mul(row, perRow), i * lanes), lanes));
                emitRow(panel, wide, unit, valid, e.add(firstRow, row), sums);
              });
            };
            if (part.vectors)
              emitValid(e, cell, part, unitOf(panel, unit), ends, emitWide);
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
                  Value gateAt = e.add(gatesOf(panel, rows.back()), behind + q * size);
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

/// The rows of projected gates that an op works on.
template <typename Op> static Rows gatesOf(Emitter &e, Op op, const CellFacts &cell) {
  return {op.getGates(), op.getGatesAt(), e.index(cell.rowPanels().rowElements(cell.shape.rounds))};
}

void cpu::walkScan(Emitter &e, const rnn::Schedule &schedule, rnn::ScanRowsOp op) {
  CellFacts cell(e, op, op.getMatrix(), op.getCell(), op.getBias().has_value());
  Rows gates = gatesOf(e, op, cell);
  Rows h{op.getH(), op.getHAt(), op.getHStride()}, y{op.getY(), op.getYAt(), op.getYStride()};
  CellPlace place{op.getWeights(), e.add(op.getWeightsAt(), op.getBias().value_or(0)), h, y};
  Rows x = cell.round > 0 ? operandsOf(e, gates, cell) : h;
  walk(e, schedule, op, cell, gates, x, place);
}

void cpu::walkScanRound(Emitter &e, const rnn::Schedule &schedule, rnn::ScanRoundOp op) {
  CellFacts cell(e, op, op.getMatrix(), op.getCell(), op.getBias().has_value(), op.getRound());
  Rows gates = gatesOf(e, op, cell), operands = operandsOf(e, gates, cell);
  Rows h{op.getH(), op.getHAt(), op.getHStride()};
  CellPlace place{op.getWeights(), e.add(op.getWeightsAt(), op.getBias().value_or(0)), h, operands,
                  gates.memory};
  static_assert(mostRounds == 2, "a round between two would write what its product reads");
  walk(e, schedule, op, cell, gates, h, place);
}
