//===- Pipeline.cpp - The stages, in order -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Pipeline.h"

#include "compiler/layers/Passes.h"
#include "compiler/precision/Passes.h"
#include "compiler/recurrence/Passes.h"
#include "compiler/schedule/Passes.h"
#include "compiler/target/Passes.h"
#include "compiler/target/cpu/LowerToLLVM.h"
#include "compiler/target/cpu/Passes.h"
#include "compiler/target/ptx/LowerToNVVM.h"
#include "compiler/target/ptx/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace grucc;

/// The stages that know the machine, for a GPU.
static void buildGpuStage(OpPassManager &passes, const PipelineOptions &options, Stage stage) {
  switch (stage) {
  case Stage::Schedule:
    passes.addPass(createSelectGpuSchedule({options.machine, {}}, options.schedule));
    break;
  case Stage::Target:
    // Consumes the network: what remains is kernels, weights and a plan.
    passes.addPass(createEmitGpuKernels());
    // Before any lowering: the CPU's passes, on scalars.
    passes.addPass(createExpandCell());
    passes.addPass(createExpandActivations());
    // Once every multiply-add is there.
    passes.addPass(createExpandSoftFma());
    ptx::buildLowerToNVVM(passes);
    break;
  default: // the levels of a CPU
    break;
  }
}

void grucc::buildStage(OpPassManager &passes, const PipelineOptions &options, Stage stage) {
  if (options.target->isGpu() && stage >= Stage::Schedule)
    return buildGpuStage(passes, options, stage);
  switch (stage) {
  case Stage::Frontend:
    break; // has built the module
  case Stage::Layers:
    // First: everything after it knows one layer and one direction at a time.
    passes.addNestedPass<func::FuncOp>(createSplitLayers());
    // Transposes that met and states taken out of a stack disappear.
    passes.addPass(createCanonicalizerPass());
    break;
  case Stage::Precision:
    // While weights are still the layers' own constants. Without it every matrix
    // is kept in the network's numbers.
    if (options.narrowWeights)
      passes.addNestedPass<func::FuncOp>(createNarrowWeights());
    // By the owner's word: what it states is the one choice here that changes results.
    passes.addNestedPass<func::FuncOp>(createRoundWeights({options.precision}));
    break;
  case Stage::Recurrence:
    // Before biases: they are folded between a projection and its cell.
    passes.addNestedPass<func::FuncOp>(createHoistProjection());
    // b_hn must stay under the reset gate: needs projection and cell side by side.
    passes.addNestedPass<func::FuncOp>(createFoldBiases());
    // b_ih and b_hh that nothing reads any more.
    passes.addPass(createCanonicalizerPass());
    break;
  case Stage::Schedule:
    // Last to look at the network, first to look at the machine; nothing after
    // it chooses a number.
    passes.addPass(createSelectSchedule({options.machine, {}, options.size}, options.schedule));
    // Fields set by hand may be more than the machine or the stack allows.
    passes.addPass(createVerifySchedule());
    // Knows the machine now.
    passes.addPass(createSelectStorage());
    break;
  case Stage::Sequence:
    // Once all sizes are chosen: says where everything stands.
    passes.addPass(createPlanModel());
    // While weights are constants of the network's ops.
    passes.addPass(createPackWeights({options.weightsSection}));
    // Consumes the network: what remains is layers, kernels of rows and what C calls them for.
    passes.addPass(createLowerLayers());
    // While what is done for C reads its arguments by name.
    if (!options.functions.empty())
      passes.addPass(createKeepFunctions({llvm::to_vector(options.functions)}));
    break;
  case Stage::Panels:
    // Kernels take their operands from around them until here, and phases what they like:
    // nothing may be moved before.
    passes.addPass(createOutlineKernels());
    passes.addNestedPass<func::FuncOp>(createExpandWorkspace());
    passes.addPass(createOutlinePhases());
    // Parts of strided memory become offsets while there is little code to look through.
    passes.addPass(memref::createExpandStridedMetadataPass());
    passes.addPass(createLowerAffinePass());
    passes.addNestedPass<func::FuncOp>(createWalkPanels());
    break;
  case Stage::Vectors:
    // Before any lowering: sums, cells and activations are spelled out on whole vectors.
    passes.addPass(createExpandPanelDot());
    passes.addPass(createExpandCell());
    passes.addPass(createExpandActivations());
    // Once every multiply-add is there.
    passes.addPass(createExpandSoftFma());
    // Last: nothing above needs to know where C keeps an argument.
    passes.addPass(createEmitInterface());
    break;
  case Stage::Target:
    cpu::buildLowerToLLVM(passes);
    // After the functions are LLVM's: the descriptor holds their addresses.
    passes.addPass(createEmitDescriptor());
    break;
  }
}

void grucc::buildTargetOfLevels(OpPassManager &passes) {
  cpu::buildLowerToLLVM(passes.nest<ModuleOp>());
  // Once functions are LLVM's, which know a CPU each, and before descriptors, which know each
  // other.
  passes.addPass(createJoinLevels());
  passes.addPass(createEmitDescriptor());
}

void grucc::registerPasses() {
  registerLayersPasses();
  registerPrecisionPasses();
  registerRecurrencePasses();
  registerSchedulePasses();
  registerTargetPasses();
  registerTargetCpuPasses();
  registerTargetPtxPasses();
}
