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

namespace {
/// The op's round of the rows: sums are of `x`.
template <typename Op> class ScanWalk {
public:
  ScanWalk(Emitter &e, const rnn::Schedule &schedule, Op op, const CellFacts &cell,
           const Rows &gates, const Rows &x, const CellPlace &place)
      : e(e), schedule(schedule), op(op), cell(cell), gates(gates), x(x), place(place),
        matrix(MatrixLayout::of(op.getMatrix(), e.element)), panels(matrix.panels),
        rowPanels(cell.rowPanels()), lanes(panels.lanes), zero(e.index(0)) {}

  void emit();

private:
  Emitter &e;
  const rnn::Schedule &schedule;
  Op op;
  const CellFacts &cell;
  const Rows &gates, &x;
  const CellPlace &place;
  MatrixLayout matrix;
  PanelLayout panels, rowPanels;
  int64_t lanes;
  Value zero;

  /// Panels that one row walks side by side.
  int64_t rowStreams() const {
    const rnn::Traversal &traversal = schedule.traversal;
    int64_t alike = traversal.streams * cell.shape.gates / panels.gates; // as many sums
    return std::max(traversal.streams, std::min(alike, traversal.roundStreams));
  }
  Value unitOf(Value panel, Value unit) { return e.add(e.mul(panel, panels.width()), unit); }
  Value gatesOf(Value panel, Value row) {
    return e.add(e.add(gates.offset, e.mul(row, gates.stride)),
                 e.mul(panel, rowPanels.panelElements(/*tail=*/false)));
  }
  Panel panelsOf(ValueRange walked, bool tail) {
    return panelAt(e, matrix, op.getWeights(), op.getWeightsAt(), walked, tail);
  }
  void emitRow(Value panel, bool tail, Tile part, Value unit, int64_t valid, Value row,
               ArrayRef<Value> sums);
  void walkRow(ValueRange walked, bool tail);
  void walkFew(StreamSums &few, Value first, Value count);
  void walkMany(Value panel, bool tail, Value next, Value aside);
  void emitPacked(Value panel, Tile part, Value aside, Value firstRow, Value count);
};
} // namespace

/// The cells of one row, with its sums [gate][vector].
template <typename Op>
void ScanWalk<Op>::emitRow(Value panel, bool tail, Tile part, Value unit, int64_t valid, Value row,
                           ArrayRef<Value> sums) {
  Tile all{cell.gatesEnd(), part.rows, part.vectors, part.packed};
  Values inputs, gatesAt;
  for (int64_t i = 0; i < all.sums(); ++i) {
    Value at = emitElementAt(e, rowPanels, all, tail, unit, i);
    gatesAt.push_back(e.add(gatesOf(panel, row), at));
    inputs.push_back(e.load(gates.memory, gatesAt.back(), lanes));
  }
  emitCells(e, cell, place, part, unitOf(panel, unit), valid, row, inputs, sums, gatesAt);
}

/// One row through a panel, or through several side by side.
template <typename Op> void ScanWalk<Op>::walkRow(ValueRange walked, bool tail) {
  Panel recurrent = panelsOf(walked, tail);
  Tile row{panels.gates, 1, tilesOf(e, schedule, panels, tail).back().vectors};
  emitPanelVectors(e, panels, tail, row, [&](Tile part, Value unit, bool ends) {
    Values sums = emitSums(e, schedule, part, recurrent, unit, x, zero);
    ArrayRef<Value> own = sums;
    for (Value panel : walked) {
      emitValid(e, cell, part, unitOf(panel, unit), ends && tail, [&](int64_t valid) {
        emitRow(panel, tail, part, unit, valid, zero, own.take_front(part.sums()));
      });
      own = own.drop_front(part.sums());
    }
  });
}

/// A few rows through `count` panels from `first` on, side by side.
template <typename Op> void ScanWalk<Op>::walkFew(StreamSums &few, Value first, Value count) {
  StreamRows rows{x, op.getRows(), panelsOf(first, /*tail=*/false), count};
  Tile tile{panels.gates, 1, schedule.tiling.tiles[1]};
  emitPanelVectors(e, panels, /*tail=*/false, tile, [&](Tile part, Value unit, bool ends) {
    few.emit(rows, part, unit);
    e.loop(zero, count, e.index(1), [&](Value number) {
      Value panel = e.add(first, number);
      emitValid(e, cell, part, unitOf(panel, unit), ends, [&](int64_t valid) {
        e.loop(zero, rows.rows, e.index(1), [&](Value row) {
          emitRow(panel, /*tail=*/false, part, unit, valid, row, few.load(number, row, part));
        });
      });
    });
  });
}

/// Any number of rows through one panel, group by group.
template <typename Op>
void ScanWalk<Op>::walkMany(Value panel, bool tail, Value next, Value aside) {
  Panel recurrent = panelsOf(panel, tail);
  SmallVector<Tile> tiles = tilesOf(e, schedule, panels, tail, cell.shape.gates);
  emitRowGroups(e, schedule, op.getRows(), [&](Value firstRow, Value count) {
    emitPanelVectors(e, panels, tail, tiles.front(), [&](Tile part, Value unit, bool ends) {
      Value nextStart = panelsOf(next, tail).starts.front();
      emitGroupSums(e, schedule, tiles, part, recurrent, unit,
                    {x, firstRow, count, aside, nextStart});
      int64_t perRow = part.sums() * lanes;
      Tile wide{part.gates, part.rows, part.vectors};
      auto emitWide = [&](int64_t valid) {
        e.loop(zero, count, e.index(1), [&](Value row) {
          Values sums;
          for (int64_t i = 0; i < wide.sums(); ++i)
            sums.push_back(e.load(aside, e.add(e.mul(row, perRow), i * lanes), lanes));
          emitRow(panel, tail, wide, unit, valid, e.add(firstRow, row), sums);
        });
      };
      if (part.vectors)
        emitValid(e, cell, part, unitOf(panel, unit), ends, emitWide);
      if (part.packed)
        emitPacked(panel, part, aside, firstRow, count);
    });
  });
}

/// As many rows as it has parts fill a vector; some may be the last row once more.
template <typename Op>
void ScanWalk<Op>::emitPacked(Value panel, Tile part, Value aside, Value firstRow, Value count) {
  int64_t perRow = part.sums() * lanes, wide = Tile{part.gates, part.rows, part.vectors}.sums();
  int64_t behind = part.gates * panels.tailWidth(), size = panels.partLanes();
  int64_t beside = panels.packedParts();
  e.loop(zero, count, e.index(beside), [&](Value first) {
    Values rows, inputs, sums;
    for (int64_t i = 0; i < beside; ++i) {
      Value row = e.min(e.add(first, i), e.sub(count, e.index(1)));
      rows.push_back(e.add(firstRow, row));
      for (int64_t q = 0; q < part.gates; ++q) {
        Value sumAt = e.add(e.mul(row, perRow), wide * lanes + q * size);
        Value gateAt = e.add(gatesOf(panel, rows.back()), behind + q * size);
        sums.push_back(e.load(aside, sumAt, size));
        inputs.push_back(e.load(gates.memory, gateAt, size));
      }
    }
    emitPackedCells(e, cell, place, rows, inputs, sums);
  });
}

template <typename Op> void ScanWalk<Op>::emit() {
  Value descending = walkDirection(schedule, op.getDescending());
  PanelWalk walk{op.getFirst(), op.getEnd(), descending, panels.hasPartialTail(), rowStreams()};
  if (op.getOneRow())
    return emitPanelWalk(e, panels, walk,
                         [&](ValueRange walked, bool tail, Value) { walkRow(walked, tail); });
  // With many rows its micro-kernels would be the same once more.
  walk.apart = panels.hasNarrowTail();
  walk.streams = 1;
  Value aside = emitAside(e, schedule, panels);
  if (!StreamSums::areFor(schedule, matrix))
    return emitPanelWalk(e, panels, walk, [&](ValueRange walked, bool tail, Value next) {
      walkMany(walked.front(), tail, next, aside);
    });
  StreamSums few(e, schedule, panels, aside);
  Value areFew = e.less(op.getRows(), e.index(few.rows() + 1));
  Value size = e.select(areFew, e.index(schedule.traversal.streams), e.index(1));
  emitGroupWalk(e, panels, walk, size, [&](Value first, Value count, bool tail, Value next) {
    auto emitMany = [&] { walkMany(first, tail, next, aside); };
    if (tail)
      return emitMany();
    e.ifThen(areFew, [&] { walkFew(few, first, count); }, emitMany);
  });
}

/// The rows of projected gates that an op works on.
template <typename Op> static Rows gatesOf(Emitter &e, Op op, const CellFacts &cell) {
  return {op.getGates(), op.getGatesAt(), e.index(cell.rowPanels().rowElements(cell.shape.rounds))};
}

void cpu::walkScan(Emitter &e, const rnn::Schedule &schedule, rnn::ScanRowsOp op) {
  CellFacts cell(e, op.getMatrix(), op.getCell(), op.getBias().has_value());
  Rows gates = gatesOf(e, op, cell);
  Rows h{op.getH(), op.getHAt(), op.getHStride()}, y{op.getY(), op.getYAt(), op.getYStride()};
  CellPlace place{op.getWeights(), e.add(op.getWeightsAt(), op.getBias().value_or(0)), h, y};
  Rows x = cell.round > 0 ? operandsOf(e, gates, cell) : h;
  ScanWalk(e, schedule, op, cell, gates, x, place).emit();
}

void cpu::walkScanRound(Emitter &e, const rnn::Schedule &schedule, rnn::ScanRoundOp op) {
  CellFacts cell(e, op.getMatrix(), op.getCell(), op.getBias().has_value(), op.getRound());
  Rows gates = gatesOf(e, op, cell), operands = operandsOf(e, gates, cell);
  Rows h{op.getH(), op.getHAt(), op.getHStride()};
  CellPlace place{op.getWeights(), e.add(op.getWeightsAt(), op.getBias().value_or(0)), h, operands,
                  gates.memory};
  static_assert(mostRounds == 2, "a round between two would write what its product reads");
  ScanWalk(e, schedule, op, cell, gates, h, place).emit();
}
