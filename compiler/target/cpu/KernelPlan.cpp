//===- KernelPlan.cpp - A network as the kernels see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/KernelPlan.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

LayerLayout KernelPlan::layout(int64_t inputSize) const {
  int64_t units = panels().paddedUnits();
  // Parts start at multiples of 16 floats: 64 bytes in float32.
  auto after = [](int64_t at, int64_t floats) { return llvm::alignTo(at + floats, 16); };
  LayerLayout layout;
  layout.inputWeights = 0;
  layout.inputBias = after(0, 3 * units * inputSize);
  layout.recurrentWeights = after(layout.inputBias, bias ? 3 * units : 0);
  layout.recurrentBias = after(layout.recurrentWeights, 3 * units * hiddenSize);
  layout.floats = after(layout.recurrentBias, bias ? units : 0);
  return layout;
}

/// The projection that feeds `scan`, with its cell; fails on anything else.
static FailureOr<LayerPlan> readLayer(rnn::ScanOp scan) {
  auto project = scan.getGates().getDefiningOp<rnn::ProjectOp>();
  if (!project)
    return scan.emitError("not lowered yet: found gates that are no rnn.project");
  if (scan.getLengths())
    return scan.emitError("lengths: found variable lengths, expected none: not lowered yet");
  if (scan.getReverse())
    return scan.emitError("bidirectional: found a reverse direction, expected forward only: "
                          "not lowered yet");
  Block &body = scan.getBody().front();
  auto cell = body.getTerminator()->getOperand(0).getDefiningOp<rnn::GruCellOp>();
  if (!cell || cell.getGates() != body.getArgument(0) || cell.getH() != body.getArgument(1))
    return scan.emitError("not lowered yet: found a body that is no single rnn.gru_cell");
  int64_t inputSize = cast<RankedTensorType>(project.getWeight().getType()).getDimSize(1);
  return LayerPlan{project, scan, cell, inputSize};
}

FailureOr<KernelPlan> KernelPlan::read(func::FuncOp func) {
  KernelPlan plan;
  plan.func = func;
  plan.name = func.getName().str();
  auto scans = llvm::to_vector(func.getOps<rnn::ScanOp>());
  if (scans.empty())
    return func.emitError("found no rnn.scan, expected at least one");
  for (rnn::ScanOp scan : scans) {
    FailureOr<LayerPlan> layer = readLayer(scan);
    if (failed(layer))
      return failure();
    plan.layers.push_back(*layer);
  }
  auto first = scans.front();
  plan.inputSize = plan.layers.front().inputSize;
  plan.hiddenSize = cast<RankedTensorType>(first.getOutput().getType()).getDimSize(2);
  plan.element = cast<RankedTensorType>(first.getOutput().getType()).getElementType();
  plan.bias = plan.layers.front().project.getBias() != nullptr;
  plan.batchFirst = !func.getOps<rnn::TransposeOp>().empty();
  plan.externalWeights = isa<BlockArgument>(plan.layers.front().project.getWeight());
  plan.schedule = first.getScheduleAttr();
  plan.machine = func->getParentOfType<ModuleOp>()->getAttrOfType<rnn::MachineAttr>("rnn.machine");
  if (!plan.schedule || !plan.machine)
    return func.emitError("found no schedule, expected rnn-select-schedule to have run");
  if (!plan.element.isF32())
    return func.emitError("dtype: found float64, expected float32: not lowered yet");
  return plan;
}
