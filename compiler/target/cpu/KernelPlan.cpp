//===- KernelPlan.cpp - A network as the kernels see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Numbers.h"
#include "compiler/target/cpu/ThreadParts.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

std::pair<rnn::PlaceAttr, rnn::PlaceAttr> KernelPlan::placesOf(int64_t index) const {
  const LayerLayout &layout = this->layout(layers[index].inputSize);
  int64_t start = layerStart(index / numDirections(), index % numDirections());
  auto place = [&](int64_t weights, bool hasBias, int64_t bias, std::optional<int64_t> state) {
    auto biasAt = hasBias ? std::optional(start + bias) : std::nullopt;
    return rnn::PlaceAttr::get(machine.getContext(), start + weights, biasAt, state);
  };
  bool keeps = bias && cell.keptBiases() > 0;
  return {place(layout.inputWeights, bias, layout.inputBias, std::nullopt),
          place(layout.recurrentWeights, keeps, layout.recurrentBias, index)};
}

std::vector<std::string> KernelPlan::packedNames() const {
  std::vector<std::string> names{zerosName(), weightsName(), packName(), packMatrixName(),
                                 packBiasesName()};
  for (int64_t round = 0; round < rounds(); ++round)
    names.push_back(packRoundName(round));
  return names;
}

/// Kernels are written from one schedule: that of the function.
static LogicalResult checkSchedules(KernelPlan &plan, rnn::ScheduleAttr schedule) {
  auto check = [&](auto op) -> LogicalResult {
    if (op.getScheduleAttr() == schedule)
      return success();
    InFlightDiagnostic error = op->emitError("schedule: found ");
    if (op.getScheduleAttr())
      error << op.getScheduleAttr();
    else
      error << "none";
    error << ", expected " << schedule << " as on the function";
    error.attachNote(plan.func.getLoc()) << "which is here";
    return error;
  };
  for (LayerPlan layer : plan.layers)
    if (failed(check(layer.project)) || failed(check(layer.scan)))
      return failure();
  return success();
}

/// Layers that share a kernel must keep their weights alike.
static LogicalResult readStorage(KernelPlan &plan) {
  auto kindOf = [](auto op) { return rnn::kindOf(op.getStorageAttr()); };
  plan.firstStorage = kindOf(plan.layers.front().project);
  plan.upperStorage = kindOf(plan.layers.back().project);
  plan.recurrentStorage = kindOf(plan.layers.front().cell);
  if (plan.layersAlike())
    plan.upperStorage = plan.firstStorage;
  auto expect = [&](auto op, rnn::StorageKind kind, Operation *other) -> LogicalResult {
    if (kindOf(op) == kind)
      return success();
    InFlightDiagnostic error = op.emitError("storage: found weights kept as ")
                               << stringifyStorageKind(kindOf(op)) << ", expected "
                               << stringifyStorageKind(kind)
                               << " as in the layers that share its kernel";
    error.attachNote(other->getLoc()) << "one of them is here";
    return error;
  };
  for (auto [index, layer] : llvm::enumerate(plan.layers)) {
    bool first = int64_t(index) < plan.numDirections();
    bool likeFirst = first || plan.layersAlike();
    const LayerPlan &other = likeFirst ? plan.layers.front() : plan.layers.back();
    if (failed(
            expect(layer.project, first ? plan.firstStorage : plan.upperStorage, other.project)) ||
        failed(expect(layer.cell, plan.recurrentStorage, plan.layers.front().cell)))
      return failure();
  }
  auto isExact = [](rnn::StorageKind kind) { return kind == rnn::StorageKind::Exact; };
  if (plan.externalWeights && // NAME_pack copies numbers as they are
      !(isExact(plan.firstStorage) && isExact(plan.upperStorage) && isExact(plan.recurrentStorage)))
    return plan.func.emitError("found narrow storage of external weights, expected exact");
  return success();
}

/// The layout that the places of a layer's ops say, which is as long as from there to `end`.
static FailureOr<LayerLayout> readLayout(LayerPlan layer, int64_t end) {
  auto placeOf = [](auto op) {
    return op->template getAttrOfType<rnn::PlaceAttr>(rnn::PlaceAttr::name);
  };
  rnn::PlaceAttr input = placeOf(layer.project), recurrent = placeOf(layer.scan);
  for (auto [place, op] : {std::pair(input, layer.project.getOperation()),
                           std::pair(recurrent, layer.scan.getOperation())})
    if (!place)
      return op->emitError("rnn.place: found none, expected rnn-plan-model to have run");
  int64_t start = input.getWeights();
  auto from = [&](std::optional<int64_t> at) { return at ? *at - start : 0; };
  return LayerLayout{0, from(input.getBias()), recurrent.getWeights() - start,
                     from(recurrent.getBias()), end - start};
}

/// Kernels walk through layers by one distance: refuses places that are not alike.
static LogicalResult checkPlaces(const KernelPlan &plan) {
  auto check = [&](Operation *op, rnn::PlaceAttr expected, Operation *like) -> LogicalResult {
    Attribute found = op->getAttr(rnn::PlaceAttr::name);
    if (found == expected)
      return success();
    InFlightDiagnostic error = op->emitError("rnn.place: found ");
    if (found)
      error << found;
    else
      error << "none";
    error << ", expected " << expected;
    error.attachNote(like->getLoc()) << "as far from this one as all others are";
    return error;
  };
  for (auto [index, layer] : llvm::enumerate(plan.layers)) {
    bool first = int64_t(index) < plan.numDirections();
    const LayerPlan &like = plan.layers[first ? 0 : plan.numDirections()];
    auto [input, recurrent] = plan.placesOf(index);
    if (failed(check(layer.project, input, like.project)) ||
        failed(check(layer.scan, recurrent, like.scan)))
      return failure();
  }
  return success();
}

FailureOr<KernelPlan> KernelPlan::read(func::FuncOp func) {
  FailureOr<KernelPlan> plan = readScheduled(func);
  if (failed(plan))
    return failure();
  plan->memory = func->getAttrOfType<rnn::MemoryAttr>(rnn::MemoryAttr::name);
  if (!plan->memory)
    return func.emitError("rnn.memory: found none, expected rnn-plan-model to have run");
  // A layer ends where the next one begins, the last where all weights do.
  auto layoutOf = [&](int64_t index) -> FailureOr<LayerLayout> {
    int64_t end = plan->memory.getWeights();
    if (index + 1 < plan->numCells())
      if (auto next =
              plan->layers[index + 1].project->getAttrOfType<rnn::PlaceAttr>(rnn::PlaceAttr::name))
        end = next.getWeights();
    return readLayout(plan->layers[index], end);
  };
  FailureOr<LayerLayout> first = layoutOf(0), upper = layoutOf(plan->numCells() - 1);
  if (failed(first) || failed(upper))
    return failure();
  plan->firstLayout = *first, plan->upperLayout = *upper;
  if (failed(checkPlaces(*plan)))
    return failure();
  return plan;
}

FailureOr<KernelPlan> KernelPlan::readScheduled(func::FuncOp func) {
  FailureOr<NetworkPlan> network = NetworkPlan::read(func);
  if (failed(network))
    return failure();
  KernelPlan plan;
  static_cast<NetworkPlan &>(plan) = *network;
  auto schedule = func->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);
  plan.machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
  if (!schedule || !plan.machine)
    return func.emitError("found no ")
           << (schedule ? "machine" : "schedule") << ", expected rnn-select-schedule to have run";
  plan.schedule = schedule.getFields();
  auto error = [&] { return func.emitError(); };
  if (failed(checkSchedules(plan, schedule)) ||
      failed(rnn::verifySchedule(error, schedule, plan.machine, plan.hiddenSize, plan.gates(),
                                 plan.element.getIntOrFloatBitWidth())) ||
      failed(readStorage(plan)))
    return failure();
  return plan;
}

int64_t KernelPlan::stepRows() const {
  if (!streams())
    return 0;
  Numbers numbers;
  ThreadParts<Numbers, int64_t> parts{numbers, *this};
  auto isShared = [&](int64_t batch) {
    return parts.isEnough(/*seqLen=*/1, batch) &&
           ((splitsRows() && parts.ofRows(/*threads=*/2, batch) > 1) ||
            (splitsUnits() && parts.ofUnits(/*threads=*/2, batch) > 1));
  };
  // More rows never have fewer parts.
  auto batches = llvm::seq<int64_t>(1, int64_t(INT32_MAX) + 1);
  auto least = llvm::partition_point(batches, [&](int64_t batch) { return !isShared(batch); });
  return least == batches.end() ? 0 : *least;
}
