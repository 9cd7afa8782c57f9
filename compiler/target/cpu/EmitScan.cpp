//===- EmitScan.cpp - One step of the recurrence, gates fused -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/EmitCell.h"
#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

void cpu::emitCells(Emitter &e, const KernelPlan &plan, const CellPlace &place, Tile part,
                    Value firstUnit, int64_t valid, Value row, ArrayRef<Value> gates,
                    ArrayRef<Value> sums) {
  int64_t lanes = plan.schedule.getLanes();
  Value hAt = e.add(place.h.offset, e.mul(row, place.h.stride));
  Value yAt = e.add(place.y.offset, e.mul(row, place.y.stride));
  for (int64_t v = 0; v < part.vectors; ++v) {
    Value at = e.add(firstUnit, v * lanes);
    int64_t exist = v + 1 == part.vectors ? valid : lanes;
    // A few units take a narrower vector, whose divisions are faster.
    int64_t width = std::max<int64_t>(llvm::PowerOf2Ceil(exist), 16 / plan.elementBytes());
    width = std::min(width, lanes);
    auto narrow = [&](Value vector) -> Value {
      if (width == lanes)
        return vector;
      return vector::ExtractStridedSliceOp::create(e, vector, ArrayRef<int64_t>{0},
                                                   ArrayRef<int64_t>{width}, ArrayRef<int64_t>{1});
    };
    Values gate, sum;
    for (int64_t q = 0; q < 3; ++q) {
      gate.push_back(narrow(gates[q * part.vectors + v]));
      sum.push_back(narrow(sums[q * part.vectors + v]));
    }
    Value biasN;
    if (plan.bias)
      biasN = e.loadNumbers(place.weights, place.biasAt, at, width);
    Value old = e.loadPart(place.h.memory, e.add(hAt, at), width, exist);
    e.storePart(emitCell(e, gate, sum, biasN, old), place.y.memory, e.add(yAt, at), exist);
  }
}

void cpu::emitValid(Emitter &e, const KernelPlan &plan, Tile part, Value firstUnit, bool ends,
                    function_ref<void(int64_t)> body) {
  int64_t lanes = plan.schedule.getLanes(), rest = plan.hiddenSize % lanes;
  if (!ends || rest == 0)
    return body(lanes);
  int64_t lastUnit = plan.panels().paddedUnits() - part.vectors * lanes;
  e.ifThen(e.equal(firstUnit, lastUnit), [&] { body(rest); }, [&] { body(lanes); });
}

void cpu::emitPanelWalk(Emitter &e, const PanelLayout &panels, Value first, Value end,
                        Value descending, bool apart, function_ref<void(Value, bool, Value)> body) {
  int64_t full = panels.panels() - apart;
  if (panels.panels() == 1) // all of it, without a loop: it is nobody's part
    return body(e.index(0), /*tail=*/apart, e.index(0));
  if (!descending) {
    e.loop(first, e.min(end, e.index(full)), e.index(1),
           [&](Value panel) { body(panel, /*tail=*/false, e.add(panel, 1)); });
    if (apart)
      e.ifThen(e.less(e.index(full), end), [&] { body(e.index(full), /*tail=*/true, e.index(0)); });
    return;
  }
  Value down = arith::CmpIOp::create(e, arith::CmpIPredicate::ne, descending, e.index(0));
  Value last = e.sub(e.add(first, end), e.index(1));
  e.loop(first, end, e.index(1), [&](Value i) {
    Value panel = e.select(down, e.sub(last, i), i);
    Value next = e.add(panel, e.select(down, e.index(-1), e.index(1)));
    if (!apart)
      return body(panel, /*tail=*/false, next);
    e.ifThen(
        e.equal(panel, full), [&] { body(e.index(full), /*tail=*/true, next); },
        [&] { body(panel, /*tail=*/false, next); });
  });
}

func::FuncOp cpu::emitScanStep(Emitter &e, ModuleOp module, const KernelPlan &plan, bool oneRow) {
  PanelLayout panels = plan.panels();
  rnn::ScheduleAttr schedule = plan.schedule;
  int64_t lanes = panels.lanes;
  MatrixLayout matrix = plan.recurrentMatrix();
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{e.bytesType(), index, memory, index, memory, index, index,
                              memory,        index, index,  index, index,  index, index};
  std::string name = plan.name + (oneRow ? ".scan_row" : ".scan_rows");

  return e.function(module, name, arguments, [&](ValueRange args) {
    // weights_at is that of W_hh: the same for every input size of a layer.
    Value weights = args[0], weightsAt = args[1], zero = e.index(0);
    Rows gates{args[2], args[3], e.index(plan.gateElements())};
    Rows h{args[4], args[5], args[6]}, y{args[7], args[8], args[9]};
    Value rows = args[10], descending = schedule.getZigzag() ? args[11] : Value();
    LayerLayout layout = plan.layout(plan.hiddenSize);
    CellPlace place{weights, e.add(weightsAt, layout.recurrentBias - layout.recurrentWeights), h,
                    y};
    Value aside = oneRow ? Value() : emitAside(e, schedule);
    // With many rows its micro-kernels would be the same once more.
    bool apart = oneRow ? panels.hasPartialTail() : panels.hasNarrowTail();

    emitPanelWalk(
        e, panels, args[12], args[13], descending, apart, [&](Value panel, bool tail, Value next) {
          int64_t width = tail ? panels.tailWidth() : panels.width();
          auto unitOf = [&](Value unit) { return e.add(e.mul(panel, panels.width()), unit); };
          // The cells of one row, with its sums [gate][vector].
          auto emitRow = [&](Tile part, Value unit, int64_t valid, Value row,
                             ArrayRef<Value> sums) {
            Value gatesAt = e.add(e.add(gates.offset, e.mul(row, gates.stride)),
                                  e.add(e.mul(panel, 3 * panels.width()), unit));
            Values inputs;
            for (int64_t i = 0; i < 3 * part.vectors; ++i) {
              int64_t at = i / part.vectors * width + i % part.vectors * lanes;
              inputs.push_back(e.load(gates.memory, e.add(gatesAt, at), lanes));
            }
            emitCells(e, plan, place, part, unitOf(unit), valid, row, inputs, sums);
          };
          Panel recurrent = panelAt(e, matrix, weights, weightsAt, panel, tail);
          SmallVector<Tile> tiles = tilesOf(schedule, panels, tail);
          if (oneRow)
            return emitPanelVectors(
                e, panels, tail, tiles.back(), [&](Tile part, Value unit, bool ends) {
                  Values sums = emitSums(e, schedule, part, recurrent, unit, h, zero);
                  emitValid(e, plan, part, unitOf(unit), ends && tail,
                            [&](int64_t valid) { emitRow(part, unit, valid, zero, sums); });
                });
          emitRowGroups(e, schedule, rows, [&](Value firstRow, Value count) {
            emitPanelVectors(e, panels, tail, tiles.front(), [&](Tile part, Value unit, bool ends) {
              Value nextStart = panelAt(e, matrix, weights, weightsAt, next, tail).start;
              emitGroupSums(e, schedule, tiles, part.vectors, recurrent, unit,
                            {h, firstRow, count, aside, nextStart});
              emitValid(e, plan, part, unitOf(unit), ends, [&](int64_t valid) {
                e.loop(zero, count, e.index(1), [&](Value row) {
                  Values sums;
                  int64_t perRow = 3 * part.vectors;
                  for (int64_t i = 0; i < perRow; ++i)
                    sums.push_back(
                        e.load(aside, e.add(e.mul(row, perRow * lanes), i * lanes), lanes));
                  emitRow(part, unit, valid, e.add(firstRow, row), sums);
                });
              });
            });
          });
        });
  });
}
