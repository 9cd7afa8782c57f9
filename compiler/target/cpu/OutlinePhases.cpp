//===- OutlinePhases.cpp - Phases of a team into functions -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   rnn.phase "net.layer.scan" of (team) own(%first, %end) units 5 meets { work }
//     ==>
//   scf.if no parallel_for { work on this part's share; barrier() }
//   else { parallel_for(context, parts, @net.layer.scan, frame) }
//
//   func.func private @net.layer.scan(frame, part) { the share of part; work }
//
// and rnn.fork, whose parts are all that there is to do.
//
// The one place that knows how threads are given their work: all that a phase captures
// stands in a frame on the stack, first what is there before all phases, once, then what is
// the phase's own, in the order in which it is computed; a fork's frame has what it captures.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Frame.h"
#include "compiler/target/cpu/Passes.h"
#include "compiler/target/cpu/Team.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

namespace grucc {
#define GEN_PASS_DEF_OUTLINEPHASES
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// {first, end} of units that parts share.
static std::pair<Value, Value> emitShare(Emitter &e, Value part, Value parts, int64_t units) {
  if (units == 1)
    return {e.index(0), e.index(1)};
  auto bound = [&](Value part) { return e.div(e.mul(part, units), parts); };
  Value first = bound(part);
  return {first, bound(e.add(part, 1))};
}

namespace {
/// The phases of one function.
class Outliner {
public:
  Outliner(ModuleOp module, func::FuncOp func)
      : module(module), func(func), builder(func.getContext()),
        e(func.getLoc(), builder, Type(), /*fma=*/true) {
    e.schedule = func->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);
    e.machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    e.memory = func->getAttrOfType<rnn::MemoryAttr>(rnn::MemoryAttr::name);
    e.entry = &func.getBody().front();
    number();
  }

  LogicalResult outline(rnn::ShareOp share);
  LogicalResult outline(rnn::PhaseOp phase);
  LogicalResult outline(rnn::ForkOp fork);

private:
  ModuleOp module;
  func::FuncOp func;
  OpBuilder builder;
  Emitter e;
  int64_t units = 0;
  Value frame;
  Values shared; ///< what phases take that is there before all of them, in the order of the frame
  Operation *last = nullptr;                 ///< function behind which the next one goes
  llvm::DenseMap<Value, int64_t> computedAt; ///< in the function, counted

  void number();
  FailureOr<Values> captured(Operation *op);
  /// Of that, what is not in the frame already.
  FailureOr<Values> ownOf(rnn::PhaseOp phase);
  LogicalResult findShared(rnn::ShareOp share);
  /// The function of an op with a body, given `words` and the arguments that `argumentsOf`
  /// computes of these and of the part.
  func::FuncOp emitFunction(Operation *op, StringRef name, ValueRange words,
                            function_ref<Values(ValueRange, Value)> argumentsOf);
  void inlineHere(rnn::PhaseOp phase);
};
} // namespace

void Outliner::number() {
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Value result : op->getResults())
      computedAt.try_emplace(result, computedAt.size());
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value argument : block.getArguments())
          computedAt.try_emplace(argument, computedAt.size());
  });
}

/// What the body takes from around it, in the order in which it is computed. Phases compute
/// constants anew. A fork's go through its frame: LLVM would make layers of their own of the
/// calls that know them, with other code in the innermost loops.
FailureOr<Values> Outliner::captured(Operation *op) {
  llvm::SetVector<Value> used;
  getUsedValuesDefinedAbove(op->getRegions(), used);
  Values own;
  for (Value value : used) {
    if (isa<rnn::PhaseOp>(op) && matchPattern(value, m_Constant()))
      continue;
    Type type = value.getType();
    if (!wordsOf(type)) {
      InFlightDiagnostic error = op->emitError("captured: found ")
                                 << type << ", expected what a frame has a place for";
      error.attachNote(value.getLoc()) << "which is computed here";
      return error;
    }
    own.push_back(value);
  }
  llvm::sort(own, [&](Value a, Value b) { return computedAt.lookup(a) < computedAt.lookup(b); });
  return own;
}

FailureOr<Values> Outliner::ownOf(rnn::PhaseOp phase) {
  FailureOr<Values> own = captured(phase);
  if (succeeded(own))
    llvm::erase_if(*own, [&](Value value) { return llvm::is_contained(shared, value); });
  return own;
}

/// What phases take that is computed in front of `share`, and how many are their parts.
LogicalResult Outliner::findShared(rnn::ShareOp share) {
  llvm::SetVector<Value> found;
  found.insert(share.getParts());
  auto isBefore = [&](Value value) {
    Operation *op = value.getDefiningOp();
    return value.getParentBlock() == share->getBlock() && (!op || op->isBeforeInBlock(share));
  };
  WalkResult walked = func.walk([&](rnn::PhaseOp phase) {
    FailureOr<Values> values = captured(phase);
    if (failed(values))
      return WalkResult::interrupt();
    for (Value value : *values)
      if (isBefore(value))
        found.insert(value);
    return WalkResult::advance();
  });
  shared.assign(found.begin(), found.end());
  return failure(walked.wasInterrupted());
}

/// Computes the own share of all phases, and keeps what they all may take.
LogicalResult Outliner::outline(rnn::ShareOp share) {
  e.setInsertionPoint(share);
  units = share.getUnits();
  if (units > 1) {
    if (failed(findShared(share)))
      return failure();
    size_t most = 0;
    func.walk([&](rnn::PhaseOp phase) {
      most = std::max(most, wordsOf(ValueRange(*ownOf(phase)).getTypes()));
    });
    frame = emitFrame(e, wordsOf(ValueRange(shared).getTypes()) + most);
    storeWords(e, frame, 0, shared);
  }
  auto [first, end] = emitShare(e, share.getPart(), share.getParts(), units);
  share.getFirst().replaceAllUsesWith(first);
  share.getEnd().replaceAllUsesWith(end);
  share.erase();
  return success();
}

func::FuncOp Outliner::emitFunction(Operation *op, StringRef name, ValueRange words,
                                    function_ref<Values(ValueRange, Value)> argumentsOf) {
  Region &body = op->getRegion(0);
  func::FuncOp function =
      emitBody(e, module, name, words.getTypes(), [&](ValueRange values, Value part) {
        IRMapping here;
        here.map(words, values);
        here.map(body.getArguments(), argumentsOf(values, part));
        llvm::SetVector<Value> used;
        getUsedValuesDefinedAbove(body, used);
        for (Value value : used)
          if (!here.contains(value)) // a constant
            here.map(value, e.clone(*value.getDefiningOp())->getResult(0));
        for (Operation &inner : body.front())
          e.clone(inner, here);
      });
  function->moveAfter(last ? last : func.getOperation());
  last = function;
  return function;
}

/// The body in place of the phase, on this part's share.
void Outliner::inlineHere(rnn::PhaseOp phase) {
  Block &body = phase.getBody().front();
  Value own[] = {phase.getPart(), phase.getFirst(), phase.getEnd()};
  for (auto [argument, value] : llvm::zip_equal(body.getArguments(), own))
    argument.replaceAllUsesWith(value);
  for (Operation &op : llvm::make_early_inc_range(body)) {
    op.remove();
    e.insert(&op);
  }
}

LogicalResult Outliner::outline(rnn::PhaseOp phase) {
  e.setInsertionPoint(phase);
  if (units == 1) {
    inlineHere(phase);
    phase.erase();
    return success();
  }
  FailureOr<Values> own = ownOf(phase);
  if (failed(own) || failed(expectFreeName(module, phase, "name", phase.getName())))
    return failure();
  Values words(shared);
  words.append(own->begin(), own->end());
  func::FuncOp function =
      emitFunction(phase, phase.getName(), words, [&](ValueRange values, Value part) -> Values {
        auto [first, end] = emitShare(e, part, /*parts=*/values[0], units);
        return {part, first, end};
      });
  auto store = [&] { storeWords(e, frame, wordsOf(ValueRange(shared).getTypes()), *own); };
  if (phase.getCold())
    store();
  auto here = [&] {
    Value part = arith::IndexCastOp::create(e, e.getI64Type(), phase.getPart());
    if (phase.getCold())
      e.call(function, {frame, part});
    else
      inlineHere(phase);
    if (phase.getMeets())
      e.ifThen(
          isNull(e, phase.getBarrier()), [] {},
          [&] { callPointer(e, phase.getBarrier(), {phase.getParallelContext()}); });
  };
  e.ifThen(isNull(e, phase.getParallelFor()), here, [&] {
    if (!phase.getCold())
      store();
    callFork(e, phase.getParallelFor(), phase.getParallelContext(), phase.getParts(), function,
             frame);
  });
  phase.erase();
  return success();
}

LogicalResult Outliner::outline(rnn::ForkOp fork) {
  e.setInsertionPoint(fork);
  FailureOr<Values> own = captured(fork);
  if (failed(own) || failed(expectFreeName(module, fork, "name", fork.getName())))
    return failure();
  Value words = emitFrame(e, wordsOf(ValueRange(*own).getTypes()));
  storeWords(e, words, 0, *own);
  func::FuncOp function =
      emitFunction(fork, fork.getName(), *own, [](ValueRange, Value part) { return Values{part}; });
  callFork(e, fork.getParallelFor(), fork.getParallelContext(), fork.getCount(), function, words);
  fork.erase();
  return success();
}

namespace {
struct OutlinePhases : grucc::impl::OutlinePhasesBase<OutlinePhases> {
  void runOnOperation() override {
    for (auto func : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      SmallVector<Operation *> found;
      func.walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (isa<rnn::ShareOp, rnn::PhaseOp, rnn::ForkOp>(op))
          found.push_back(op);
      });
      if (found.empty())
        continue;
      Outliner outliner(getOperation(), func);
      for (Operation *op : found) {
        LogicalResult done = success();
        if (auto share = dyn_cast<rnn::ShareOp>(op))
          done = outliner.outline(share);
        else if (auto phase = dyn_cast<rnn::PhaseOp>(op))
          done = outliner.outline(phase);
        else
          done = outliner.outline(cast<rnn::ForkOp>(op));
        if (failed(done))
          return signalPassFailure();
      }
    }
  }
};
} // namespace
