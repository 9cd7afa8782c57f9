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
  Emitter &e = i.e;
  batch = i.toIndex(count(ArgsField::Batch));
  // Without rows there are no steps either, however many are asked for (C13).
  seqLen = e.select(e.equal(batch, 0), e.index(0), i.toIndex(count(ArgsField::SeqLen)));
  workspace = i.view(buffer(ArgsField::Workspace), e.bytesType());
  steps = count(ArgsField::SeqLen), rows = count(ArgsField::Batch);
}

Value RunArgs::chunkRows() { return i.toIndex(rnn::ChunkRowsOp::create(i.e, steps, rows)); }

Value RunArgs::turnSteps(Value parts) {
  Emitter &e = i.e;
  Value aStep = e.max(batch, e.index(1));
  Value room = e.div(e.div(chunkRows(), parts), aStep);
  Value turn = e.div(e.index(i.plan.schedule.sharing.turnRows), aStep);
  return e.max(e.min(turn, room), e.index(1));
}

namespace {
class LayersEmitter : RunArgs {
public:
  LayersEmitter(Interface &interface, Value args, const Team &team)
      : RunArgs{interface, args, {}, {}, {}, {}, {}}, e(interface.e), plan(interface.plan),
        team(team) {}

  /// All layers, one after another. With rowParts >= 1 every layer is handed to
  /// parallel_for, D * rowParts parts.
  void emit(func::FuncOp function, bool ragged, Value rowParts);
  /// What one part does in one turn: its layers over one chunk of steps.
  void emitTurn(func::FuncOp function, Value turn, const Share &layers);

private:
  Emitter &e;
  const KernelPlan &plan;
  Team team;
  Value rowParts; ///< emit's

  RaggedOperands common(bool ragged);
  std::pair<Value, Value> strides(int64_t size, Value packed);
  void enterLayer(RaggedOperands &call, Value index);
  Value either(Value upper, int64_t ofUpper, int64_t ofFirst) {
    return e.select(upper, e.index(ofUpper), e.index(ofFirst));
  }
  void emitLayer(func::FuncOp function, bool ragged, const RaggedOperands &call,
                 Value perDirection);
};
} // namespace

/// The operands of one direction, from those that both have: in them the states
/// are at the layer's first one, h_0's and h_n's alike.
static RaggedOperands inDirection(Emitter &e, const KernelPlan &plan, RaggedOperands call,
                                  Value perDirection, Value direction) {
  Value state = e.mul(direction, call.wholeBatch);
  call.weightsAt = e.add(call.weightsAt, e.mul(direction, perDirection));
  call.recurrentAt = e.add(call.recurrentAt, e.mul(direction, perDirection));
  call.yAt = e.mul(direction, plan.hiddenSize);
  call.h0At = e.add(call.h0At, e.mul(state, call.h0Row));
  call.hnAt = e.add(call.hnAt, e.mul(state, plan.hiddenSize));
  call.reverse = direction;
  return call;
}

/// The same for one of `parts` parts of the rows, with a part of the workspace.
static RaggedOperands forRows(Emitter &e, const KernelPlan &plan, bool ragged, RaggedOperands call,
                              Value part, Value parts) {
  Value quotient = e.div(call.batch, parts), rest = e.sub(call.batch, e.mul(quotient, parts));
  Value start = e.add(e.mul(quotient, part), e.min(part, rest));
  Value rows = e.add(quotient, e.select(e.less(part, rest), e.index(1), e.index(0)));
  // A chunk of the whole batch is that many steps; each part has its rows of it.
  Value steps = e.div(call.limit, e.max(call.batch, e.index(1)));
  Value chunkAt = e.add(e.mul(call.reverse, call.limit), e.mul(steps, start));
  call.gates = viewFrom(e, call.gates, e.mul(chunkAt, plan.gateElements()));
  call.limit = e.mul(steps, rows);
  if (ragged) {
    Value states = e.add(e.mul(call.reverse, call.batch), start);
    call.staged = viewFrom(e, call.staged, e.mul(chunkAt, call.depth));
    call.states = viewFrom(e, call.states, e.mul(states, 2 * plan.hiddenSize));
    call.rowPart = part, call.rowParts = parts;
  } else {
    call.xAt = e.add(call.xAt, e.mul(start, call.xRow));
    call.yAt = e.add(call.yAt, e.mul(start, call.yRow));
    call.h0At = e.add(call.h0At, e.mul(start, call.h0Row));
    call.hnAt = e.add(call.hnAt, e.mul(start, plan.hiddenSize));
  }
  call.batch = rows;
  return call;
}

void LayersEmitter::emitLayer(func::FuncOp function, bool ragged, const RaggedOperands &call,
                              Value perDirection) {
  auto run = [&](const RaggedOperands &call) {
    e.call(function, ragged ? call.all() : call.values());
  };
  auto here = [&] {
    bool reverseFirst = plan.schedule.traversal.order == rnn::Order::Reverse;
    for (int64_t i = 0; i < plan.numDirections(); ++i) {
      int64_t direction = reverseFirst ? plan.numDirections() - 1 - i : i;
      run(inDirection(e, plan, call, perDirection, e.index(direction)));
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
               RaggedOperands own = inDirection(e, plan, call, perDirection, direction);
               run(forRows(e, plan, ragged, own, rowPart, rowParts));
             });
  });
}

/// What all layers are called with.
RaggedOperands LayersEmitter::common(bool ragged) {
  RaggedOperands call;
  call.weights = i.view(plan.externalWeights ? buffer(ArgsField::Weights) : i.global("weights"),
                        e.bytesType());
  call.gates = part("gates"), call.limit = chunkRows();
  call.seqLen = seqLen, call.batch = batch, call.wholeBatch = batch;
  call.team = team;
  call.hn = i.view(buffer(ArgsField::HN));
  // Without h_0 every row reads the same zeros (C8).
  Value noState = i.isNull(buffer(ArgsField::H0));
  call.h0 = i.view(e.select(noState, i.global("zeros"), buffer(ArgsField::H0)));
  call.h0Row = e.select(noState, e.index(0), e.index(plan.hiddenSize));
  call.yAt = call.reverse = e.index(0);
  if (ragged) {
    call.staged = part("staged"), call.states = part("states");
    call.sizes = part("sizes", e.countsType());
    call.places = part("places", e.countsType());
    call.order = part("order", e.countsType());
    call.seed = count(ArgsField::DropoutSeed);
    call.mask = i.view(buffer(ArgsField::DropoutMask), e.bytesType());
    call.masked = given(ArgsField::DropoutMask);
    call.rowPart = e.index(0), call.rowParts = e.index(1);
  }
  return call;
}

/// Distance of steps and of rows in a tensor of `size` elements a row (C5, C10).
std::pair<Value, Value> LayersEmitter::strides(int64_t size, Value packed) {
  Value step = plan.batchFirst ? e.index(size) : e.mul(batch, size);
  Value row = plan.batchFirst ? e.mul(seqLen, size) : e.index(size);
  if (!packed)
    return {step, row};
  return {e.select(packed, e.index(size), step), e.select(packed, e.index(size), row)};
}

/// Turns the operands that all layers share into those of layer `index`.
void LayersEmitter::enterLayer(RaggedOperands &call, Value index) {
  LayerLayout first = plan.layout(plan.inputSize), upper = plan.layout(plan.outputSize());
  call.below = e.sub(index, e.index(1));
  call.upper = e.less(e.index(0), index);
  Value above = e.add(e.mul(call.below, plan.numDirections() * upper.bytes), plan.layerStart(1));
  call.depth = either(call.upper, plan.outputSize(), plan.inputSize);
  call.weightsAt = e.select(call.upper, above, e.index(0));
  call.recurrentAt =
      e.add(call.weightsAt, either(call.upper, upper.recurrentWeights, first.recurrentWeights));
  Value states = e.mul(e.mul(index, plan.numDirections()), batch);
  call.h0At = e.mul(states, call.h0Row), call.hnAt = e.mul(states, plan.hiddenSize);
}

void LayersEmitter::emit(func::FuncOp function, bool ragged, Value rowParts) {
  read();
  this->rowParts = rowParts;
  RaggedOperands call = common(ragged);
  Value zero = e.index(0), packed = ragged ? given(ArgsField::BatchSizes) : nullptr;
  auto [inStep, inRow] = strides(plan.inputSize, packed);
  std::tie(call.yStep, call.yRow) = strides(plan.outputSize(), packed);
  call.xAt = zero;

  // One direction: layers above read the output in place, chunk by chunk. Two:
  // each needs the whole sequence below, so layers take turns between the output
  // and a second buffer, and the last one writes the output.
  Value output = i.view(buffer(ArgsField::Output));
  bool takeTurns = plan.numDirections() == 2 && plan.numLayers > 1;
  Value other = takeTurns ? part("other") : output;
  bool swapFirst = takeTurns && plan.numLayers % 2 == 0;
  Value y = swapFirst ? other : output, spare = swapFirst ? output : other;
  e.loop(zero, e.index(plan.numLayers), e.index(1),
         {i.view(buffer(ArgsField::Input)), inStep, inRow, y, spare},
         [&](Value index, ValueRange v) {
           call.x = v[0], call.xStep = v[1], call.xRow = v[2], call.y = v[3];
           enterLayer(call, index);
           // Both directions of one layer from x to y (C7).
           Value bytes = either(call.upper, plan.layout(plan.outputSize()).bytes,
                                plan.layout(plan.inputSize).bytes);
           emitLayer(function, ragged, call, bytes);
           return Values{v[3], call.yStep, call.yRow, v[4], v[3]};
         });
}

void LayersEmitter::emitTurn(func::FuncOp function, Value turn, const Share &layers) {
  read();
  Value zero = e.index(0), steps = turnSteps(layers.parts);
  Value first = e.mul(e.sub(turn, layers.part), steps);
  RaggedOperands call = common(/*ragged=*/false);
  // Each part has its own room for projections.
  call.limit = e.div(call.limit, layers.parts);
  Value room = e.mul(e.mul(layers.part, call.limit), plan.gateElements());
  call.gates = viewFrom(e, call.gates, room);
  call.seqLen = e.min(steps, e.sub(seqLen, first));
  auto [inStep, inRow] = strides(plan.inputSize, /*packed=*/nullptr);
  std::tie(call.yStep, call.yRow) = strides(plan.outputSize(), /*packed=*/nullptr);
  Value input = buffer(ArgsField::Input), output = buffer(ArgsField::Output);
  call.y = i.view(output), call.yAt = e.mul(first, call.yStep);

  // Later chunks go on from h_n, which every chunk leaves behind: in the output
  // the layer above may be writing by then.
  Value starts = e.equal(first, 0);
  Value noState = i.isNull(buffer(ArgsField::H0));
  Value h0 = e.select(noState, i.global("zeros"), buffer(ArgsField::H0));
  call.h0 = i.view(e.select(starts, h0, buffer(ArgsField::HN)));
  call.h0Row = e.select(starts, call.h0Row, e.index(plan.hiddenSize));
  auto runLayer = [&, inStep = inStep, inRow = inRow](Value index) {
    enterLayer(call, index);
    call.x = i.view(e.select(call.upper, output, input));
    call.xStep = e.select(call.upper, call.yStep, inStep);
    call.xRow = e.select(call.upper, call.yRow, inRow);
    call.xAt = e.mul(first, call.xStep);
    e.call(function, call.values());
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
    LayersEmitter layers(*this, args[0], Team::from(args.slice(1, 5)));
    auto ragged = [&] { layers.emit(functions.ragged, true, args[6]); };
    if (plan.drawnDropout() > 0)
      return ragged();
    e.ifThen(args.back(), ragged, [&] { layers.emit(functions.whole, false, args[6]); });
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
    RunArgs run{*this, args[0], {}, {}, {}, {}, {}};
    run.read();
    Value steps = run.turnSteps(team.parts);
    Value chunks = e.div(e.sub(e.add(run.seqLen, steps), e.index(1)), steps);
    Value turns = e.sub(e.add(chunks, team.parts), e.index(1));
    e.loop(e.index(0), turns, e.index(1), [&](Value turn) {
      phases.run(name + ".turn", /*meets=*/true, Phases::Cold, [&](const Share &layers) {
        LayersEmitter(*this, args[0], Team::alone(e)).emitTurn(functions.whole, turn, layers);
      });
    });
  });
}
