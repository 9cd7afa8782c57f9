//===- PackWeights.cpp - Weights into panels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ByteGlobal.h"
#include "compiler/target/cpu/Numbers.h"
#include "compiler/target/cpu/PackFunctions.h"
#include "compiler/target/cpu/Packing.h"
#include "compiler/target/cpu/Passes.h"
#include "compiler/target/cpu/Widening.h"
#include <cstring>

namespace grucc {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// matrix [G, K] into the panels of `layout` at `to`; a value that the storage does not hold,
/// if there is one.
template <typename T>
static std::optional<T> packMatrix(const MatrixLayout &layout, rnn::StorageAttr storage,
                                   ArrayRef<T> matrix, char *to) {
  const int64_t bytes = layout.weightBytes();
  const uint64_t zero = layout.storage().zero;
  const bool exact = layout.storage().isExact();
  std::optional<T> odd;
  auto bitsOf = [&](T value) {
    std::optional<uint64_t> bits = rnn::narrowedBits(storage, value);
    if (!bits && !odd)
      odd = value;
    return bits.value_or(0) + zero;
  };
  // A load of the first words may begin one weight earlier.
  std::fill(to, to + layout.headerBytes(), char(zero));
  packConstants(storage, to);
  to += layout.headerBytes();
  auto copy = [&](bool exists, int64_t row, int64_t k, int64_t at) {
    if (exact && exists) {
      std::memcpy(to + at * sizeof(T), &matrix[row + k], sizeof(T));
      return;
    }
    uint64_t bits = exists ? bitsOf(matrix[row + k]) : zero;
    std::memcpy(to + at * bytes, &bits, bytes);
  };
  forEachWeight<int64_t>(Numbers(), layout.panels, layout.group(), layout.depth, /*at=*/0, copy);
  return odd;
}

/// b_x [G] and what gates keep, [kept gate][H], as rnn.fold_biases has left them.
template <typename T>
static void packBiases(const KernelPlan &plan, ArrayRef<T> x, ArrayRef<T> kept, char *to,
                       char *keptTo) {
  auto copy = [&](auto place, int64_t at, std::optional<int64_t> keptAt) {
    if (!place.exists) // is zero already
      return;
    std::memcpy(to + at * sizeof(T), &x[place.gate * plan.hiddenSize + place.unit], sizeof(T));
    if (!keptAt)
      return;
    int64_t gate = plan.cell.keptIndex(place.gate);
    std::memcpy(keptTo + *keptAt * sizeof(T), &kept[gate * plan.hiddenSize + place.unit],
                sizeof(T));
  };
  forEachBias<int64_t>(Numbers(), plan, /*at=*/0, /*keptAt=*/0, copy);
}

template <typename T> static FailureOr<std::vector<char>> pack(const KernelPlan &plan) {
  std::vector<char> packed(plan.packedBytes());
  auto place = [&](int64_t at) { return packed.data() + at * sizeof(T); };
  LogicalResult result = success();
  auto matrix = [&](int64_t index, CellTensor which, int64_t firstRow, const MatrixLayout &layout,
                    int64_t at) {
    rnn::ProjectOp project = plan.layers[index].project;
    rnn::CellOpInterface cell = plan.layers[index].cell;
    bool ofInput = which == CellTensor::WIh;
    Operation *op = ofInput ? project : cell.getOperation();
    rnn::StorageAttr storage = ofInput ? project.getStorageAttr() : cell.getStorageAttr();
    std::vector<T> splat;
    auto values = weightValues<T>(ofInput ? project.getWeight() : cell.getWHh(), splat);
    if (failed(result) || failed(values))
      result = failure();
    else if (std::optional<T> odd = packMatrix(
                 layout, storage, values->drop_front(firstRow * layout.depth), place(at)))
      result = op->emitError("weights: found ")
               << *odd << ", expected values that " << rnn::storageText(storage, "") << " holds";
  };
  auto biases = [&](int64_t index, int64_t at, int64_t keptAt) {
    rnn::ProjectOp project = plan.layers[index].project;
    rnn::CellOpInterface cell = plan.layers[index].cell;
    std::vector<T> splat, keptSplat;
    auto x = weightValues<T>(project.getBias(), splat);
    FailureOr<ArrayRef<T>> kept = ArrayRef<T>();
    if (cell.getBias())
      kept = weightValues<T>(cell.getBias(), keptSplat);
    if (failed(x) || failed(kept))
      result = failure();
    else
      packBiases(plan, *x, *kept, place(at), place(keptAt));
  };
  forEachTensor<int64_t>(Numbers(), plan, matrix, biases);
  if (failed(result))
    return failure();
  return packed;
}

FailureOr<std::vector<char>> cpu::packWeights(const KernelPlan &plan) {
  return plan.element.isF32() ? pack<float>(plan) : pack<double>(plan);
}

static LogicalResult packNetwork(ModuleOp module, func::FuncOp func, StringRef section) {
  FailureOr<KernelPlan> plan = KernelPlan::read(func);
  if (failed(plan) || failed(plan->expectOneState()) || failed(plan->expectFreeNames()))
    return failure();
  OpBuilder globals = OpBuilder::atBlockBegin(module.getBody());
  if (plan->externalWeights) {
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    Emitter e(func.getLoc(), builder, plan->element, plan->machine);
    e.schedule = func->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);
    emitPackFunctions(e, module, *plan);
  } else {
    FailureOr<std::vector<char>> packed = packWeights(*plan);
    if (failed(packed))
      return failure();
    LLVM::GlobalOp weights =
        emitByteGlobal(globals, func.getLoc(), plan->weightsName(), *packed, plan->alignment());
    if (!section.empty())
      weights.setSection(section);
  }
  std::vector<char> zeros(plan->hiddenSize * plan->elementBytes(), 0);
  globals.setInsertionPointToStart(module.getBody());
  emitByteGlobal(globals, func.getLoc(), plan->zerosName(), zeros, plan->alignment());
  return success();
}

namespace {
struct PackWeights : grucc::impl::PackWeightsBase<PackWeights> {
  using PackWeightsBase::PackWeightsBase;

  void runOnOperation() override {
    auto pack = [&](ModuleOp module, func::FuncOp func) {
      return packNetwork(module, func, section);
    };
    if (failed(forEachNetwork(getOperation(), pack)))
      signalPassFailure();
  }
};
} // namespace
