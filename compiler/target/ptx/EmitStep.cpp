//===- EmitStep.cpp - One step: recurrent sums and gates in one kernel -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Thread (row group, sum block, unit) adds up one sum block of its unit's three
// gates for a few rows at a time, with weights straight from memory and states
// staged in shared memory. The block sums meet in shared memory, where each cell
// (row, unit) adds them in ascending order; where a row has more sum blocks than a
// thread block takes, that is repeated round by round.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/EmitCell.h"
#include "compiler/target/ptx/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

namespace {
/// Where the state before this step is.
struct OldState {
  Value length, active;
  Value isThere; ///< else it is zeros
  Value pointer; ///< unit 0
};

/// One (row, unit) of this block, and what it needs beside its sums.
struct Cell {
  Value exists, row, b, unit;
  OldState old;
  Value h;
  Values gates;
  Value bias;
};

class StepWriter {
public:
  StepWriter(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan, ValueRange parameters)
      : e(e), plan(plan), layout(plan.step()), p(e, plan, parameters),
        states(sharedAt(e, module, 0)), partials(sharedAt(e, module, layout.stateFloats())),
        thread(e.thread()), tile(e.block(gpu::Dimension::y)),
        firstB(e.mul(e.block(gpu::Dimension::x), layout.rows())), firstRow(p.firstRow(p.t)) {}

  void emit() {
    for (int64_t i = 0; i < layout.threadCells(); ++i)
      cells.push_back(loadCell(i));
    // Rows that have ended, or not begun, cost nothing but their zeros.
    Values sums = e.valuesIf(anyActive(), 3 * cells.size(), [&] { return emitRounds(); });
    for (auto [i, cell] : llvm::enumerate(cells))
      e.ifThen(cell.exists,
               [&, i = i, cell = cell] { finish(cell, ArrayRef(sums).slice(3 * i, 3)); });
  }

private:
  Emitter &e;
  const KernelPlan &plan;
  StepLayout layout;
  Recurrence p;
  Value states, partials, thread, tile, firstB, firstRow;
  SmallVector<Cell> cells;

  OldState findOld(Value b, Value exists) {
    OldState old;
    old.length = p.length(b, exists);
    old.active = e.less(p.t, old.length);
    Value after = e.add(p.t, 1), one = e.index(1);
    Value isFirst = e.select(p.reverse, e.equal(e.sub(old.length, after), 0), e.equal(p.t, 0));
    Value isLater = e.both(old.active, e.negate(isFirst));
    old.isThere = e.both(old.active, e.either(isLater, p.hasH0));
    Value before = e.select(p.reverse, after, e.sub(p.t, one));
    old.pointer =
        e.chooseValues(
             isLater,
             [&]() -> Values { return {p.outputAt(p.row(p.firstRow(before), b), e.index(0))}; },
             [&]() -> Values { return {p.stateAt(p.h0, b, e.index(0))}; })
            .front();
    return old;
  }

  /// Cell `thread` + i * threads, its loads under way before any sum begins.
  Cell loadCell(int64_t i) {
    Cell cell;
    Value at = e.add(thread, i * layout.threads());
    cell.row = e.div(at, layout.units());
    cell.b = e.add(firstB, cell.row);
    cell.unit = e.add(e.mul(tile, layout.units()), e.rem(at, layout.units()));
    cell.exists = e.all({e.less(cell.row, e.index(layout.rows())), e.less(cell.b, p.batch),
                         e.less(cell.unit, e.index(layout.hiddenSize))});
    cell.old = findOld(cell.b, cell.exists);
    cell.h = e.valuesIf(cell.old.isThere, 1, [&]() -> Values {
                return {e.load(e.at(cell.old.pointer, cell.unit), /*constant=*/true)};
              }).front();
    cell.gates = e.valuesIf(cell.old.active, 3,
                            [&] { return p.loadGates(p.row(firstRow, cell.b), cell.unit); });
    cell.bias = p.loadBias(plan, cell.unit, cell.exists);
    return cell;
  }

  /// The same in all warps: each looks at all rows of the block.
  Value anyActive() {
    Value lane = e.rem(thread, warpThreads), b = e.add(firstB, lane);
    Value exists = e.both(e.less(lane, e.index(layout.rows())), e.less(b, p.batch));
    return e.anyInWarp(e.less(p.t, p.length(b, exists)));
  }

  /// The sums of all cells, [cell][gate].
  Values emitRounds() {
    // -0 changes no sum that it is added to.
    Values none(3 * cells.size(), e.number(-0.0));
    Value ownRow = e.div(thread, rowThreads());
    Value b = e.add(firstB, ownRow), exists = e.less(b, p.batch);
    OldState old = findOld(b, exists);
    auto round = [&](Value number, ValueRange sums) {
      stage(number, ownRow, old);
      e.barrier();
      plan.half ? emitHalfSums(number) : emitSums(number);
      e.barrier();
      return collect(sums);
    };
    if (layout.rounds() == 1)
      return round(e.index(0), none);
    return e.loop(e.index(0), e.index(layout.rounds()), e.index(1), none, round);
  }

  /// Threads that stage the states of one row.
  int64_t rowThreads() const { return layout.threads() / layout.rows(); }

  /// The round's part of all rows' old states, into shared memory.
  void stage(Value round, Value row, const OldState &old) {
    SumBlocks sums = layout.sums();
    Value to = e.at(states, e.mul(row, layout.rowFloats()));
    Value lane = e.rem(thread, rowThreads());
    int64_t floats = layout.blocks() * sums.stride();
    for (int64_t i = 0; i * rowThreads() < floats; ++i) {
      Value at = e.add(lane, i * rowThreads());
      Value block = e.div(at, sums.stride()), k = e.rem(at, sums.stride());
      Value unit = e.add(e.mul(e.add(e.mul(round, layout.blocks()), block), sums.size()), k);
      Value there = e.all(
          {old.isThere, e.less(k, e.index(sums.size())), e.less(unit, e.index(layout.hiddenSize))});
      Values h = e.valuesIf(there, 1, [&]() -> Values {
        return {e.load(e.at(old.pointer, unit), /*constant=*/true)};
      });
      Value start = e.at(to, e.mul(block, layout.blockFloats()));
      auto store = [&] {
        plan.half ? e.storeHalf(plan.half, h.front(), e.halfAt(start, k))
                  : e.store(h, e.at(start, k));
      };
      if ((i + 1) * rowThreads() <= floats)
        store();
      else
        e.ifThen(e.less(at, e.index(floats)), store);
    }
  }

  /// The same by the tensor cores: this warp's sum block, for all rows.
  void emitHalfSums(Value round) {
    int64_t blocks = layout.blocks(), tiles = layout.rows() / mmaRows;
    Value lane = e.rem(thread, warpThreads), block = e.div(thread, warpThreads);
    Value high = e.div(lane, 4), low = e.rem(lane, 4); // four lanes share a row
    Value part = e.add(e.mul(tile, layout.rounds()), round);
    Value from = e.at(p.weights, e.add(e.mul(part, layout.roundFloats()), e.mul(thread, 4)));
    Value h = e.at(states, e.add(e.mul(high, layout.rowFloats()),
                                 e.add(e.mul(block, layout.blockFloats()), low)));
    Values sums(3 * tiles * 4, e.zero());
    for (int64_t group = 0; group < layout.roundGroups(); ++group) {
      Values b; // eight k are four words
      for (int64_t j = 0; j < tiles; ++j)
        for (int64_t half = 0; half < 2; ++half)
          llvm::append_range(b, e.loadWords(e.at(h, j * mmaRows * layout.rowFloats() +
                                                        group * mmaK / 2 + half * 4),
                                            1, /*constant=*/false));
      for (int64_t gate = 0; gate < 3; ++gate) {
        Values a = e.loadWords(e.at(from, (group * 3 + gate) * blocks * mmaWords), 4,
                               /*constant=*/true);
        for (int64_t j = 0; j < tiles; ++j) {
          MutableArrayRef<Value> c = MutableArrayRef(sums).slice((gate * tiles + j) * 4, 4);
          llvm::copy(e.multiply(plan.half, plan.gpu.getCapability() < 80, a,
                                ArrayRef(b).slice(2 * j, 2), ValueRange(c)),
                     c.begin());
        }
      }
    }
    Value to = e.at(partials, e.add(e.mul(low, 2 * layout.partialRowFloats()),
                                    e.add(e.mul(block, layout.units()), high)));
    for (int64_t i = 0; i < int64_t(sums.size()); ++i) {
      int64_t gate = i / (4 * tiles), row = i / 4 % tiles * mmaRows + i % 2, unit = i / 2 % 2 * 8;
      e.store(sums[i], e.at(to, partialOffset(gate, row) + unit));
    }
  }

  /// This thread's sum block, for its rows, into shared memory.
  void emitSums(Value round) {
    int64_t units = layout.units(), blocks = layout.blocks(), rows = layout.threadRows();
    Value unit = e.rem(thread, units), rest = e.div(thread, units);
    Value block = e.rem(rest, blocks), group = e.div(rest, blocks), row = e.mul(group, rows);
    Value exists = e.both(e.less(row, e.index(layout.rows())), e.less(e.add(firstB, row), p.batch));
    e.ifThen(exists, [&] {
      Value part = e.add(e.mul(tile, layout.rounds()), round);
      Value from = e.at(p.weights, e.add(e.mul(part, layout.roundFloats()),
                                         e.mul(e.add(e.mul(block, units), unit), kGroup)));
      Value h =
          e.at(states, e.add(e.mul(row, layout.rowFloats()), e.mul(block, layout.blockFloats())));
      Values sums = emitBlock(from, h);
      Value to = e.at(
          partials, e.add(e.mul(row, layout.partialRowFloats()), e.add(e.mul(block, units), unit)));
      for (int64_t i = 0; i < 3 * rows; ++i)
        e.store(sums[i], e.at(to, partialOffset(i / rows, i % rows)));
    });
  }
  int64_t partialOffset(int64_t gate, int64_t row) const {
    return (gate * layout.rows() + row) * layout.partialRowFloats();
  }

  /// [gate][row]: one sum block, four k at a time, several fours a turn of the loop.
  Values emitBlock(Value from, Value h) {
    int64_t groups = layout.sums().groups(), unroll = plan.schedule.getStepUnroll();
    int64_t rows = layout.threadRows();
    Values sums(3 * rows, e.zero());
    auto turn = [&](Value group, int64_t count, Values sums) {
      Value w = e.at(from, e.mul(group, layout.groupFloats()));
      Value states = e.at(h, e.mul(group, kGroup));
      Values weights;
      for (int64_t i = 0; i < 3 * count; ++i)
        llvm::append_range(weights, e.load(e.at(w, i * layout.groupFloats() / 3), kGroup,
                                           /*constant=*/true));
      for (int64_t g = 0; g < count; ++g)
        emitFour(ArrayRef(weights).slice(3 * kGroup * g, 3 * kGroup), e.at(states, g * kGroup),
                 kGroup, sums);
      return sums;
    };
    // All k of a short block in one go; blocks of 64 in whole turns.
    if (layout.sums().size() % (unroll * kGroup) == 0)
      return e.loop(e.index(0), e.index(groups), e.index(unroll), sums,
                    [&](Value group, ValueRange now) { return turn(group, unroll, Values(now)); });
    for (int64_t group = 0; group < groups; ++group) {
      Value w = e.at(from, group * layout.groupFloats());
      Values weights;
      for (int64_t gate = 0; gate < 3; ++gate)
        llvm::append_range(weights, e.load(e.at(w, gate * layout.groupFloats() / 3), kGroup,
                                           /*constant=*/true));
      int64_t left = layout.sums().size() - group * kGroup;
      emitFour(weights, e.at(h, group * kGroup), std::min(left, kGroup), sums);
    }
    return sums;
  }

  /// The products of up to four k, weights [gate][4].
  void emitFour(ArrayRef<Value> weights, Value states, int64_t count, Values &sums) {
    int64_t rows = layout.threadRows();
    Values h;
    for (int64_t r = 0; r < rows; ++r)
      llvm::append_range(h,
                         e.load(e.at(states, r * layout.rowFloats()), kGroup, /*constant=*/false));
    for (int64_t k = 0; k < count; ++k)
      for (int64_t i = 0; i < 3 * rows; ++i)
        sums[i] = e.multiplyAdd(weights[i / rows * kGroup + k], h[i % rows * kGroup + k], sums[i]);
  }

  /// Adds the round's sum blocks to every cell's sums, in ascending order.
  Values collect(ValueRange sums) {
    Values result;
    for (auto [i, cell] : llvm::enumerate(cells)) {
      ValueRange before = sums.slice(3 * i, 3);
      Value unit = e.rem(thread, layout.units()); // of threads * i more, too
      llvm::append_range(
          result, e.chooseValues(
                      cell.exists,
                      [&, cell = cell] {
                        Value from =
                            e.at(partials, e.add(e.mul(cell.row, layout.partialRowFloats()), unit));
                        Values after(before);
                        for (int64_t block = 0; block < layout.blocks(); ++block)
                          for (int64_t gate = 0; gate < 3; ++gate)
                            after[gate] = e.plus(
                                after[gate],
                                e.load(e.at(from, partialOffset(gate, 0) + block * layout.units()),
                                       /*constant=*/false));
                        return after;
                      },
                      [&] { return Values(before); }));
    }
    return result;
  }

  void finish(const Cell &cell, ArrayRef<Value> sums) {
    Value one = e.index(1), last = e.sub(p.seqLen, one);
    Value out = p.outputAt(p.row(firstRow, cell.b), cell.unit);
    Value end = p.stateAt(p.hN, cell.b, cell.unit);
    e.ifThen(
        cell.old.active,
        [&] {
          Value h = cpu::emitCell(e, cell.gates, sums, cell.bias, cell.h);
          e.store(h, out);
          Value isLast = e.select(p.reverse, e.equal(p.t, 0),
                                  e.equal(e.sub(cell.old.length, e.add(p.t, 1)), 0));
          e.ifThen(isLast, [&] { e.store(h, end); });
        },
        [&] {
          // Packed rows end with their sequence; the first launch writes h_n of those
          // that never begin.
          e.ifThen(e.negate(p.hasOffsets), [&] { e.store(e.zero(), out); });
          Value isFirst = e.select(p.reverse, e.equal(e.sub(last, p.t), 0), e.equal(p.t, 0));
          e.ifThen(e.both(isFirst, e.equal(cell.old.length, 0)), [&] {
            e.store(e.valuesIf(p.hasH0, 1,
                               [&]() -> Values {
                                 return {e.load(p.stateAt(p.h0, cell.b, cell.unit),
                                                /*constant=*/true)};
                               }),
                    end);
          });
        });
  }
};
} // namespace

Kernel ptx::emitStep(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan) {
  StepLayout layout = plan.step();
  Kernel kernel{plan.name + "_step", int32_t(layout.threads()), int32_t(layout.sharedBytes()),
                int32_t(layout.rows()), int32_t(layout.tiles())};
  emitKernel(
      e, module, kernel, stepParameters,
      [&](ValueRange parameters) { StepWriter(e, module, plan, parameters).emit(); },
      askedRegisters(plan.gpu, layout.threads()));
  return kernel;
}
