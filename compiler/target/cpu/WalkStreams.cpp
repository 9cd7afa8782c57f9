//===- WalkStreams.cpp - A few rows through several panels at a time -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The sums of a few rows with several panels do not fit the registers. So the rows go through a
// few k of one panel, then through as many of the next, and the sums of the block that is under
// way wait on the stack: the panels are read as so many streams, and no order of sums changes.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/WalkPanels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// A few k are so many: 768 bytes of three gates of 8 float32. Reads of 192 and of 768 bytes at a
/// time from each of 8 places came at 40 to 46 GB/s where 16 MB lay, of 3072 at 23 to 38 (Zen 3).
static constexpr int64_t turnK = 8;

StreamSums::StreamSums(Emitter &e, const rnn::Schedule &schedule, const PanelLayout &layout,
                       Value aside)
    : e(e), schedule(schedule), lanes(layout.lanes),
      tiles(tilesOf(e, schedule, layout, /*tail=*/false)), aside(aside) {}

bool StreamSums::areFor(const rnn::Schedule &schedule, const MatrixLayout &matrix) {
  return schedule.traversal.streams > 1 && schedule.traversal.streamRows > 1 &&
         matrix.sumBlock() == schedule.tiling.kBlock &&
         matrix.panels.panels() - matrix.panels.hasNarrowTail() > 1;
}

int64_t StreamSums::rows() const { return schedule.traversal.streamRows; }

/// [panel][row][Tile::sums][lanes]
Value StreamSums::placeOf(Tile part, Value panel, Value row) {
  return e.mul(e.add(e.mul(panel, rows()), row), part.sums() * lanes);
}

/// Where the sum of all blocks stands whose block under way stands at `at`.
Value StreamSums::totalAt(Tile part, Value at) {
  return e.add(at, schedule.traversal.streams * rows() * part.sums() * lanes);
}

/// Calls `body` with every place of a vector of sums.
void StreamSums::forAll(const StreamRows &few, Tile part, function_ref<void(Value)> body) {
  e.loop(e.index(0), few.panels, e.index(1), [&](Value panel) {
    Value first = placeOf(part, panel, e.index(0));
    e.loop(first, e.add(first, e.mul(few.rows, part.sums() * lanes)), e.index(lanes), body);
  });
}

/// All rows through `count` k of every panel, from `first` on.
void StreamSums::emitTurn(const StreamRows &few, Tile part, Value unit, Value first,
                          int64_t count) {
  e.loop(e.index(0), few.panels, e.index(1), [&](Value number) {
    Panel panel = few.first;
    panel.starts = {e.add(panel.starts.front(), e.mul(number, panel.matrix.panelBytes()))};
    emitRowTiles(e, tiles, few.rows, [&](Tile tile, Value row) {
      tile.vectors = part.vectors;
      Value at = placeOf(part, number, row);
      Values sums;
      for (int64_t i = 0; i < tile.rows * tile.sums(); ++i)
        sums.push_back(e.load(aside, e.add(at, i * lanes), lanes));
      sums = emitSumsOnto(e, schedule, tile, panel, unit, few.x, row, first, count, sums);
      for (auto [i, sum] : llvm::enumerate(sums))
        e.store(sum, aside, e.add(at, i * lanes));
    });
  });
}

void StreamSums::emit(const StreamRows &few, Tile part, Value unit) {
  // -0 is what changes no sum, not even the sign of a zero.
  Value none = e.constant(-0.0, lanes), zero = e.zeros(lanes);
  forAll(few, part, [&](Value at) {
    e.store(none, aside, totalAt(part, at));
    e.store(zero, aside, at);
  });
  auto endBlock = [&] {
    forAll(few, part, [&](Value at) {
      Value total = e.load(aside, totalAt(part, at), lanes), sum = e.load(aside, at, lanes);
      e.store(arith::AddFOp::create(e, total, sum), aside, totalAt(part, at));
      e.store(zero, aside, at);
    });
  };
  int64_t depth = few.first.matrix.depth, size = few.first.matrix.sumBlock();
  int64_t whole = depth / size * size, turns = depth / turnK * turnK;
  auto emitTurns = [&](Value first, Value end) {
    e.loop(first, end, e.index(turnK), [&](Value k) { emitTurn(few, part, unit, k, turnK); });
  };
  e.loop(e.index(0), e.index(whole), e.index(size), [&](Value first) {
    emitTurns(first, e.add(first, size));
    endBlock();
  });
  if (whole == depth)
    return;
  emitTurns(e.index(whole), e.index(turns));
  if (turns < depth)
    emitTurn(few, part, unit, e.index(turns), depth - turns);
  endBlock();
}

Values StreamSums::load(Value panel, Value row, Tile part) {
  Values sums;
  Value at = totalAt(part, placeOf(part, panel, row));
  for (int64_t i = 0; i < part.sums(); ++i)
    sums.push_back(e.load(aside, e.add(at, i * lanes), lanes));
  return sums;
}
