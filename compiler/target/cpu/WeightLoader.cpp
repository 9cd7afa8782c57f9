//===- WeightLoader.cpp - Weights from memory into registers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/WeightLoader.h"

#include "compiler/target/ModelAbi.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

Value cpu::emitElementAt(Emitter &e, const PanelLayout &layout, Tile part, bool tail,
                         Value firstUnit, int64_t i) {
  int64_t width = tail ? layout.tailWidth() : layout.width();
  if (i == part.gates * part.vectors)
    return e.index(part.gates * width);
  return e.add(firstUnit, i / part.vectors * width + i % part.vectors * layout.lanes);
}

WeightLoader::WeightLoader(Emitter &e, const PanelWords &panel, ValueRange constants, Tile part,
                           Value firstUnit, bool oneByOne)
    : e(e), matrix(MatrixLayout::of(panel.matrix, e.element)), panel(panel), part(part),
      firstUnit(firstUnit), oneByOne(oneByOne),
      widening(wideningOf(e, matrix.kind, matrix.panels.lanes, constants)) {}

Values WeightLoader::load(Value k) {
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
  // Matrices begin a line, and consist of whole vectors of words.
  int64_t alignment = oneByOne
                          ? matrix.weightBytes()
                          : std::min(e.bufferAlignment(), matrix.panels.lanes * matrix.wordBytes());
  Values words;
  for (int64_t i = 0; i < part.sums(); ++i) {
    Value element = emitElementAt(e, matrix.panels, part, panel.tail, firstUnit, i);
    words.push_back(widening->load(panel.weights,
                                   e.add(wordsAt, e.mul(element, matrix.wordBytes())), alignment));
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
