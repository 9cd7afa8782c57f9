//===- WalkCells.cpp - The cells of a panel -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/WalkPanels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

CellFacts::CellFacts(Emitter &e, rnn::MatrixAttr recurrent, rnn::CellAttr kind, bool bias,
                     std::optional<int64_t> round)
    : panels(MatrixLayout::of(recurrent, e.element).panels), kind(kind),
      shape(rnn::equationsOf(kind).shape), keepsBiases(bias),
      elementBytes(e.element.getIntOrFloatBitWidth() / 8), round(round.value_or(shape.rounds - 1)) {
}

PanelLayout CellFacts::rowPanels() const {
  PanelLayout row = panels;
  row.gates = shape.gates;
  return row;
}

Values cpu::loadKeptBiases(Emitter &e, const CellFacts &cell, Value weights, Value biasAt,
                           Value unit, int64_t lanes) {
  Values biases;
  int64_t first = cell.shape.keptIndex(cell.firstGate());
  int64_t end = first + cell.shape.keptBiases(cell.round);
  for (int64_t kept = first; cell.keepsBiases && kept < end; ++kept)
    biases.push_back(e.loadNumbers(weights, e.add(biasAt, kept * cell.keptBytes()), unit, lanes));
  return biases;
}

void cpu::emitCells(Emitter &e, const CellFacts &cell, const CellPlace &place, Tile part,
                    Value firstUnit, int64_t valid, Value row, ArrayRef<Value> gates,
                    ArrayRef<Value> sums, ArrayRef<Value> gatesAt) {
  int64_t first = cell.firstGate();
  int64_t lanes = cell.panels.lanes;
  Value hAt = e.add(place.h.offset, e.mul(row, place.h.stride));
  Value yAt = e.add(place.y.offset, e.mul(row, place.y.stride));
  for (int64_t v = 0; v < part.vectors; ++v) {
    Value at = e.add(firstUnit, v * lanes);
    int64_t exist = v + 1 == part.vectors ? valid : lanes;
    // A few units take a narrower vector, whose divisions are faster.
    int64_t width = std::max<int64_t>(llvm::PowerOf2Ceil(exist), 16 / cell.elementBytes);
    width = std::min(width, lanes);
    auto narrow = [&](Value vector) -> Value {
      if (width == lanes)
        return vector;
      return vector::ExtractStridedSliceOp::create(e, vector, ArrayRef<int64_t>{0},
                                                   ArrayRef<int64_t>{width}, ArrayRef<int64_t>{1});
    };
    Values gate, sum;
    for (int64_t q = 0; q < cell.gatesEnd(); ++q) {
      gate.push_back(narrow(gates[q * part.vectors + v]));
      if (q >= first)
        sum.push_back(narrow(sums[(q - first) * part.vectors + v]));
    }
    Values biases = loadKeptBiases(e, cell, place.weights, place.biasAt, at, width);
    Value old = e.loadPart(place.h.memory, e.add(hAt, at), width, exist);
    auto put = [&](Value next) { e.storePart(next, place.y.memory, e.add(yAt, at), exist); };
    if (cell.isLastRound()) {
      put(e.updateCell(cell.kind, gate, sum, biases, old));
      continue;
    }
    SmallVector<Type> types(part.gates, old.getType());
    auto round = rnn::CellRoundOp::create(e, types, old.getType(), cell.round, gate, sum, biases,
                                          old, cell.kind);
    for (int64_t q = 0; q < part.gates; ++q)
      e.store(round.getActivated()[q], place.gates, gatesAt[(first + q) * part.vectors + v]);
    put(round.getOperand());
  }
  if (!part.packed)
    return;
  auto parts = [&](Value packed) {
    int64_t size = cell.panels.partLanes();
    Values taken;
    for (int64_t q = 0; q < part.gates; ++q)
      taken.push_back(vector::ExtractStridedSliceOp::create(
          e, packed, ArrayRef<int64_t>{q * size}, ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1}));
    return taken;
  };
  emitPackedCells(e, cell, place, row, parts(gates.back()), parts(sums.back()));
}

void cpu::emitPackedCells(Emitter &e, const CellFacts &cell, const CellPlace &place,
                          ArrayRef<Value> rows, ArrayRef<Value> gates, ArrayRef<Value> sums) {
  PanelLayout panels = cell.panels;
  int64_t size = panels.partLanes(), units = panels.packedUnits(), firstUnit = panels.wideUnits();
  int64_t gateCount = cell.shape.gates;
  // One row takes a vector as narrow as there is.
  int64_t least = std::min(panels.lanes, std::max<int64_t>(size, 16 / cell.elementBytes));
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
  Values biases = loadKeptBiases(e, cell, place.weights, place.biasAt, e.index(firstUnit), size);
  llvm::transform(biases, biases.begin(), repeat);
  Value old = beside(
      [&](size_t row) { return e.loadPart(place.h.memory, placeOf(place.h, row), size, units); });
  Value next = e.updateCell(cell.kind, gate, sum, biases, old);
  for (size_t row = 0; row < rows.size(); ++row) {
    Value own = vector::ExtractStridedSliceOp::create(
        e, next, ArrayRef<int64_t>(row * size), ArrayRef<int64_t>{units}, ArrayRef<int64_t>{1});
    e.store(own, place.y.memory, placeOf(place.y, row));
  }
}

void cpu::emitValid(Emitter &e, const CellFacts &cell, Tile part, Value firstUnit, bool ends,
                    function_ref<void(int64_t)> body) {
  int64_t lanes = cell.panels.lanes, rest = cell.panels.hiddenSize % lanes;
  if (!ends || rest == 0 || cell.panels.packedUnits())
    return body(lanes);
  int64_t lastUnit = cell.panels.paddedUnits() - part.vectors * lanes;
  e.ifThen(e.equal(firstUnit, lastUnit), [&] { body(rest); }, [&] { body(lanes); });
}
