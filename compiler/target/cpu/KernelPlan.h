//===- KernelPlan.h - A network as the kernels see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A network with its schedule, and how packed weights lie in memory.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_KERNELPLAN_H
#define GRUCC_COMPILER_TARGET_CPU_KERNELPLAN_H

#include "compiler/target/NetworkPlan.h"
#include "dialects/rnn/PackedUnits.h"
#include "dialects/rnn/Storage.h"
#include "dialects/rnn/SumOrder.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

namespace grucc::cpu {

/// Units in panels of `width`, the last one narrower; units beyond H are zero.
/// A last vector that units fill to one part at most (PackedUnits.h) is packed: its parts
/// are the gates of these units, and what is left is zero: of r, z and n a quarter.
struct PanelLayout {
  int64_t gates;      ///< of the cell
  int64_t hiddenSize; ///< H
  int64_t lanes;      ///< floats a vector
  int64_t vectors;    ///< vectors a gate in a full panel

  int64_t width() const { return lanes * vectors; }
  /// Panels whose units all exist.
  int64_t fullPanels() const { return hiddenSize / width(); }
  /// Units of the last, narrower panel; 0 when there is none.
  int64_t tailUnits() const { return hiddenSize % width(); }
  /// Units that share one packed vector among all gates; 0 when there are none.
  int64_t packedUnits() const { return grucc::packedUnits(hiddenSize, lanes, gates); }
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
  /// Those of one panel.
  int64_t panelElements(bool tail) const {
    return tail ? gates * tailWidth() + (packedUnits() ? lanes : 0) : gates * width();
  }
  /// Where one of them stands in its panel.
  int64_t elementAt(int64_t gate, int64_t unit, bool tail) const {
    if (tail && unit >= tailWidth())
      return gates * tailWidth() + gate * partLanes() + unit - tailWidth();
    return gate * (tail ? tailWidth() : width()) + unit;
  }
};

/// A weight matrix [G, K] in panels, in bytes: [panel][K / group][gate][width]
/// words, those of a packed vector behind the last panel's gates; each `group`
/// consecutive k of one unit, the first in the lowest bits: a vector of words is
/// loaded once and taken apart in registers (EmitWeights).
struct MatrixLayout {
  PanelLayout panels;
  int64_t depth; ///< K
  rnn::StorageKind kind;
  int64_t exactBytes; ///< of the network's own numbers

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

/// Where the parts of one layer's packed weights start, in bytes. Biases are
/// always the network's own numbers.
struct LayerLayout {
  int64_t inputWeights;     ///< W_ih, K = inputSize
  int64_t inputBias;        ///< as one k of a matrix
  int64_t recurrentWeights; ///< W_hh, K = H
  int64_t recurrentBias;    ///< b_hn, or what gates keep: [kept gate][unit], padded
  int64_t bytes;            ///< of the whole layer, 64-byte multiple
};

struct KernelPlan : NetworkPlan {
  rnn::Schedule schedule;
  rnn::MachineAttr machine;
  /// Of W_ih in layer 0, of W_ih above, of every W_hh: layers that share a kernel
  /// share what it reads.
  rnn::StorageKind firstStorage, upperStorage, recurrentStorage;

  /// The same network, over the same weights, as kernels of one row see it.
  KernelPlan forOneRow() const {
    KernelPlan plan = *this;
    plan.schedule = rnn::forOneRow(schedule);
    return plan;
  }

  PanelLayout panels() const {
    return {gates(), hiddenSize, schedule.tiling.lanes, schedule.tiling.panel};
  }
  /// Bytes of one gate's recurrent biases.
  int64_t keptBytes() const { return panels().paddedUnits() * elementBytes(); }
  /// Elements of one row of projected gates.
  int64_t gateElements() const { return panels().elements(); }
  /// W_ih of a layer with that input size.
  MatrixLayout inputMatrix(int64_t inputSize) const {
    bool first = inputSize == this->inputSize;
    return {panels(), inputSize, first ? firstStorage : upperStorage, elementBytes()};
  }
  MatrixLayout recurrentMatrix() const {
    return {panels(), hiddenSize, recurrentStorage, elementBytes()};
  }
  LayerLayout layout(int64_t inputSize) const;
  /// First byte of a layer's and direction's packed weights; all layers above 0
  /// are alike.
  int64_t layerStart(int64_t layer, int64_t direction = 0) const {
    int64_t first = layout(inputSize).bytes, upper = layout(outputSize()).bytes;
    if (layer == 0)
      return direction * first;
    return numDirections() * first + ((layer - 1) * numDirections() + direction) * upper;
  }
  int64_t packedBytes() const { return layerStart(numLayers); }
  /// What `split` lets threads divide among them.
  bool splitsRows() const { return mayDivide(rnn::Split::Rows); }
  bool splitsUnits() const { return panels().panels() > 1 && mayDivide(rnn::Split::Units); }
  bool splitsLayers() const { return mayDivide(rnn::Split::Layers); }
  /// Rows from which a run of one step has several threads (grucc_model.step_rows); 0
  /// where it never has, or nothing can stream.
  int64_t stepRows() const;

  /// Reads a plan, or says which op cannot be lowered.
  static mlir::FailureOr<KernelPlan> read(mlir::func::FuncOp func);

private:
  bool mayDivide(rnn::Split what) const {
    return schedule.sharing.split == rnn::Split::Auto || schedule.sharing.split == what;
  }
};

/// The packed weights of a network whose weights are all constants, as bytes.
mlir::FailureOr<std::vector<char>> packWeights(const KernelPlan &plan);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_KERNELPLAN_H
