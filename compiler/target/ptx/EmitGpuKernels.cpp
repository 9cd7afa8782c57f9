//===- EmitGpuKernels.cpp - The module of kernels, and the plan that launches them -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ByteGlobal.h"
#include "compiler/target/ptx/Kernels.h"
#include "compiler/target/ptx/Passes.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace grucc {
#define GEN_PASS_DEF_EMITGPUKERNELS
#include "compiler/target/ptx/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

/// generateModel reads it again.
static rnn::CudaAttr describe(OpBuilder &b, const Model &model) {
  auto kernel = [&](const Kernel &k) {
    return k.name.empty() ? rnn::KernelAttr()
                          : rnn::KernelAttr::get(b.getContext(), k.name, k.threads, k.sharedBytes,
                                                 k.rows, k.columns);
  };
  SmallVector<Attribute> layers;
  for (const LayerWeights &l : model.layers)
    layers.push_back(b.getDenseI64ArrayAttr({l.wIh, l.bias, l.wHh, l.wHhStep, l.bHn}));
  return rnn::CudaAttr::get(b.getContext(), kernel(model.projectInput), kernel(model.projectAbove),
                            kernel(model.scan), kernel(model.step), b.getArrayAttr(layers));
}

static LogicalResult emit(ModuleOp module, func::FuncOp func) {
  FailureOr<KernelPlan> plan = KernelPlan::read(func);
  if (failed(plan) || failed(plan->expectOneState()) || failed(plan->expectFreeNames()))
    return failure();
  Model model;
  if (failed(packWeights(*plan, model)))
    return failure();
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  auto kernels = gpu::GPUModuleOp::create(builder, func.getLoc(), plan->name + "_kernels");
  Emitter e(func.getLoc(), builder);
  model.projectInput = emitProject(e, kernels, *plan, plan->inputSize, "project_input");
  // Layers above read D*H numbers a row; layer 0 may already.
  model.projectAbove = plan->layersAlike()
                           ? model.projectInput
                           : emitProject(e, kernels, *plan, plan->outputSize(), "project_above");
  model.scan = emitScan(e, kernels, *plan);
  model.step = emitStep(e, kernels, *plan);
  builder.setInsertionPointToEnd(module.getBody());
  emitByteGlobal(builder, func.getLoc(), plan->name + ".weights", model.weights,
                 rnn::usualAlignment);
  // The kernels are what remains of the function.
  plan->carryOver(kernels);
  kernels->setAttr(rnn::CudaAttr::name, describe(builder, model));
  module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(), builder.getUnitAttr());
  func.erase();
  return success();
}

namespace {
struct EmitGpuKernels : grucc::impl::EmitGpuKernelsBase<EmitGpuKernels> {
  void runOnOperation() override {
    if (failed(forEachNetwork(getOperation(), emit)))
      signalPassFailure();
  }
};
} // namespace
