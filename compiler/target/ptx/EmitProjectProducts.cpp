//===- EmitProjectProducts.cpp - Products of a projection, by the tensor cores -===//
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
class ProjectByProducts : public ProjectWriter {
public:
  ProjectByProducts(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
                    ProjectLayout layout, ValueRange parameters)
      : ProjectWriter(e, module, plan, layout, parameters), storage(*plan.storage) {}

private:
  const GpuStorage &storage;

  int64_t columnTiles() const { return layout.columns() / storage.units; }
  int64_t rowTiles() const { return layout.warpRows() / storage.rows; }

  void storeInput(Value input, int64_t r, int64_t i, Value stage) override {
    Value at = e.add(e.mul(inputRow(r), layout.rowWords() * storage.perWord), inputK(i));
    e.storeNarrow(storage, input, e.narrowAt(storage, stage, at));
  }

  /// [tile of columns][tile of rows][4].
  Values emitSums() override {
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

  Values multiply(Value number, Value stage, int64_t, ValueRange before) override {
    Values sums(before);
    Value row = e.add(warpRow, e.div(lane, 4)), word = e.rem(lane, 4);
    Value inputs = e.at(stage, e.add(e.mul(row, layout.rowWords()), word));
    Value weights =
        e.at(w, e.add(e.add(e.mul(tile, layout.tileWords()), e.mul(number, layout.chunkWords())),
                      e.mul(lane, 4)));
    for (int64_t k = 0; k < layout.chunk(); k += storage.k) {
      Values b; // a run of four words in each half of k
      for (int64_t j = 0; j < rowTiles(); ++j)
        for (int64_t at = k / storage.perWord; at < (k + storage.k) / storage.perWord; at += 4)
          llvm::append_range(b, e.loadWords(e.at(inputs, j * storage.rows * layout.rowWords() + at),
                                            1, /*constant=*/false));
      for (int64_t i = 0; i < columnTiles(); ++i) {
        Values a =
            e.loadWords(e.at(weights, (k / storage.k * columnTiles() + i) * storage.words()), 4,
                        /*constant=*/true);
        for (int64_t j = 0; j < rowTiles(); ++j) {
          MutableArrayRef<Value> c = MutableArrayRef(sums).slice((i * rowTiles() + j) * 4, 4);
          llvm::copy(
              e.multiply(storage, plan.productK(), a, ArrayRef(b).slice(2 * j, 2), ValueRange(c)),
              c.begin());
        }
      }
    }
    return sums;
  }

  void finish(ValueRange sums) override {
    int64_t gateCount = layout.gateColumns();
    Value firstColumn = e.add(e.mul(tile, layout.columns()), e.div(lane, 4));
    Value first = e.add(e.add(firstRow, warpRow), e.mul(e.rem(lane, 4), 2));
    for (int64_t c = 0; c < layout.columns() / 8; ++c) {
      Value column = e.add(firstColumn, c * 8);
      e.ifThen(e.less(column, e.index(gateCount)), [&] {
        Value add = plan.bias ? e.load(e.at(bias, column), /*constant=*/true) : Value();
        for (int64_t i = 0; i < 2 * rowTiles(); ++i) {
          Value sum = sums[(c / 2 * rowTiles() + i / 2) * 4 + c % 2 * 2 + i % 2];
          Value row = e.add(first, i / 2 * storage.rows + i % 2);
          e.ifThen(e.less(row, rows), [&] {
            e.store(add ? e.plus(sum, add) : sum,
                    e.at(gates, e.add(e.mul(row, gateCount), column)));
          });
        }
      });
    }
  }
};
} // namespace

std::unique_ptr<ProjectWriter> ptx::projectByProducts(Emitter &e, gpu::GPUModuleOp module,
                                                      const KernelPlan &plan, ProjectLayout layout,
                                                      ValueRange parameters) {
  return std::make_unique<ProjectByProducts>(e, module, plan, layout, parameters);
}
