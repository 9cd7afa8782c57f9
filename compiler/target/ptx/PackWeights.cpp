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

namespace {
/// Puts numbers of one storage into words, rounded to nearest and ties to even.
class Packer {
public:
  Packer(const GpuStorage &storage, float *words) : storage(storage), words(words) {}

  /// Number `at` from word `from` on.
  void place(float *from, int64_t at, float value) const {
    uint32_t bits = llvm::bit_cast<uint32_t>(value);
    if (storage.kind != rnn::StorageKind::Exact) {
      llvm::APFloat number(value);
      bool lost;
      number.convert(storage.semantics(), llvm::APFloat::rmNearestTiesToEven, &lost);
      bits = uint32_t(number.bitcastToAPInt().getZExtValue());
    }
    int64_t bytes = int64_t(sizeof(float)) / storage.perWord;
    std::memcpy(reinterpret_cast<char *>(from) + at * bytes, &bits, bytes);
  }
  /// Weight (unit, k) of part number `part`.
  void placeInPart(int64_t part, int64_t unit, int64_t k, float weight) const {
    place(words + part * storage.words(), storage.placeOf(unit % storage.units, k % storage.k),
          weight);
  }

private:
  const GpuStorage &storage;
  float *words;
};
} // namespace

/// Whether every weight has a number of this storage, rounded; none may become infinite.
static LogicalResult checkRange(Operation *op, const GpuStorage &storage, ArrayRef<float> matrix) {
  if (storage.kind == rnn::StorageKind::Exact)
    return success();
  for (float weight : matrix) {
    llvm::APFloat number(weight);
    bool lost;
    if (number.convert(storage.semantics(), llvm::APFloat::rmNearestTiesToEven, &lost) &
        llvm::APFloat::opOverflow)
      return op->emitError("weights: found ")
             << weight << ", expected numbers that " << storage.type(op->getContext()) << " holds";
  }
  return success();
}

// matrix: [G, K]. What is beyond the network stays 0.
static void packProject(const ProjectLayout &layout, ArrayRef<float> matrix, float *to) {
  const GpuStorage &storage = *layout.storage;
  int64_t columns = layout.columns(), parts = columns / storage.units;
  Packer packer(storage, to);
  for (int64_t g = 0; g < layout.gateColumns(); ++g)
    for (int64_t k = 0; k < layout.depth; ++k) {
      float weight = matrix[g * layout.depth + k];
      float *tile = to + g / columns * layout.tileWords();
      if (storage.isShared())
        Packer(storage, tile)
            .placeInPart(k / storage.k * parts + g % columns / storage.units, g, k, weight);
      else
        packer.place(tile, k * columns + g % columns, weight);
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
  const GpuStorage &storage = *layout.storage;
  int64_t tiles = layout.paddedUnits() / storage.units;
  Packer packer(storage, to);
  forEachWeight(layout.hiddenSize, layout.threadK(), matrix,
                [&](int64_t gate, int64_t unit, int64_t block, int64_t k, float weight) {
                  int64_t first = (k / storage.k * layout.gates + gate) * layout.splits() + block;
                  packer.placeInPart(first * tiles + unit / storage.units, unit, k, weight);
                });
}

static void packStep(const StepLayout &layout, ArrayRef<float> matrix, float *to) {
  const GpuStorage &storage = *layout.storage;
  int64_t units = layout.units(), blocks = layout.blocks();
  forEachWeight(layout.hiddenSize, layout.sums().size(), matrix,
                [&](int64_t gate, int64_t unit, int64_t block, int64_t k, float weight) {
                  int64_t start = unit / units * layout.rounds() + block / blocks;
                  int64_t first = (k / storage.k * layout.gates + gate) * blocks + block % blocks;
                  Packer(storage, to + start * layout.roundFloats())
                      .placeInPart(first * layout.parts() + unit % units / storage.units, unit, k,
                                   weight);
                });
}

LogicalResult ptx::packWeights(const KernelPlan &plan, Model &model) {
  // Floats that nothing fills are 0.
  auto append = [&](int64_t floats, function_ref<void(float *)> fill) {
    int64_t at = llvm::alignTo(model.weights.size(), partAlignment);
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
    if (failed(checkRange(project, *plan.storage, *wIh)) ||
        failed(checkRange(cell, *plan.storage, *wHh)))
      return failure();
    LayerWeights at;
    ProjectLayout input = plan.project(layer.inputSize);
    at.wIh = append(input.weightFloats(), [&](float *to) { packProject(input, *wIh, to); });
    if (plan.scan().exists())
      at.wHh =
          append(plan.scan().weightFloats(), [&](float *to) { packScan(plan.scan(), *wHh, to); });
    // Rounds one behind the other, as stepWeightsAt has them.
    for (int64_t round = 0; round < plan.cell.rounds; ++round) {
      int64_t first = plan.cell.round[round].first * plan.hiddenSize * plan.hiddenSize;
      int64_t count = plan.step(round).gates * plan.hiddenSize * plan.hiddenSize;
      int64_t place = append(plan.step(round).weightFloats(), [&](float *to) {
        packStep(plan.step(round), wHh->slice(first, count), to);
      });
      if (round == 0)
        at.wHhStep = place;
    }
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
