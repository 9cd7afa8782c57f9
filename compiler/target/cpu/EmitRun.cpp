//===- EmitRun.cpp - NAME.run -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"
#include "compiler/target/cpu/ThreadParts.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using arith::CmpIPredicate;

namespace {
/// One run: the order of rows when they differ in length, the threads.
class RunEmitter : RunArgs {
public:
  RunEmitter(Interface &interface, const LayerFunctions &functions, func::FuncOp layers,
             func::FuncOp wave, Value args)
      : RunArgs(interface, args), plan(interface.plan), functions(functions), layers(layers),
        wave(wave), sharing{e, plan} {}

  void emit();

private:
  const KernelPlan &plan;
  const LayerFunctions &functions;
  func::FuncOp layers, wave; ///< emitLayers; emitWave, or null
  ThreadParts<Emitter, Value> sharing;

  void order(Value packed, Value lengths);
  void clearPadding();
  Value countThreads();
  void runTeam(func::FuncOp function, Value parts, ValueRange others);
  void runLayers(Value ragged);
  Value worthWave(Value parts, Value ragged);
};
} // namespace

void RunEmitter::order(Value packed, Value lengths) {
  Value sizes = part("sizes", e.countsType()), places = part("places", e.countsType()),
        order = part("order", e.countsType());
  e.ifThen(
      lengths,
      [&] {
        e.call(functions.orderLengths,
               {counts(ArgsField::Lengths), seqLen, batch, sizes, places, order});
      },
      [&] {
        e.call(functions.orderRows,
               {counts(ArgsField::BatchSizes), packed, seqLen, batch, sizes, places, order});
      });
}

void RunEmitter::clearPadding() {
  Value size = e.index(plan.outputSize());
  Value step = plan.batchFirst ? size : e.mul(batch, size);
  Value row = plan.batchFirst ? e.mul(seqLen, size) : size;
  e.call(functions.clearPadding,
         {elements(ArgsField::Output), step, row, counts(ArgsField::Lengths), seqLen, batch});
}

void RunEmitter::emit() {
  read();
  Value packed = given(ArgsField::BatchSizes), lengths = given(ArgsField::Lengths);
  Value ragged = e.either(packed, lengths);
  if (plan.drawnDropout() > 0)
    ragged = e.truth(true);
  else if (plan.drops()) // p = 0: only a mask drops anything
    ragged = e.either(ragged, given(ArgsField::DropoutMask));
  e.ifThen(ragged, [&] { order(packed, lengths); });
  runLayers(ragged);
  e.ifThen(lengths, [&] { clearPadding(); });
}

/// How many threads a run may have: one unless there is enough to do.
Value RunEmitter::countThreads() {
  Value one = e.index(1);
  Value enough = sharing.isEnough(seqLen, batch);
  // In 64 bits first, whatever an index has.
  Value most = arith::MinSIOp::create(e, count(ArgsField::Threads), i64(INT32_MAX));
  Value wanted = e.max(toIndex(most), one);
  return e.select(e.both(given(ArgsField::ParallelFor), enough), wanted, one);
}

/// function(args, team, others) by that many threads: all of them at once where
/// there is a barrier, else one that hands every phase to parallel_for.
void RunEmitter::runTeam(func::FuncOp function, Value parts, ValueRange others) {
  Value parallelFor = buffer(ArgsField::ParallelFor), barrier = buffer(ArgsField::Barrier);
  Value context = buffer(ArgsField::ParallelContext), null = Team::alone(e).barrier;
  auto call = [&](Value args, const Team &team, ValueRange others) {
    Values operands{args};
    operands.append(team.values());
    operands.append(others.begin(), others.end());
    e.call(function, operands);
  };
  e.ifThen(
      isNull(barrier), [&] { call(args, {e.index(0), parts, parallelFor, null, context}, others); },
      [&] {
        emitFork(e, function.getName() + ".together", parallelFor, context, parts, [&](Value part) {
          Value null = Team::alone(e).parallelFor;
          call(args, {part, parts, null, barrier, context}, others);
        });
      });
}

Value RunEmitter::worthWave(Value parts, Value ragged) {
  Value one = e.index(1);
  Value room = e.less(e.sub(e.mul(parts, batch), one), chunkRows());
  Value never = e.truth(false);
  Value alike = arith::CmpIOp::create(e, CmpIPredicate::eq, ragged, never);
  Value possible = e.both(e.both(e.less(one, parts), room), alike);
  if (plan.schedule.sharing.split == rnn::Split::Layers)
    return possible;
  Value layers = e.index(plan.numLayers), least = e.index(plan.schedule.sharing.splitTurns);
  Value rest = e.sub(layers, e.mul(e.div(layers, parts), parts));
  Value even = e.equal(rest, 0);
  Value turns = e.div(seqLen, turnSteps(parts));
  return e.both(possible, e.both(even, e.less(least, e.add(turns, 1))));
}

/// Shares the layers among threads as #rnn.schedule's `split` says.
void RunEmitter::runLayers(Value ragged) {
  const rnn::Schedule &schedule = plan.schedule;
  Value zero = e.index(0), one = e.index(1);
  auto callAlone = [&](Value rowParts) {
    Values operands{args};
    operands.append(Team::alone(e).values());
    operands.append({rowParts, ragged});
    e.call(layers, operands);
  };
  auto alone = [&] {
    if (!wave || schedule.traversal.order != rnn::Order::Chunks)
      return callAlone(zero);
    Values operands{args};
    operands.append(Team::alone(e).values());
    // Without steps there is no chunk, and h_n is h_0 all the same (C13).
    e.ifThen(
        e.either(ragged, e.equal(seqLen, 0)), [&] { callAlone(zero); },
        [&] { e.call(wave, operands); });
  };
  bool rows = plan.splitsRows(), units = plan.splitsUnits();
  Value threads = countThreads();
  Value rowParts = sharing.ofRows(threads, batch), grid = e.mul(rowParts, plan.numDirections());
  Value unitParts = sharing.ofUnits(threads, batch);

  auto unitsOrAlone = [&] {
    if (!units)
      return alone();
    e.ifThen(e.less(one, unitParts), [&] { runTeam(layers, unitParts, {zero, ragged}); }, alone);
  };
  auto layersOrUnits = [&] {
    if (!wave)
      return unitsOrAlone();
    Value parts = e.min(threads, e.index(plan.numLayers));
    Value byLayers = worthWave(parts, ragged);
    if (units) // no fewer threads have work
      byLayers = e.both(byLayers, e.less(unitParts, e.add(parts, 1)));
    e.ifThen(byLayers, [&] { runTeam(wave, parts, {}); }, unitsOrAlone);
  };
  if (!rows)
    return layersOrUnits();
  Value byRows = e.less(one, grid);
  if (units) // whichever gives more threads work
    byRows = e.both(byRows, e.less(unitParts, e.add(grid, 1)));
  e.ifThen(byRows, [&] { callAlone(rowParts); }, layersOrUnits);
}

void Interface::emitRun(const LayerFunctions &functions) {
  func::FuncOp layers = emitLayers(functions), wave;
  // A reverse direction needs the whole sequence below it.
  if (!plan.anyReverse() && plan.numLayers > 1 && functions.whole &&
      (plan.splitsLayers() || plan.schedule.traversal.order == rnn::Order::Chunks))
    wave = emitWave(functions);
  e.function(module, plan.name + ".run", {pointer()},
             [&](ValueRange args) { RunEmitter(*this, functions, layers, wave, args[0]).emit(); });
}
