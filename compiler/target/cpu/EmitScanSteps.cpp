//===- EmitScanSteps.cpp - Many steps of one row, out of registers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For networks whose units are one vector. What a step waits for is the state of the
// one before: it never goes through memory on its way there.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"
#include "dialects/rnn/SumOrder.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

namespace {
/// W_hh of one vector of units, as [k][gate]: some of it in registers.
class RecurrentWeights {
public:
  RecurrentWeights(Emitter &e, const KernelPlan &plan, Value weights, Value at)
      : e(e), panel(panelAt(e, plan.recurrentMatrix(), weights, at, e.index(0),
                            plan.panels().hasPartialTail())),
        loader(e, plan.schedule, panel, e.index(0), /*rows=*/1) {
    kept = load(0, plan.schedule.tiling.registerK);
  }

  /// Those of every k: loads what is not kept.
  std::vector<Values> all() {
    std::vector<Values> weights = kept;
    auto first = static_cast<int64_t>(kept.size());
    llvm::append_range(weights, load(first, panel.matrix.depth - first));
    return weights;
  }

private:
  Emitter &e;
  Panel panel;
  WeightLoader loader;
  std::vector<Values> kept;

  std::vector<Values> load(int64_t first, int64_t count) {
    std::vector<Values> weights;
    int64_t group = loader.group();
    for (int64_t k = first / group * group; k < first + count; k += group) {
      Values words = loader.load(e.index(k), Tile{panel.matrix.panels.gates, 1, 1});
      for (int64_t turn = 0; turn < group; ++turn)
        if (k + turn >= first && k + turn < first + count)
          weights.push_back(loader.widen(words, turn));
    }
    return weights;
  }
};
} // namespace

/// The sums of all gates, in the fixed order (dialects/rnn/SumOrder.h).
static Values emitStateSums(Emitter &e, int64_t gates, ArrayRef<Values> weights, Value h) {
  int64_t lanes = cast<VectorType>(h.getType()).getNumElements();
  auto depth = static_cast<int64_t>(weights.size()), block = sumBlock(depth, depth);
  Values totals;
  for (int64_t first = 0; first < depth; first += block) {
    Values sums(gates, e.zeros(lanes));
    for (int64_t k = first; k < std::min(first + block, depth); ++k) {
      Value x = vector::ShuffleOp::create(e, h, h, SmallVector<int64_t>(lanes, k));
      for (int64_t gate = 0; gate < gates; ++gate)
        sums[gate] = e.multiplyAdd(weights[k][gate], x, sums[gate]);
    }
    for (int64_t gate = 0; gate < gates && first > 0; ++gate)
      sums[gate] = arith::AddFOp::create(e, totals[gate], sums[gate]);
    totals = sums;
  }
  return totals;
}

func::FuncOp cpu::emitScanSteps(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  int64_t lanes = plan.schedule.tiling.lanes, units = plan.hiddenSize;
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{e.bytesType(), index,  memory, index, index, memory,
                              index,         memory, index,  index, index};
  return e.function(module, plan.name + ".scan_steps", arguments, [&](ValueRange args) {
    Value weights = args[0], weightsAt = args[1], zero = e.index(0);
    Value gates = args[2], gatesStep = args[4], y = args[7], yStep = args[9], steps = args[10];
    RecurrentWeights recurrent(e, plan, weights, weightsAt);
    LayerLayout layout = plan.layout(units);
    Value biasAt = e.add(weightsAt, layout.recurrentBias - layout.recurrentWeights);
    Values biases = loadKeptBiases(e, plan, weights, biasAt, zero, lanes);
    Values first{args[3], args[8], e.loadPart(args[5], args[6], lanes, units)};
    e.loop(zero, steps, e.index(1), first, [&](Value, ValueRange carried) {
      Value gatesAt = carried[0], yAt = carried[1], h = carried[2];
      Values inputs;
      for (int64_t gate = 0; gate < plan.gates(); ++gate)
        inputs.push_back(e.load(gates, e.add(gatesAt, gate * lanes), lanes));
      Values sums = emitStateSums(e, plan.gates(), recurrent.all(), h);
      Value next = e.updateCell(plan.cellName, inputs, sums, biases, h);
      e.storePart(next, y, yAt, units);
      return Values{e.add(gatesAt, gatesStep), e.add(yAt, yStep), next};
    });
  });
}
