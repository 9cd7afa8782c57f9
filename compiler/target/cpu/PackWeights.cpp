//===- PackWeights.cpp - Constant weights into panels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ModelAbi.h"
#include "compiler/target/cpu/KernelPlan.h"
#include "compiler/target/cpu/Passes.h"
#include "compiler/target/cpu/Widening.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cstring>

namespace grucc {
#define GEN_PASS_DEF_PACKWEIGHTS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// matrix [G, K] into the panels of `layout` at `to`; fails on the first value that
/// the storage does not hold.
template <typename T>
static std::optional<T> packMatrix(const MatrixLayout &layout, rnn::StorageAttr storage,
                                   ArrayRef<T> matrix, char *to) {
  const PanelLayout &panels = layout.panels;
  int64_t depth = layout.depth, group = layout.group(), bytes = layout.weightBytes();
  uint64_t zero = layout.storage().zero;
  assert((zero == 0 || bytes == 1) && "other zeros are not bytes repeated");
  std::fill(to, to + layout.bytes(), char(zero));
  packConstants(storage, to);
  for (int64_t panel = 0; panel < panels.panels(); ++panel) {
    bool tail = panel == panels.fullPanels();
    int64_t start = panel * panels.width();
    int64_t units = std::min(panels.width(), panels.hiddenSize - start);
    char *panelTo = to + layout.headerBytes() + panel * layout.panelBytes();
    for (int64_t gate = 0; gate < panels.gates; ++gate)
      for (int64_t unit = 0; unit < units; ++unit) {
        const T *row = matrix.data() + (gate * panels.hiddenSize + start + unit) * depth;
        for (int64_t k = 0; k < depth; ++k) {
          int64_t word =
              k / group * panels.panelElements(tail) + panels.elementAt(gate, unit, tail);
          char *at = panelTo + word * layout.wordBytes() + k % group * bytes;
          if (layout.storage().isExact()) {
            std::memcpy(at, &row[k], sizeof(T));
            continue;
          }
          std::optional<uint64_t> bits = rnn::narrowedBits(storage, row[k]);
          if (!bits)
            return row[k];
          uint64_t narrow = *bits + zero;
          std::memcpy(at, &narrow, bytes);
        }
      }
  }
  return std::nullopt;
}

template <typename T> static FailureOr<std::vector<char>> pack(const KernelPlan &plan) {
  std::vector<char> packed(plan.packedBytes());
  for (auto [index, layer] : llvm::enumerate(plan.layers)) {
    LayerLayout layout = plan.layout(layer.inputSize);
    char *start =
        packed.data() + plan.layerStart(index / plan.numDirections(), index % plan.numDirections());
    std::vector<T> storage; // of a splat
    // A matrix of the rows of some gates, from gate `first` on.
    auto placeMatrix = [&](Operation *op, Value value, const MatrixLayout &matrix,
                           rnn::StorageAttr kept, int64_t at, int64_t first = 0) -> LogicalResult {
      FailureOr<ArrayRef<T>> values = weightValues<T>(value, storage);
      if (failed(values))
        return failure();
      ArrayRef<T> rows = values->drop_front(first * plan.hiddenSize * matrix.depth);
      if (std::optional<T> odd = packMatrix(matrix, kept, rows, start + at))
        return op->emitError("weights: found ")
               << *odd << ", expected values that " << rnn::storageText(kept, "") << " holds";
      return success();
    };
    // Biases are panels of one k, or rows of units as they are.
    auto placeBias = [&](Value value, bool ofGates, int64_t at) -> LogicalResult {
      FailureOr<ArrayRef<T>> values = weightValues<T>(value, storage);
      if (failed(values))
        return failure();
      if (ofGates)
        packMatrix<T>({plan.panels(), 1, rnn::StorageKind::Exact, sizeof(T)}, {}, *values,
                      start + at);
      else
        for (int64_t kept = 0; kept < plan.cell->shape.keptBiases(); ++kept)
          std::memcpy(start + at + kept * plan.keptBytes(), values->data() + kept * plan.hiddenSize,
                      plan.hiddenSize * sizeof(T));
      return success();
    };
    rnn::ProjectOp project = layer.project;
    rnn::CellOpInterface cell = layer.cell;
    if (failed(placeMatrix(project, project.getWeight(), plan.inputMatrix(layer.inputSize),
                           project.getStorageAttr(), layout.inputWeights)))
      return failure();
    for (int64_t round = 0; round < plan.rounds(); ++round)
      if (failed(placeMatrix(cell, cell.getWHh(), plan.recurrentMatrix(round),
                             cell.getStorageAttr(),
                             layout.recurrentWeights + plan.roundStart(round),
                             plan.cell->shape.round[round].first)))
        return failure();
    if (plan.bias && (failed(placeBias(project.getBias(), /*ofGates=*/true, layout.inputBias)) ||
                      (cell.getBias() &&
                       failed(placeBias(cell.getBias(), /*ofGates=*/false, layout.recurrentBias)))))
      return failure();
  }
  return packed;
}

FailureOr<std::vector<char>> cpu::packWeights(const KernelPlan &plan) {
  return plan.element.isF32() ? pack<float>(plan) : pack<double>(plan);
}

/// llvm.mlir.global of raw bytes, aligned: weights never become single floats.
static void emitBytes(ModuleOp module, func::FuncOp func, StringRef name, ArrayRef<char> bytes) {
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  auto type = RankedTensorType::get({int64_t(bytes.size())}, b.getI8Type());
  AsmResourceBlob blob = HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, bufferAlignment);
  auto value = DenseResourceElementsAttr::get(type, name, std::move(blob));
  auto array = LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size());
  LLVM::GlobalOp::create(b, func.getLoc(), array, /*isConstant=*/true, LLVM::Linkage::Internal,
                         name, value, bufferAlignment);
}

static LogicalResult packNetwork(ModuleOp module, func::FuncOp func) {
  FailureOr<KernelPlan> plan = KernelPlan::read(func);
  if (failed(plan) || failed(plan->expectOneState()) || failed(plan->expectFreeNames()))
    return failure();
  if (!plan->externalWeights) {
    FailureOr<std::vector<char>> packed = packWeights(*plan);
    if (failed(packed))
      return failure();
    emitBytes(module, func, plan->weightsName(), *packed);
  }
  emitBytes(module, func, plan->zerosName(),
            std::vector<char>(plan->hiddenSize * plan->elementBytes(), 0));
  return success();
}

namespace {
struct PackWeights : grucc::impl::PackWeightsBase<PackWeights> {
  void runOnOperation() override {
    if (failed(forEachNetwork(getOperation(), packNetwork)))
      signalPassFailure();
  }
};
} // namespace
