//===- EmitStepProducts.cpp - Products of a step, by the tensor cores -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/StepWriter.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

namespace {
class StepByProducts : public StepWriter {
public:
  StepByProducts(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
                 const Recurrence &parameters, int64_t round)
      : StepWriter(e, module, plan, parameters, round), storage(*plan.storage) {}

private:
  const GpuStorage &storage;

  void storeOld(Value h, Value start, Value k) override {
    e.storeNarrow(storage, h, e.narrowAt(storage, start, k));
  }

  void emitSums(Value turn) override {
    int64_t blocks = layout.blocks(), tiles = layout.rows() / storage.rows;
    Value lane = e.rem(thread, warpThreads), block = e.div(thread, warpThreads);
    Value high = e.div(lane, 4), low = e.rem(lane, 4); // four lanes share a row
    Value part = e.add(e.mul(tile, layout.rounds()), turn);
    Value from = e.at(p.weights, e.add(e.mul(part, layout.roundFloats()), e.mul(thread, 4)));
    Value h = e.at(states, e.add(e.mul(high, layout.rowFloats()),
                                 e.add(e.mul(block, layout.blockFloats()), low)));
    Values sums(layout.gates * tiles * 4, e.zero());
    for (int64_t group = 0; group < layout.roundGroups(); ++group) {
      Values b; // a run of four words in each half of k
      for (int64_t j = 0; j < tiles; ++j)
        for (int64_t half = 0; half < 2; ++half)
          llvm::append_range(
              b, e.loadWords(e.at(h, j * storage.rows * layout.rowFloats() +
                                         group * storage.k / storage.perWord + half * 4),
                             1, /*constant=*/false));
      for (int64_t gate = 0; gate < layout.gates; ++gate) {
        Values a =
            e.loadWords(e.at(from, (group * layout.gates + gate) * blocks * storage.words()), 4,
                        /*constant=*/true);
        for (int64_t j = 0; j < tiles; ++j) {
          MutableArrayRef<Value> c = MutableArrayRef(sums).slice((gate * tiles + j) * 4, 4);
          llvm::copy(
              e.multiply(storage, plan.productK(), a, ArrayRef(b).slice(2 * j, 2), ValueRange(c)),
              c.begin());
        }
      }
    }
    Value to = e.at(partials, e.add(e.mul(low, 2 * layout.partialRowFloats()),
                                    e.add(e.mul(block, layout.units()), high)));
    for (int64_t i = 0; i < int64_t(sums.size()); ++i) {
      int64_t gate = i / (4 * tiles), row = i / 4 % tiles * storage.rows + i % 2,
              unit = i / 2 % 2 * 8;
      e.store(sums[i], e.at(to, partialOffset(gate, row) + unit));
    }
  }
};
} // namespace

std::unique_ptr<StepWriter> ptx::stepByProducts(Emitter &e, gpu::GPUModuleOp module,
                                                const KernelPlan &plan,
                                                const Recurrence &parameters, int64_t round) {
  return std::make_unique<StepByProducts>(e, module, plan, parameters, round);
}
