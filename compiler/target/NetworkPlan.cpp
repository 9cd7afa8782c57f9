//===- NetworkPlan.cpp - A network as its targets see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/NetworkPlan.h"

#include "dialects/rnn/Constants.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace grucc;

/// The projection that feeds `scan`, with its cell; fails on anything else.
static FailureOr<LayerPlan> readLayer(rnn::ScanOp scan) {
  auto project = scan.getGates().getDefiningOp<rnn::ProjectOp>();
  if (!project)
    return scan.emitError("found gates that are no rnn.project, expected one");
  Block &body = scan.getBody().front();
  auto cell = body.getTerminator()->getOperand(0).getDefiningOp<rnn::CellOpInterface>();
  if (!cell || cell.getGates() != body.getArgument(0) || cell.getH() != body.getArgument(1))
    return scan.emitError("found another body, expected a single cell");
  if (project.getCell() != cell->getName().getStringRef())
    return project.emitError("cell: found '")
           << project.getCell() << "', expected '" << cell->getName() << "' as in its scan";
  int64_t inputSize = cast<RankedTensorType>(project.getWeight().getType()).getDimSize(1);
  return LayerPlan{project, scan, cell, inputSize};
}

FailureOr<NetworkPlan> NetworkPlan::read(func::FuncOp func) {
  NetworkPlan plan;
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
  plan.cell = &plan.layers.front().cell.getEquations();
  for (LayerPlan &layer : plan.layers)
    if (&layer.cell.getEquations() != plan.cell)
      return layer.cell.emitError("cell: found ")
             << layer.cell->getName() << ", expected " << plan.layers.front().cell->getName()
             << " as in the other layers";
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
  return plan;
}

LogicalResult NetworkPlan::expectOneRound() const {
  const CellShape &shape = cell->shape;
  if (shape.rounds == 1 && shape.states == 1)
    return success();
  rnn::CellOpInterface op = layers.front().cell;
  return op.emitError("cell: found ")
         << op->getName() << " of " << shape.rounds << " rounds and " << shape.states
         << " states, expected one of each for kernels";
}

template <typename T>
FailureOr<ArrayRef<T>> grucc::weightValues(Value weight, std::vector<T> &storage) {
  Attribute constant;
  if (matchPattern(weight, m_Constant(&constant)))
    if (auto values = rnn::constantValues<T>(constant, storage))
      return *values;
  return emitError(weight.getLoc(), "weights: found values that are not known at compile "
                                    "time, expected constants");
}

template FailureOr<ArrayRef<float>> grucc::weightValues(Value, std::vector<float> &);
template FailureOr<ArrayRef<double>> grucc::weightValues(Value, std::vector<double> &);
