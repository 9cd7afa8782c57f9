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

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// W_hh of one vector of units, k in [first, end), as [k][gate].
static Values loadWeights(Emitter &e, const Panel &panel, ValueRange constants, int64_t first,
                          int64_t end) {
  if (first == end)
    return {};
  const PanelLayout &panels = panel.matrix.panels;
  SmallVector<Type> types((end - first) * panels.gates, e.vectorType(panels.lanes));
  auto load = rnn::PanelLoadOp::create(e, types, panel.weights, panel.start, constants, first,
                                       end - first, panel.matrix.attr(e.getContext()), panel.tail);
  return Values(load.getLoaded());
}

func::FuncOp cpu::emitScanSteps(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  int64_t lanes = plan.schedule.tiling.lanes, units = plan.hiddenSize;
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{e.bytesType(), index,  memory, index, index, memory,
                              index,         memory, index,  index, index};
  return e.function(module, plan.name + ".scan_steps", arguments, [&](ValueRange args) {
    Value weights = args[0], weightsAt = args[1], zero = e.index(0);
    Value gates = args[2], gatesStep = args[4], y = args[7], yStep = args[9], steps = args[10];
    // Some of W_hh stays in registers.
    int64_t keptK = plan.schedule.tiling.registerK;
    Panel panel = panelAt(e, plan.recurrentMatrix(), weights, weightsAt, zero,
                          plan.panels().hasPartialTail());
    Values constants = emitConstants(e, panel);
    Values kept = loadWeights(e, panel, constants, 0, keptK);
    LayerLayout layout = plan.layout(units);
    Value biasAt = e.add(weightsAt, layout.recurrentBias - layout.recurrentWeights);
    Values biases = loadKeptBiases(e, plan, weights, biasAt, zero, lanes);
    Values first{args[3], args[8], e.loadPart(args[5], args[6], lanes, units)};
    e.loop(zero, steps, e.index(1), first, [&](Value, ValueRange carried) {
      Value gatesAt = carried[0], yAt = carried[1], h = carried[2];
      Values inputs;
      for (int64_t gate = 0; gate < plan.gates(); ++gate)
        inputs.push_back(e.load(gates, e.add(gatesAt, gate * lanes), lanes));
      Values recurrent = kept;
      llvm::append_range(recurrent, loadWeights(e, panel, constants, keptK, units));
      SmallVector<Type> types(plan.gates(), h.getType());
      Values sums(rnn::RegisterDotOp::create(e, types, recurrent, h).getSums());
      Value next = e.updateCell(plan.cellName, inputs, sums, biases, h);
      e.storePart(next, y, yAt, units);
      return Values{e.add(gatesAt, gatesStep), e.add(yAt, yStep), next};
    });
  });
}
