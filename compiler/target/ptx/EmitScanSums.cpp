//===- EmitScanSums.cpp - Multiply-adds of a scan, by threads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Thread (sum block, unit) keeps its part of three rows of W_hh. In every turn it adds up
// its sum block for each row of the batch; the first sum block's threads own the units:
// they add the other blocks' sums in ascending order and make the new states.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/ScanWriter.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

namespace {
class ScanBySums : public ScanWriter {
public:
  ScanBySums(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan, ValueRange parameters)
      : ScanWriter(e, module, plan, parameters), partials(sharedAt(e, module, layout.partialsAt())),
        block(e.div(thread, layout.paddedUnits())), unit(e.rem(thread, layout.paddedUnits())) {
    units = {unit};
    owns = {e.both(e.equal(block, 0), e.less(unit, e.index(layout.hiddenSize)))};
    Value first = e.mul(e.block(gpu::Dimension::x), layout.rows());
    longest = e.index(0);
    for (int64_t r = 0; r < layout.rows(); ++r) {
      rows.push_back(e.add(first, r));
      exist.push_back(e.less(rows[r], p.batch));
      lengths.push_back(p.length(rows[r], exist[r]));
      longest = e.max(longest, lengths[r]);
    }
  }

private:
  Value partials, block, unit;

  Value isWhole() override { return e.less(block, e.index(layout.sums().count() - 1)); }

  Values loadFour(Value pointer, bool constant) override {
    return e.load(pointer, wordGroup, constant);
  }

  void fillStates() override {
    SumBlocks sums = layout.sums();
    e.loop(thread, e.index(layout.stateFloats()), e.index(layout.threads()), [&](Value at) {
      Value in = e.rem(at, layout.rowFloats()), k = e.rem(in, sums.stride());
      Value u = e.add(e.mul(e.div(in, sums.stride()), sums.size()), k);
      Value b = e.add(rows.front(), e.div(at, layout.rowFloats()));
      Value h = loadH0(b, u,
                       e.all({e.less(k, e.index(sums.size())),
                              e.less(u, e.index(layout.hiddenSize)), e.less(b, p.batch)}));
      for (int64_t turn = 0; turn < layout.stateTurns(); ++turn)
        e.store(h, e.at(e.at(states, at), turn * layout.stateFloats()));
    });
  }

  Values emitStates(const Turn &turn) override {
    int64_t count = layout.rows();
    Values sums = emitSums(turn.old);
    exchange(sums);
    return e.chooseValues(
        owns.front(),
        [&] {
          for (int64_t s = 1; s < layout.sums().count(); ++s)
            for (int64_t i = 0; i < layout.blockSums(); ++i)
              sums[i] = e.plus(sums[i], e.load(partialAt(s - 1, i), /*constant=*/false));
          Values states;
          for (int64_t r = 0; r < count; ++r)
            states.push_back(emitState(turn, r, /*unit=*/0, sumsOf(sums, count, r)));
          return states;
        },
        [&] { return Values(turn.own); });
  }

  /// This thread's sum block, [gate][row].
  Values emitSums(Value old) {
    Value states = e.at(old, e.mul(block, layout.sums().stride()));
    Values sums(layout.blockSums(), e.zero());
    for (int64_t group = 0; group < layout.registerGroups(); ++group)
      sums = emitFour(
          group, ArrayRef(kept).slice(group * layout.gates * wordGroup, layout.gates * wordGroup),
          states, sums);
    return forEachSharedGroup(sums, [&](int64_t group, ValueRange sums) {
      Values four;
      for (int64_t gate = 0; gate < layout.gates; ++gate)
        llvm::append_range(four, e.load(sharedWeights(group, gate), wordGroup, /*constant=*/false));
      return emitFour(group, four, states, sums);
    });
  }

  /// The products of up to four k, weights [gate][4].
  Values emitFour(int64_t group, ArrayRef<Value> weights, Value states, ValueRange before) {
    int64_t count = layout.rows();
    Values sums(before), h;
    for (int64_t r = 0; r < count; ++r)
      llvm::append_range(h,
                         e.load(e.at(states, r * layout.rowFloats() + group * wordGroup), wordGroup,
                                /*constant=*/false));
    for (int64_t k = 0; k < wordGroup && group * wordGroup + k < layout.sums().size(); ++k)
      for (int64_t i = 0; i < layout.blockSums(); ++i)
        sums[i] = e.multiplyAdd(weights[i / count * wordGroup + k], h[i % count * wordGroup + k],
                                sums[i]);
    return sums;
  }

  /// Sum i = [gate][row] of this thread's unit and sum block `block` + 1.
  Value partialAt(int64_t block, int64_t i) {
    return e.at(e.at(partials, unit), (block * layout.blockSums() + i) * layout.paddedUnits());
  }

  /// The sums of all blocks but the first go through shared memory.
  void exchange(ValueRange sums) {
    if (layout.sums().count() == 1)
      return;
    e.ifThen(e.notZero(block), [&] {
      int64_t stride = layout.blockSums() * layout.paddedUnits();
      Value to = e.at(e.at(partials, unit), e.mul(e.sub(block, e.index(1)), stride));
      for (auto [i, sum] : llvm::enumerate(sums))
        e.store(sum, e.at(to, i * layout.paddedUnits()));
    });
    e.barrier();
  }

  void storeState(Value state, int64_t row, int64_t, Value fresh) override {
    SumBlocks blocks = layout.sums();
    Value place =
        e.add(e.mul(e.div(unit, blocks.size()), blocks.stride()), e.rem(unit, blocks.size()));
    e.store(state, e.at(e.at(fresh, place), row * layout.rowFloats()));
  }
};
} // namespace

std::unique_ptr<ScanWriter> ptx::scanBySums(Emitter &e, gpu::GPUModuleOp module,
                                            const KernelPlan &plan, ValueRange parameters) {
  return std::make_unique<ScanBySums>(e, module, plan, parameters);
}
