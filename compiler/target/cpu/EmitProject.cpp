//===- EmitProject.cpp - The input part of the gates -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

func::FuncOp cpu::emitProject(Emitter &e, ModuleOp module, const KernelPlan &plan, int64_t depth) {
  PanelLayout panels = plan.panels();
  int64_t lanes = panels.lanes;
  LayerLayout layout = plan.layout(depth);
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{memory, index, memory, index, index, memory, index, index, index};
  std::string name = plan.name + ".project_" + std::to_string(depth);

  return e.function(module, name, arguments, [&](ValueRange args) {
    Value weights = args[0], weightsAt = args[1], rows = args[8];
    Rows x{args[2], args[3], args[4]}, gates{args[5], args[6], args[7]};

    auto emitPanel = [&](Value panel, bool tail) {
      int64_t width = tail ? panels.tailWidth() : panels.width();
      Value start =
          e.add(weightsAt, e.add(e.mul(panel, 3 * panels.width() * depth), layout.inputWeights));
      Value column = e.mul(panel, 3 * panels.width());
      emitRowTiles(e, tilesOf(plan.schedule, panels, tail), rows, [&](Tile tile, Value firstRow) {
        emitPanelVectors(e, panels, tail, tile, [&](Tile part, Value unit, int64_t) {
          Values sums =
              emitSums(e, plan.schedule, part, depth, {weights, start, width}, unit, x, firstRow);
          for (int64_t i = 0, n = sums.size(); i < n; ++i) {
            int64_t row = i / (3 * part.vectors), gate = i / part.vectors % 3, v = i % part.vectors;
            Value at = e.add(e.add(column, unit), gate * width + v * lanes);
            Value sum = sums[i];
            if (plan.bias) {
              Value bias = e.load(weights, e.add(weightsAt, e.add(at, layout.inputBias)), lanes);
              sum = arith::AddFOp::create(e, sum, bias);
            }
            Value rowAt = e.add(gates.offset, e.mul(e.add(firstRow, row), gates.stride));
            e.store(sum, gates.memory, e.add(rowAt, at));
          }
        });
      });
    };
    if (panels.fullPanels())
      e.loop(e.index(0), e.index(panels.fullPanels()), e.index(1),
             [&](Value panel) { emitPanel(panel, /*tail=*/false); });
    if (panels.tailUnits())
      emitPanel(e.index(panels.fullPanels()), /*tail=*/true);
  });
}
