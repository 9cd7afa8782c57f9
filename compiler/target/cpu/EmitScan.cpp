//===- EmitScan.cpp - One step of the recurrence, gates fused -===//
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

Values cpu::loadKeptBiases(Emitter &e, const KernelPlan &plan, Value weights, Value biasAt,
                           Value unit, int64_t lanes) {
  Values biases;
  for (int64_t kept = 0; plan.bias && kept < plan.cell->shape.keptBiases(); ++kept)
    biases.push_back(e.loadNumbers(weights, e.add(biasAt, kept * plan.keptBytes()), unit, lanes));
  return biases;
}

void cpu::emitCells(Emitter &e, const KernelPlan &plan, const CellPlace &place, Tile part,
                    Value firstUnit, int64_t valid, Value row, ArrayRef<Value> gates,
                    ArrayRef<Value> sums) {
  int64_t lanes = plan.schedule.tiling.lanes;
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
    for (int64_t q = 0; q < part.gates; ++q) {
      gate.push_back(narrow(gates[q * part.vectors + v]));
      sum.push_back(narrow(sums[q * part.vectors + v]));
    }
    Values biases = loadKeptBiases(e, plan, place.weights, place.biasAt, at, width);
    Value old = e.loadPart(place.h.memory, e.add(hAt, at), width, exist);
    Value next = e.updateCell(plan.cellName, gate, sum, biases, old);
    e.storePart(next, place.y.memory, e.add(yAt, at), exist);
  }
  if (!part.packed)
    return;
  auto parts = [&](Value packed) {
    int64_t size = plan.panels().partLanes();
    Values taken;
    for (int64_t q = 0; q < part.gates; ++q)
      taken.push_back(vector::ExtractStridedSliceOp::create(
          e, packed, ArrayRef<int64_t>{q * size}, ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1}));
    return taken;
  };
  emitPackedCells(e, plan, place, row, parts(gates.back()), parts(sums.back()));
}

void cpu::emitPackedCells(Emitter &e, const KernelPlan &plan, const CellPlace &place,
                          ArrayRef<Value> rows, ArrayRef<Value> gates, ArrayRef<Value> sums) {
  PanelLayout panels = plan.panels();
  int64_t size = panels.partLanes(), units = panels.packedUnits(), firstUnit = panels.wideUnits();
  int64_t gateCount = plan.gates();
  // One row takes a vector as narrow as there is.
  int64_t least = std::min(panels.lanes, std::max<int64_t>(size, 16 / plan.elementBytes()));
  int64_t width = rows.size() == 1 ? least : panels.lanes;
  // One part of a vector again and again.
  auto repeat = [&](Value part) -> Value {
    if (width == size)
      return part;
    SmallVector<int64_t> lanes;
    for (int64_t i = 0; i < width; ++i)
      lanes.push_back(i % size);
    return vector::ShuffleOp::create(e, part, part, lanes);
  };
  // part(row), side by side.
  auto beside = [&](function_ref<Value(size_t)> part) {
    if (rows.size() == 1)
      return repeat(part(0));
    Values parts;
    for (size_t row = 0; row < rows.size(); ++row)
      parts.push_back(part(row));
    for (int64_t each = size; parts.size() > 1; each *= 2) {
      auto lanes = llvm::to_vector(llvm::seq<int64_t>(2 * each));
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
  for (int64_t q = 0; q < gateCount; ++q) {
    gate.push_back(beside([&](size_t row) { return gates[row * gateCount + q]; }));
    sum.push_back(beside([&](size_t row) { return sums[row * gateCount + q]; }));
  }
  Values biases = loadKeptBiases(e, plan, place.weights, place.biasAt, e.index(firstUnit), size);
  llvm::transform(biases, biases.begin(), repeat);
  Value old = beside(
      [&](size_t row) { return e.loadPart(place.h.memory, placeOf(place.h, row), size, units); });
  Value next = e.updateCell(plan.cellName, gate, sum, biases, old);
  for (size_t row = 0; row < rows.size(); ++row) {
    Value own = vector::ExtractStridedSliceOp::create(
        e, next, ArrayRef<int64_t>(row * size), ArrayRef<int64_t>{units}, ArrayRef<int64_t>{1});
    e.store(own, place.y.memory, placeOf(place.y, row));
  }
}

void cpu::emitValid(Emitter &e, const KernelPlan &plan, Tile part, Value firstUnit, bool ends,
                    function_ref<void(int64_t)> body) {
  int64_t lanes = plan.schedule.tiling.lanes, rest = plan.hiddenSize % lanes;
  if (!ends || rest == 0 || plan.panels().packedUnits())
    return body(lanes);
  int64_t lastUnit = plan.panels().paddedUnits() - part.vectors * lanes;
  e.ifThen(e.equal(firstUnit, lastUnit), [&] { body(rest); }, [&] { body(lanes); });
}

func::FuncOp cpu::emitScanStep(Emitter &e, ModuleOp module, const KernelPlan &plan, bool oneRow) {
  PanelLayout panels = plan.panels();
  const rnn::Schedule &schedule = plan.schedule;
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
                         e.mul(panel, panels.panelElements(/*tail=*/false)));
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
          SmallVector<Tile> tiles = tilesOf(e, schedule, panels, tail);
          if (oneRow)
            return emitPanelVectors(
                e, panels, tail, {plan.gates(), 1, tiles.back().vectors},
                [&](Tile part, Value unit, bool ends) {
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
              Tile wide{part.gates, part.rows, part.vectors};
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
              // As many rows as it has parts fill a vector; some may be the last row once more.
              int64_t behind = part.gates * panels.tailWidth(), size = panels.partLanes();
              int64_t beside = panels.packedParts();
              e.loop(zero, count, e.index(beside), [&](Value first) {
                Values rows, inputs, sums;
                for (int64_t i = 0; i < beside; ++i) {
                  Value row = e.min(e.add(first, i), e.sub(count, e.index(1)));
                  rows.push_back(e.add(firstRow, row));
                  for (int64_t q = 0; q < part.gates; ++q) {
                    Value sumAt = e.add(e.mul(row, perRow), wide.sums() * lanes + q * size);
                    Value gateAt = e.add(gatesOf(rows.back()), behind + q * size);
                    sums.push_back(e.load(aside, sumAt, size));
                    inputs.push_back(e.load(gates.memory, gateAt, size));
                  }
                }
                emitPackedCells(e, plan, place, rows, inputs, sums);
              });
            });
          });
        });
  });
}
