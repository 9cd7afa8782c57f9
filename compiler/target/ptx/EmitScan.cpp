//===- EmitScan.cpp - All steps in one block, which keeps the weights -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/ScanWriter.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

ScanWriter::ScanWriter(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan,
                       ValueRange parameters)
    : e(e), plan(plan), layout(plan.scan()), p(e, plan, parameters), states(sharedAt(e, module, 0)),
      start(sharedAt(e, module, 0)), thread(e.thread()) {}

void ScanWriter::emit() {
  loadWeights();
  fillStates();
  SmallVector<Values> biases;
  for (auto [unit, own] : llvm::zip_equal(units, owns))
    biases.push_back(p.loadBiases(plan, /*round=*/0, unit, own));
  Value zero = e.index(0), one = e.index(1);

  // Rows of the next turn are known a turn before its gates are loaded, and gates
  // a turn before they are used, where there is room: both are far away.
  Values carried = ownStates();
  Value first = firstRowOf(zero);
  if (layout.gatesAhead())
    llvm::append_range(carried, loadGates(zero, first));
  carried.append({first, firstRowOf(one)});
  Values last = e.loop(zero, longest, one, carried,
                       [&](Value turn, ValueRange now) { return emitTurn(turn, now, biases); });
  finish(last);
}

void ScanWriter::loadWeights() {
  // Every thread reads what itself has written: nobody has to wait.
  Value from = e.at(p.weights, e.mul(thread, wordGroup));
  auto load = [&](int64_t group, int64_t gate) {
    int64_t at = (layout.gates * group + gate) * layout.threads() * wordGroup;
    return loadFour(e.at(from, at), /*constant=*/true);
  };
  for (int64_t i = 0; i < layout.gates * layout.registerGroups(); ++i)
    llvm::append_range(kept, load(i / layout.gates, i % layout.gates));
  forEachSharedGroup({}, [&](int64_t group, ValueRange) {
    for (int64_t gate = 0; gate < layout.gates; ++gate)
      e.store(load(group, gate), sharedWeights(group, gate));
    return Values();
  });
}

Value ScanWriter::sharedWeights(int64_t group, int64_t gate) {
  return e.at(e.at(start, e.mul(thread, wordGroup)),
              layout.sharedGroupAt(group) + gate * layout.sharedThreads(group) * wordGroup);
}

Values ScanWriter::forEachSharedGroup(Values carried,
                                      function_ref<Values(int64_t, ValueRange)> body) {
  int64_t groups = layout.groups(), group = layout.registerGroups();
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
  if (carried.empty())
    e.ifThen(isWhole(), [&] { rest(); });
  else
    carried = e.chooseValues(isWhole(), rest, [&] { return carried; });
  return carried;
}

Value ScanWriter::loadH0(Value b, Value unit, Value there) {
  return e
      .valuesIf(e.both(there, p.hasH0), 1,
                [&]() -> Values { return {e.load(p.stateAt(p.h0, b, unit), /*constant=*/true)}; })
      .front();
}

Values ScanWriter::ownStates() {
  Values own;
  for (int64_t r = 0; r < layout.threadRows(); ++r)
    for (auto [unit, owned] : llvm::zip_equal(units, owns))
      own.push_back(loadH0(rows[r], unit, e.both(owned, exist[r])));
  return own;
}

/// The step of a turn; that of the last one for turns beyond, and 0 without any.
Value ScanWriter::stepOf(Value turn) {
  Value last = e.sub(longest, e.index(1)), known = e.min(turn, last);
  return e.max(e.select(p.reverse, e.sub(last, known), known), e.index(0));
}

/// [row][unit][gate]; zeros of rows that do not take part.
Values ScanWriter::loadGates(Value turn, Value firstRow) {
  Values all;
  for (int64_t r = 0; r < layout.threadRows(); ++r)
    for (auto [unit, owned] : llvm::zip_equal(units, owns))
      llvm::append_range(
          all, e.valuesIf(e.both(owned, takesPart(r, turn)), layout.gates, [&, unit = unit] {
            return p.loadGates(p.row(firstRow, rows[r]), unit, layout.gates, /*constant=*/true);
          }));
  return all;
}

/// now: own states, gates if they are ahead, first row of this turn and the next.
Values ScanWriter::emitTurn(Value turn, ValueRange now, ArrayRef<Values> biases) {
  int64_t count = layout.threadRows() * layout.threadUnits();
  ValueRange own = now.take_front(count), rows = now.take_back(2);
  Value next = e.add(turn, 1), parity = e.rem(turn, 2);

  // The states of the turn before are complete; so are those before all turns.
  e.barrier();
  bool ahead = layout.gatesAhead();
  Values loaded = ahead ? loadGates(next, rows[1]) : loadGates(turn, rows[0]);
  Value rowAfter = firstRowOf(e.add(turn, 2));
  Value old = states, fresh = states;
  if (layout.stateTurns() == 2) {
    old = e.at(states, e.mul(parity, layout.stateFloats()));
    fresh = e.at(states, e.mul(e.sub(e.index(1), parity), layout.stateFloats()));
  }
  ValueRange gates = ahead ? now.slice(count, layout.gates * count) : ValueRange(loaded);
  Values result = emitStates({turn, rows[0], old, fresh, own, gates, biases});
  if (ahead)
    llvm::append_range(result, loaded);
  result.append({rows[1], rowAfter});
  return result;
}

Value ScanWriter::emitState(const Turn &turn, int64_t row, int64_t unit, ValueRange sums) {
  int64_t cell = row * layout.threadUnits() + unit;
  Value own = turn.own[cell], active = takesPart(row, turn.number);
  Values gates(turn.gates.slice(layout.gates * cell, layout.gates));
  Value h = e.updateCell(plan.cellKind, gates, Values(sums), turn.biases[unit], own);
  Value state = e.select(active, h, own);
  storeState(state, row, unit, turn.fresh);
  // Padded outputs are 0; packed rows end with their sequence.
  Value written = e.all({owns[unit], exist[row], e.either(active, isPadded())});
  e.ifThen(written, [&] {
    e.store(e.select(active, h, e.zero()),
            p.outputAt(p.row(turn.firstRow, rows[row]), units[unit]));
  });
  return state;
}

/// What stands behind the last step of the longest row, and h_n.
void ScanWriter::finish(ValueRange states) {
  for (int64_t r = 0; r < layout.threadRows(); ++r)
    for (int64_t u = 0; u < layout.threadUnits(); ++u)
      e.ifThen(e.both(owns[u], exist[r]), [&] {
        e.store(states[r * layout.threadUnits() + u], p.stateAt(p.hN, rows[r], units[u]));
        e.ifThen(isPadded(), [&] {
          e.loop(longest, p.seqLen, e.index(1), [&](Value t) {
            e.store(e.zero(), p.outputAt(p.row(p.firstRow(t), rows[r]), units[u]));
          });
        });
      });
}

Kernel ptx::emitScan(Emitter &e, gpu::GPUModuleOp module, const KernelPlan &plan) {
  ScanLayout layout = plan.scan();
  if (!layout.exists())
    return {};
  Kernel kernel{plan.name + "_scan", int32_t(layout.threads()), int32_t(layout.sharedBytes()),
                int32_t(layout.rows()), 1};
  emitKernel(
      e, module, kernel, scanParameters,
      [&](ValueRange parameters) {
        auto *writer = plan.storage->isShared() ? scanByProducts : scanBySums;
        writer(e, module, plan, parameters)->emit();
      },
      registerLimit(plan.gpu, layout.threads()));
  return kernel;
}
