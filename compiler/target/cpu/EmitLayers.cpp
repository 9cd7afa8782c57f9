//===- EmitLayers.cpp - All layers of a run -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

void RunArgs::read() {
  batch = index(ArgsField::Batch);
  // Without rows there are no steps either, however many are asked for (C13).
  seqLen = e.select(e.equal(batch, 0), e.index(0), index(ArgsField::SeqLen));
  workspace = bytes(ArgsField::Workspace);
  steps = count(ArgsField::SeqLen), rows = count(ArgsField::Batch);
}

Value RunArgs::chunkRows() { return toIndex(rnn::ChunkRowsOp::create(e, steps, rows)); }

Value RunArgs::turnSteps(Value parts) {
  Value aStep = e.max(batch, e.index(1));
  Value room = e.div(e.div(chunkRows(), parts), aStep);
  Value turn = e.div(e.index(i.plan.schedule.sharing.turnRows), aStep);
  return e.max(e.min(turn, room), e.index(1));
}

namespace {
/// The memory of all layers, strided, and what differs from layer to layer.
class LayersEmitter : RunArgs {
public:
  LayersEmitter(Interface &interface, Value args, const Team &team, bool ragged)
      : RunArgs(interface, args), plan(interface.plan), team(team), ragged(ragged) {}

  /// All layers, one after another. With rowParts >= 1 every layer is handed to
  /// parallel_for, D * rowParts parts.
  void emit(func::FuncOp function, Value rowParts);
  /// What one part does in one turn: its layers over one chunk of steps.
  void emitTurn(func::FuncOp function, Value turn, const Share &layers);

private:
  const KernelPlan &plan;
  Team team;
  bool ragged;
  Value weights;  ///< of all layers
  Value h0, hn;   ///< [L*D*B, H]; h_0's rows may all be one (C8)
  Value rowParts; ///< emit's

  void readMemory();
  Value sequenceAt(Value memory, int64_t size);
  RaggedOperands common();
  void enterLayer(RaggedOperands &call, Value index);
  Value either(Value upper, int64_t ofUpper, int64_t ofFirst) {
    return e.select(upper, e.index(ofUpper), e.index(ofFirst));
  }
  RaggedOperands inDirection(RaggedOperands call, Value direction);
  RaggedOperands forRows(RaggedOperands call, Value direction, Value part, Value parts);
  void call(func::FuncOp function, const RaggedOperands &layer) {
    e.call(function, ragged ? layer.all() : layer.values());
  }
  void emitLayer(func::FuncOp function, const RaggedOperands &layer);
};
} // namespace

/// Weights and states of all layers.
void LayersEmitter::readMemory() {
  read();
  weights =
      plan.externalWeights ? bytes(ArgsField::Weights) : view(i.global("weights"), e.bytesType());
  Value rows = e.mul(batch, plan.numCells()), hidden = e.index(plan.hiddenSize), zero = e.index(0);
  auto states = [&](Value pointer, Value row) {
    return strided(e, view(pointer), zero, {rows, hidden}, row);
  };
  hn = states(buffer(ArgsField::HN), hidden);
  // Without h_0 every row reads the same zeros (C8).
  Value noState = isNull(buffer(ArgsField::H0));
  h0 = states(e.select(noState, i.global("zeros"), buffer(ArgsField::H0)),
              e.select(noState, zero, hidden));
}

/// [T, B, size] as the caller has it (C5); packed rows are all alike far apart, steps too (C10).
Value LayersEmitter::sequenceAt(Value memory, int64_t size) {
  Value element = e.index(size);
  Value step = plan.batchFirst ? element : e.mul(batch, size);
  Value row = plan.batchFirst ? e.mul(seqLen, size) : element;
  if (ragged) {
    Value packed = given(ArgsField::BatchSizes);
    step = e.select(packed, element, step), row = e.select(packed, element, row);
  }
  return strided(e, memory, e.index(0), {seqLen, batch, element}, {step, row});
}

/// What all layers are called with.
RaggedOperands LayersEmitter::common() {
  RaggedOperands call;
  call.team = team;
  call.reverse = e.index(0);
  if (ragged) {
    call.staged = part("staged"), call.states = part("states");
    call.sizes = part("sizes", e.countsType());
    call.places = part("places", e.countsType());
    call.order = part("order", e.countsType());
    call.dropout.seed = count(ArgsField::DropoutSeed);
    call.dropout.mask = bytes(ArgsField::DropoutMask);
    call.dropout.masked = given(ArgsField::DropoutMask);
    call.own = {e.index(0), e.index(1), batch};
  }
  return call;
}

/// Turns the operands that all layers share into those of both directions of layer `index`.
void LayersEmitter::enterLayer(RaggedOperands &call, Value index) {
  int64_t directions = plan.numDirections(), upperBytes = plan.layout(plan.outputSize()).bytes;
  call.dropout.below = e.sub(index, e.index(1));
  call.upper = e.less(e.index(0), index);
  Value at = e.select(call.upper, startAbove(e, plan, call.dropout.below), e.index(0));
  Value bytes = either(call.upper, upperBytes, plan.layout(plan.inputSize).bytes);
  call.weights = strided(e, weights, at, e.mul(bytes, directions), {});
  Value first = e.mul(index, e.mul(batch, directions)), rows = e.mul(batch, directions);
  call.h0 = cpu::part(e, h0, 0, first, rows), call.hn = cpu::part(e, hn, 0, first, rows);
}

/// The operands of one direction, from those that both have.
RaggedOperands LayersEmitter::inDirection(RaggedOperands call, Value direction) {
  Value bytes = e.div(sizeOf(e, call.weights, 0), plan.numDirections());
  Value first = e.mul(direction, batch), hidden = e.index(plan.hiddenSize);
  call.weights = cpu::part(e, call.weights, 0, e.mul(direction, bytes), bytes);
  call.y = cpu::part(e, call.y, 2, e.mul(direction, plan.hiddenSize), hidden);
  call.h0 = cpu::part(e, call.h0, 0, first, batch),
  call.hn = cpu::part(e, call.hn, 0, first, batch);
  call.reverse = plan.reverse ? e.index(1) : direction;
  return call;
}

/// The same for one of `parts` parts of the rows, with a part of the workspace.
RaggedOperands LayersEmitter::forRows(RaggedOperands call, Value direction, Value part,
                                      Value parts) {
  Value quotient = e.div(batch, parts), rest = e.sub(batch, e.mul(quotient, parts));
  Value start = e.add(e.mul(quotient, part), e.min(part, rest));
  Value rows = e.add(quotient, e.select(e.less(part, rest), e.index(1), e.index(0)));
  // A chunk of the whole batch is that many steps; each part has its rows of it.
  Value limit = sizeOf(e, call.gates, 0), steps = e.div(limit, e.max(batch, e.index(1)));
  Value chunkAt = e.add(e.mul(direction, limit), e.mul(steps, start));
  Value gates = viewFrom(e, flatGates(e, call.gates), e.mul(chunkAt, plan.gateElements()));
  call.gates = asGates(e, plan, gates, e.mul(steps, rows));
  if (ragged) {
    Value states = e.add(e.mul(direction, batch), start);
    call.staged = viewFrom(e, call.staged, e.mul(chunkAt, sizeOf(e, call.x, 2)));
    call.states = viewFrom(e, call.states, e.mul(states, 2 * plan.hiddenSize));
    call.own = {part, parts, rows};
    return call;
  }
  call.x = cpu::part(e, call.x, 1, start, rows), call.y = cpu::part(e, call.y, 1, start, rows);
  call.h0 = cpu::part(e, call.h0, 0, start, rows), call.hn = cpu::part(e, call.hn, 0, start, rows);
  return call;
}

void LayersEmitter::emitLayer(func::FuncOp function, const RaggedOperands &layer) {
  auto here = [&] {
    bool reverseFirst = plan.schedule.traversal.order == rnn::Order::Reverse;
    for (int64_t i = 0; i < plan.numDirections(); ++i) {
      int64_t direction = reverseFirst ? plan.numDirections() - 1 - i : i;
      call(function, inDirection(layer, e.index(direction)));
    }
  };
  if (!plan.splitsRows())
    return here();
  // Directions and rows at once: nothing of a layer is read across, but the
  // layer above reads all of it.
  e.ifThen(e.equal(rowParts, 0), here, [&] {
    emitFork(e, function.getName() + ".rows", buffer(ArgsField::ParallelFor),
             buffer(ArgsField::ParallelContext), e.mul(rowParts, plan.numDirections()),
             [&](Value part) {
               Value direction = e.div(part, rowParts);
               Value rowPart = e.sub(part, e.mul(direction, rowParts));
               call(function, forRows(inDirection(layer, direction), direction, rowPart, rowParts));
             });
  });
}

void LayersEmitter::emit(func::FuncOp function, Value rowParts) {
  readMemory();
  this->rowParts = rowParts;
  RaggedOperands call = common();
  call.gates = asGates(e, plan, part("gates"), chunkRows());

  // One direction: layers above read the output in place, chunk by chunk. Two:
  // each needs the whole sequence below, so layers take turns between the output
  // and a second buffer, and the last one writes the output.
  Value output = sequenceAt(elements(ArgsField::Output), plan.outputSize());
  bool takeTurns = plan.layersTakeTurns();
  Value other = takeTurns ? sequenceAt(part("other"), plan.outputSize()) : output;
  bool swapFirst = takeTurns && plan.numLayers % 2 == 0;
  Value y = swapFirst ? other : output, spare = swapFirst ? output : other;
  Value input = sequenceAt(elements(ArgsField::Input), plan.inputSize);
  e.loop(e.index(0), e.index(plan.numLayers), e.index(1), {input, y, spare},
         [&](Value index, ValueRange v) {
           call.x = v[0], call.y = v[1];
           enterLayer(call, index);
           // Both directions of one layer from x to y (C7).
           emitLayer(function, call);
           return Values{v[1], v[2], v[1]};
         });
}

void LayersEmitter::emitTurn(func::FuncOp function, Value turn, const Share &layers) {
  readMemory();
  Value zero = e.index(0), steps = turnSteps(layers.parts);
  Value first = e.mul(e.sub(turn, layers.part), steps);
  RaggedOperands call = common();
  // Each part has its own room for projections.
  Value limit = e.div(chunkRows(), layers.parts);
  Value room = e.mul(e.mul(layers.part, limit), plan.gateElements());
  call.gates = asGates(e, plan, viewFrom(e, part("gates"), room), limit);
  auto chunkOf = [&](Value sequence) {
    return cpu::part(e, sequence, 0, first, e.min(steps, e.sub(seqLen, first)));
  };
  Value input = sequenceAt(elements(ArgsField::Input), plan.inputSize);
  Value output = sequenceAt(elements(ArgsField::Output), plan.outputSize());
  // Later chunks go on from h_n, which every chunk leaves behind: in the output
  // the layer above may be writing by then.
  h0 = e.select(e.equal(first, 0), h0, hn);
  auto runLayer = [&](Value index) {
    enterLayer(call, index);
    call.x = chunkOf(e.select(call.upper, output, input)), call.y = chunkOf(output);
    this->call(function, inDirection(call, zero));
  };
  // A part begins as many turns later as there are parts below it.
  Value busy = e.both(e.less(e.sub(zero, e.index(1)), first), e.less(first, seqLen));
  e.ifThen(busy, [&] { e.loop(layers.first, layers.end, e.index(1), runLayer); });
}

func::FuncOp Interface::emitLayers(const LayerFunctions &functions) {
  SmallVector<Type> types{pointer()};
  types.append(Team::types(e));
  types.append({e.getIndexType(), e.getI1Type()});
  return e.function(module, plan.name + ".layers", types, [&](ValueRange args) {
    auto emit = [&](func::FuncOp function, bool ragged) {
      LayersEmitter(*this, args[0], Team::from(args.slice(1, 5)), ragged).emit(function, args[6]);
    };
    if (plan.drawnDropout() > 0)
      return emit(functions.ragged, /*ragged=*/true);
    e.ifThen(
        args.back(), [&] { emit(functions.ragged, /*ragged=*/true); },
        [&] { emit(functions.whole, /*ragged=*/false); });
  });
}

func::FuncOp Interface::emitWave(const LayerFunctions &functions) {
  SmallVector<Type> types{pointer()};
  types.append(Team::types(e));
  std::string name = plan.name + ".wave";
  return e.function(module, name, types, [&](ValueRange args) {
    Team team = Team::from(args.drop_front());
    // Layers are shared as panels are, in the order of the network.
    Phases phases(e, team, plan.numLayers);
    RunArgs run(*this, args[0]);
    run.read();
    Value steps = run.turnSteps(team.parts);
    Value chunks = e.div(e.sub(e.add(run.seqLen, steps), e.index(1)), steps);
    Value turns = e.sub(e.add(chunks, team.parts), e.index(1));
    e.loop(e.index(0), turns, e.index(1), [&](Value turn) {
      phases.run(name + ".turn", /*meets=*/true, Phases::Cold, [&](const Share &layers) {
        LayersEmitter(*this, args[0], Team::alone(e), /*ragged=*/false)
            .emitTurn(functions.whole, turn, layers);
      });
    });
  });
}
