//===- PartModel.cpp - How long each part of a network takes, and why -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/PartModel.h"
#include "dialects/rnn/PanelLayout.h"
#include <numeric>

using namespace mlir;
using namespace grucc;

static constexpr double panelCycles = 12; // of its loops

StringRef grucc::nameOf(PartKind kind) {
  static constexpr llvm::StringLiteral names[] = {"projection", "scan", "gates"};
  return names[size_t(kind)];
}

StringRef grucc::nameOf(Bound bound) {
  static constexpr llvm::StringLiteral names[] = {"arithmetic", "sum latency", "L1",    "L2",
                                                  "L3",         "memory",      "loops", "gates"};
  return names[size_t(bound)];
}

static Bound boundBy(CacheLevel level) { return Bound(size_t(Bound::L1) + size_t(level)); }

namespace {
/// Rows that go through weights together.
struct Rows {
  int64_t tile;  ///< in registers
  int64_t chunk; ///< that have the weights brought to them once
};

struct PartModel {
  const NetworkSizes &sizes;
  rnn::MachineAttr machine;
  const rnn::Schedule &many; ///< of many rows
  rnn::Schedule one;         ///< of one
  int64_t seqLen;
  CacheShares mix = {}; ///< of all bytes of the network: parts of 1

  PartModel(const NetworkSizes &sizes, rnn::MachineAttr machine, const rnn::Schedule &schedule,
            int64_t seqLen)
      : sizes(sizes), machine(machine), many(schedule), one(rnn::forOneRow(schedule)),
        seqLen(seqLen) {}

  int64_t gatesOf(int64_t round) const {
    return sizes.rounds == 1 ? sizes.gates : sizes.cellShape().gatesOf(round);
  }
  MatrixLayout matrix(int64_t gates, int64_t depth, rnn::StorageKind kind) const {
    return {{gates, sizes.hiddenSize, many.tiling.lanes, many.tiling.panel, sizes.rounds == 1},
            depth,
            kind,
            sizes.elementBytes()};
  }
  /// W_ih, or W_hh of each round's gates.
  SmallVector<MatrixLayout, 2> matrices(int64_t layer, PartKind kind) const {
    const NetworkStorage &storage = sizes.storage;
    if (kind == PartKind::Projection)
      return {matrix(sizes.gates, sizes.layerInputSize(layer),
                     layer == 0 ? storage.first : storage.upper)};
    SmallVector<MatrixLayout, 2> rounds;
    for (int64_t round = 0; round < sizes.rounds; ++round)
      rounds.push_back(matrix(gatesOf(round), sizes.hiddenSize, storage.recurrent));
    return rounds;
  }
  static int64_t bytesOf(ArrayRef<MatrixLayout> matrices) {
    int64_t bytes = 0;
    for (const MatrixLayout &matrix : matrices)
      bytes += matrix.bytes();
    return bytes;
  }
  /// Panels of a matrix that one row walks side by side.
  int64_t streamsOf(const MatrixLayout &matrix) const {
    const rnn::Traversal &traversal = one.traversal;
    bool isWhole = matrix.panels.gates == sizes.gates || traversal.streams == 1;
    int64_t streams =
        isWhole ? traversal.streams : std::max(traversal.streams, traversal.roundStreams);
    return std::clamp<int64_t>(matrix.panels.fullPanels(), 1, streams);
  }

  /// Multiply-adds that do not wait for each other.
  double sumsOf(const MatrixLayout &matrix, int64_t rows) const {
    const rnn::Tiling &tiling = rows > 1 ? many.tiling : one.tiling;
    int64_t vectors = rows > 1 ? tiling.tiles[1] : tiling.tiles.back();
    int64_t most = llvm::divideCeil(matrix.panels.paddedUnits(), tiling.lanes);
    bool isPaired = rows == 1 && tiling.pairBlocks && matrix.sumBlock() < matrix.depth;
    int64_t streams = rows > 1 ? 1 : streamsOf(matrix);
    return double(matrix.panels.gates * rows * std::min(vectors, most)) * (isPaired ? 2 : 1) *
           streams;
  }

  /// Adds a matrix times one of `rows`, of weights that are found in `mix` (parts of 1).
  void add(PartTime &time, const MatrixLayout &matrix, Rows rows, const CacheShares &mix) const {
    const rnn::Tiling &tiling = rows.tile > 1 ? many.tiling : one.tiling;
    double whole = machine.getVectorBits() / (8.0 * sizes.elementBytes());
    // Narrower vectors are as many more, and take no longer each.
    double wide = std::max(tiling.lanes / whole, 1.0 / machine.getVectorCycles());
    double vectors = double(matrix.panels.elements()) * matrix.depth / tiling.lanes * wide;
    double arithmetic = productCycles(vectors, matrix.storage().widening / rows.tile, machine);
    double waiting = machine.getFmaInFlight() / sumsOf(matrix, rows.tile);
    double latency = productCycles(vectors, 0, machine) * waiting;
    CacheShares bytes = mix;
    for (double &share : bytes)
      share *= matrix.bytes();
    CacheShares byLevel = trafficCyclesByLevel(bytes, machine);
    double traffic = std::accumulate(byLevel.begin(), byLevel.end(), 0.0) / rows.chunk;
    auto slowest = CacheLevel(llvm::max_element(byLevel) - byLevel.begin());
    double loops = panelCycles * matrix.panels.panels() / rows.tile;

    std::pair<double, Bound> limits[] = {{arithmetic, Bound::Arithmetic},
                                         {latency, Bound::SumLatency},
                                         {traffic, boundBy(slowest)},
                                         {loops, Bound::Loops}};
    auto first = [](auto &a, auto &b) { return a.first < b.first; };
    double cycles = std::max({arithmetic, latency, traffic}) + loops;
    if (cycles > time.cycles) // of two rounds the longer
      time.bound = llvm::max_element(limits, first)->second;
    time.cycles += cycles;
    for (size_t level = 0; level < bytes.size(); ++level)
      time.bytes[level] += bytes[level];
  }

  /// The mix of levels of so many bytes.
  CacheShares mixOf(double bytes) const {
    CacheShares shares = cacheShares(bytes, machine);
    for (double &share : shares)
      share /= bytes;
    return shares;
  }

  Part product(int64_t layer, int64_t direction, PartKind kind) const {
    SmallVector<MatrixLayout, 2> all = matrices(layer, kind);
    Part part{layer, direction, kind};
    part.bytes = bytesOf(all);
    part.panels = all.front().panels.panels();
    part.panelUnits = std::min(all.front().panels.width(), all.front().panels.paddedUnits());
    part.streams = streamsOf(all.front());
    part.tileRows = many.tiling.tiles.front();
    Rows alone{1, 1}, rows = alone;
    if (kind == PartKind::Projection)
      rows = {std::min(part.tileRows, seqLen), std::min(many.traversal.chunkRows, seqLen)};
    CacheShares own = mixOf(part.bytes);
    for (const MatrixLayout &matrix : all) {
      add(part.step, matrix, alone, mix);
      add(part.run, matrix, rows, own);
    }
    part.run.cycles *= seqLen;
    return part;
  }

  Part gates(int64_t layer, int64_t direction) const {
    Part part{layer, direction, PartKind::Gates};
    int64_t lanes = one.tiling.lanes;
    int64_t padded = llvm::alignTo(sizes.hiddenSize, lanes);
    part.step.cycles = machine.getGateCycles() * padded / std::min<double>(lanes, 16);
    part.run.cycles = part.step.cycles * seqLen;
    return part;
  }

  std::vector<Part> predict() {
    int64_t bytes = 0;
    for (int64_t layer = 0; layer < sizes.numLayers; ++layer)
      for (PartKind kind : {PartKind::Projection, PartKind::Scan})
        bytes += sizes.numDirections() * bytesOf(matrices(layer, kind));
    mix = mixOf(bytes);
    std::vector<Part> parts;
    for (int64_t layer = 0; layer < sizes.numLayers; ++layer)
      for (int64_t direction = 0; direction < sizes.numDirections(); ++direction) {
        parts.push_back(product(layer, direction, PartKind::Projection));
        parts.push_back(product(layer, direction, PartKind::Scan));
        parts.push_back(gates(layer, direction));
      }
    return parts;
  }
};
} // namespace

std::vector<Part> grucc::predictParts(const NetworkSizes &sizes, rnn::MachineAttr machine,
                                      const rnn::Schedule &schedule, int64_t seqLen) {
  return PartModel(sizes, machine, schedule, seqLen).predict();
}
