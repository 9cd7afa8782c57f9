//===- KernelPlan.cpp - A network as the kernels see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/ThreadParts.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

LayerLayout KernelPlan::layout(int64_t inputSize) const {
  // Every part starts at a multiple of 64 bytes.
  auto after = [](int64_t at, int64_t bytes) { return llvm::alignTo(at + bytes, 64); };
  LayerLayout layout;
  layout.inputWeights = 0;
  layout.inputBias = after(0, inputMatrix(inputSize).bytes());
  layout.recurrentWeights = after(layout.inputBias, bias ? gateElements() * elementBytes() : 0);
  layout.recurrentBias = after(layout.recurrentWeights, recurrentMatrix().bytes());
  layout.bytes = after(layout.recurrentBias, bias ? cell->shape.keptBiases() * keptBytes() : 0);
  return layout;
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

FailureOr<KernelPlan> KernelPlan::read(func::FuncOp func) {
  FailureOr<NetworkPlan> network = NetworkPlan::read(func);
  if (failed(network))
    return failure();
  KernelPlan plan;
  static_cast<NetworkPlan &>(plan) = *network;
  auto schedule = func->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);
  plan.machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
  if (!schedule || !plan.machine)
    return func.emitError("found no schedule, expected rnn-select-schedule to have run");
  plan.schedule = schedule.getFields();
  auto error = [&] { return func.emitError(); };
  if (failed(checkSchedules(plan, schedule)) ||
      failed(rnn::verifySchedule(error, schedule, plan.machine, plan.hiddenSize, plan.gates(),
                                 plan.element.getIntOrFloatBitWidth())) ||
      failed(readStorage(plan)))
    return failure();
  return plan;
}

namespace {
/// What Emitter is for IR. No product overflows: neither of its factors has more than 31 bits.
struct Numbers {
  int64_t index(int64_t value) const { return value; }
  int64_t mul(int64_t a, int64_t b) const { return a * b; }
  int64_t div(int64_t a, int64_t b) const { return a / b; }
  int64_t min(int64_t a, int64_t b) const { return std::min(a, b); }
  int64_t max(int64_t a, int64_t b) const { return std::max(a, b); }
  bool less(int64_t a, int64_t b) const { return a < b; }
};
} // namespace

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
