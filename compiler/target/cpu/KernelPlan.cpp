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
  int64_t units = panels().paddedUnits() * elementBytes();
  // Every part starts at a multiple of 64 bytes.
  auto after = [](int64_t at, int64_t bytes) { return llvm::alignTo(at + bytes, 64); };
  LayerLayout layout;
  layout.inputWeights = 0;
  layout.inputBias = after(0, inputMatrix(inputSize).bytes());
  layout.recurrentWeights = after(layout.inputBias, bias ? 3 * units : 0);
  layout.recurrentBias = after(layout.recurrentWeights, recurrentMatrix().bytes());
  layout.bytes = after(layout.recurrentBias, bias ? units : 0);
  return layout;
}

/// Layers that share a kernel must keep their weights alike.
static LogicalResult readStorage(KernelPlan &plan) {
  auto kindOf = [](auto op) { return rnn::kindOf(op.getStorageAttr()); };
  plan.firstStorage = kindOf(plan.layers.front().project);
  plan.upperStorage = kindOf(plan.layers.back().project);
  plan.recurrentStorage = kindOf(plan.layers.front().cell);
  if (plan.layersAlike())
    plan.upperStorage = plan.firstStorage;
  auto expect = [&](auto op, rnn::StorageKind kind) -> LogicalResult {
    if (kindOf(op) == kind)
      return success();
    return op.emitError("found weights kept as ")
           << stringifyStorageKind(kindOf(op)) << ", expected " << stringifyStorageKind(kind)
           << " as in the layers that share its kernel";
  };
  for (auto [index, layer] : llvm::enumerate(plan.layers)) {
    bool first = int64_t(index) < plan.directions;
    if (failed(expect(layer.project, first ? plan.firstStorage : plan.upperStorage)) ||
        failed(expect(layer.cell, plan.recurrentStorage)))
      return failure();
  }
  auto isExact = [](rnn::StorageKind kind) { return kind == rnn::StorageKind::Exact; };
  if (plan.externalWeights && // NAME_pack copies numbers as they are
      !(isExact(plan.firstStorage) && isExact(plan.upperStorage) && isExact(plan.recurrentStorage)))
    return plan.func.emitError("found narrow storage of external weights, expected exact");
  return success();
}

/// The projection that feeds `scan`, with its cell; fails on anything else.
static FailureOr<LayerPlan> readLayer(rnn::ScanOp scan) {
  auto project = scan.getGates().getDefiningOp<rnn::ProjectOp>();
  if (!project)
    return scan.emitError("found gates that are no rnn.project, expected one");
  Block &body = scan.getBody().front();
  auto cell = body.getTerminator()->getOperand(0).getDefiningOp<rnn::GruCellOp>();
  if (!cell || cell.getGates() != body.getArgument(0) || cell.getH() != body.getArgument(1))
    return scan.emitError("found another body, expected a single rnn.gru_cell");
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
  auto output = cast<RankedTensorType>(first.getOutput().getType());
  plan.inputSize = plan.layers.front().inputSize;
  plan.hiddenSize = output.getDimSize(2);
  plan.element = output.getElementType();
  // Forward and reverse of a layer stand side by side.
  plan.directions = llvm::any_of(scans, [](rnn::ScanOp scan) { return scan.getReverse(); }) ? 2 : 1;
  plan.numLayers = scans.size() / plan.directions;
  for (auto [index, scan] : llvm::enumerate(scans))
    if (scan.getReverse() != (plan.directions == 2 && index % 2 == 1))
      return scan.emitError("found directions in another order, expected forward, reverse, ...");
  plan.bias = plan.layers.front().project.getBias() != nullptr;
  plan.batchFirst = !func.getOps<rnn::TransposeOp>().empty();
  plan.externalWeights = isa<BlockArgument>(plan.layers.front().project.getWeight());
  auto drops = func.getOps<rnn::DropoutOp>();
  plan.dropout = drops.empty() ? 0.0 : (*drops.begin()).getP().convertToDouble();
  plan.training = func->hasAttr("rnn.training");
  if (!drops.empty() && !plan.training)
    return func.emitError("found rnn.dropout, expected it in training only");
  plan.schedule = first.getScheduleAttr();
  plan.machine = func->getParentOfType<ModuleOp>()->getAttrOfType<rnn::MachineAttr>("rnn.machine");
  if (!plan.schedule || !plan.machine)
    return func.emitError("found no schedule, expected rnn-select-schedule to have run");
  if (failed(readStorage(plan)))
    return failure();
  return plan;
}
