//===- GpuMultiplyAdds.cpp - What multiply-adds of threads cost -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registers are fitted to what ptxas 13.0 gives out, for sm_75 to sm_120 and H from 1 to
// 1536. With the limits that kernels state it is much the same for all targets.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/GpuArithmetic.h"

#include <cmath>

using namespace mlir;
using namespace grucc;
using namespace grucc::gpumodel;

/// Cycles that a multiprocessor with so many warps takes to issue `fma` multiply-adds of
/// each, in `chains` that depend on nothing but themselves.
static GpuEstimate sumCycles(double warps, double fma, double chains, rnn::GpuAttr gpu) {
  double issue = std::ceil(warps / schedulers) * fma * (32 * schedulers / gpu.getFmaPerCycle());
  return max(issue, fma * fma_latency / chains);
}

static bool loadsWeights(const ScanLayout &layout) {
  return layout.registerGroups() < layout.groups();
}

namespace {
struct MultiplyAdds : GpuArithmetic {
  Turn scanTurn(const ScanLayout &layout, rnn::GpuAttr gpu, int64_t) const override {
    double warps = double(layout.threads()) / warpThreads;
    double chains = double(layout.gates) * layout.rows(), k = layout.sums().size();
    return {sumCycles(warps, chains * k, chains, gpu),
            4.0 * wordGroup * warps * layout.groups() * layout.rows(), double(layout.rows())};
  }

  GpuEstimate stepSums(const StepLayout &layout, rnn::GpuAttr gpu, int64_t batch,
                       double blocks) const override {
    // Threads of rows that are not there have nothing to do.
    double used = double(std::min(batch, layout.rows())) / layout.rows();
    double warps = std::max(used * layout.threads() / warpThreads, 1.0);
    double chains = double(layout.gates) * layout.threadRows();
    double fma = chains * layout.sums().size() * layout.rounds();
    return sumCycles(warps * blocks, fma, chains, gpu);
  }

  GpuEstimate projectSums(const ProjectLayout &layout, rnn::GpuAttr gpu,
                          double warps) const override {
    double chains =
        layout.schedule.getProjectThreadRows() * layout.schedule.getProjectThreadColumns();
    return sumCycles(warps, chains * layout.depth, chains, gpu);
  }

  int64_t projectRegisters(const ProjectLayout &layout) const override {
    int64_t rows = layout.schedule.getProjectThreadRows();
    int64_t columns = layout.schedule.getProjectThreadColumns();
    // Sums, those of the block under way, what is staged, operands; and addresses.
    int64_t needed = 2 * rows * columns + rows + columns + 46;
    // So few units that half of the columns are no one's: less is under way in shorter blocks.
    bool few = 2 * layout.gateColumns() <= layout.columns();
    for (int64_t chunk = layout.chunk(); few && chunk < 32; chunk *= 2)
      needed -= 11;
    return needed;
  }

  int64_t scanNeeds(const ScanLayout &layout, rnn::GpuAttr) const override {
    // Weights that are kept, four k of others, the partial sums' place, and a row's cell.
    int64_t kept = std::min(layout.registerGroups() * wordGroup, layout.sums().size());
    return layout.gates * (kept + (loadsWeights(layout) ? wordGroup : 0)) +
           (layout.sums().count() > 1 ? 3 : 0) + 47 + 10 * layout.rows();
  }

  int64_t scanRegisters(const ScanLayout &layout, rnn::GpuAttr gpu) const override {
    // Weights are loaded one turn ahead where that is possible.
    return scanNeeds(layout, gpu) + (loadsWeights(layout) ? layout.gates * wordGroup : 0);
  }

  int64_t stepRegisters(const StepLayout &layout, rnn::GpuAttr gpu) const override {
    // A weight of each gate and a state of each row for every k, as far ahead as there are
    // registers; older targets load states when their turn comes. And sums of a second block.
    int64_t k = layout.sums().size(), rows = layout.threadRows(), gates = layout.gates;
    int64_t needed = (gates + rows) * k + 32 + (layout.blocks() > 1 ? gates + rows : 0);
    if (gpu.getCapability() < 90)
      needed = std::min(needed, gates * k + 8 * rows + 2);
    return needed;
  }
};
} // namespace

const GpuArithmetic &grucc::multiplyAdds() {
  static const MultiplyAdds arithmetic;
  return arithmetic;
}
