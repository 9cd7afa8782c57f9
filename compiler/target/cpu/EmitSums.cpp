//===- EmitSums.cpp - The micro-kernel and its tiling -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// sums += weights[k][gate][unit] * x[row][k] for one k.
static void emitTurn(Emitter &e, int64_t lanes, Tile tile, const Panel &panel, Value weightsAt,
                     Value x, ArrayRef<Value> rowAt, Value k, Values &sums) {
  Values weights;
  for (int64_t gate = 0; gate < 3; ++gate)
    for (int64_t v = 0; v < tile.vectors; ++v)
      weights.push_back(
          e.load(panel.weights, e.add(weightsAt, gate * panel.width + v * lanes), lanes));
  for (int64_t row = 0; row < tile.rows; ++row) {
    Value value = e.splat(x, e.add(rowAt[row], k), lanes);
    for (int64_t i = 0; i < 3 * tile.vectors; ++i) {
      Value &sum = sums[row * 3 * tile.vectors + i];
      sum = e.multiplyAdd(weights[i], value, sum);
    }
  }
}

/// The sums over k in [first, first + count), count at most one block.
static Values emitBlock(Emitter &e, rnn::ScheduleAttr schedule, Tile tile, const Panel &panel,
                        Value firstUnit, Value x, ArrayRef<Value> rowAt, Value first,
                        int64_t count) {
  int64_t lanes = schedule.getLanes();
  int64_t unroll = std::min(schedule.getUnroll(), count);
  Value panelAt = e.add(panel.start, firstUnit);
  auto turn = [&](Value k, Values &sums) {
    Value weightsAt = e.add(panelAt, e.mul(k, 3 * panel.width));
    emitTurn(e, lanes, tile, panel, weightsAt, x, rowAt, k, sums);
  };
  Values sums(tile.rows * 3 * tile.vectors, e.zeros(lanes));
  int64_t rolled = unroll == count ? 0 : count / unroll * unroll;
  if (rolled)
    sums = e.loop(first, e.add(first, rolled), e.index(unroll), sums,
                  [&](Value k, ValueRange carried) {
                    Values next(carried);
                    for (int64_t i = 0; i < unroll; ++i)
                      turn(e.add(k, i), next);
                    return next;
                  });
  for (int64_t i = rolled; i < count; ++i)
    turn(e.add(first, i), sums);
  return sums;
}

Values cpu::emitSums(Emitter &e, rnn::ScheduleAttr schedule, Tile tile, int64_t depth,
                     const Panel &panel, Value firstUnit, const Rows &x, Value firstRow) {
  Values rowAt;
  for (int64_t row = 0; row < tile.rows; ++row)
    rowAt.push_back(e.add(x.offset, e.mul(e.add(firstRow, row), x.stride)));
  auto block = [&](Value first, int64_t count) {
    return emitBlock(e, schedule, tile, panel, firstUnit, x.memory, rowAt, first, count);
  };
  int64_t size = schedule.getKBlock();
  if (depth <= size)
    return block(e.index(0), depth);

  int64_t whole = depth / size * size;
  auto addTo = [&](ValueRange totals, ArrayRef<Value> sums) {
    Values next;
    for (auto [total, sum] : llvm::zip_equal(totals, sums))
      next.push_back(arith::AddFOp::create(e, total, sum));
    return next;
  };
  Values totals =
      e.loop(e.index(size), e.index(whole), e.index(size), block(e.index(0), size),
             [&](Value first, ValueRange carried) { return addTo(carried, block(first, size)); });
  if (whole < depth)
    totals = addTo(totals, block(e.index(whole), depth - whole));
  return totals;
}

SmallVector<Tile> cpu::tilesOf(rnn::ScheduleAttr schedule, const PanelLayout &layout, bool tail) {
  SmallVector<Tile> tiles;
  ArrayRef<int64_t> pairs = schedule.getTiles();
  for (size_t i = 0; i + 1 < pairs.size(); i += 2)
    tiles.push_back({pairs[i], pairs[i + 1]});
  if (tail && layout.fullPanels() && tiles.size() > 2)
    tiles.erase(tiles.begin() + 1, tiles.end() - 1);
  return tiles;
}

void cpu::emitRowTiles(Emitter &e, ArrayRef<Tile> tiles, Value rows,
                       function_ref<void(Tile, Value)> body) {
  Value first = e.index(0);
  for (Tile tile : tiles) {
    Value end = rows;
    if (tile.rows > 1)
      end = e.add(first, e.mul(e.div(e.sub(rows, first), tile.rows), tile.rows));
    e.loop(first, end, e.index(tile.rows), [&](Value row) { body(tile, row); });
    first = end;
  }
}

void cpu::emitPanelVectors(Emitter &e, const PanelLayout &layout, bool tail, Tile tile,
                           function_ref<void(Tile, Value, int64_t)> body) {
  int64_t lanes = layout.lanes;
  if (!tail) {
    int64_t step = std::min(tile.vectors, layout.vectors);
    int64_t whole = layout.vectors / step * step, rest = layout.vectors - whole;
    if (whole == step)
      body(Tile{tile.rows, step}, e.index(0), lanes);
    else
      e.loop(e.index(0), e.index(whole * lanes), e.index(step * lanes),
             [&](Value unit) { body(Tile{tile.rows, step}, unit, lanes); });
    if (rest)
      body(Tile{tile.rows, rest}, e.index(whole * lanes), lanes);
    return;
  }
  for (int64_t v = 0, n = layout.tailVectors(); v < n; v += tile.vectors) {
    int64_t vectors = std::min(tile.vectors, n - v);
    bool last = v + vectors == n;
    int64_t valid = last ? layout.tailUnits() - (n - 1) * lanes : lanes;
    body(Tile{tile.rows, vectors}, e.index(v * lanes), valid);
  }
}
