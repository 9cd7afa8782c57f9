//===- EmitStepSums.cpp - Multiply-adds of a step, by threads -===//
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
class StepBySums : public StepWriter {
public:
  StepBySums(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
             const Recurrence &parameters, int64_t round)
      : StepWriter(e, module, plan, parameters, round) {}

private:
  void storeOld(Value h, Value start, Value k) override { e.store(h, e.at(start, k)); }

  void emitSums(Value turn) override {
    int64_t units = layout.units(), blocks = layout.blocks(), rows = layout.threadRows();
    Value unit = e.rem(thread, units), rest = e.div(thread, units);
    Value block = e.rem(rest, blocks), group = e.div(rest, blocks), row = e.mul(group, rows);
    Value exists = e.both(e.less(row, e.index(layout.rows())), e.less(e.add(firstB, row), p.batch));
    e.ifThen(exists, [&] {
      Value part = e.add(e.mul(tile, layout.rounds()), turn);
      Value from = e.at(p.weights, e.add(e.mul(part, layout.roundFloats()),
                                         e.mul(e.add(e.mul(block, units), unit), wordGroup)));
      Value h =
          e.at(states, e.add(e.mul(row, layout.rowFloats()), e.mul(block, layout.blockFloats())));
      Values sums = emitBlock(from, h);
      Value to = e.at(
          partials, e.add(e.mul(row, layout.partialRowFloats()), e.add(e.mul(block, units), unit)));
      for (int64_t i = 0; i < layout.gates * rows; ++i)
        e.store(sums[i], e.at(to, partialOffset(i / rows, i % rows)));
    });
  }

  /// [gate][row]: one sum block, four k at a time, several fours a turn of the loop.
  Values emitBlock(Value from, Value h) {
    int64_t groups = layout.sums().groups(), unroll = plan.schedule.getStepUnroll();
    int64_t rows = layout.threadRows(), gates = layout.gates;
    Values sums(gates * rows, e.zero());
    auto turn = [&](Value group, int64_t count, Values sums) {
      Value w = e.at(from, e.mul(group, layout.groupFloats()));
      Value states = e.at(h, e.mul(group, wordGroup));
      Values weights;
      for (int64_t i = 0; i < gates * count; ++i)
        llvm::append_range(weights, e.load(e.at(w, i * layout.gateFloats()), wordGroup,
                                           /*constant=*/true));
      for (int64_t g = 0; g < count; ++g)
        emitFour(ArrayRef(weights).slice(gates * wordGroup * g, gates * wordGroup),
                 e.at(states, g * wordGroup), wordGroup, sums);
      return sums;
    };
    // All k of a short block in one go; blocks of 64 in whole turns.
    if (layout.sums().size() % (unroll * wordGroup) == 0)
      return e.loop(e.index(0), e.index(groups), e.index(unroll), sums,
                    [&](Value group, ValueRange now) { return turn(group, unroll, Values(now)); });
    for (int64_t group = 0; group < groups; ++group) {
      Value w = e.at(from, group * layout.groupFloats());
      Values weights;
      for (int64_t gate = 0; gate < gates; ++gate)
        llvm::append_range(weights, e.load(e.at(w, gate * layout.gateFloats()), wordGroup,
                                           /*constant=*/true));
      int64_t left = layout.sums().size() - group * wordGroup;
      emitFour(weights, e.at(h, group * wordGroup), std::min(left, wordGroup), sums);
    }
    return sums;
  }

  /// The products of up to four k, weights [gate][4].
  void emitFour(ArrayRef<Value> weights, Value states, int64_t count, Values &sums) {
    int64_t rows = layout.threadRows();
    Values h;
    for (int64_t r = 0; r < rows; ++r)
      llvm::append_range(
          h, e.load(e.at(states, r * layout.rowFloats()), wordGroup, /*constant=*/false));
    for (int64_t k = 0; k < count; ++k)
      for (int64_t i = 0; i < layout.gates * rows; ++i)
        sums[i] =
            e.multiplyAdd(weights[i / rows * wordGroup + k], h[i % rows * wordGroup + k], sums[i]);
  }
};
} // namespace

std::unique_ptr<StepWriter> ptx::stepBySums(Emitter &e, gpu::GPUModuleOp module,
                                            const KernelPlan &plan, const Recurrence &parameters,
                                            int64_t round) {
  return std::make_unique<StepBySums>(e, module, plan, parameters, round);
}
