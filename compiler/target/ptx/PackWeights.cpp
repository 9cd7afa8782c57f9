//===- PackWeights.cpp - Weights in the order that kernels read them -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/KernelPlan.h"
#include <cstring>

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

// matrix: [G, K]. What is beyond the network stays 0.
static void packProject(const ProjectLayout &layout, ArrayRef<float> matrix, float *to) {
  int64_t columns = layout.columns();
  for (int64_t g = 0; g < layout.gateColumns(); ++g)
    for (int64_t k = 0; k < layout.depth; ++k)
      to[(g / columns * layout.depth + k) * columns + g % columns] = matrix[g * layout.depth + k];
}

/// `value` rounded to 16 bits, to nearest and ties to even.
static uint16_t rounded(Type half, float value) {
  llvm::APFloat number(value);
  bool lost;
  number.convert(cast<FloatType>(half).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                 &lost);
  return uint16_t(number.bitcastToAPInt().getZExtValue());
}

/// Whether 16 bits hold every weight, rounded; none may become infinite.
static LogicalResult checkRange(Operation *op, Type half, ArrayRef<float> matrix) {
  for (float weight : matrix) {
    llvm::APFloat number(weight);
    bool lost;
    if (number.convert(cast<FloatType>(half).getFloatSemantics(),
                       llvm::APFloat::rmNearestTiesToEven, &lost) &
        llvm::APFloat::opOverflow)
      return op->emitError("weights: found ")
             << weight << ", expected numbers that " << half << " holds";
  }
  return success();
}

/// Puts weight (row, k) of a part [16, 16] of the weights where mma.sync's first operand
/// has it: lane 4 (row mod 8) + k mod 8 / 2, words for rows and rows + 8 of the first
/// eight k, then of the others.
static void placeForMma(Type half, int64_t row, int64_t k, float weight, float *part) {
  int64_t lane = row % 8 * 4 + k % 8 / 2, word = k / 8 * 2 + row / 8;
  uint16_t bits = rounded(half, weight);
  std::memcpy(reinterpret_cast<char *>(part + lane * 4 + word) + k % 2 * 2, &bits, sizeof(bits));
}

static void packProjectHalf(Type half, const ProjectLayout &layout, ArrayRef<float> matrix,
                            float *to) {
  int64_t columns = layout.columns(), perK = columns / mmaWeights;
  for (int64_t g = 0; g < layout.gateColumns(); ++g)
    for (int64_t k = 0; k < layout.depth; ++k) {
      int64_t part = k / mmaK * perK + g % columns / mmaWeights;
      placeForMma(half, g % mmaWeights, k % mmaK, matrix[g * layout.depth + k],
                  to + g / columns * layout.tileWords() + part * mmaWords);
    }
}

/// Calls place(gate, unit, block, k in it, weight) for all of [G, H], with blocks of
/// `size` k.
static void forEachWeight(int64_t hiddenSize, int64_t size, ArrayRef<float> matrix,
                          function_ref<void(int64_t, int64_t, int64_t, int64_t, float)> place) {
  for (int64_t row = 0; row < int64_t(matrix.size()) / hiddenSize; ++row)
    for (int64_t k = 0; k < hiddenSize; ++k)
      place(row / hiddenSize, row % hiddenSize, k / size, k % size, matrix[row * hiddenSize + k]);
}

static void packScan(const ScanLayout &layout, ArrayRef<float> matrix, float *to) {
  forEachWeight(layout.hiddenSize, layout.sums().size(), matrix,
                [&](int64_t gate, int64_t unit, int64_t block, int64_t k, float weight) {
                  int64_t thread = block * layout.paddedUnits() + unit;
                  int64_t at = (k / kGroup * layout.gates + gate) * layout.threads() + thread;
                  to[at * kGroup + k % kGroup] = weight;
                });
}

static void packScanHalf(Type half, const ScanLayout &layout, ArrayRef<float> matrix, float *to) {
  int64_t tiles = layout.paddedUnits() / mmaWeights;
  forEachWeight(layout.hiddenSize, layout.groupK(), matrix,
                [&](int64_t gate, int64_t unit, int64_t group, int64_t k, float weight) {
                  int64_t part = (group * layout.gates + gate) * tiles + unit / mmaWeights;
                  placeForMma(half, unit % mmaWeights, k, weight, to + part * mmaWords);
                });
}

static void packStep(const StepLayout &layout, ArrayRef<float> matrix, float *to) {
  int64_t units = layout.units(), blocks = layout.blocks();
  forEachWeight(layout.hiddenSize, layout.sums().size(), matrix,
                [&](int64_t gate, int64_t unit, int64_t block, int64_t k, float weight) {
                  int64_t start = (unit / units * layout.rounds() + block / blocks);
                  int64_t in =
                      ((k / kGroup * layout.gates + gate) * blocks + block % blocks) * units +
                      unit % units;
                  to[start * layout.roundFloats() + in * kGroup + k % kGroup] = weight;
                });
}

static void packStepHalf(Type half, const StepLayout &layout, ArrayRef<float> matrix, float *to) {
  int64_t units = layout.units(), blocks = layout.blocks();
  forEachWeight(layout.hiddenSize, layout.sums().size(), matrix,
                [&](int64_t gate, int64_t unit, int64_t block, int64_t k, float weight) {
                  int64_t start = unit / units * layout.rounds() + block / blocks;
                  int64_t part = (k / mmaK * layout.gates + gate) * blocks + block % blocks;
                  placeForMma(half, unit % units, k % mmaK, weight,
                              to + start * layout.roundFloats() + part * mmaWords);
                });
}

LogicalResult ptx::packWeights(const KernelPlan &plan, Model &model) {
  // Every part begins at a multiple of 256 bytes; floats that nothing fills are 0.
  auto append = [&](int64_t floats, function_ref<void(float *)> fill) {
    int64_t at = llvm::alignTo(model.weights.size(), 256);
    model.weights.resize(at + floats * sizeof(float));
    std::vector<float> part(floats);
    fill(part.data());
    std::memcpy(model.weights.data() + at, part.data(), floats * sizeof(float));
    return at;
  };
  auto copy = [&](ArrayRef<float> values) {
    return append(values.size(), [&](float *to) { llvm::copy(values, to); });
  };
  for (const LayerPlan &layer : plan.layers) {
    rnn::ProjectOp project = layer.project;
    rnn::CellOpInterface cell = layer.cell;
    std::vector<float> storage[4]; // of splats
    auto wIh = weightValues<float>(project.getWeight(), storage[0]);
    auto wHh = weightValues<float>(cell.getWHh(), storage[1]);
    if (failed(wIh) || failed(wHh))
      return failure();
    if (plan.half &&
        (failed(checkRange(project, plan.half, *wIh)) || failed(checkRange(cell, plan.half, *wHh))))
      return failure();
    LayerWeights at;
    ProjectLayout input = plan.project(layer.inputSize);
    at.wIh = append(input.weightFloats(), [&](float *to) {
      plan.half ? packProjectHalf(plan.half, input, *wIh, to) : packProject(input, *wIh, to);
    });
    if (plan.scan().exists())
      at.wHh = append(plan.scan().weightFloats(), [&](float *to) {
        plan.half ? packScanHalf(plan.half, plan.scan(), *wHh, to)
                  : packScan(plan.scan(), *wHh, to);
      });
    at.wHhStep = append(plan.step().weightFloats(), [&](float *to) {
      plan.half ? packStepHalf(plan.half, plan.step(), *wHh, to) : packStep(plan.step(), *wHh, to);
    });
    if (!plan.scan().exists())
      at.wHh = at.wHhStep;
    if (plan.bias) {
      auto bias = weightValues<float>(project.getBias(), storage[2]);
      if (failed(bias))
        return failure();
      at.bias = copy(*bias);
    }
    if (cell.getBias()) {
      auto bHn = weightValues<float>(cell.getBias(), storage[3]);
      if (failed(bHn))
        return failure();
      at.bHn = copy(*bHn);
    }
    model.layers.push_back(at);
  }
  return success();
}
