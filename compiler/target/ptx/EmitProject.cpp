//===- EmitProject.cpp - The input part of the gates, for all rows at once -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product of matrices: a block takes tiles of inputs and weights through shared
// memory, a chunk of k at a time, while the next chunk is on its way to registers;
// two stages take turns, so that one barrier a chunk is enough.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

namespace {
class ProjectWriter {
public:
  ProjectWriter(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan, ProjectLayout layout,
                ValueRange parameters)
      : e(e), plan(plan), layout(layout), x(e.global(parameters[0])), w(e.global(parameters[1])),
        bias(e.global(parameters[2])), gates(e.global(parameters[3])), rows(toIndex(parameters[4])),
        lengths(e.global(parameters[5])), hasLengths(e.notZero(toIndex(parameters[5]))),
        inner(toIndex(parameters[6])), innerIsStep(e.notZero(toIndex(parameters[7]))),
        shared(sharedAt(e, module, 0)), thread(e.thread()), tile(e.block(gpu::Dimension::y)),
        firstRow(e.mul(e.block(gpu::Dimension::x), layout.rows())) {
    lane = e.rem(thread, warpThreads);
    warp = e.div(thread, warpThreads);
    // In the product, and while inputs are loaded: eight k of four rows.
    laneColumn = e.rem(lane, ProjectLayout::laneColumns);
    laneRow = e.div(lane, ProjectLayout::laneColumns);
    warpRow = e.mul(warp, layout.warpRows());
    ownRow = e.add(warpRow, e.mul(laneRow, plan.schedule.getProjectThreadRows()));
    isUsed = e.less(e.add(firstRow, warpRow), rows);
  }

  void emit() {
    e.ifThen(anyTakesPart(), [&] {
      Values sums = plan.half ? emitHalfSums() : emitSums();
      e.ifThen(isUsed, [&] { plan.half ? finishHalf(sums) : finish(sums); });
    });
  }

private:
  Emitter &e;
  const KernelPlan &plan;
  ProjectLayout layout;
  Value x, w, bias, gates, rows, lengths, hasLengths, inner, innerIsStep, shared;
  Value thread, tile, firstRow, warp, lane, laneColumn, laneRow, warpRow;
  Value ownRow; ///< this thread's first, in the block
  Value isUsed; ///< whether the warp has any row at all

  Value toIndex(Value bits) { return arith::IndexCastOp::create(e, e.getIndexType(), bits); }
  int64_t threadRows() const { return plan.schedule.getProjectThreadRows(); }
  int64_t threadColumns() const { return plan.schedule.getProjectThreadColumns(); }
  int64_t sumCount() const { return threadRows() * threadColumns(); }

  /// Whether any row of the block takes part; the same in all warps.
  Value anyTakesPart() {
    return e.choose(
        hasLengths,
        [&] {
          Value any = e.truth(false);
          for (int64_t i = 0; i < layout.rows(); i += warpThreads) {
            Value in = e.add(e.rem(thread, warpThreads), i), row = e.add(firstRow, in);
            Value exists = e.both(e.less(in, e.index(layout.rows())), e.less(row, rows));
            Value outer = e.div(row, inner), rest = e.sub(row, e.mul(outer, inner));
            Value sequence = e.select(innerIsStep, outer, rest);
            Value step = e.select(innerIsStep, rest, outer);
            any = e.either(any, e.choose(
                                    exists,
                                    [&] {
                                      Value length = e.loadCount(e.countAt(lengths, sequence));
                                      return e.less(step, length);
                                    },
                                    [&] { return e.truth(false); }));
          }
          return e.anyInWarp(any);
        },
        [&] { return e.truth(true); });
  }

  /// [row][column], rows and columns of this thread.
  Values emitSums() {
    SumBlocks blocks = layout.sums();
    int64_t chunk = layout.chunk(), inBlock = blocks.size() / chunk;
    int64_t whole = layout.depth / blocks.size(), rest = layout.depth % blocks.size();
    Values staged = loadChunk(e.index(0));
    Values sums(sumCount(), e.number(-0.0)); // changes no sum that it is added to

    // All whole blocks, then what is left of the last one.
    Values carried(sums);
    llvm::append_range(carried, staged);
    auto blockTurn = [&](Value block, ValueRange now) {
      Values state(sumCount(), e.zero());
      llvm::append_range(state, now.drop_front(sumCount()));
      Value first = e.mul(block, inBlock);
      auto chunkTurn = [&](Value i, ValueRange state) {
        return emitChunk(e.add(first, i), chunk, state);
      };
      if (inBlock == 1)
        state = chunkTurn(e.index(0), state);
      else
        state = e.loop(e.index(0), e.index(inBlock), e.index(1), state, chunkTurn);
      return addBlock(now, state);
    };
    if (whole == 1)
      carried = blockTurn(e.index(0), carried);
    else if (whole > 1)
      carried = e.loop(e.index(0), e.index(whole), e.index(1), carried, blockTurn);
    if (rest) {
      Values state(sumCount(), e.zero());
      llvm::append_range(state, ArrayRef(carried).drop_front(sumCount()));
      for (int64_t at = 0; at < rest; at += chunk)
        state = emitChunk(e.index(whole * inBlock + at / chunk), std::min(chunk, rest - at), state);
      carried = addBlock(carried, state);
    }
    carried.resize(sumCount());
    return carried;
  }

  Values addBlock(ValueRange sums, ValueRange state) {
    Values result(state);
    for (int64_t i = 0; i < sumCount(); ++i)
      result[i] = e.plus(sums[i], state[i]);
    return result;
  }

  /// state: the block's sums, and what was loaded for this chunk; then for the next.
  Values emitChunk(Value number, int64_t count, ValueRange state) {
    Value turn = layout.chunks() == 1 ? e.index(0) : e.rem(number, 2);
    Value stage = e.at(shared, e.mul(turn, layout.stageFloats()));
    storeChunk(state.drop_front(sumCount()), stage);
    // Everyone has read the stage that the next chunk goes to: that was before the
    // barrier of this one.
    e.barrier();
    Values next = loadChunk(e.mul(e.add(number, 1), layout.chunk()));
    ValueRange sums = state.take_front(sumCount());
    Values result = e.chooseValues(
        isUsed,
        [&] {
          return plan.half ? multiplyHalf(number, stage, sums) : multiply(stage, count, sums);
        },
        [&] { return Values(sums); });
    llvm::append_range(result, next);
    return result;
  }

  Values multiply(Value stage, int64_t count, ValueRange before) {
    Values sums(before);
    Value inputs = e.at(stage, ownRow);
    Value weights = e.at(e.at(stage, e.mul(laneColumn, kGroup)), layout.inputFloats());
    for (int64_t k = 0; k < count; ++k) {
      Values in = e.load(e.at(inputs, k * layout.inputStride()), threadRows(), false), weight;
      for (int64_t c = 0; c < threadColumns(); c += kGroup)
        llvm::append_range(weight, e.load(e.at(weights, k * layout.columns() + columnOffset(c)),
                                          kGroup, /*constant=*/false));
      for (int64_t i = 0; i < sumCount(); ++i)
        sums[i] = e.multiplyAdd(weight[i % threadColumns()], in[i / threadColumns()], sums[i]);
    }
    return sums;
  }
  // In 16 bits: tiles of 16 columns by 8 rows, by the tensor cores; weights come from
  // memory as the lanes need them.
  int64_t columnTiles() const { return layout.columns() / mmaWeights; }
  int64_t rowTiles() const { return layout.warpRows() / mmaRows; }

  /// [tile of columns][tile of rows][4].
  Values emitHalfSums() {
    Values state(sumCount(), e.zero());
    llvm::append_range(state, loadChunk(e.index(0)));
    auto turn = [&](Value number, ValueRange now) {
      return emitChunk(number, layout.chunk(), now);
    };
    if (layout.chunks() == 1)
      state = turn(e.index(0), state);
    else
      state = e.loop(e.index(0), e.index(layout.chunks()), e.index(1), state, turn);
    state.resize(sumCount());
    return state;
  }

  Values multiplyHalf(Value number, Value stage, ValueRange before) {
    Values sums(before);
    Value row = e.add(warpRow, e.div(lane, 4)), word = e.rem(lane, 4);
    Value inputs = e.at(stage, e.add(e.mul(row, layout.halfStride() / 2), word));
    Value weights =
        e.at(w, e.add(e.add(e.mul(tile, layout.tileWords()), e.mul(number, layout.chunkWords())),
                      e.mul(lane, 4)));
    for (int64_t k = 0; k < layout.chunk(); k += mmaK) {
      Values b; // eight k are four words
      for (int64_t j = 0; j < rowTiles(); ++j)
        for (int64_t at = k / 2; at < (k + mmaK) / 2; at += 4)
          llvm::append_range(
              b, e.loadWords(e.at(inputs, j * mmaRows * layout.halfStride() / 2 + at), 1,
                             /*constant=*/false));
      for (int64_t i = 0; i < columnTiles(); ++i) {
        Values a = e.loadWords(e.at(weights, (k / mmaK * columnTiles() + i) * mmaWords), 4,
                               /*constant=*/true);
        for (int64_t j = 0; j < rowTiles(); ++j) {
          MutableArrayRef<Value> c = MutableArrayRef(sums).slice((i * rowTiles() + j) * 4, 4);
          llvm::copy(e.multiply(plan.half, plan.gpu.getCapability() < 80, a,
                                ArrayRef(b).slice(2 * j, 2), ValueRange(c)),
                     c.begin());
        }
      }
    }
    return sums;
  }

  void finishHalf(ValueRange sums) {
    int64_t gateCount = 3 * layout.hiddenSize;
    Value firstColumn = e.add(e.mul(tile, layout.columns()), e.div(lane, 4));
    Value first = e.add(e.add(firstRow, warpRow), e.mul(e.rem(lane, 4), 2));
    for (int64_t c = 0; c < layout.columns() / 8; ++c) {
      Value column = e.add(firstColumn, c * 8);
      e.ifThen(e.less(column, e.index(gateCount)), [&] {
        Value add = plan.bias ? e.load(e.at(bias, column), /*constant=*/true) : Value();
        for (int64_t i = 0; i < 2 * rowTiles(); ++i) {
          Value sum = sums[(c / 2 * rowTiles() + i / 2) * 4 + c % 2 * 2 + i % 2];
          Value row = e.add(first, i / 2 * mmaRows + i % 2);
          e.ifThen(e.less(row, rows), [&] {
            e.store(add ? e.plus(sum, add) : sum,
                    e.at(gates, e.add(e.mul(row, gateCount), column)));
          });
        }
      });
    }
  }

  /// From the thread's first column to its c-th: fours side by side with its neighbours'.
  static int64_t columnOffset(int64_t c) {
    return c / kGroup * ProjectLayout::laneColumns * kGroup + c % kGroup;
  }

  int64_t inputTurns() const {
    return llvm::divideCeil(layout.chunk(), ProjectLayout::laneColumns);
  }
  int64_t weightFours() const { return layout.chunk() * layout.columns() / kGroup; }
  int64_t weightTurns() const { return llvm::divideCeil(weightFours(), layout.threads()); }

  /// This thread's part of a chunk that begins at `k`: inputs, then weights; zeros
  /// beyond K.
  Values loadChunk(Value k) {
    Values values;
    for (int64_t r = 0; r < threadRows(); ++r) {
      // Rows beyond the last are read as the last one, and not used.
      Value row = e.min(e.add(firstRow, inputRow(r)), e.sub(rows, e.index(1)));
      for (int64_t i = 0; i < inputTurns(); ++i) {
        Value at = e.add(k, inputK(i));
        llvm::append_range(
            values, e.valuesIf(e.less(at, e.index(layout.depth)), 1, [&]() -> Values {
              return {e.load(e.at(x, e.add(e.mul(row, layout.depth), at)), /*constant=*/true)};
            }));
      }
    }
    if (plan.half)
      return values;
    Value from = e.at(w, e.mul(tile, layout.depth * layout.columns()));
    for (int64_t i = 0; i < weightTurns(); ++i) {
      Value at = e.add(e.mul(k, layout.columns()), e.mul(weightFour(i), kGroup));
      Value end = e.index(layout.depth * layout.columns());
      llvm::append_range(values, e.valuesIf(e.less(at, end), kGroup, [&] {
        return e.load(e.at(from, at), kGroup, /*constant=*/true);
      }));
    }
    return values;
  }

  void storeChunk(ValueRange values, Value stage) {
    for (int64_t r = 0; r < threadRows(); ++r)
      for (int64_t i = 0; i < inputTurns(); ++i, values = values.drop_front()) {
        if (plan.half) {
          Value at = e.add(e.mul(inputRow(r), layout.halfStride()), inputK(i));
          e.storeHalf(plan.half, values.front(), e.halfAt(stage, at));
          continue;
        }
        Value to = e.at(stage, e.add(e.mul(inputK(i), layout.inputStride()), inputRow(r)));
        ifBelow(inputK(i), (i + 1) * ProjectLayout::laneColumns, layout.chunk(),
                [&] { e.store(values.front(), to); });
      }
    if (plan.half)
      return;
    for (int64_t i = 0; i < weightTurns(); ++i, values = values.drop_front(kGroup)) {
      Value to = e.at(e.at(stage, e.mul(weightFour(i), kGroup)), layout.inputFloats());
      ifBelow(weightFour(i), (i + 1) * layout.threads(), weightFours(),
              [&] { e.store(values.take_front(kGroup), to); });
    }
  }

  /// Asks only where `value`, which is below `bound`, may reach `end`.
  void ifBelow(Value value, int64_t bound, int64_t end, function_ref<void()> body) {
    if (bound <= end)
      body();
    else
      e.ifThen(e.less(value, e.index(end)), body);
  }

  // What this thread stages: r-th row of the block and i-th k of the chunk, and i-th
  // four of its weights.
  Value inputRow(int64_t r) {
    Value group = e.add(warp, r * plan.schedule.getProjectWarps());
    return e.add(e.mul(group, ProjectLayout::laneRows), laneRow);
  }
  Value inputK(int64_t i) { return e.add(laneColumn, i * ProjectLayout::laneColumns); }
  Value weightFour(int64_t i) { return e.add(thread, i * layout.threads()); }

  /// Biases, and the gates' place in memory.
  void finish(ValueRange sums) {
    int64_t gateCount = 3 * layout.hiddenSize;
    // Fours of columns begin at whole fours of a row, or end within it.
    int64_t width = gateCount % kGroup == 0 ? kGroup : 1;
    Value firstColumn = e.add(e.mul(tile, layout.columns()), e.mul(laneColumn, kGroup));
    for (int64_t c = 0; c < threadColumns(); c += width) {
      Value column = e.add(firstColumn, columnOffset(c));
      e.ifThen(e.less(column, e.index(gateCount)), [&] {
        Values biases;
        if (plan.bias)
          biases = e.load(e.at(bias, column), width, /*constant=*/true);
        for (int64_t r = 0; r < threadRows(); ++r) {
          Value row = e.add(firstRow, e.add(ownRow, r));
          e.ifThen(e.less(row, rows), [&] {
            Values values;
            for (int64_t i = 0; i < width; ++i) {
              Value sum = sums[r * threadColumns() + c + i];
              values.push_back(plan.bias ? e.plus(sum, biases[i]) : sum);
            }
            e.store(values, e.at(gates, e.add(e.mul(row, gateCount), column)));
          });
        }
      });
    }
  }
};
} // namespace

Kernel ptx::emitProject(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
                        int64_t inputSize, StringRef name) {
  ProjectLayout layout = plan.project(inputSize);
  Kernel kernel{plan.name + "_" + name.str(), int32_t(layout.threads()),
                int32_t(layout.sharedBytes()), int32_t(layout.rows()), int32_t(layout.tiles())};
  emitKernel(
      e, module, kernel, projectParameters,
      [&](ValueRange parameters) { ProjectWriter(e, module, plan, layout, parameters).emit(); },
      askedRegisters(plan.gpu, layout.threads()));
  return kernel;
}
