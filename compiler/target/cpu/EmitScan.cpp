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
  if (!part.packed)
    return;
  auto quarters = [&](Value packed) {
    int64_t quarter = plan.panels().quarter();
    Values taken;
    for (int64_t q = 0; q < 3; ++q)
      taken.push_back(
          vector::ExtractStridedSliceOp::create(e, packed, ArrayRef<int64_t>{q * quarter},
                                                ArrayRef<int64_t>{quarter}, ArrayRef<int64_t>{1}));
    return taken;
  };
  emitPackedCells(e, plan, place, row, quarters(gates.back()), quarters(sums.back()));
}

void cpu::emitPackedCells(Emitter &e, const KernelPlan &plan, const CellPlace &place,
                          ArrayRef<Value> rows, ArrayRef<Value> gates, ArrayRef<Value> sums) {
  PanelLayout panels = plan.panels();
  int64_t quarter = panels.quarter(), units = panels.packedUnits(), firstUnit = panels.wideUnits();
  // One row takes a vector as narrow as there is.
  int64_t least = std::min(panels.lanes, std::max<int64_t>(quarter, 16 / plan.elementBytes()));
  int64_t width = rows.size() == 1 ? least : panels.lanes;
  // One quarter of a vector again and again.
  auto repeat = [&](Value part) -> Value {
    if (width == quarter)
      return part;
    SmallVector<int64_t> lanes;
    for (int64_t i = 0; i < width; ++i)
      lanes.push_back(i % quarter);
    return vector::ShuffleOp::create(e, part, part, lanes);
  };
  // part(row), side by side.
  auto beside = [&](function_ref<Value(size_t)> part) {
    if (rows.size() == 1)
      return repeat(part(0));
    Values parts;
    for (size_t row = 0; row < rows.size(); ++row)
      parts.push_back(part(row));
    for (int64_t size = quarter; parts.size() > 1; size *= 2) {
      auto lanes = llvm::to_vector(llvm::seq<int64_t>(2 * size));
      for (size_t i = 0; i < parts.size() / 2; ++i)
        parts[i] = vector::ShuffleOp::create(e, parts[2 * i], parts[2 * i + 1], lanes);
      parts.resize(parts.size() / 2);
    }
    return parts.front();
  };
  auto placeOf = [&](const Rows &memory, size_t row) {
    return e.add(e.add(memory.offset, e.mul(rows[row], memory.stride)), firstUnit);
  };
  Values gate, sum;
  for (int64_t q = 0; q < 3; ++q) {
    gate.push_back(beside([&](size_t row) { return gates[row * 3 + q]; }));
    sum.push_back(beside([&](size_t row) { return sums[row * 3 + q]; }));
  }
  Value biasN;
  if (plan.bias)
    biasN = repeat(e.loadNumbers(place.weights, place.biasAt, e.index(firstUnit), quarter));
  Value old = beside([&](size_t row) {
    return e.loadPart(place.h.memory, placeOf(place.h, row), quarter, units);
  });
  Value next = emitCell(e, gate, sum, biasN, old);
  for (size_t row = 0; row < rows.size(); ++row) {
    Value own = vector::ExtractStridedSliceOp::create(
        e, next, ArrayRef<int64_t>(row * quarter), ArrayRef<int64_t>{units}, ArrayRef<int64_t>{1});
    e.store(own, place.y.memory, placeOf(place.y, row));
  }
}

void cpu::emitValid(Emitter &e, const KernelPlan &plan, Tile part, Value firstUnit, bool ends,
                    function_ref<void(int64_t)> body) {
  int64_t lanes = plan.schedule.getLanes(), rest = plan.hiddenSize % lanes;
  if (!ends || rest == 0 || plan.panels().packedUnits())
    return body(lanes);
  int64_t lastUnit = plan.panels().paddedUnits() - part.vectors * lanes;
  e.ifThen(e.equal(firstUnit, lastUnit), [&] { body(rest); }, [&] { body(lanes); });
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
    Value rows = args[10], descending = walkDirection(schedule, args[11]);
    LayerLayout layout = plan.layout(plan.hiddenSize);
    CellPlace place{weights, e.add(weightsAt, layout.recurrentBias - layout.recurrentWeights), h,
                    y};
    Value aside = oneRow ? Value() : emitAside(e, schedule, panels);
    // With many rows its micro-kernels would be the same once more.
    bool apart = oneRow ? panels.hasPartialTail() : panels.hasNarrowTail();

    emitPanelWalk(
        e, panels, args[12], args[13], descending, apart, [&](Value panel, bool tail, Value next) {
          auto unitOf = [&](Value unit) { return e.add(e.mul(panel, panels.width()), unit); };
          auto gatesOf = [&](Value row) {
            return e.add(e.add(gates.offset, e.mul(row, gates.stride)),
                         e.mul(panel, 3 * panels.width()));
          };
          // The cells of one row, with its sums [gate][vector].
          auto emitRow = [&](Tile part, Value unit, int64_t valid, Value row,
                             ArrayRef<Value> sums) {
            Values inputs;
            for (int64_t i = 0; i < part.sums(); ++i) {
              Value at = emitElementAt(e, panels, part, tail, unit, i);
              inputs.push_back(e.load(gates.memory, e.add(gatesOf(row), at), lanes));
            }
            emitCells(e, plan, place, part, unitOf(unit), valid, row, inputs, sums);
          };
          Panel recurrent = panelAt(e, matrix, weights, weightsAt, panel, tail);
          SmallVector<Tile> tiles = tilesOf(schedule, panels, tail);
          if (oneRow)
            return emitPanelVectors(
                e, panels, tail, {1, tiles.back().vectors}, [&](Tile part, Value unit, bool ends) {
                  Values sums = emitSums(e, schedule, part, recurrent, unit, h, zero);
                  emitValid(e, plan, part, unitOf(unit), ends && tail,
                            [&](int64_t valid) { emitRow(part, unit, valid, zero, sums); });
                });
          emitRowGroups(e, schedule, rows, [&](Value firstRow, Value count) {
            emitPanelVectors(e, panels, tail, tiles.front(), [&](Tile part, Value unit, bool ends) {
              Value nextStart = panelAt(e, matrix, weights, weightsAt, next, tail).start;
              emitGroupSums(e, schedule, tiles, part, recurrent, unit,
                            {h, firstRow, count, aside, nextStart});
              int64_t perRow = part.sums() * lanes;
              Tile wide{part.rows, part.vectors};
              auto emitWide = [&](int64_t valid) {
                e.loop(zero, count, e.index(1), [&](Value row) {
                  Values sums;
                  for (int64_t i = 0; i < wide.sums(); ++i)
                    sums.push_back(e.load(aside, e.add(e.mul(row, perRow), i * lanes), lanes));
                  emitRow(wide, unit, valid, e.add(firstRow, row), sums);
                });
              };
              if (part.vectors)
                emitValid(e, plan, part, unitOf(unit), ends, emitWide);
              if (!part.packed)
                return;
              // Four rows fill a vector; some may be the last row once more.
              int64_t behind = 3 * panels.tailWidth(), quarter = panels.quarter();
              e.loop(zero, count, e.index(4), [&](Value first) {
                Values rows, inputs, sums;
                for (int64_t i = 0; i < 4; ++i) {
                  Value row = e.min(e.add(first, i), e.sub(count, e.index(1)));
                  rows.push_back(e.add(firstRow, row));
                  for (int64_t q = 0; q < 3; ++q) {
                    Value sumAt = e.add(e.mul(row, perRow), wide.sums() * lanes + q * quarter);
                    Value gateAt = e.add(gatesOf(rows.back()), behind + q * quarter);
                    sums.push_back(e.load(aside, sumAt, quarter));
                    inputs.push_back(e.load(gates.memory, gateAt, quarter));
                  }
                }
                emitPackedCells(e, plan, place, rows, inputs, sums);
              });
            });
          });
        });
  });
}
