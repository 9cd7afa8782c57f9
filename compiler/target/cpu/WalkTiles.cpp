//===- WalkTiles.cpp - Which rows, vectors and panels go through the kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/WalkPanels.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

Panel cpu::panelAt(Emitter &e, const MatrixLayout &matrix, Value weights, Value at,
                   ValueRange panels, bool tail) {
  Values starts;
  for (Value panel : panels)
    starts.push_back(e.add(e.add(at, matrix.headerBytes()), e.mul(panel, matrix.panelBytes())));
  return {matrix, weights, at, starts, tail};
}

void cpu::emitRowGroups(Emitter &e, const rnn::Schedule &schedule, Value rows,
                        function_ref<void(Value, Value)> body) {
  Value size = e.index(schedule.tiling.groupRows);
  e.loop(e.index(0), rows, size,
         [&](Value first) { body(first, e.min(size, e.sub(rows, first))); });
}

Value cpu::emitAside(Emitter &e, const rnn::Schedule &schedule, const PanelLayout &layout) {
  int64_t least = tilesOf(e, schedule, layout, /*tail=*/true).back().rows;
  int64_t rows = llvm::alignTo(schedule.tiling.groupRows, least); // a tile may reach beyond them
  const rnn::Traversal &traversal = schedule.traversal;
  if (traversal.streams > 1 && traversal.streamRows > 1)
    rows = std::max(rows, 2 * traversal.streams * traversal.streamRows);
  int64_t floats = rows * layout.gates * schedule.tiling.tiles[1] * schedule.tiling.lanes;
  return memref::AllocaOp::create(e, MemRefType::get({floats}, e.element),
                                  e.getI64IntegerAttr(e.bufferAlignment()));
}

SmallVector<Tile> cpu::tilesOf(const Emitter &e, const rnn::Schedule &schedule,
                               const PanelLayout &layout, bool tail, int64_t cellGates) {
  SmallVector<Tile> tiles;
  ArrayRef<int64_t> pairs = schedule.tiling.tiles;
  int64_t more = std::min(pairs[0] * cellGates / layout.gates, schedule.tiling.roundRows);
  if (more > pairs[0])
    tiles.push_back({layout.gates, more, pairs[1]});
  for (size_t i = 0; i + 1 < pairs.size(); i += 2)
    tiles.push_back({layout.gates, pairs[i], pairs[i + 1]});
  // A packed vector alone: as many sums as multiply-adds are under way at a time.
  if (tail && layout.packedUnits() && layout.tailVectors() == 0)
    return {{layout.gates, e.fmaInFlight, tiles.front().vectors}};
  if (tail && layout.packedUnits() && layout.fullPanels())
    return {tiles.front()};
  if (tail && layout.fullPanels() && tiles.size() > 2)
    tiles.erase(tiles.begin() + 1, tiles.end() - 1);
  return tiles;
}

/// Rows of the smallest tile whose multiply-adds do not wait for each other. 1 where
/// smaller ones are not there to fill gaps with.
static int64_t fullRows(const Emitter &e, ArrayRef<Tile> tiles) {
  int64_t rows = llvm::divideCeil(e.fmaInFlight, tiles.front().gates * tiles.front().vectors);
  bool all = llvm::all_of(llvm::seq<int64_t>(1, rows + 1), [&](int64_t size) {
    return llvm::any_of(tiles, [&](Tile tile) { return tile.rows == size; });
  });
  return all ? rows : 1;
}

void cpu::emitRowTiles(Emitter &e, ArrayRef<Tile> tiles, Value rows,
                       function_ref<void(Tile, Value)> body) {
  int64_t full = fullRows(e, tiles);
  // The largest tile that leaves nothing or a full tile: 9 rows go as 5 and 4.
  std::function<Value(ArrayRef<Tile>, Value, Value)> emitFitting = [&](ArrayRef<Tile> fitting,
                                                                       Value first, Value left) {
    Tile tile = fitting.front();
    auto emit = [&] {
      body(tile, first);
      return e.add(first, tile.rows);
    };
    if (fitting.size() == 1)
      return emit();
    Value fits = e.less(e.index(tile.rows + full - 1), left);
    fits = e.either(e.equal(left, tile.rows), fits);
    return e.choose(fits, emit, [&] { return emitFitting(fitting.drop_front(), first, left); });
  };
  e.loopWhile(
      e.index(0), [&](ValueRange first) { return e.less(first[0], rows); },
      [&](ValueRange first) {
        return Values{emitFitting(tiles, first[0], e.sub(rows, first[0]))};
      });
}

void cpu::emitPanelVectors(Emitter &e, const PanelLayout &layout, bool tail, Tile tile,
                           function_ref<void(Tile, Value, bool)> body) {
  int64_t lanes = layout.lanes;
  if (!tail) {
    bool alike = !layout.hasNarrowTail(); // the last panel may be walked as the others
    int64_t step = std::min(tile.vectors, layout.vectors);
    int64_t whole = layout.vectors / step * step, rest = layout.vectors - whole;
    if (whole == step)
      body(Tile{tile.gates, tile.rows, step}, e.index(0), alike);
    else
      e.loop(e.index(0), e.index(whole * lanes), e.index(step * lanes),
             [&](Value unit) { body(Tile{tile.gates, tile.rows, step}, unit, alike); });
    if (rest)
      body(Tile{tile.gates, tile.rows, rest}, e.index(whole * lanes), alike);
    return;
  }
  int64_t v = 0, n = layout.tailVectors();
  for (bool packed = layout.packedUnits(); v < n || packed;) {
    int64_t vectors = std::min(tile.vectors, n - v), at = v;
    v += vectors;
    // The packed vector goes with the last ones where registers hold all their sums.
    bool both =
        packed && v == n &&
        Tile{tile.gates, 1, vectors, true}.sums() <= Tile{tile.gates, 1, tile.vectors}.sums();
    packed = packed && !both;
    body(Tile{tile.gates, tile.rows, vectors, both}, e.index(at * lanes), /*ends=*/v == n);
  }
}

Value cpu::walkDirection(const rnn::Schedule &schedule, Value parity) {
  return schedule.traversal.zigzag ? parity : Value();
}

static Value isDescending(Emitter &e, Value descending) {
  return arith::CmpIOp::create(e, arith::CmpIPredicate::ne, descending, e.index(0));
}

/// Groups of panels side by side, then those that are left over one by one; in descending order
/// the same from the end.
static void walkStreams(Emitter &e, const PanelWalk &walk, int64_t full,
                        function_ref<void(ValueRange, bool, Value)> body) {
  Value size = e.index(walk.streams), one = e.index(1);
  Value whole = e.min(walk.end, e.index(full));
  Value groups = e.div(e.max(e.sub(whole, walk.first), e.index(0)), size);
  Value grouped = e.mul(groups, size);
  Value down = walk.descending ? isDescending(e, walk.descending) : Value();
  Value rest = e.sub(e.sub(walk.end, walk.first), grouped), turns = e.add(groups, rest);
  e.loop(e.index(0), turns, one, [&](Value i) {
    Value turn = down ? e.select(down, e.sub(e.sub(turns, one), i), i) : i;
    auto emitGroup = [&] {
      Values panels{e.add(walk.first, e.mul(turn, size))};
      while (int64_t(panels.size()) < walk.streams)
        panels.push_back(e.add(panels.front(), int64_t(panels.size())));
      body(panels, /*tail=*/false, panels.front());
    };
    auto emitOne = [&] {
      Value panel = e.add(e.add(walk.first, grouped), e.sub(turn, groups));
      if (!walk.apart)
        return body(panel, /*tail=*/false, panel);
      e.ifThen(
          e.equal(panel, full), [&] { body(e.index(full), /*tail=*/true, panel); },
          [&] { body(panel, /*tail=*/false, panel); });
    };
    e.ifThen(e.less(turn, groups), emitGroup, emitOne);
  });
}

void cpu::emitGroupWalk(Emitter &e, const PanelLayout &panels, const PanelWalk &walk, Value size,
                        function_ref<void(Value, Value, bool, Value)> body) {
  int64_t full = panels.panels() - walk.apart;
  Value one = e.index(1), whole = e.min(walk.end, e.index(full));
  Value left = e.max(e.sub(whole, walk.first), e.index(0));
  Value groups = e.div(e.add(left, e.sub(size, one)), size), turns = groups;
  if (walk.apart)
    turns = e.add(turns, e.select(e.less(e.index(full), walk.end), one, e.index(0)));
  Value down = walk.descending ? isDescending(e, walk.descending) : Value();
  e.loop(e.index(0), turns, one, [&](Value i) {
    Value turn = down ? e.select(down, e.sub(e.sub(turns, one), i), i) : i;
    Value panel = e.add(walk.first, e.mul(turn, size)), next = e.add(panel, one);
    if (down)
      next = e.select(down, e.sub(panel, one), next);
    auto emitGroup = [&] { body(panel, e.min(size, e.sub(whole, panel)), /*tail=*/false, next); };
    if (!walk.apart)
      return emitGroup();
    e.ifThen(e.less(turn, groups), emitGroup,
             [&] { body(e.index(full), one, /*tail=*/true, next); });
  });
}

void cpu::emitPanelWalk(Emitter &e, const PanelLayout &panels, const PanelWalk &walk,
                        function_ref<void(ValueRange, bool, Value)> body) {
  Value first = walk.first, end = walk.end;
  bool apart = walk.apart;
  int64_t full = panels.panels() - apart;
  if (panels.panels() == 1) // all of it, without a loop: it is nobody's part
    return body(e.index(0), /*tail=*/apart, e.index(0));
  if (walk.streams > 1 && full >= walk.streams)
    return walkStreams(e, walk, full, body);
  if (!walk.descending) {
    e.loop(first, e.min(end, e.index(full)), e.index(1),
           [&](Value panel) { body(panel, /*tail=*/false, e.add(panel, 1)); });
    if (apart)
      e.ifThen(e.less(e.index(full), end), [&] { body(e.index(full), /*tail=*/true, e.index(0)); });
    return;
  }
  Value down = isDescending(e, walk.descending);
  Value last = e.sub(e.add(first, end), e.index(1));
  e.loop(first, end, e.index(1), [&](Value i) {
    Value panel = e.select(down, e.sub(last, i), i);
    Value next = e.add(panel, e.select(down, e.index(-1), e.index(1)));
    if (!apart)
      return body(panel, /*tail=*/false, next);
    e.ifThen(
        e.equal(panel, full), [&] { body(e.index(full), /*tail=*/true, next); },
        [&] { body(panel, /*tail=*/false, next); });
  });
}
