//===- LowerLayers.cpp - Layers in memory, in place of a network -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   func.func @net(%x, %h_0) { rnn.project; rnn.scan; ...; rnn.stack }
//     ==>
//   func.func private @net.layer(...) {    // one layer in one direction; @net.ragged: lengths
//     scf.for chunks of steps {
//       rnn.phase { rnn.project_rows }
//       scf.for steps { rnn.phase { rnn.scan_rows } }
//     }
//   }
//   func.func private @net.layers(...) { scf.for layers { call @net.layer } }
//   func.func private @net.run(%args), @net.step(...), ...    // what is done for C
//
// What becomes of each op, and where:
//
//   rnn.project, rnn.scan   the functions of a layer (EmitSequence, EmitRagged); where the weights
//                           of a layer and its direction begin (EmitLayers), by rnn.place
//   rnn.concat              which half of a row a direction writes (EmitLayers: inDirection)
//   rnn.dropout             done on the way to the staged rows (EmitRagged: stageRow)
//   rnn.transpose           the strides of input and output (EmitLayers: sequenceAt)
//   rnn.state, rnn.stack    which rows of h_0 and h_n are a layer's (EmitLayers: enterLayer)
//
// This is no conversion with a pattern for each op, since none has code of its own: a projection
// and a scan take turns, chunk by chunk; one body is every layer in every direction, in a loop at
// run time; threads that share rows take both directions in one fork; and all ops are lowered once
// for each way that a network is run. KernelPlan::read reads the ops, and refuses what a loop over
// layers could not follow.
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
