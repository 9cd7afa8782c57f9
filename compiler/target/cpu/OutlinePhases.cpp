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
// The one place that knows how threads are given their work: all that a phase captures
// stands in a frame on the stack, first the arguments of the function, once, then what
// is the phase's own, in the order in which it is computed.
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

/// Words of a frame behind the function's arguments.
static constexpr size_t mostCaptured = 8;

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
  Outliner(ModuleOp module, func::FuncOp func, rnn::ShareOp share)
      : module(module), func(func), builder(share),
        e(share.getLoc(), builder, Type(), /*fma=*/true), units(share.getUnits()) {
    e.schedule = func->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);
    e.machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    e.entry = &func.getBody().front();
    e.setInsertionPoint(share);
    number();
    auto [first, end] = emitShare(e, share.getPart(), share.getParts(), units);
    if (units > 1) {
      frame = emitFrame(e, func.getNumArguments() + mostCaptured);
      storeWords(e, frame, 0, func.getArguments());
    }
    share.getFirst().replaceAllUsesWith(first);
    share.getEnd().replaceAllUsesWith(end);
    share.erase();
  }

  LogicalResult outline(rnn::PhaseOp phase);

private:
  ModuleOp module;
  func::FuncOp func;
  OpBuilder builder;
  Emitter e;
  int64_t units;
  Value frame;
  Operation *last = nullptr;                 ///< function behind which the next one goes
  llvm::DenseMap<Value, int64_t> computedAt; ///< in the function, counted

  void number();
  FailureOr<Values> captured(rnn::PhaseOp phase);
  func::FuncOp emitFunction(rnn::PhaseOp phase, ValueRange own);
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

/// What the phase takes from around it beside the function's arguments and constants, in
/// the order in which it is computed.
FailureOr<Values> Outliner::captured(rnn::PhaseOp phase) {
  llvm::SetVector<Value> used;
  getUsedValuesDefinedAbove(phase.getBody(), used);
  Values own;
  for (Value value : used) {
    bool isArgument = llvm::is_contained(func.getArguments(), value);
    if (isArgument || matchPattern(value, m_Constant()))
      continue;
    Type type = value.getType();
    if (!isa<MemRefType, IndexType, LLVM::LLVMPointerType>(type) && !type.isInteger(1) &&
        !type.isInteger(64)) {
      InFlightDiagnostic error = phase.emitError("captured: found ")
                                 << type << ", expected what fits a word of eight bytes";
      error.attachNote(value.getLoc()) << "which is computed here";
      return error;
    }
    own.push_back(value);
  }
  if (own.size() > mostCaptured)
    return phase.emitError("captured: found ")
           << own.size() << " values, expected at most " << mostCaptured;
  llvm::sort(own, [&](Value a, Value b) { return computedAt.at(a) < computedAt.at(b); });
  return own;
}

func::FuncOp Outliner::emitFunction(rnn::PhaseOp phase, ValueRange own) {
  Values words(func.getArguments());
  words.append(own.begin(), own.end());
  auto parts = cast<BlockArgument>(phase.getParts()).getArgNumber();
  func::FuncOp function = emitBody(
      e, module, phase.getName(), ValueRange(words).getTypes(), [&](ValueRange values, Value part) {
        auto [first, end] = emitShare(e, part, values[parts], units);
        IRMapping here;
        here.map(ValueRange(words), values);
        here.map(phase.getBody().getArguments(), ValueRange{part, first, end});
        llvm::SetVector<Value> used;
        getUsedValuesDefinedAbove(phase.getBody(), used);
        for (Value value : used)
          if (!here.contains(value)) // a constant
            here.map(value, e.clone(*value.getDefiningOp())->getResult(0));
        for (Operation &op : phase.getBody().front())
          e.clone(op, here);
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
  FailureOr<Values> own = captured(phase);
  if (failed(own))
    return failure();
  func::FuncOp function = emitFunction(phase, *own);
  auto store = [&] { storeWords(e, frame, func.getNumArguments(), *own); };
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

namespace {
struct OutlinePhases : grucc::impl::OutlinePhasesBase<OutlinePhases> {
  void runOnOperation() override {
    for (auto func : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      SmallVector<rnn::ShareOp> shares(func.getOps<rnn::ShareOp>());
      if (shares.empty())
        continue;
      SmallVector<rnn::PhaseOp> phases;
      func.walk<WalkOrder::PreOrder>([&](rnn::PhaseOp phase) { phases.push_back(phase); });
      Outliner outliner(getOperation(), func, shares.front());
      for (rnn::PhaseOp phase : phases)
        if (failed(outliner.outline(phase)))
          return signalPassFailure();
    }
  }
};
} // namespace
