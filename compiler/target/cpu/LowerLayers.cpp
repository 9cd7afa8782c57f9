//===- LowerLayers.cpp - Layers in memory, in place of a network -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"
#include "compiler/target/cpu/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace grucc {
#define GEN_PASS_DEF_LOWERLAYERS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// What the descriptor and the header say beside the network.
static rnn::DescriptorAttr describe(OpBuilder &b, const KernelPlan &plan) {
  // Whatever holds one row of a step: inputs, outputs, gates.
  int64_t widest = std::max({plan.inputSize, plan.outputSize(), plan.gateElements()});
  // A workspace of one step: bytes of each row, part by part, and those beside them.
  SmallVector<int64_t> rows;
  int64_t fixed = 0;
  for (rnn::PartAttr part : plan.memory.getParts())
    if (part.getForEach() == rnn::CountedBy::Step)
      fixed += llvm::alignTo(part.getBytes(), plan.alignment());
    else if (part.getBytes())
      rows.push_back(part.getBytes());
  return rnn::DescriptorAttr::get(b.getContext(), plan.name, b.getDenseI64ArrayAttr(rows), fixed,
                                  plan.packedBytes(), plan.stepRows(),
                                  widest * plan.elementBytes());
}

static LogicalResult emit(ModuleOp module, func::FuncOp func) {
  FailureOr<KernelPlan> plan = KernelPlan::read(func);
  if (failed(plan) || failed(plan->expectOneState()))
    return failure();
  if (failed(plan->expectFreeNames(plan->packedNames())))
    return failure();
  auto bytesOf = [&](StringRef symbol) -> int64_t {
    auto global = module.lookupSymbol<LLVM::GlobalOp>(symbol);
    auto type = global ? dyn_cast<LLVM::LLVMArrayType>(global.getType()) : LLVM::LLVMArrayType();
    return type ? int64_t(type.getNumElements()) : -1;
  };
  if (bytesOf(plan->zerosName()) < 0 ||
      (plan->externalWeights ? !module.lookupSymbol<func::FuncOp>(plan->packName())
                             : bytesOf(plan->weightsName()) != plan->packedBytes()))
    return func.emitError("found no packed weights, expected rnn-pack-weights to have run");
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  Emitter e(func.getLoc(), builder, plan->element, plan->machine);
  e.memory = plan->memory;
  e.schedule = func->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);

  StepKernels kernels{RowKernels(e, *plan), {}, {}, {}};
  KernelPlan rowPlan = plan->forOneRow();
  kernels.copy = emitCopy(e, module, rowPlan); // reads what one row wrote a moment ago
  kernels.project = emitProject(e, module, *plan, kernels.rows);
  if (plan->drops())
    kernels.dropout = emitDropout(e, module, *plan);

  LayerFunctions functions;
  if (plan->drawnDropout() == 0) // with dropout every run is ragged
    functions.whole = emitSequence(e, module, *plan, kernels);
  functions.ragged = emitRagged(e, module, *plan, kernels);
  functions.orderLengths = emitOrderLengths(e, module, *plan);
  functions.orderRows = emitOrderRows(e, module, *plan);
  functions.clearPadding = emitClearPadding(e, module, *plan);

  Interface interface{{e}, module, *plan};
  interface.emitWorkspaceBytes();
  interface.emitRun(functions);
  // LLVM would copy a layer into some of the places that call it.
  for (func::FuncOp layer : {functions.whole, functions.ragged}) {
    auto uses = layer ? SymbolTable::getSymbolUses(layer, module) : std::nullopt;
    if (uses && !uses->empty() && !llvm::hasSingleElement(*uses))
      Emitter::neverInline(layer);
  }
  if (plan->streams()) {
    interface.emitStateFunctions(kernels.copy);
    interface.emitStep(kernels);
  }
  // NAME.run is what remains of the function.
  auto run = module.lookupSymbol<func::FuncOp>(plan->name + ".run");
  plan->carryOver(run);
  run->setAttr(rnn::DescriptorAttr::name, describe(builder, *plan));
  func.erase();
  return success();
}

namespace {
struct LowerLayers : grucc::impl::LowerLayersBase<LowerLayers> {
  void runOnOperation() override {
    if (failed(forEachNetwork(getOperation(), emit)))
      signalPassFailure();
  }
};
} // namespace
