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
class Ragged {
public:
  Ragged(Emitter &e, const KernelPlan &plan, bool upper, const StepKernels &kernels,
         ValueRange args)
      : e(e), plan(plan), depth(upper ? plan.outputSize() : plan.inputSize),
        drops(upper && plan.drops()), kernels(kernels),
        project(upper ? kernels.projectUpper : kernels.projectFirst),
        layer(RaggedOperands::from(args)), zero(e.index(0)), one(e.index(1)),
        backward(arith::CmpIOp::create(e, arith::CmpIPredicate::ne, layer.reverse, zero)) {}

  void emit() {
    startStates();
    Value limit = e.max(e.index(plan.schedule.getChunkRows()), layer.batch);
    // Chunks of turns, as many as fit the staged rows, at least one.
    e.loopWhile(
        {zero}, [&](ValueRange v) { return e.less(v[0], layer.seqLen); },
        [&](ValueRange v) {
          Value first = v[0];
          Values chunk = countTurns(first, limit);
          Value turns = chunk[0], rows = chunk[1];
          stage(first, turns);
          e.call(project, {layer.weights, layer.weightsAt, layer.staged, zero, e.index(depth),
                           layer.gates, zero, e.index(plan.gateElements()), rows});
          scan(first, turns);
          return Values{e.add(first, turns)};
        });
  }

private:
  Emitter &e;
  const KernelPlan &plan;
  int64_t depth;
  bool drops;
  const StepKernels &kernels;
  func::FuncOp project;
  RaggedOperands layer;
  Value zero, one, backward;

  /// Turn i is step i, or step T - 1 - i in reverse: a short row's first turn is
  /// its own last step (C7, C10).
  Value stepOf(Value turn) {
    return e.select(backward, e.sub(e.sub(layer.seqLen, one), turn), turn);
  }
  Value sizeOf(Value step) { return e.loadCount(layer.sizes, step); }
  Value stateAt(Value buffer, Value row) {
    return e.mul(e.add(e.mul(buffer, layer.batch), row), plan.hiddenSize);
  }
  void copyRow(Value x, Value xAt, Value y, Value yAt, int64_t count) {
    e.call(kernels.copy, {x, xAt, y, yAt, e.index(count)});
  }

  /// Both buffers and h_n hold h_0: a row that has not begun, or never begins,
  /// stays there.
  void startStates() {
    e.loop(zero, layer.batch, one, [&](Value r) {
      Value b = e.loadCount(layer.order, r);
      Value from = e.add(layer.h0At, e.mul(b, layer.h0Row));
      copyRow(layer.h0, from, layer.states, stateAt(zero, r), plan.hiddenSize);
      copyRow(layer.h0, from, layer.states, stateAt(one, r), plan.hiddenSize);
      copyRow(layer.h0, from, layer.hn, lastAt(b), plan.hiddenSize);
    });
  }
  Value lastAt(Value b) { return e.add(layer.hnAt, e.mul(b, plan.hiddenSize)); }

  /// {turns, rows} of the chunk that begins at turn `first`.
  Values countTurns(Value first, Value limit) {
    return e.loopWhile(
        {one, sizeOf(stepOf(first))},
        [&](ValueRange v) {
          Value next = e.add(first, v[0]);
          Value inside = e.less(next, layer.seqLen);
          // Beyond the sequence there is no size to load: look at the last one.
          Value step = stepOf(e.min(next, e.sub(layer.seqLen, one)));
          Value fits = e.less(e.add(v[1], sizeOf(step)), e.add(limit, 1));
          return e.both(inside, fits);
        },
        [&](ValueRange v) {
          return Values{e.add(v[0], one), e.add(v[1], sizeOf(stepOf(e.add(first, v[0]))))};
        });
  }

  void stage(Value first, Value turns) {
    e.loop(zero, turns, one, {zero}, [&](Value i, ValueRange v) {
      Value step = stepOf(e.add(first, i)), size = sizeOf(step), at = v[0];
      Value place = e.add(layer.xAt, e.mul(e.loadCount(layer.places, step), layer.xStep));
      e.loop(zero, size, one, [&](Value r) {
        Value b = e.loadCount(layer.order, r);
        Value from = e.add(place, e.mul(b, layer.xRow)), to = e.mul(e.add(at, r), depth);
        if (!drops)
          return copyRow(layer.x, from, layer.staged, to, depth);
        Value maskRow = e.add(e.mul(e.add(e.mul(layer.below, layer.seqLen), step), layer.batch), b);
        e.call(kernels.dropout, {layer.x, from, layer.staged, to, layer.below, step, b, layer.seed,
                                 layer.mask, e.mul(maskRow, depth), layer.masked});
      });
      return Values{e.add(at, size)};
    });
  }

  void scan(Value first, Value turns) {
    LayerLayout layout = plan.layout(depth);
    Value recurrentAt = e.add(layer.weightsAt, layout.recurrentWeights);
    Value h = e.index(plan.hiddenSize);
    e.loop(zero, turns, one, {zero}, [&](Value i, ValueRange v) {
      Value turn = e.add(first, i), step = stepOf(turn), size = sizeOf(step), at = v[0];
      Value parity = arith::AndIOp::create(e, turn, one);
      Value old = stateAt(parity, zero), next = stateAt(e.sub(one, parity), zero);
      SmallVector<Value> operands{
          layer.weights, recurrentAt, layer.gates, e.mul(at, plan.gateElements()),
          layer.states,  old,         h,           layer.states,
          next,          h,           size,        parity};
      e.ifThen(
          e.equal(size, 1), [&] { e.call(kernels.scanRow, operands); },
          [&] { e.call(kernels.scanRows, operands); });

      Value place = e.add(layer.yAt, e.mul(e.loadCount(layer.places, step), layer.yStep));
      e.loop(zero, size, one, [&](Value r) {
        Value to = e.add(place, e.mul(e.loadCount(layer.order, r), layer.yRow));
        copyRow(layer.states, e.add(next, e.mul(r, h)), layer.y, to, plan.hiddenSize);
      });
      // Rows that take no part in the next turn are done: their h_n is this state.
      Value ahead = e.add(turn, one), more = e.less(ahead, layer.seqLen);
      Value following = sizeOf(stepOf(e.min(ahead, e.sub(layer.seqLen, one))));
      e.loop(e.select(more, following, zero), size, one, [&](Value r) {
        copyRow(layer.states, e.add(next, e.mul(r, h)), layer.hn,
                lastAt(e.loadCount(layer.order, r)), plan.hiddenSize);
      });
      return Values{e.add(at, size)};
    });
  }
};
} // namespace

func::FuncOp cpu::emitRagged(Emitter &e, ModuleOp module, const KernelPlan &plan, bool upper,
                             const StepKernels &kernels) {
  std::string name = plan.name + (upper ? ".ragged_upper" : ".ragged_first");
  return e.function(module, name, RaggedOperands::types(e),
                    [&](ValueRange args) { Ragged(e, plan, upper, kernels, args).emit(); });
}
