//===- EmitProjectSums.cpp - Multiply-adds of a projection, by threads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/ProjectWriter.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

namespace {
class ProjectBySums : public ProjectWriter {
public:
  ProjectBySums(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan, ProjectLayout layout,
                ValueRange parameters)
      : ProjectWriter(e, module, plan, layout, parameters) {}

private:
  /// From the thread's first column to its c-th: fours side by side with its neighbours'.
  static int64_t columnOffset(int64_t c) {
    return c / wordGroup * ProjectLayout::laneColumns * wordGroup + c % wordGroup;
  }
  /// The i-th four of weights that this thread stages.
  Value weightFour(int64_t i) { return e.add(thread, i * layout.threads()); }
  int64_t weightFours() const { return layout.chunk() * layout.columns() / wordGroup; }
  int64_t weightTurns() const { return llvm::divideCeil(weightFours(), layout.threads()); }

  void storeInput(Value input, int64_t r, int64_t i, Value stage) override {
    Value to = e.at(stage, e.add(e.mul(inputK(i), layout.inputStride()), inputRow(r)));
    ifBelow(inputK(i), (i + 1) * ProjectLayout::laneColumns, layout.chunk(),
            [&] { e.store(input, to); });
  }

  Values loadWeights(Value k) override {
    Values values;
    Value from = e.at(w, e.mul(tile, layout.depth * layout.columns()));
    for (int64_t i = 0; i < weightTurns(); ++i) {
      Value at = e.add(e.mul(k, layout.columns()), e.mul(weightFour(i), wordGroup));
      Value end = e.index(layout.depth * layout.columns());
      llvm::append_range(values, e.valuesIf(e.less(at, end), wordGroup, [&] {
        return e.load(e.at(from, at), wordGroup, /*constant=*/true);
      }));
    }
    return values;
  }

  void storeWeights(ValueRange values, Value stage) override {
    for (int64_t i = 0; i < weightTurns(); ++i, values = values.drop_front(wordGroup)) {
      Value to = e.at(e.at(stage, e.mul(weightFour(i), wordGroup)), layout.inputFloats());
      ifBelow(weightFour(i), (i + 1) * layout.threads(), weightFours(),
              [&] { e.store(values.take_front(wordGroup), to); });
    }
  }

  /// Asks only where `value`, which is below `bound`, may reach `end`.
  void ifBelow(Value value, int64_t bound, int64_t end, function_ref<void()> body) {
    if (bound <= end)
      body();
    else
      e.ifThen(e.less(value, e.index(end)), body);
  }

  /// [row][column], rows and columns of this thread.
  Values emitSums() override {
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

  Values multiply(Value, Value stage, int64_t count, ValueRange before) override {
    Values sums(before);
    Value inputs = e.at(stage, ownRow);
    Value weights = e.at(e.at(stage, e.mul(laneColumn, wordGroup)), layout.inputFloats());
    for (int64_t k = 0; k < count; ++k) {
      Values in = e.load(e.at(inputs, k * layout.inputStride()), threadRows(), false), weight;
      for (int64_t c = 0; c < threadColumns(); c += wordGroup)
        llvm::append_range(weight, e.load(e.at(weights, k * layout.columns() + columnOffset(c)),
                                          wordGroup, /*constant=*/false));
      for (int64_t i = 0; i < sumCount(); ++i)
        sums[i] = e.multiplyAdd(weight[i % threadColumns()], in[i / threadColumns()], sums[i]);
    }
    return sums;
  }

  void finish(ValueRange sums) override {
    int64_t gateCount = layout.gateColumns();
    // Fours of columns begin at whole fours of a row, or end within it.
    int64_t width = gateCount % wordGroup == 0 ? wordGroup : 1;
    Value firstColumn = e.add(e.mul(tile, layout.columns()), e.mul(laneColumn, wordGroup));
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

std::unique_ptr<ProjectWriter> ptx::projectBySums(Emitter &e, gpu::GPUModuleOp module,
                                                  const KernelPlan &plan, ProjectLayout layout,
                                                  ValueRange parameters) {
  return std::make_unique<ProjectBySums>(e, module, plan, layout, parameters);
}
