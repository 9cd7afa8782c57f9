//===- EmitScanProducts.cpp - Products of a scan, by the tensor cores -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A warp has 16 units: the rows of three tiles of W_hh, one for each gate, and all k. The
// sums of a unit's three gates end in the same lane, which makes its new states and keeps
// them in float32; what is in shared memory, in 16 bits, are the operands of the next turn.
// Sums are taken in the blocks and the order of `step`, and so are their bits.
//
// A lane has two columns of a product, side by side. They are rows of the batch four
// apart, so that a block of up to four rows has nothing to do for the second.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/ScanWriter.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

namespace {
class ScanByProducts : public ScanWriter {
public:
  ScanByProducts(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan, ValueRange parameters)
      : ScanWriter(e, module, plan, parameters), storage(*plan.storage),
        lane(e.rem(thread, warpThreads)), first(e.mul(e.block(gpu::Dimension::x), layout.rows())) {
    Value unit = e.add(e.mul(e.div(thread, warpThreads), storage.units), e.div(lane, 4));
    for (int64_t u = 0; u < layout.threadUnits(); ++u) {
      units.push_back(e.add(unit, u * storage.units / 2));
      owns.push_back(e.less(units[u], e.index(layout.hiddenSize)));
    }
    for (int64_t r = 0; r < layout.threadRows(); ++r) {
      Value in = e.add(e.rem(lane, 4), r * storage.laneRows);
      rows.push_back(e.add(first, in));
      // Lengths are kept, and say this as well: one bit less to keep.
      Value there = isRow(in), none = e.sub(e.index(0), e.index(1));
      lengths.push_back(e.select(there, p.length(rows[r], there), none));
      exist.push_back(e.less(none, lengths[r]));
    }
    // The same in all threads: they meet once a turn.
    longest = e.index(0);
    for (int64_t in = 0; in < layout.rows(); ++in)
      longest = e.max(longest, p.length(e.add(first, in), isRow(e.index(in))));
  }

private:
  const GpuStorage &storage;
  Value lane, first;

  /// Whether the block has such a row.
  Value isRow(Value in) {
    return e.both(e.less(in, e.index(layout.rows())), e.less(e.add(first, in), p.batch));
  }

  Values loadFour(Value pointer, bool constant) override {
    return e.loadWords(pointer, wordGroup, constant);
  }

  /// States [column of the product][k], in both turns.
  void fillStates() override {
    int64_t depth = layout.paddedUnits();
    e.loop(thread, e.index(storage.rows * depth), e.index(layout.threads()), [&](Value at) {
      Value column = e.div(at, depth), unit = e.rem(at, depth);
      Value in = e.add(e.div(column, 2), e.mul(e.rem(column, 2), storage.laneRows));
      Value there = e.both(isRow(in), e.less(unit, e.index(layout.hiddenSize)));
      Value h = loadH0(e.add(first, in), unit, there);
      Value to = e.narrowAt(storage, states, placeOf(column, unit));
      for (int64_t turn = 0; turn < layout.stateTurns(); ++turn)
        e.storeNarrow(storage, h, e.at(to, turn * layout.stateFloats()));
    });
  }

  Values emitStates(const Turn &turn) override {
    Values sums = emitSums(turn.old), result;
    for (int64_t r = 0; r < layout.threadRows(); ++r) {
      auto emitRow = [&] {
        Values row;
        for (int64_t u = 0; u < layout.threadUnits(); ++u)
          row.push_back(emitState(turn, r, u, sumsOf(sums, 4, 2 * u + r)));
        return row;
      };
      if (r == 0) {
        result = emitRow();
        continue;
      }
      Value any = e.less(e.add(first, r * storage.laneRows), p.batch);
      llvm::append_range(result, e.chooseValues(any, emitRow, [&] {
        return Values(turn.own.slice(r * layout.threadUnits(), layout.threadUnits()));
      }));
    }
    return result;
  }

  /// [gate][unit][row] of this lane.
  Values emitSums(Value old) {
    Value h = e.at(old, e.add(e.mul(e.div(lane, 4), layout.rowFloats()), e.rem(lane, 4)));
    int64_t blockGroups = layout.sums().groups();
    Values all, sums(layout.gates * 4, e.zero());
    auto multiply = [&](int64_t group, function_ref<Values(int64_t)> weights) {
      if (group && group % blockGroups == 0) {
        all = addBlock(all, sums);
        sums = Values(layout.gates * 4, e.zero());
      }
      Values b; // a run of four words in each half of k
      for (int64_t half = 0; half < 2; ++half)
        llvm::append_range(b, e.loadWords(e.at(h, group * storage.k / storage.perWord + half * 4),
                                          1, /*constant=*/false));
      for (int64_t gate = 0; gate < layout.gates; ++gate) {
        MutableArrayRef<Value> c = MutableArrayRef(sums).slice(gate * 4, 4);
        llvm::copy(e.multiply(storage, plan.productK(), weights(gate), b, ValueRange(c)),
                   c.begin());
      }
    };
    for (int64_t group = 0; group < layout.registerGroups(); ++group)
      multiply(group, [&](int64_t gate) {
        return Values(ArrayRef(kept).slice((group * layout.gates + gate) * 4, 4));
      });
    forEachSharedGroup({}, [&](int64_t group, ValueRange) {
      multiply(group, [&](int64_t gate) {
        return loadFour(sharedWeights(group, gate), /*constant=*/false);
      });
      return Values();
    });
    return addBlock(all, sums);
  }

  /// In ascending order.
  Values addBlock(ValueRange before, ValueRange block) {
    Values sums(block);
    if (!before.empty())
      for (auto [sum, other] : llvm::zip_equal(sums, before))
        sum = e.plus(other, sum);
    return sums;
  }

  void storeState(Value state, int64_t row, int64_t unit, Value fresh) override {
    Value column = e.add(e.mul(e.rem(lane, 4), 2), row);
    Value at = placeOf(column, units[unit]);
    // Units that fill up a tile stay 0: theirs are weights of 0 times a state that may be infinite
    // in 16 bits.
    if (plan.hiddenSize % storage.units)
      state = e.select(owns[unit], state, e.zero());
    e.storeNarrow(storage, state, e.narrowAt(storage, fresh, at));
  }

  /// Of a state in shared memory, in numbers.
  Value placeOf(Value column, Value unit) {
    return e.add(e.mul(column, layout.rowFloats() * storage.perWord), unit);
  }
};
} // namespace

std::unique_ptr<ScanWriter> ptx::scanByProducts(Emitter &e, gpu::GPUModuleOp module,
                                                const KernelPlan &plan, ValueRange parameters) {
  return std::make_unique<ScanByProducts>(e, module, plan, parameters);
}
