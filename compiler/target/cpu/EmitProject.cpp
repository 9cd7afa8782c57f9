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

static SmallVector<Type> argumentTypes(Emitter &e) {
  Type memory = e.memoryType(), index = e.getIndexType();
  return {e.bytesType(), index, memory, index, index, memory, index, index, index, index, index};
}

func::FuncOp cpu::emitProject(Emitter &e, ModuleOp module, const KernelPlan &plan, int64_t depth) {
  PanelLayout panels = plan.panels();
  int64_t lanes = panels.lanes;
  LayerLayout layout = plan.layout(depth);
  std::string name = plan.name + ".project_" + std::to_string(depth);

  return e.function(module, name, argumentTypes(e), [&](ValueRange args) {
    Value weights = args[0], weightsAt = args[1], rows = args[8];
    Rows x{args[2], args[3], args[4]}, gates{args[5], args[6], args[7]};

    Value aside = emitAside(e, plan.schedule, panels);

    emitPanelWalk(
        e, panels, args[9], args[10], /*descending=*/Value(), panels.hasNarrowTail(),
        [&](Value panel, bool tail, Value next) {
          Value matrixAt = e.add(weightsAt, layout.inputWeights);
          Panel input = panelAt(e, plan.inputMatrix(depth), weights, matrixAt, panel, tail);
          Value column = e.mul(panel, panels.panelElements(/*tail=*/false));
          SmallVector<Tile> tiles = tilesOf(e, plan.schedule, panels, tail);
          emitRowGroups(e, plan.schedule, rows, [&](Value firstRow, Value count) {
            emitPanelVectors(e, panels, tail, tiles.front(), [&](Tile part, Value unit, bool) {
              Value nextStart =
                  panelAt(e, plan.inputMatrix(depth), weights, matrixAt, next, tail).start;
              emitGroupSums(e, plan.schedule, tiles, part, input, unit,
                            {x, firstRow, count, aside, nextStart});
              int64_t perRow = part.sums();
              e.loop(e.index(0), count, e.index(1), [&](Value row) {
                Value rowAt = e.add(gates.offset, e.mul(e.add(firstRow, row), gates.stride));
                for (int64_t i = 0; i < perRow; ++i) {
                  Value at = e.add(column, emitElementAt(e, panels, part, tail, unit, i));
                  Value sum = e.load(aside, e.add(e.mul(row, perRow * lanes), i * lanes), lanes);
                  if (plan.bias) {
                    Value bias =
                        e.loadNumbers(weights, e.add(weightsAt, layout.inputBias), at, lanes);
                    sum = arith::AddFOp::create(e, sum, bias);
                  }
                  e.store(sum, gates.memory, e.add(rowAt, at));
                }
              });
            });
          });
        });
  });
}

func::FuncOp cpu::emitProjectEither(Emitter &e, ModuleOp module, const KernelPlan &plan,
                                    func::FuncOp first, func::FuncOp upper) {
  SmallVector<Type> arguments = argumentTypes(e);
  arguments.insert(arguments.begin(), e.getI1Type());
  return e.function(module, plan.name + ".project", arguments, [&](ValueRange args) {
    if (first == upper)
      return e.call(first, args.drop_front());
    e.ifThen(
        args[0], [&] { e.call(upper, args.drop_front()); },
        [&] { e.call(first, args.drop_front()); });
  });
}
