//===- WalkScanSteps.cpp - Many steps of one row, out of registers -===//
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

#include "compiler/target/cpu/WalkPanels.h"

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
  auto load =
      rnn::PanelLoadOp::create(e, types, panel.weights, panel.starts.front(), constants, first,
                               end - first, panel.matrix.attr(e.getContext()), panel.tail);
  return Values(load.getLoaded());
}

void cpu::walkScanSteps(Emitter &e, const rnn::Schedule &schedule, rnn::ScanStepsOp op) {
  MatrixLayout matrix = MatrixLayout::of(op.getMatrix(), e.element);
  PanelLayout panels = matrix.panels;
  int64_t lanes = panels.lanes, units = panels.hiddenSize;
  Value weights = op.getWeights(), weightsAt = op.getWeightsAt(), zero = e.index(0);
  // Some of W_hh stays in registers.
  int64_t keptK = schedule.tiling.registerK;
  Panel panel = panelAt(e, matrix, weights, weightsAt, zero, panels.hasPartialTail());
  Values constants = emitConstants(e, panel);
  Values kept = loadWeights(e, panel, constants, 0, keptK);
  CellFacts cell(e, op.getMatrix(), op.getCell(), op.getBias().has_value());
  Value biasAt = e.add(weightsAt, op.getBias().value_or(0));
  Values biases = loadKeptBiases(e, cell, weights, biasAt, zero, lanes);
  Values first{op.getGatesAt(), op.getYAt(), e.loadPart(op.getH(), op.getHAt(), lanes, units)};
  e.loop(zero, op.getSteps(), e.index(1), first, [&](Value, ValueRange carried) {
    Value gatesAt = carried[0], yAt = carried[1], h = carried[2];
    Values inputs;
    for (int64_t gate = 0; gate < panels.gates; ++gate)
      inputs.push_back(e.load(op.getGates(), e.add(gatesAt, gate * lanes), lanes));
    Values recurrent = kept;
    llvm::append_range(recurrent, loadWeights(e, panel, constants, keptK, units));
    SmallVector<Type> types(panels.gates, h.getType());
    Values sums(rnn::RegisterDotOp::create(e, types, recurrent, h).getSums());
    Value next = e.updateCell(cell.kind, inputs, sums, biases, h);
    e.storePart(next, op.getY(), yAt, units);
    return Values{e.add(gatesAt, op.getGatesStep()), e.add(yAt, op.getYStep()), next};
  });
}
