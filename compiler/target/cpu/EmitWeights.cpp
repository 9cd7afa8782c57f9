//===- EmitWeights.cpp - Weights from memory into registers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place that reads packed matrices.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

Panel cpu::panelAt(Emitter &e, const MatrixLayout &matrix, Value weights, Value at, Value panel,
                   bool tail) {
  Value start = e.add(e.add(at, matrix.headerBytes()), e.mul(panel, matrix.panelBytes()));
  return {matrix, weights, at, start, tail};
}

Value cpu::emitElementAt(Emitter &e, const PanelLayout &layout, Tile part, bool tail,
                         Value firstUnit, int64_t i) {
  int64_t width = tail ? layout.tailWidth() : layout.width();
  if (i == part.gates * part.vectors)
    return e.index(part.gates * width);
  return e.add(firstUnit, i / part.vectors * width + i % part.vectors * layout.lanes);
}

/// Whether words of two k are loaded once for each: half the code, and a tenth more
/// time since every other load crosses a line. For tiles of few rows, but not for
/// the tiles and the panels that most of the work of many rows is done by.
static bool loadsOneByOne(const rnn::Schedule &schedule, const Panel &panel, int64_t rows) {
  const MatrixLayout &matrix = panel.matrix;
  bool often = 2 * rows >= schedule.tiling.tiles.front() && !matrix.storage().mostExponent &&
               !(panel.tail && matrix.panels.fullPanels());
  return matrix.group() > 1 && rows > 1 && !often;
}

WeightLoader::WeightLoader(Emitter &e, const rnn::Schedule &schedule, const Panel &panel,
                           Value firstUnit, int64_t rows)
    : e(e), panel(panel), firstUnit(firstUnit), oneByOne(loadsOneByOne(schedule, panel, rows)),
      widening(
          emitWidening(e, panel.matrix.kind, schedule.tiling.lanes, panel.weights, panel.header)) {}

Values WeightLoader::load(Value k, Tile tile) {
  const MatrixLayout &matrix = panel.matrix;
  int64_t turnBytes = matrix.turnBytes(panel.tail);
  Value wordsAt;
  if (oneByOne) {
    // The k in question in the upper half: the first of a word is there in one that
    // begins a weight earlier.
    Value first = e.mul(e.div(k, matrix.group()), turnBytes);
    Value place = e.sub(arith::AndIOp::create(e, k, e.index(1)), e.index(1));
    wordsAt = e.add(panel.start, e.add(first, e.mul(place, matrix.weightBytes())));
  } else { // k is a whole number of groups
    wordsAt = e.add(panel.start, e.mul(k, turnBytes / matrix.group()));
  }
  Values words;
  for (int64_t i = 0; i < tile.sums(); ++i) {
    Value element = emitElementAt(e, matrix.panels, tile, panel.tail, firstUnit, i);
    words.push_back(
        widening->load(panel.weights, e.add(wordsAt, e.mul(element, matrix.wordBytes()))));
  }
  return words;
}

Values WeightLoader::widen(ValueRange words, int64_t turn) {
  bool upper = oneByOne || turn == 1;
  Values weights;
  for (Value word : words)
    weights.push_back(widening->widen(word, upper));
  return weights;
}
