//===- PlanModel.cpp - Where weights, states and the workspace stand -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   rnn.project ...; rnn.scan ...
//     ==>
//   rnn.project ... {rnn.place = #rnn.place<weights = 0, bias = 192>}
//   rnn.scan ... {rnn.place = #rnn.place<weights = 256, bias = 448, state = 0>}
//
// and rnn.memory on the function. Where a layer and a round begins follows from that:
// KernelPlan::layerStart, roundStart. A step of a stream relies on `gates` being first.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ModelAbi.h"
#include "compiler/target/cpu/KernelPlan.h"
#include "compiler/target/cpu/Passes.h"

namespace grucc {
#define GEN_PASS_DEF_PLANMODEL
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// One layer and direction that reads `inputSize` elements a row: W_ih, b_x, W_hh (that of each
/// round's gates), and what biases stay with its sums, each at the start of a line.
static LayerLayout planLayer(const KernelPlan &plan, int64_t inputSize) {
  auto after = [&](int64_t at, int64_t bytes) {
    return int64_t(llvm::alignTo(at + bytes, plan.alignment()));
  };
  LayerLayout layout;
  layout.inputWeights = 0;
  layout.inputBias = after(0, plan.inputMatrix(inputSize).bytes());
  int64_t inputBiases = plan.bias ? plan.panels().elements() * plan.elementBytes() : 0;
  layout.recurrentWeights = after(layout.inputBias, inputBiases);
  layout.recurrentBias = after(layout.recurrentWeights, plan.roundStart(plan.rounds()));
  int64_t kept = plan.bias ? plan.cell.keptBiases() * plan.keptBytes() : 0;
  layout.bytes = after(layout.recurrentBias, kept);
  return layout;
}

/// Where both directions of a layer run at once, each has its own part of a part. The last ones
/// serve runs over rows of several lengths, and training.
static SmallVector<rnn::PartAttr> planWorkspace(const KernelPlan &plan) {
  SmallVector<rnn::PartAttr> parts;
  auto add = [&](StringRef name, int64_t bytes, rnn::CountedBy unit) {
    parts.push_back(rnn::PartAttr::get(plan.machine.getContext(), name, bytes, unit));
  };
  int64_t element = plan.elementBytes(), directions = plan.numDirections();
  add("gates", directions * plan.gateElements() * element, rnn::CountedBy::ChunkRow);
  // [T, B, D*H]: layers of two directions take turns with the output.
  add("other", plan.layersTakeTurns() ? plan.outputSize() * element : 0, rnn::CountedBy::Row);
  // Input rows of a chunk, side by side.
  int64_t widest = std::max(plan.inputSize, plan.numLayers > 1 ? plan.outputSize() : 0);
  add("staged", directions * widest * element, rnn::CountedBy::ChunkRow);
  // [2, B, H]: a step reads one and writes the other.
  add("states", directions * 2 * plan.hiddenSize * element, rnn::CountedBy::BatchRow);
  // How many rows a step has, where it stands, and which row of the caller's a row is (C10).
  add("sizes", sizeof(int64_t), rnn::CountedBy::Step);
  add("places", sizeof(int64_t), rnn::CountedBy::Step);
  add("order", sizeof(int64_t), rnn::CountedBy::BatchRow);
  return parts;
}

static LogicalResult planNetwork(ModuleOp, func::FuncOp func) {
  FailureOr<KernelPlan> plan = KernelPlan::readScheduled(func);
  if (failed(plan))
    return failure();
  plan->firstLayout = planLayer(*plan, plan->inputSize);
  plan->upperLayout = planLayer(*plan, plan->outputSize());
  for (auto [index, layer] : llvm::enumerate(plan->layers)) {
    auto [input, recurrent] = plan->placesOf(index);
    layer.project->setAttr(rnn::PlaceAttr::name, input);
    layer.scan->setAttr(rnn::PlaceAttr::name, recurrent);
  }
  func->setAttr(rnn::MemoryAttr::name,
                rnn::MemoryAttr::get(func.getContext(), plan->layerStart(plan->numLayers),
                                     plan->schedule.traversal.chunkRows, planWorkspace(*plan)));
  return success();
}

namespace {
struct PlanModel : grucc::impl::PlanModelBase<PlanModel> {
  void runOnOperation() override {
    if (failed(forEachNetwork(getOperation(), planNetwork)))
      signalPassFailure();
  }
};
} // namespace
