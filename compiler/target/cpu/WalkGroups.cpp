//===- WalkGroups.cpp - Which sums are taken when -===//
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

/// Whether words of two k are loaded once for each: half the code, and a tenth more
/// time since every other load crosses a line. For tiles of few rows, but not for
/// the tiles and the panels that most of the work of many rows is done by.
static bool loadsOneByOne(const rnn::Schedule &schedule, const Panel &panel, int64_t rows) {
  const MatrixLayout &matrix = panel.matrix;
  bool often = 2 * rows >= schedule.tiling.tiles.front() && !matrix.storage().mostExponent &&
               !(panel.tail && matrix.panels.fullPanels());
  return matrix.group() > 1 && rows > 1 && !often;
}

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

/// sum over k in [first, first + count) for the rows that begin at rowAt.
static Values emitDot(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
                      Value firstUnit, Value x, ValueRange rowAt, ValueRange constants, Value first,
                      int64_t count, ValueRange onto = {}) {
  bool oneRow = tile.rows == 1;
  int64_t panels = panel.starts.size(), sums = panels * tile.rows * tile.sums();
  SmallVector<Type> types(sums, e.vectorType(schedule.tiling.lanes));
  // Several panels have enough sums under way without a second block.
  bool paired =
      oneRow && onto.empty() && schedule.tiling.pairBlocks && (panels == 1 || sums < e.fmaInFlight);
  // What goes on with sums is a few k, in straight-line code.
  int64_t unroll = oneRow ? schedule.tiling.unroll : 1;
  if (!onto.empty())
    unroll = count;
  auto dot = rnn::PanelDotOp::create(
      e, types, panel.weights, panel.starts, constants, firstUnit, x, rowAt, first, onto,
      panel.ahead, count, panel.matrix.attr(e.getContext()), tile.vectors, tile.packed, panel.tail,
      unroll, paired ? 2 : 1, loadsOneByOne(schedule, panel, tile.rows), e.lineBytes);
  return Values(dot.getSums());
}

Values cpu::emitConstants(Emitter &e, const Panel &panel) {
  rnn::MatrixAttr matrix = panel.matrix.attr(e.getContext());
  SmallVector<Type> types = matrix.constantTypes(e.element);
  if (types.empty())
    return {};
  auto op = rnn::MatrixConstantsOp::create(e, types, panel.weights, panel.header, matrix);
  return Values(op.getConstants());
}

Values cpu::emitSums(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
                     Value firstUnit, const Rows &x, Value firstRow, Value lastRow) {
  Values rowAt = rowPlaces(e, x, firstRow, tile.rows, lastRow);
  Values constants = emitConstants(e, panel);
  return emitDot(e, schedule, tile, panel, firstUnit, x.memory, rowAt, constants, e.index(0),
                 panel.matrix.depth);
}

Values cpu::emitSumsOnto(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
                         Value firstUnit, const Rows &x, Value firstRow, Value first, int64_t count,
                         ValueRange onto) {
  Values rowAt = rowPlaces(e, x, firstRow, tile.rows, /*lastRow=*/{});
  return emitDot(e, schedule, tile, panel, firstUnit, x.memory, rowAt, emitConstants(e, panel),
                 first, count, onto);
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
  /// The sums of `count` k from `first` on, of one block.
  Values block(Tile tile, ValueRange rowAt, ValueRange constants, Value first, int64_t count) {
    return emitDot(e, schedule, tile, panel, firstUnit, x.memory, rowAt, constants, first, count);
  }

  /// Whole blocks. The totals of a few rows wait in registers.
  void emitBlocks(Tile tile, bool few, Value firstRow, Value first, Value end, Value at) {
    Values rowAt = rowPlaces(e, x, firstRow, tile.rows, lastRow);
    Values constants = emitConstants(e, panel);
    auto sums = [&](Value first) { return block(tile, rowAt, constants, first, size()); };
    if (!few)
      return e.loop(first, end, e.index(size()), [&](Value block) {
        Values own = sums(block);
        e.ifThen(e.equal(block, 0), [&] { store(own, at); }, [&] { add(own, at); });
      });
    // -0 is what changes no sum, not even the sign of a zero.
    Value begins = e.equal(first, 0), none = e.constant(-0.0, schedule.tiling.lanes);
    Values totals;
    for (int64_t i = 0, n = tile.rows * tile.sums(); i < n; ++i)
      totals.push_back(e.select(begins, none, load(placeOf(at, i))));
    store(e.loop(first, end, e.index(size()), totals,
                 [&](Value block, ValueRange carried) { return addTo(e, carried, sums(block)); }),
          at);
  }

  /// The last `count` k, fewer than a block.
  void emitRest(Tile tile, Value firstRow, int64_t first, int64_t count, Value at) {
    Values rowAt = rowPlaces(e, x, firstRow, tile.rows, lastRow);
    Values constants = emitConstants(e, panel);
    add(block(tile, rowAt, constants, e.index(first), count), at);
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
    Value next = e.select(e.less(end, e.index(depth)),
                          e.add(panel.starts.front(), e.mul(end, bytesPerK)), group.nextPanel);
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
