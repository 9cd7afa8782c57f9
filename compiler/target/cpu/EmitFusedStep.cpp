//===- EmitFusedStep.cpp - Projection and scan of one step in one walk -===//
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

func::FuncOp cpu::emitFusedStep(Emitter &e, ModuleOp module, const KernelPlan &plan,
                                int64_t depth) {
  PanelLayout panels = plan.panels();
  int64_t lanes = panels.lanes;
  LayerLayout layout = plan.layout(depth);
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{e.bytesType(), index, memory, index, memory, index,
                              memory,        index, index,  index, index};
  std::string name = plan.name + ".step_" + std::to_string(depth);

  func::FuncOp step = e.function(module, name, arguments, [&](ValueRange args) {
    Value weights = args[0], weightsAt = args[1], zero = e.index(0);
    Rows x{args[2], args[3], zero}, h{args[4], args[5], zero}, y{args[6], args[7], zero};
    Value descending = walkDirection(plan.schedule, args[8]);
    CellPlace place{weights, e.add(weightsAt, layout.recurrentBias), h, y};
    Tile tile{plan.gates(), 1, plan.schedule.tiling.tiles.back()};

    emitPanelWalk(e, panels, args[9], args[10], descending, panels.hasPartialTail(),
                  [&](Value panel, bool tail, Value) {
                    Value column = e.mul(panel, panels.panelElements(/*tail=*/false));
                    Panel input = panelAt(e, plan.inputMatrix(depth), weights,
                                          e.add(weightsAt, layout.inputWeights), panel, tail);
                    Panel recurrent =
                        panelAt(e, plan.recurrentMatrix(), weights,
                                e.add(weightsAt, layout.recurrentWeights), panel, tail);
                    emitPanelVectors(e, panels, tail, tile, [&](Tile part, Value unit, bool ends) {
                      Values gates = emitSums(e, plan.schedule, part, input, unit, x, zero);
                      for (int64_t i = 0; plan.bias && i < part.sums(); ++i) {
                        Value at = e.add(column, emitElementAt(e, panels, part, tail, unit, i));
                        Value bias =
                            e.loadNumbers(weights, e.add(weightsAt, layout.inputBias), at, lanes);
                        gates[i] = arith::AddFOp::create(e, gates[i], bias);
                      }
                      Values sums = emitSums(e, plan.schedule, part, recurrent, unit, h, zero);
                      Value firstUnit = e.add(e.mul(panel, panels.width()), unit);
                      emitValid(e, plan, part, firstUnit, ends && tail, [&](int64_t valid) {
                        emitCells(e, plan, place, part, firstUnit, valid, zero, gates, sums);
                      });
                    });
                  });
  });
  if (plan.stepRows() == 1) // `run` has it too
    e.neverInline(step);
  return step;
}
