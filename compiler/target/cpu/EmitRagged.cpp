//===- EmitRagged.cpp - One layer over rows of several lengths -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

namespace {
/// Rows are kept in descending order of length, so that the rows of a step are
/// the first sizes[t] ones, and the work follows the sum of lengths (C10). Input
/// rows of a chunk are staged side by side, with dropout when there is any, and
/// projected in one go; states live in two buffers in that order.
///
/// A team that works by units stages rows in turns; after that every part keeps
/// to its own panels, and copies the outputs of its own units.
class Ragged {
public:
  Ragged(Emitter &e, const KernelPlan &plan, const StepKernels &kernels, std::string name,
         const RaggedOperands &operands)
      : e(e), plan(plan), kernels(kernels), name(std::move(name)), operands(operands),
        layer(e, plan, operands), zero(e.index(0)), one(e.index(1)),
        backward(arith::CmpIOp::create(e, arith::CmpIPredicate::ne, operands.reverse, zero)) {}

  void emit() {
    Phases phases(e, operands.team, plan.panels().panels());
    run(phases, ".start", /*meets=*/false, [&](const Share &share) { startStates(share); });
    // Chunks of turns, as many as fit the staged rows, at least one.
    e.loopWhile(
        {zero}, [&](ValueRange v) { return e.less(v[0], layer.seqLen); },
        [&](ValueRange v) {
          Value first = v[0];
          Values chunk = countTurns(first);
          Value turns = chunk[0], rows = chunk[1];
          run(phases, ".stage", /*meets=*/true,
              [&](const Share &share) { stage(first, turns, share); });
          run(phases, ".project", /*meets=*/false,
              [&](const Share &share) { projectRows(rows, share); });
          e.loop(zero, turns, one, {zero}, [&](Value i, ValueRange v) {
            Value turn = e.add(first, i), at = v[0];
            // Meets: the next round, or step, reads all units of what this one wrote.
            for (int64_t round = 0; round < plan.rounds(); ++round)
              run(phases, kernels.rows.phaseOf(round), /*meets=*/true,
                  [&](const Share &share) { scan(round, turn, at, share); });
            return Values{e.add(at, sizeOf(stepOf(turn)))};
          });
          return Values{e.add(first, turns)};
        });
  }

private:
  Emitter &e;
  const KernelPlan &plan;
  const StepKernels &kernels;
  std::string name;
  RaggedOperands operands;
  LayerView layer;
  Value zero, one, backward;

  void run(Phases &phases, StringRef suffix, bool meets, function_ref<void(const Share &)> work) {
    phases.run(name + suffix, meets, Phases::Cold, work);
  }

  /// Turn i is step i, or step T - 1 - i in reverse: a short row's first turn is
  /// its own last step (C7, C10).
  Value stepOf(Value turn) {
    return e.select(backward, e.sub(e.sub(layer.seqLen, one), turn), turn);
  }
  /// Of a step's rows, how many are this part's.
  Value sizeOf(Value step) {
    Value size = e.loadCount(operands.sizes, step);
    Value others = e.sub(e.sub(operands.own.parts, one), operands.own.part);
    return e.choose(
        e.equal(operands.own.parts, 1), [&] { return size; },
        [&] { return e.div(e.add(size, others), operands.own.parts); });
  }
  /// The caller's row.
  Value rowOf(Value r) {
    return e.loadCount(operands.order, e.add(e.mul(r, operands.own.parts), operands.own.part));
  }
  Value stateAt(Value buffer, Value row) {
    return e.mul(e.add(e.mul(buffer, operands.own.rows), row), plan.hiddenSize);
  }
  Value lastAt(Value b) { return e.add(layer.hn.offset, e.mul(b, plan.hiddenSize)); }

  /// Both buffers and h_n hold h_0: a row that has not begun, or never begins,
  /// stays there.
  void startStates(const Share &share) {
    auto [first, count] = emitUnits(e, plan, share);
    auto copy = [&, first = first, count = count](Value from, Value to, Value toAt) {
      e.call(kernels.copy, {layer.h0.memory, e.add(from, first), to, e.add(toAt, first), count});
    };
    e.loop(zero, operands.own.rows, one, [&](Value r) {
      Value b = rowOf(r), from = e.add(layer.h0.offset, e.mul(b, layer.h0.stride));
      copy(from, operands.states, stateAt(zero, r));
      copy(from, operands.states, stateAt(one, r));
      copy(from, layer.hn.memory, lastAt(b));
    });
  }

  /// {turns, rows} of the chunk that begins at turn `first`.
  Values countTurns(Value first) {
    return e.loopWhile(
        {one, sizeOf(stepOf(first))},
        [&](ValueRange v) {
          Value next = e.add(first, v[0]);
          Value inside = e.less(next, layer.seqLen);
          // Beyond the sequence there is no size to load: look at the last one.
          Value step = stepOf(e.min(next, e.sub(layer.seqLen, one)));
          Value fits = e.less(e.add(v[1], sizeOf(step)), e.add(layer.limit, 1));
          return e.both(inside, fits);
        },
        [&](ValueRange v) {
          return Values{e.add(v[0], one), e.add(v[1], sizeOf(stepOf(e.add(first, v[0]))))};
        });
  }

  /// Staged rows part, part + parts, ...
  void stage(Value first, Value turns, const Share &share) {
    e.loop(zero, turns, one, {zero, share.part}, [&](Value i, ValueRange v) {
      Value step = stepOf(e.add(first, i)), at = v[0], end = e.add(at, sizeOf(step));
      Value place = e.add(layer.x.offset, e.mul(e.loadCount(operands.places, step), layer.x.step));
      Values next = e.loopWhile(
          {v[1]}, [&](ValueRange v) { return e.less(v[0], end); },
          [&](ValueRange v) {
            Value b = rowOf(e.sub(v[0], at));
            stageRow(e.add(place, e.mul(b, layer.x.row)), e.mul(v[0], layer.depth), step, b);
            return Values{e.add(v[0], share.parts)};
          });
      return Values{end, next[0]};
    });
  }

  void stageRow(Value from, Value to, Value step, Value b) {
    auto copy = [&] {
      e.call(kernels.copy, {layer.x.memory, from, operands.staged, to, layer.depth});
    };
    if (!plan.drops())
      return copy();
    auto drop = [&] {
      Value at = e.add(e.mul(operands.dropout.below, layer.seqLen), step);
      Value maskRow = e.add(e.mul(at, layer.batch), b);
      e.call(kernels.dropout, {layer.x.memory, from, operands.staged, to, operands.dropout.below,
                               step, b, operands.dropout.seed, operands.dropout.mask,
                               e.mul(maskRow, plan.outputSize()), operands.dropout.masked});
    };
    e.ifThen(operands.upper, drop, copy);
  }

  void projectRows(Value rows, const Share &share) {
    e.call(kernels.project, {operands.upper, layer.weights.bytes, layer.weights.at, operands.staged,
                             zero, layer.depth, layer.gates, zero, e.index(plan.gateElements()),
                             rows, share.first, share.end});
  }

  void scan(int64_t round, Value turn, Value at, const Share &share) {
    Value h = e.index(plan.hiddenSize);
    Value step = stepOf(turn), size = sizeOf(step);
    Value parity = emitParity(e, turn);
    Value old = stateAt(parity, zero), next = stateAt(e.sub(one, parity), zero);
    StepRows rows{layer.gates,
                  e.mul(at, plan.gateElements()),
                  {operands.states, old, h},
                  {operands.states, next, h}};
    kernels.rows.scan(round, layer.recurrent, rows, size, parity, share);
    if (round + 1 < plan.rounds())
      return;

    auto [first, count] = emitUnits(e, plan, share);
    auto copy = [&, first = first, count = count](Value row, Value to, Value toAt) {
      Value from = e.add(e.add(next, e.mul(row, h)), first);
      e.call(kernels.copy, {operands.states, from, to, e.add(toAt, first), count});
    };
    Value place = e.add(layer.y.offset, e.mul(e.loadCount(operands.places, step), layer.y.step));
    e.loop(zero, size, one,
           [&](Value r) { copy(r, layer.y.memory, e.add(place, e.mul(rowOf(r), layer.y.row))); });
    // Rows that take no part in the next turn are done: their h_n is this state.
    Value ahead = e.add(turn, one), more = e.less(ahead, layer.seqLen);
    Value following = sizeOf(stepOf(e.min(ahead, e.sub(layer.seqLen, one))));
    e.loop(e.select(more, following, zero), size, one,
           [&](Value r) { copy(r, layer.hn.memory, lastAt(rowOf(r))); });
  }
};
} // namespace

func::FuncOp cpu::emitRagged(Emitter &e, ModuleOp module, const KernelPlan &plan,
                             const StepKernels &kernels) {
  std::string name = plan.name + ".ragged";
  return e.function(module, name, RaggedOperands::types(e, plan), [&](ValueRange args) {
    Ragged(e, plan, kernels, name, RaggedOperands::from(e, plan, args)).emit();
  });
}
