//===- WeightLoader.h - Weights from memory into registers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_WEIGHTLOADER_H
#define GRUCC_COMPILER_TARGET_CPU_WEIGHTLOADER_H

#include "compiler/target/cpu/Widening.h"
#include "dialects/rnn/PanelLayout.h"

namespace grucc::cpu {

/// Accumulators live at a time: rows x gates x vectors, and a packed one a row.
struct Tile {
  int64_t gates, rows, vectors;
  bool packed = false; ///< the network's last units, all gates in one vector

  int64_t sums() const { return gates * vectors + packed; } ///< vectors a row
};

/// One panel of packed weights.
struct PanelWords {
  rnn::MatrixAttr matrix;
  Value weights, start;
  bool tail; ///< the last, narrower one
};

/// Which of its panel's numbers is the first of vector `i` of a part, of those that
/// Tile::sums counts: [gate][vector], and the packed one.
Value emitElementAt(Emitter &e, const PanelLayout &layout, Tile part, bool tail, Value firstUnit,
                    int64_t i);

/// Loads weights of one panel and widens them in registers to the network's own
/// numbers, to the same bits.
class WeightLoader {
public:
  /// `oneByOne`: words of a group are loaded once for every k in them.
  WeightLoader(Emitter &e, const PanelWords &panel, ValueRange constants, Tile part,
               Value firstUnit, bool oneByOne);

  /// How many k are loaded at a time.
  int64_t group() const { return oneByOne ? 1 : matrix.group(); }
  /// The words of the part's vectors, for the group of k that begins at `k`.
  Values load(Value k);
  /// The weights of the `turn`-th k in each of the words.
  Values widen(ValueRange words, int64_t turn);

private:
  Emitter &e;
  MatrixLayout matrix;
  PanelWords panel;
  Tile part;
  Value firstUnit;
  bool oneByOne;
  std::unique_ptr<Widening> widening;
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_WEIGHTLOADER_H
