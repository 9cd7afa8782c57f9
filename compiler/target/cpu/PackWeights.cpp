//===- PackWeights.cpp - Weights into panels, at compile time -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/KernelPlan.h"
#include "dialects/rnn/Constants.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// matrix [G, K] into panels [panel][k][gate][width] at `to`.
template <typename T>
static void packMatrix(const PanelLayout &layout, ArrayRef<T> matrix, int64_t depth, T *to) {
  for (int64_t panel = 0; panel < layout.panels(); ++panel) {
    int64_t width = layout.panelWidth(panel), start = panel * layout.width();
    int64_t units = std::min(width, layout.hiddenSize - start);
    T *panelTo = to + 3 * start * depth;
    for (int64_t gate = 0; gate < 3; ++gate)
      for (int64_t unit = 0; unit < units; ++unit) {
        const T *row = matrix.data() + (gate * layout.hiddenSize + start + unit) * depth;
        for (int64_t k = 0; k < depth; ++k)
          panelTo[(k * 3 + gate) * width + unit] = row[k];
      }
  }
}

template <typename T> static FailureOr<std::vector<char>> pack(const KernelPlan &plan) {
  std::vector<char> bytes(plan.packedElements() * sizeof(T));
  auto *packed = reinterpret_cast<T *>(bytes.data());
  PanelLayout panels = plan.panels();

  for (auto [index, layer] : llvm::enumerate(plan.layers)) {
    LayerLayout layout = plan.layout(layer.inputSize);
    T *start = packed + plan.layerStart(index / plan.directions, index % plan.directions);
    auto place = [&](Value value, int64_t depth, int64_t at) -> LogicalResult {
      Attribute constant;
      std::vector<T> storage;
      if (matchPattern(value, m_Constant(&constant)))
        if (auto values = rnn::constantValues<T>(constant, storage)) {
          if (depth == 0) // b_hn: one value a unit
            llvm::copy(*values, start + at);
          else
            packMatrix(panels, *values, depth, start + at);
          return success();
        }
      return emitError(value.getLoc(), "weights: found values that are not known at compile "
                                       "time, expected constants");
    };
    rnn::ProjectOp project = layer.project;
    rnn::GruCellOp cell = layer.cell;
    if (failed(place(project.getWeight(), layer.inputSize, layout.inputWeights)) ||
        failed(place(cell.getWHh(), plan.hiddenSize, layout.recurrentWeights)))
      return failure();
    if (plan.bias && (failed(place(project.getBias(), 1, layout.inputBias)) ||
                      failed(place(cell.getBias(), 0, layout.recurrentBias))))
      return failure();
  }
  return bytes;
}

FailureOr<std::vector<char>> cpu::packWeights(const KernelPlan &plan) {
  return plan.element.isF32() ? pack<float>(plan) : pack<double>(plan);
}
