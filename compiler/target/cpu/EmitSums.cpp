//===- EmitSums.cpp - The micro-kernel -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// The nth row of those that are taken in turn: 0, 2, 1, 4, 3, ... At equal distances from
/// one to the next LLVM would add up their addresses one after the other, in every k.
static int64_t rowInTurn(int64_t nth, int64_t rows) {
  if (nth == 0 || (nth + 1 == rows && rows % 2 == 0))
    return nth;
  return nth % 2 ? nth + 1 : nth - 1;
}

/// sums += weights[k][gate][unit] * x[row][k] for `count` k, at most one group.
static void emitTurn(Emitter &e, int64_t lanes, Tile tile, WeightLoader &loader, Value x,
                     ArrayRef<Value> rowAt, Value first, int64_t count,
                     MutableArrayRef<Value> sums) {
  Values words = loader.load(first, tile);
  for (int64_t turn = 0; turn < count; ++turn) {
    Values weights = loader.widen(words, turn);
    Value k = e.add(first, turn);
    for (int64_t nth = 0; nth < tile.rows; ++nth) {
      int64_t row = rowInTurn(nth, tile.rows);
      Value value = e.splat(x, e.add(rowAt[row], k), lanes);
      for (int64_t i = 0; i < tile.sums(); ++i) {
        Value &sum = sums[row * tile.sums() + i];
        sum = e.multiplyAdd(weights[i], value, sum);
      }
    }
  }
}

namespace {
/// Emits sums of blocks of one tile over one panel.
struct BlockSums {
  Emitter &e;
  const rnn::Schedule &schedule;
  Tile tile;
  const Panel &panel;
  Value x;
  ArrayRef<Value> rowAt;
  WeightLoader loader;

  BlockSums(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
            Value firstUnit, Value x, ArrayRef<Value> rowAt)
      : e(e), schedule(schedule), tile(tile), panel(panel), x(x), rowAt(rowAt),
        loader(e, schedule, panel, firstUnit, tile.rows) {}

  int64_t perBlock() const { return tile.rows * tile.sums(); }

  /// sums += what `count` k from `k` on give, group by group.
  void turns(Value k, int64_t count, MutableArrayRef<Value> sums) {
    for (int64_t i = 0; i < count; i += loader.group()) {
      Value at = e.add(k, i);
      if (panel.ahead)
        for (int64_t j = i; j < std::min(i + loader.group(), count); ++j)
          e.prefetch(panel.weights, e.add(panel.ahead, e.mul(e.add(k, j), e.lineBytes)));
      emitTurn(e, schedule.tiling.lanes, tile, loader, x, rowAt, at,
               std::min(loader.group(), count - i), sums);
    }
  }

  /// The sums of neighbouring blocks, side by side: block b over counts[b] k from
  /// first + b * counts[0] on, counts descending. As [block][row][gate][vector].
  /// Blocks begin at even k (SumOrder.h): at a group of them.
  Values emit(Value first, ArrayRef<int64_t> counts) {
    int64_t common = counts.back();
    int64_t unroll = llvm::alignTo(tile.rows == 1 ? schedule.tiling.unroll : 1, loader.group());
    auto all = [&](Value k, int64_t count, Values &sums) {
      for (size_t block = 0; block < counts.size(); ++block) {
        MutableArrayRef<Value> own(sums);
        turns(e.add(k, block * counts[0]), count, own.slice(block * perBlock(), perBlock()));
      }
    };
    Values sums(counts.size() * perBlock(), e.zeros(schedule.tiling.lanes));
    int64_t rolled = unroll >= common ? 0 : common / unroll * unroll;
    if (rolled)
      sums = e.loop(first, e.add(first, rolled), e.index(unroll), sums,
                    [&](Value k, ValueRange carried) {
                      Values next(carried);
                      all(k, unroll, next);
                      return next;
                    });
    // The last block may be shorter, by an odd k even than a whole group.
    int64_t shared = (common - rolled) / loader.group() * loader.group();
    all(e.add(first, rolled), shared, sums);
    for (size_t block = 0; block < counts.size(); ++block) {
      int64_t done = rolled + shared;
      MutableArrayRef<Value> own(sums);
      turns(e.add(first, block * counts[0] + done), counts[block] - done,
            own.slice(block * perBlock(), perBlock()));
    }
    return sums;
  }
};
} // namespace

static Values addTo(Emitter &e, ValueRange totals, ArrayRef<Value> sums) {
  Values next;
  for (auto [total, sum] : llvm::zip_equal(totals, sums))
    next.push_back(arith::AddFOp::create(e, total, sum));
  return next;
}

static void storeAll(Emitter &e, ArrayRef<Value> values, Value memory, Value at, int64_t lanes) {
  for (auto [i, value] : llvm::enumerate(values))
    e.store(value, memory, e.add(at, i * lanes));
}

static Values rowPlaces(Emitter &e, const Rows &x, Value firstRow, int64_t rows, Value lastRow) {
  Values rowAt;
  for (int64_t i = 0; i < rows; ++i) {
    Value row = e.add(firstRow, i);
    rowAt.push_back(e.add(x.offset, e.mul(lastRow ? e.min(row, lastRow) : row, x.stride)));
  }
  return rowAt;
}

Values cpu::emitSums(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
                     Value firstUnit, const Rows &x, Value firstRow, Value lastRow) {
  Values rowAt = rowPlaces(e, x, firstRow, tile.rows, lastRow);
  BlockSums sums(e, schedule, tile, panel, firstUnit, x.memory, rowAt);
  auto blocks = [&](Value first, ArrayRef<int64_t> counts) { return sums.emit(first, counts); };
  int64_t depth = panel.matrix.depth;
  int64_t size = panel.matrix.sumBlock(), whole = depth / size * size;
  if (depth <= size)
    return blocks(e.index(0), {depth});
  // A few sums alone wait for each other: one row takes two blocks at a time.
  int64_t beside = tile.rows == 1 && schedule.tiling.pairBlocks ? 2 : 1;
  auto addAll = [&](ValueRange totals, const Values &sums) {
    Values next(totals);
    for (size_t at = 0; at < sums.size(); at += totals.size())
      next = addTo(e, next, ArrayRef<Value>(sums).slice(at, totals.size()));
    return next;
  };
  // -0 is what changes no sum, not even the sign of a zero.
  Values totals(tile.rows * tile.sums(), e.constant(-0.0, schedule.tiling.lanes));
  if (size < 64 && depth <= 2 * size) { // two halves, without a loop around them
    if (beside == 2)
      return addAll(totals, blocks(e.index(0), {size, depth - size}));
    return addAll(blocks(e.index(0), {size}), blocks(e.index(size), {depth - size}));
  }
  int64_t paired = whole / (beside * size) * beside * size;
  SmallVector<int64_t> counts(beside, size);
  totals = e.loop(
      e.index(0), e.index(paired), e.index(beside * size), totals,
      [&](Value first, ValueRange carried) { return addAll(carried, blocks(first, counts)); });
  if (paired < whole)
    totals = addAll(totals, blocks(e.index(paired), {size}));
  if (whole < depth)
    totals = addAll(totals, blocks(e.index(whole), {depth - whole}));
  return totals;
}

namespace {
/// The sums of tiles over some k, added to what is set aside. What the block of k = 0
/// gives is set aside as it is.
struct SumsAside {
  Emitter &e;
  const rnn::Schedule &schedule;
  const Panel &panel;
  Value firstUnit;
  const Rows &x;
  Value lastRow, aside;

  int64_t size() const { return panel.matrix.sumBlock(); }
  Value load(Value at) { return e.load(aside, at, schedule.tiling.lanes); }
  Value placeOf(Value at, int64_t i) { return e.add(at, i * schedule.tiling.lanes); }
  void store(ArrayRef<Value> own, Value at) { storeAll(e, own, aside, at, schedule.tiling.lanes); }
  void add(ArrayRef<Value> own, Value at) {
    for (auto [i, sum] : llvm::enumerate(own))
      e.store(arith::AddFOp::create(e, load(placeOf(at, i)), sum), aside, placeOf(at, i));
  }
  BlockSums blocks(Tile tile, ArrayRef<Value> rowAt) {
    return {e, schedule, tile, panel, firstUnit, x.memory, rowAt};
  }

  /// Whole blocks. The totals of a few rows wait in registers.
  void emitBlocks(Tile tile, bool few, Value firstRow, Value first, Value end, Value at) {
    Values rowAt = rowPlaces(e, x, firstRow, tile.rows, lastRow);
    BlockSums sums = blocks(tile, rowAt);
    if (!few)
      return e.loop(first, end, e.index(size()), [&](Value block) {
        Values own = sums.emit(block, {size()});
        e.ifThen(e.equal(block, 0), [&] { store(own, at); }, [&] { add(own, at); });
      });
    // -0 is what changes no sum, not even the sign of a zero.
    Value begins = e.equal(first, 0), none = e.constant(-0.0, schedule.tiling.lanes);
    Values totals;
    for (int64_t i = 0, n = tile.rows * tile.sums(); i < n; ++i)
      totals.push_back(e.select(begins, none, load(placeOf(at, i))));
    store(e.loop(first, end, e.index(size()), totals,
                 [&](Value block, ValueRange carried) {
                   return addTo(e, carried, sums.emit(block, {size()}));
                 }),
          at);
  }

  /// The last `count` k, fewer than a block.
  void emitRest(Tile tile, Value firstRow, int64_t first, int64_t count, Value at) {
    Values rowAt = rowPlaces(e, x, firstRow, tile.rows, lastRow);
    add(blocks(tile, rowAt).emit(e.index(first), {count}), at);
  }
};
} // namespace

void cpu::emitGroupSums(Emitter &e, const rnn::Schedule &schedule, ArrayRef<Tile> tiles, Tile part,
                        const Panel &panel, Value firstUnit, const RowGroup &group) {
  int64_t lanes = schedule.tiling.lanes, perRow = part.sums() * lanes;
  int64_t depth = panel.matrix.depth, chunkSize = schedule.tiling.kChunk;
  Value zero = e.index(0), lastRow;
  int64_t least = tiles.back().rows; // a tile may reach beyond the group
  if (least > 1)
    lastRow = e.sub(e.add(group.firstRow, group.rows), e.index(1));
  auto tileOf = [&](int64_t rows) { return Tile{part.gates, rows, part.vectors, part.packed}; };
  int64_t block = panel.matrix.sumBlock(), whole = depth / block * block;
  if (depth <= schedule.tiling.kBlock) // so few k that no block has to wait for another
    return emitRowTiles(e, tiles, group.rows, [&](Tile tile, Value row) {
      Values sums = emitSums(e, schedule, tileOf(tile.rows), panel, firstUnit, group.x,
                             e.add(group.firstRow, row), lastRow);
      storeAll(e, sums, group.aside, e.mul(row, perRow), lanes);
    });

  // Chunks are whole blocks, and those whole groups of k.
  int64_t bytesPerK = panel.matrix.turnBytes(panel.tail) / panel.matrix.group();
  int64_t linesPerK = llvm::divideCeil(bytesPerK, e.lineBytes);
  // The lines that a tile fetches while it takes k from `first` on: one for every k, so
  // that a few tiles fetch all of the next chunk. Turns that widen pairs of k have no
  // registers for it: 13 ms became 23 at H = 512 and 32 rows.
  auto ahead = [&](Tile tile, Value row, Value first, Value next) -> Value {
    if (!schedule.traversal.prefetch || panel.matrix.group() > 1 || depth <= chunkSize ||
        2 * tile.rows < tiles.front().rows)
      return {};
    Value pass = e.min(e.div(row, tile.rows), e.index(linesPerK - 1));
    Value lines = e.sub(e.mul(pass, chunkSize), first);
    return e.add(next, e.mul(lines, e.lineBytes));
  };
  auto emitTiles = [&](Value first, Value next,
                       function_ref<void(SumsAside &, Tile, Value, Value)> body) {
    emitRowTiles(e, tiles, group.rows, [&](Tile tile, Value row) {
      Panel fetching = panel;
      fetching.ahead = ahead(tile, row, first, next);
      SumsAside sums{e, schedule, fetching, firstUnit, group.x, lastRow, group.aside};
      body(sums, tileOf(tile.rows), e.add(group.firstRow, row), e.mul(row, perRow));
    });
  };
  e.loop(zero, e.index(whole), e.index(chunkSize), [&](Value chunk) {
    Value end = e.add(chunk, chunkSize);
    Value next = e.select(e.less(end, e.index(depth)), e.add(panel.start, e.mul(end, bytesPerK)),
                          group.nextPanel);
    emitTiles(chunk, next, [&](SumsAside &sums, Tile tile, Value row, Value at) {
      bool few = 2 * tile.rows <= tiles.front().rows;
      sums.emitBlocks(tile, few, row, chunk, e.min(end, e.index(whole)), at);
    });
  });
  if (whole < depth)
    emitTiles(e.index(whole), group.nextPanel,
              [&](SumsAside &sums, Tile tile, Value row, Value at) {
                sums.emitRest(tile, row, whole, depth - whole, at);
              });
}
