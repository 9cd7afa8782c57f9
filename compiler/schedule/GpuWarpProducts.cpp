//===- GpuWarpProducts.cpp - What products of warps cost -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registers are fitted to what ptxas 13.0 gives out, as those of GpuMultiplyAdds.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/GpuArithmetic.h"

#include <cmath>

using namespace mlir;
using namespace grucc;
using namespace grucc::gpumodel;

namespace {
struct WarpProducts : GpuArithmetic {
  Turn scanTurn(const ScanLayout &layout, rnn::GpuAttr, int64_t batch) const override {
    const GpuStorage &storage = *layout.storage;
    double warps = double(layout.threads()) / warpThreads;
    GpuEstimate issue = layout.gates * layout.groups() * std::ceil(warps / schedulers) * mma_cycles;
    // Rows of the batch that no lane has cost nothing.
    int64_t rows = std::min(batch, layout.rows());
    return {max(issue, layout.groups() * mma_latency),
            4.0 / storage.perWord * storage.rows * storage.k * warps * layout.groups(),
            double(layout.threadUnits() * llvm::divideCeil(rows, storage.laneRows))};
  }

  GpuEstimate stepSums(const StepLayout &layout, rnn::GpuAttr, int64_t,
                       double blocks) const override {
    double products = double(layout.gates) * (layout.rows() / layout.storage->rows) *
                      layout.roundGroups() * layout.rounds();
    double all = products * std::ceil(layout.blocks() * blocks / schedulers);
    return max(all * mma_cycles, layout.roundGroups() * mma_latency);
  }

  GpuEstimate projectSums(const ProjectLayout &layout, rnn::GpuAttr, double warps) const override {
    const GpuStorage &storage = *layout.storage;
    return std::ceil(warps / schedulers) * layout.chunks() * (layout.chunk() / storage.k) *
           (layout.columns() / storage.units) * (layout.warpRows() / storage.rows) * mma_cycles;
  }

  int64_t projectRegisters(const ProjectLayout &layout) const override {
    int64_t rows = layout.schedule.getProjectThreadRows();
    int64_t columns = layout.schedule.getProjectThreadColumns();
    // Sums, as many operands; and addresses. Columns that no tile has are not computed.
    int64_t used = std::min<int64_t>(columns, llvm::divideCeil(layout.gateColumns(), 8));
    return 2 * rows * llvm::alignTo(used, 2) + 53;
  }

  int64_t scanNeeds(const ScanLayout &layout, rnn::GpuAttr gpu) const override {
    // Weights that are kept, cells, and the sums; shallow products are two for each.
    int64_t products = gpu.getRow().mmaDepth < layout.storage->k ? 13 : 0;
    int64_t cells = layout.threadRows() * layout.threadUnits();
    return layout.gates * wordGroup * layout.registerGroups() + 10 * cells + 52 + products;
  }

  int64_t scanRegisters(const ScanLayout &layout, rnn::GpuAttr) const override {
    // Beside the weights that are kept some that are not, as far ahead as there are registers;
    // where there are few units, half of a tile has none; and units that are not there.
    int64_t kept = layout.registerGroups(), rows = layout.threadRows();
    int64_t units = layout.storage->units;
    int64_t wanted = (16 - 2 * rows) * kept + 6 * (layout.groups() - kept) + 35 * rows + 33;
    if (layout.hiddenSize <= units / 2)
      wanted -= 13 * rows + 2;
    if (layout.hiddenSize % units)
      wanted += 3;
    if (!layout.gatesAhead())
      wanted -= 6 * rows;
    return wanted;
  }

  int64_t stepRegisters(const StepLayout &layout, rnn::GpuAttr) const override {
    // States on their way to shared memory: a value and its address each, beside the cells.
    int64_t rowThreads = layout.threads() / layout.rows();
    int64_t states = std::min(layout.blocks() * layout.sums().stride(), layout.hiddenSize);
    return 3 * llvm::divideCeil(states, rowThreads) + 76;
  }
};
} // namespace

const GpuArithmetic &grucc::warpProducts() {
  static const WarpProducts arithmetic;
  return arithmetic;
}
