//===- PanelLayout.h - Where packed weights stand -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The panels of a network's units, and a weight matrix in them: what packs weights
// (compiler/target/cpu/Packing.h has the order) and what reads them both ask it.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_PANELLAYOUT_H
#define GRUCC_DIALECTS_RNN_PANELLAYOUT_H

#include "dialects/rnn/PackedUnits.h"
#include "dialects/rnn/Storage.h"
#include "dialects/rnn/SumOrder.h"
#include "llvm/Support/MathExtras.h"

namespace grucc {

/// Units in panels of `width`, the last one narrower; units beyond H are zero.
/// A last vector that units fill to one part at most (PackedUnits.h) is packed: its parts
/// are the gates of these units, and what is left is zero: of r, z and n a quarter. Not so
/// where a cell has several rounds: a unit stands at one place in all its matrices.
struct PanelLayout {
  int64_t gates;      ///< of the cell
  int64_t hiddenSize; ///< H
  int64_t lanes;      ///< floats a vector
  int64_t vectors;    ///< vectors a gate in a full panel
  bool packs = true;  ///< whether a last vector may be packed

  int64_t width() const { return lanes * vectors; }
  /// Panels whose units all exist.
  int64_t fullPanels() const { return hiddenSize / width(); }
  /// Units of the last, narrower panel; 0 when there is none.
  int64_t tailUnits() const { return hiddenSize % width(); }
  /// Units that share one packed vector among all gates; 0 when there are none.
  int64_t packedUnits() const { return packs ? grucc::packedUnits(hiddenSize, lanes, gates) : 0; }
  /// Gates of a packed vector, and those that are zero.
  int64_t packedParts() const { return grucc::packedParts(gates); }
  /// Lanes of one gate in a packed vector.
  int64_t partLanes() const { return lanes / packedParts(); }
  /// Vectors a gate of the last panel, beside a packed one.
  int64_t tailVectors() const { return llvm::divideCeil(tailUnits() - packedUnits(), lanes); }
  int64_t tailWidth() const { return tailVectors() * lanes; }
  int64_t panels() const { return fullPanels() + (tailUnits() ? 1 : 0); }
  /// Whether some units of the last panel do not exist.
  bool hasPartialTail() const { return tailUnits() > 0; }
  /// Whether the last panel has other vectors than the others.
  bool hasNarrowTail() const { return tailUnits() && (packedUnits() || tailVectors() < vectors); }
  /// Units with those that fill the last vector.
  int64_t paddedUnits() const { return llvm::alignTo(hiddenSize, lanes); }
  /// Units that have a lane of their own in every gate's vectors, and what fills these.
  int64_t wideUnits() const { return paddedUnits() - (packedUnits() ? lanes : 0); }
  /// Numbers of all gates and units: one k of a matrix, or one row of gates.
  int64_t elements() const { return gates * wideUnits() + (packedUnits() ? lanes : 0); }
  /// A row of projected gates; behind them, where a cell has several rounds, is room for
  /// what the next round's product is of, and a line or two more: at a power of two from each
  /// other, as those of 2^n units would be, the rows of a tile would all have to be in the same few
  /// places of L1 (512 units 1.03x, 2816 1.04x; Zen 3, 32 rows).
  int64_t rowElements(int64_t rounds) const {
    constexpr int64_t apart = 16;
    return elements() + (rounds > 1 ? paddedUnits() + apart : 0);
  }
  /// Those of one panel.
  int64_t panelElements(bool tail) const {
    return tail ? gates * tailWidth() + (packedUnits() ? lanes : 0) : gates * width();
  }
};

/// A weight matrix [G, K] in panels, in bytes: [panel][K / group][gate][width]
/// words, those of a packed vector behind the last panel's gates; each `group`
/// consecutive k of one unit, the first in the lowest bits: a vector of words is
/// loaded once and taken apart in registers.
struct MatrixLayout {
  PanelLayout panels;
  int64_t depth; ///< K
  rnn::StorageKind kind;
  int64_t exactBytes; ///< of the network's own numbers

  /// As kernels have it; their numbers are of type `element`.
  static MatrixLayout of(rnn::MatrixAttr matrix, mlir::Type element) {
    return {{matrix.getGates(), matrix.getUnits(), matrix.getLanes(), matrix.getVectors(),
             matrix.getPacks()},
            matrix.getDepth(),
            matrix.getKind(),
            element.getIntOrFloatBitWidth() / 8};
  }
  rnn::MatrixAttr attr(mlir::MLIRContext *context) const {
    return rnn::MatrixAttr::get(context, panels.gates, panels.hiddenSize, panels.lanes,
                                panels.vectors, depth, kind, panels.packs);
  }
  /// Consecutive k of a block of the sums over all k.
  int64_t sumBlock() const { return grucc::sumBlock(depth, panels.hiddenSize); }
  const rnn::Storage &storage() const { return rnn::storageOf(kind); }
  int64_t weightBytes() const { return storage().weightBytes(exactBytes); }
  int64_t group() const { return storage().group; }
  int64_t wordBytes() const { return group() * weightBytes(); }
  int64_t words() const { return (depth + group() - 1) / group(); }
  /// In front of the panels: the constants of widening, and room for loads
  /// that begin one weight before a word.
  int64_t headerBytes() const { return group() > 1 || storage().mostExponent ? 64 : 0; }
  /// Bytes of the words of one group of k in one panel.
  int64_t turnBytes(bool tail) const { return panels.panelElements(tail) * wordBytes(); }
  /// From one full panel to the next; the first stands behind the header.
  int64_t panelBytes() const { return turnBytes(/*tail=*/false) * words(); }
  int64_t bytes() const { return headerBytes() + panels.elements() * wordBytes() * words(); }
};

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_PANELLAYOUT_H
