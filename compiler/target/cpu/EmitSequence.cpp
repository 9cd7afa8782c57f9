//===- EmitSequence.cpp - One layer over a whole sequence -===//
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

Value cpu::emitParity(Emitter &e, Value turn) { return arith::AndIOp::create(e, turn, e.index(1)); }

Value cpu::emitParity(Emitter &e, Value old, Value next) {
  return e.select(standsBefore(e, next, old), e.index(1), e.index(0));
}

func::FuncOp cpu::emitCopy(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  Type memory = e.memoryType(), index = e.getIndexType();
  int64_t lanes = plan.schedule.tiling.lanes;
  func::FuncOp copy = e.function(
      module, plan.name + ".copy", {memory, index, memory, index, index}, [&](ValueRange args) {
        Value x = args[0], xAt = args[1], y = args[2], yAt = args[3], count = args[4];
        Value whole = e.mul(e.div(count, lanes), lanes);
        e.loop(e.index(0), whole, e.index(lanes),
               [&](Value i) { e.store(e.load(x, e.add(xAt, i), lanes), y, e.add(yAt, i)); });
        e.loop(whole, count, e.index(1),
               [&](Value i) { e.store(e.load(x, e.add(xAt, i), 1), y, e.add(yAt, i)); });
      });
  e.neverInline(copy);
  return copy;
}

func::FuncOp cpu::emitProject(Emitter &e, ModuleOp module, const KernelPlan &plan,
                              const RowKernels &kernels) {
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> types{e.getI1Type(), e.bytesType(), index, memory, index, index,
                          memory,        index,         index, index,  index, index};
  return e.function(module, plan.name + ".project", types, [&](ValueRange v) {
    auto project = [&](int64_t depth) {
      kernels.project(depth, {v[1], v[2]}, {v[3], v[4], v[5]}, {v[6], v[7], v[8]}, v[9],
                      {{}, {}, v[10], v[11]});
    };
    // Layers above read D*H elements a step; layer 0 may already.
    if (plan.layersAlike())
      return project(plan.inputSize);
    e.ifThen(v[0], [&] { project(plan.outputSize()); }, [&] { project(plan.inputSize); });
  });
}

/// Projects steps [first, first + steps) of every row into gates [steps, B, G].
static void emitChunk(Emitter &e, const KernelPlan &plan, func::FuncOp project, Value upper,
                      const LayerView &layer, Value first, Value steps, const Share &share) {
  int64_t gate = plan.gateElements();
  auto call = [&](Value xAt, Value xStride, Value gatesAt, Value gatesStride, Value rows) {
    e.call(project, {upper, layer.weights.bytes, layer.weights.at, layer.x.memory, xAt, xStride,
                     layer.gates, gatesAt, gatesStride, rows, share.first, share.end});
  };
  Value start = e.add(layer.x.offset, e.mul(first, layer.x.step));
  auto alongSteps = [&] {
    e.loop(e.index(0), layer.batch, e.index(1), [&](Value b) {
      call(e.add(start, e.mul(b, layer.x.row)), layer.x.step, e.mul(b, gate),
           e.mul(layer.batch, gate), steps);
    });
  };
  auto alongRows = [&] {
    e.loop(e.index(0), steps, e.index(1), [&](Value t) {
      call(e.add(start, e.mul(t, layer.x.step)), layer.x.row, e.mul(e.mul(t, layer.batch), gate),
           e.index(gate), layer.batch);
    });
  };
  // Steps whose rows all follow each other go in one: steps * B rows. Else the
  // longer of the two dimensions fills the tiles of rows.
  auto apart = [&] { e.ifThen(e.less(layer.batch, steps), alongSteps, alongRows); };
  if (plan.batchFirst)
    return apart();
  Value whole = e.mul(layer.batch, layer.depth);
  e.ifThen(
      arith::CmpIOp::create(e, arith::CmpIPredicate::eq, layer.x.step, whole),
      [&] { call(start, layer.depth, e.index(0), e.index(gate), e.mul(steps, layer.batch)); },
      apart);
}

namespace {
/// A layer whose rows are all of one length, written by its phases. In a team
/// that works by units every part keeps to its own panels: only states and
/// outputs are read across, after a meeting.
class SequenceEmitter {
public:
  SequenceEmitter(Emitter &e, const KernelPlan &plan, const StepKernels &kernels, std::string name,
                  ValueRange args)
      : e(e), plan(plan), kernels(kernels), name(std::move(name)),
        operands(LayerOperands::from(e, plan, args)), layer(e, plan, operands),
        phases(e, operands.team, plan.panels().panels()) {}

  void emit();

private:
  Emitter &e;
  const KernelPlan &plan;
  const StepKernels &kernels;
  std::string name;
  LayerOperands operands;
  LayerView layer; ///< in front of all phases, which take what they need of it
  Phases phases;

  void project(Value first, Value steps);
  void scan(const Rows &h, Value yAt, Value gatesAt, Value step);
  Rows scanChunk(Value first, Value steps, Value backward, const Rows &h);
  void emitSteps();
  void emitOneStep();
  void keepLast(const Rows &h);
};
} // namespace

void SequenceEmitter::project(Value first, Value steps) {
  // Meets: x may be y, which the scan overwrites.
  phases.run(name + ".project", /*meets=*/true, Phases::Cold, [&](const Share &share) {
    emitChunk(e, plan, kernels.project, operands.upper, layer, first, steps, share);
  });
}

void SequenceEmitter::scan(const Rows &h, Value yAt, Value gatesAt, Value step) {
  Value parity = emitParity(e, step);
  // Meets: the next round, or step, reads all units of what this one wrote.
  for (int64_t round = 0; round < plan.rounds(); ++round)
    phases.run(name + kernels.rows.phaseOf(round), /*meets=*/true, Phases::Hot,
               [&](const Share &share) {
                 StepRows rows{layer.gates, gatesAt, h, {layer.y.memory, yAt, layer.y.row}};
                 kernels.rows.scan(round, layer.recurrent, rows, layer.batch, parity, share);
               });
}

/// Steps [first, first + steps), whose projections are there, from the state `h` on. Returns
/// where the last one's stands.
Rows SequenceEmitter::scanChunk(Value first, Value steps, Value backward, const Rows &h) {
  Value zero = e.index(0), one = e.index(1), batch = layer.batch;
  Value gate = e.index(plan.gateElements());
  auto insideOf = [&](Value turn) {
    return e.select(backward, e.sub(e.sub(steps, one), turn), turn);
  };
  auto placeOf = [&](Value step) { return e.add(layer.y.offset, e.mul(step, layer.y.step)); };
  auto eachStep = [&] {
    Values last = e.loop(zero, steps, one, h.values(), [&](Value turn, ValueRange h) {
      Value inside = insideOf(turn), step = e.add(first, inside), yAt = placeOf(step);
      scan({h[0], h[1], h[2]}, yAt, e.mul(e.mul(inside, batch), gate), step);
      return Values{layer.y.memory, yAt, layer.y.row};
    });
    return Rows{last[0], last[1], last[2]};
  };
  if (!kernels.rows.scansSteps())
    return eachStep();
  auto inTurn = [&](Value distance) { return e.select(backward, e.sub(zero, distance), distance); };
  auto together = [&] {
    Value inside = insideOf(zero);
    kernels.rows.scanSteps(layer.recurrent, {layer.gates, e.mul(inside, gate), inTurn(gate)}, h,
                           {layer.y.memory, placeOf(e.add(first, inside)), inTurn(layer.y.step)},
                           steps);
  };
  e.ifThen(e.equal(batch, 1), together, [&] { eachStep(); });
  return {layer.y.memory, placeOf(e.add(first, insideOf(e.sub(steps, one)))), layer.y.row};
}

/// h_n: what the last turn left, or h_0 itself when there was none (C13).
void SequenceEmitter::keepLast(const Rows &h) {
  phases.run(name + ".last", /*meets=*/false, Phases::Cold, [&](const Share &share) {
    auto [first, count] = emitUnits(e, plan, share);
    e.loop(e.index(0), layer.batch, e.index(1), [&, first = first, count = count](Value b) {
      Value from = e.add(e.add(h.offset, e.mul(b, h.stride)), first);
      Value to = e.add(e.add(layer.hn.offset, e.mul(b, plan.hiddenSize)), first);
      e.call(kernels.copy, {h.memory, from, layer.hn.memory, to, count});
    });
  });
}

/// One step of one row: projection and scan in one walk, as in `step`. Its states wait among
/// the gates, since y may be x, and h_n h_0.
void SequenceEmitter::emitOneStep() {
  phases.run(name + ".one", /*meets=*/true, Phases::Cold, [&](const Share &share) {
    // The halves of a state take turns (model.h), and so do the walks.
    Value parity = emitParity(e, layer.h0.memory, layer.hn.memory);
    auto walk = [&](int64_t depth) {
      kernels.rows.stepRow(depth, layer.weights, {layer.x.memory, layer.x.offset, {}}, layer.h0,
                           {layer.gates, e.index(0), {}}, parity, share);
    };
    e.ifThen(operands.upper, [&] { walk(plan.outputSize()); }, [&] { walk(plan.inputSize); });
  });
  phases.run(name + ".keep", /*meets=*/true, Phases::Cold, [&](const Share &share) {
    auto [first, count] = emitUnits(e, plan, share);
    e.call(kernels.copy, {layer.gates, first, layer.y.memory, e.add(layer.y.offset, first), count});
    e.call(kernels.copy,
           {layer.gates, first, layer.hn.memory, e.add(layer.hn.offset, first), count});
  });
}

void SequenceEmitter::emit() {
  if (plan.stepRows() != 1 || !kernels.rows.fusesStep())
    return emitSteps();
  Value one = e.both(e.equal(layer.batch, 1), e.equal(layer.seqLen, 1));
  e.ifThen(one, [&] { emitOneStep(); }, [&] { emitSteps(); });
}

void SequenceEmitter::emitSteps() {
  Value zero = e.index(0), one = e.index(1), seqLen = layer.seqLen, batch = layer.batch;
  Value backward = arith::CmpIOp::create(e, arith::CmpIPredicate::ne, operands.reverse, zero);

  // As many steps as keep their projections in cache, at least one; turn i is
  // step i, or step T - 1 - i in reverse (C7).
  Value chunk = e.max(e.div(layer.limit, e.max(batch, one)), one);
  Values last = e.loop(zero, seqLen, chunk, layer.h0.values(), [&](Value turn, ValueRange outer) {
    Value steps = e.min(chunk, e.sub(seqLen, turn));
    Value first = e.select(backward, e.sub(e.sub(seqLen, turn), steps), turn);
    project(first, steps);
    return scanChunk(first, steps, backward, {outer[0], outer[1], outer[2]}).values();
  });
  keepLast({last[0], last[1], last[2]});
}

std::pair<Value, Value> cpu::emitUnits(Emitter &e, const KernelPlan &plan, const Share &share) {
  int64_t width = plan.panels().width();
  Value hidden = e.index(plan.hiddenSize);
  Value first = e.min(e.mul(share.first, width), hidden);
  return {first, e.sub(e.min(e.mul(share.end, width), hidden), first)};
}

func::FuncOp cpu::emitSequence(Emitter &e, ModuleOp module, const KernelPlan &plan,
                               const StepKernels &kernels) {
  std::string name = plan.name + ".layer";
  return e.function(module, name, LayerOperands::types(e, plan),
                    [&](ValueRange args) { SequenceEmitter(e, plan, kernels, name, args).emit(); });
}
