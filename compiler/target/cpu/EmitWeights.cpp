//===- EmitWeights.cpp - Weights from memory into registers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place that reads packed matrices. Operations on a vector of weights,
// beside its multiply-adds: bfloat16 1 (shift or mask), float16 1 that most CPUs
// split in two, int8 2 1/2. Two k in one word save half of the loads that widen by
// a shuffle: with one shuffle a vector bfloat16 ran 0.7 times as fast.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using rnn::StorageKind;

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
  bool often = 2 * rows >= schedule.tiling.tiles.front() &&
               panel.matrix.kind != StorageKind::Int8 &&
               !(panel.tail && panel.matrix.panels.fullPanels());
  return panel.matrix.group() > 1 && rows > 1 && !often;
}

WeightLoader::WeightLoader(Emitter &e, const rnn::Schedule &schedule, const Panel &panel,
                           Value firstUnit, int64_t rows)
    : e(e), panel(panel), lanes(schedule.tiling.lanes), firstUnit(firstUnit),
      oneByOne(loadsOneByOne(schedule, panel, rows)) {
  if (panel.matrix.kind != StorageKind::Int8)
    return;
  // Layers share kernels, so their scales are data: PackWeights.
  Value header = e.loadBytes(e.vectorType(4), panel.weights, panel.header);
  auto everyLane = [&](int64_t i) {
    Value scalar = vector::ExtractOp::create(e, header, i);
    return vector::BroadcastOp::create(e, e.vectorType(lanes), scalar);
  };
  auto integers = VectorType::get({lanes}, e.getI32Type());
  for (int64_t place : {0, 1}) {
    powers.push_back(arith::BitcastOp::create(e, integers, everyLane(2 * place)));
    offsets.push_back(everyLane(2 * place + 1));
  }
}

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
  Type word = e.element;
  if (matrix.kind == StorageKind::Float32)
    word = e.getF32Type();
  else if (matrix.kind == StorageKind::Float16)
    word = e.getF16Type();
  else if (matrix.kind == StorageKind::BFloat16)
    word = e.getI32Type();
  else if (matrix.kind == StorageKind::Int8)
    word = e.getI16Type();
  Values words;
  for (int64_t i = 0; i < tile.sums(); ++i) {
    Value element = emitElementAt(e, matrix.panels, tile, panel.tail, firstUnit, i);
    Value loaded = e.loadBytes(VectorType::get({lanes}, word), panel.weights,
                               e.add(wordsAt, e.mul(element, matrix.wordBytes())));
    if (matrix.kind == StorageKind::Int8)
      loaded = arith::ExtUIOp::create(e, VectorType::get({lanes}, e.getI32Type()), loaded);
    words.push_back(loaded);
  }
  return words;
}

Value WeightLoader::bits(int64_t value) {
  auto type = VectorType::get({lanes}, e.getI32Type());
  return arith::ConstantOp::create(
      e, DenseElementsAttr::get(type, APInt(32, value, /*isSigned=*/false)));
}

Value WeightLoader::floats(Value words) {
  return arith::BitcastOp::create(e, e.vectorType(lanes), words);
}

Values WeightLoader::widen(ValueRange words, int64_t turn) {
  Values weights;
  bool upper = oneByOne || turn == 1;
  for (Value word : words) {
    switch (panel.matrix.kind) {
    case StorageKind::Exact:
      weights.push_back(word);
      break;
    case StorageKind::Float32:
    case StorageKind::Float16:
      weights.push_back(arith::ExtFOp::create(e, e.vectorType(lanes), word));
      break;
    case StorageKind::BFloat16: // the upper half of a float32, in either half of the word
      weights.push_back(floats(upper ? Value(arith::AndIOp::create(e, word, bits(0xffff0000)))
                                     : Value(arith::ShLIOp::create(e, word, bits(16)))));
      break;
    case StorageKind::Int8: {
      // Byte u = q + 128 becomes the last bits of a power of two whose last place
      // is worth 2^exponent (or of one whose 2^8 is, for the upper byte):
      // power + u * 2^exponent, and less power + 128 * 2^exponent it is
      // q * 2^exponent, exactly, and +0 for 0.
      Value byte = arith::AndIOp::create(e, word, bits(upper ? 0xff00 : 0xff));
      Value sum = floats(arith::OrIOp::create(e, byte, powers[upper]));
      weights.push_back(arith::SubFOp::create(e, sum, offsets[upper]));
      break;
    }
    }
  }
  return weights;
}
