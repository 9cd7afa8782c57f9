//===- EmitScan.cpp - All steps in one block, which keeps the weights -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Thread (sum block, unit) keeps its part of three rows of W_hh, in registers and
// in its own part of shared memory. In every step it adds up its sum block for each
// row of the batch; the first sum block's threads own the units: they add the other
// blocks' sums in ascending order and make the new states.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/EmitCell.h"
#include "compiler/target/ptx/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

namespace {
class ScanWriter {
public:
  ScanWriter(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan, ValueRange parameters)
      : e(e), plan(plan), layout(plan.scan()), p(e, plan, parameters),
        states(sharedAt(e, module, 0)), partials(sharedAt(e, module, layout.partialsAt())),
        start(sharedAt(e, module, 0)), thread(e.thread()),
        block(e.div(thread, layout.paddedUnits())), unit(e.rem(thread, layout.paddedUnits())),
        owns(e.both(e.equal(block, 0), e.less(unit, e.index(layout.hiddenSize)))) {}

  void emit() {
    findRows();
    loadWeights();
    fillStates();
    Value bias = p.loadBias(plan, unit, owns);
    Value zero = e.index(0), one = e.index(1);

    // Rows of the next turn are known a turn before its gates are loaded, and gates
    // a turn before they are used: both are far away.
    Values carried = ownStates();
    Value first = firstRowOf(zero);
    llvm::append_range(carried, loadGates(zero, first));
    carried.append({first, firstRowOf(one)});
    Values last = e.loop(zero, longest, one, carried,
                         [&](Value turn, ValueRange now) { return emitTurn(turn, now, bias); });
    finish(last);
  }

private:
  Emitter &e;
  const KernelPlan &plan;
  ScanLayout layout;
  Recurrence p;
  Value states, partials, start, thread, block, unit, owns;
  Values rows, exist, lengths; ///< of the batch
  Value longest;               ///< the steps that there are to do
  Values kept;                 ///< weights in registers, [four of k][gate][4]

  void findRows() {
    Value start = e.mul(e.block(gpu::Dimension::x), layout.rows());
    longest = e.index(0);
    for (int64_t r = 0; r < layout.rows(); ++r) {
      rows.push_back(e.add(start, r));
      exist.push_back(e.less(rows[r], p.batch));
      lengths.push_back(p.length(rows[r], exist[r]));
      longest = e.max(longest, lengths[r]);
    }
  }

  void loadWeights() {
    // Every thread reads what itself has written: nobody has to wait.
    Value from = e.at(p.weights, e.mul(thread, kGroup));
    auto load = [&](int64_t group, int64_t gate) {
      int64_t at = (3 * group + gate) * layout.threads() * kGroup;
      return e.load(e.at(from, at), kGroup, /*constant=*/true);
    };
    for (int64_t i = 0; i < 3 * layout.registerGroups(); ++i)
      llvm::append_range(kept, load(i / 3, i % 3));
    forEachSharedGroup({}, [&](int64_t group, ValueRange) {
      for (int64_t gate = 0; gate < 3; ++gate)
        e.store(load(group, gate), sharedWeights(group, gate));
      return Values();
    });
  }

  Value sharedWeights(int64_t group, int64_t gate) {
    return e.at(e.at(start, e.mul(thread, kGroup)),
                layout.sharedGroupAt(group) + gate * layout.sharedThreads(group) * kGroup);
  }

  /// All fours of k whose weights are in shared memory; those that the last sum block
  /// does not have, in the other blocks' threads alone.
  Values forEachSharedGroup(Values carried, function_ref<Values(int64_t, ValueRange)> body) {
    int64_t groups = layout.sums().groups(), group = layout.registerGroups();
    for (; group < groups && !layout.isBeyondLast(group); ++group)
      carried = body(group, carried);
    if (group == groups)
      return carried;
    auto rest = [&] {
      Values values = carried;
      for (int64_t g = group; g < groups; ++g)
        values = body(g, values);
      return values;
    };
    Value has = e.less(block, e.index(layout.sums().count() - 1));
    if (carried.empty())
      e.ifThen(has, [&] { rest(); });
    else
      carried = e.chooseValues(has, rest, [&] { return carried; });
    return carried;
  }

  /// All states in shared memory: h_0, or zeros, and zeros where there is no unit.
  void fillStates() {
    SumBlocks sums = layout.sums();
    e.loop(thread, e.index(layout.stateFloats()), e.index(layout.threads()), [&](Value at) {
      Value in = e.rem(at, layout.rowFloats()), k = e.rem(in, sums.stride());
      Value u = e.add(e.mul(e.div(in, sums.stride()), sums.size()), k);
      Value b = e.add(rows.front(), e.div(at, layout.rowFloats()));
      Value there = e.all({e.less(k, e.index(sums.size())), e.less(u, e.index(layout.hiddenSize)),
                           e.less(b, p.batch), p.hasH0});
      Values h = e.valuesIf(
          there, 1, [&]() -> Values { return {e.load(p.stateAt(p.h0, b, u), /*constant=*/true)}; });
      for (int64_t turn = 0; turn < layout.stateTurns(); ++turn)
        e.store(h, e.at(e.at(states, at), turn * layout.stateFloats()));
    });
  }

  Values ownStates() {
    Values own;
    for (int64_t r = 0; r < layout.rows(); ++r)
      llvm::append_range(own, e.valuesIf(e.all({owns, exist[r], p.hasH0}), 1, [&]() -> Values {
        return {e.load(p.stateAt(p.h0, rows[r], unit), /*constant=*/true)};
      }));
    return own;
  }

  /// The step of a turn; that of the last one for turns beyond, and 0 without any.
  Value stepOf(Value turn) {
    Value last = e.sub(longest, e.index(1)), known = e.min(turn, last);
    return e.max(e.select(p.reverse, e.sub(last, known), known), e.index(0));
  }
  Value firstRowOf(Value turn) { return p.firstRow(stepOf(turn)); }
  Value takesPart(int64_t r, Value turn) { return e.less(stepOf(turn), lengths[r]); }

  /// [row][gate]; zeros of rows that do not take part.
  Values loadGates(Value turn, Value firstRow) {
    Values all;
    for (int64_t r = 0; r < layout.rows(); ++r)
      llvm::append_range(all, e.valuesIf(e.both(owns, takesPart(r, turn)), 3, [&] {
        return p.loadGates(p.row(firstRow, rows[r]), unit);
      }));
    return all;
  }

  /// carried: own states [row], gates [row][gate], first row of this turn and the next.
  Values emitTurn(Value turn, ValueRange now, Value bias) {
    int64_t count = layout.rows();
    ValueRange own = now.take_front(count), gates = now.slice(count, 3 * count);
    Value firstRow = now[4 * count], nextRow = now[4 * count + 1];
    Value next = e.add(turn, 1), parity = e.rem(turn, 2);

    // The states of the turn before are complete; so are those before all turns.
    e.barrier();
    Values nextGates = loadGates(next, nextRow);
    Value rowAfter = firstRowOf(e.add(turn, 2));
    Value old = states, fresh = states;
    if (layout.stateTurns() == 2) {
      old = e.at(states, e.mul(parity, layout.stateFloats()));
      fresh = e.at(states, e.mul(e.sub(e.index(1), parity), layout.stateFloats()));
    }
    Values sums = emitSums(old);
    exchange(sums);
    Values result = e.chooseValues(
        owns,
        [&] {
          for (int64_t s = 1; s < layout.sums().count(); ++s)
            for (int64_t i = 0; i < 3 * count; ++i)
              sums[i] = e.plus(sums[i], e.load(partialAt(s - 1, i), /*constant=*/false));
          Values states;
          for (int64_t r = 0; r < count; ++r)
            states.push_back(emitState(r, turn, firstRow, fresh, own[r], gates.slice(3 * r, 3),
                                       {sums[r], sums[count + r], sums[2 * count + r]}, bias));
          return states;
        },
        [&] { return Values(own); });
    llvm::append_range(result, nextGates);
    result.append({nextRow, rowAfter});
    return result;
  }

  /// This thread's sum block, [gate][row].
  Values emitSums(Value old) {
    Value states = e.at(old, e.mul(block, layout.sums().stride()));
    Values sums(3 * layout.rows(), e.zero());
    for (int64_t group = 0; group < layout.registerGroups(); ++group)
      sums = emitFour(group, ArrayRef(kept).slice(group * 3 * kGroup, 3 * kGroup), states, sums);
    return forEachSharedGroup(sums, [&](int64_t group, ValueRange sums) {
      Values four;
      for (int64_t gate = 0; gate < 3; ++gate)
        llvm::append_range(four, e.load(sharedWeights(group, gate), kGroup, /*constant=*/false));
      return emitFour(group, four, states, sums);
    });
  }

  /// The products of up to four k, weights [gate][4].
  Values emitFour(int64_t group, ArrayRef<Value> weights, Value states, ValueRange before) {
    int64_t count = layout.rows();
    Values sums(before), h;
    for (int64_t r = 0; r < count; ++r)
      llvm::append_range(h, e.load(e.at(states, r * layout.rowFloats() + group * kGroup), kGroup,
                                   /*constant=*/false));
    for (int64_t k = 0; k < kGroup && group * kGroup + k < layout.sums().size(); ++k)
      for (int64_t i = 0; i < 3 * count; ++i)
        sums[i] =
            e.multiplyAdd(weights[i / count * kGroup + k], h[i % count * kGroup + k], sums[i]);
    return sums;
  }

  /// Sum i = [gate][row] of this thread's unit and sum block `block` + 1.
  Value partialAt(int64_t block, int64_t i) {
    return e.at(e.at(partials, unit), (block * 3 * layout.rows() + i) * layout.paddedUnits());
  }

  /// The sums of all blocks but the first go through shared memory.
  void exchange(ValueRange sums) {
    if (layout.sums().count() == 1)
      return;
    e.ifThen(e.notZero(block), [&] {
      int64_t stride = 3 * layout.rows() * layout.paddedUnits();
      Value to = e.at(e.at(partials, unit), e.mul(e.sub(block, e.index(1)), stride));
      for (auto [i, sum] : llvm::enumerate(sums))
        e.store(sum, e.at(to, i * layout.paddedUnits()));
    });
    e.barrier();
  }

  /// The new state of one row, or the old one where it takes no part; written to
  /// shared memory and to the output.
  Value emitState(int64_t r, Value turn, Value firstRow, Value fresh, Value own, ValueRange gates,
                  ArrayRef<Value> sums, Value bias) {
    Value active = takesPart(r, turn);
    Value h = cpu::emitCell(e, Values(gates), sums, bias, own);
    Value state = e.select(active, h, own);
    SumBlocks blocks = layout.sums();
    Value place =
        e.add(e.mul(e.div(unit, blocks.size()), blocks.stride()), e.rem(unit, blocks.size()));
    e.store(state, e.at(e.at(fresh, place), r * layout.rowFloats()));
    // Padded outputs are 0; packed rows end with their sequence.
    Value written = e.both(exist[r], e.either(active, isPadded()));
    e.ifThen(written, [&] {
      e.store(e.select(active, h, e.zero()), p.outputAt(p.row(firstRow, rows[r]), unit));
    });
    return state;
  }
  Value isPadded() { return e.negate(p.hasOffsets); }

  /// What stands behind the last step of the longest row, and h_n.
  void finish(ValueRange states) {
    for (int64_t r = 0; r < layout.rows(); ++r)
      e.ifThen(e.both(owns, exist[r]), [&] {
        e.store(states[r], p.stateAt(p.hN, rows[r], unit));
        e.ifThen(isPadded(), [&] {
          e.loop(longest, p.seqLen, e.index(1), [&](Value t) {
            e.store(e.zero(), p.outputAt(p.row(p.firstRow(t), rows[r]), unit));
          });
        });
      });
  }
};
} // namespace

Kernel ptx::emitScan(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan) {
  ScanLayout layout = plan.scan();
  if (!layout.exists())
    return {};
  Kernel kernel{plan.name + "_scan", int32_t(layout.threads()), int32_t(layout.sharedBytes()),
                int32_t(layout.rows()), 1};
  emitKernel(
      e, module, kernel, scanParameters,
      [&](ValueRange parameters) { ScanWriter(e, module, plan, parameters).emit(); },
      registerLimit(plan.gpu, layout.threads()));
  return kernel;
}
