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
#include "dialects/rnn/Storage.h"
#include "mlir/IR/BuiltinOps.h"

namespace grucc::cpu {

/// Units in panels of `width`, the last one narrower; units beyond H are zero.
struct PanelLayout {
  int64_t hiddenSize; ///< H
  int64_t lanes;      ///< floats a vector
  int64_t vectors;    ///< vectors a gate in a full panel

  int64_t width() const { return lanes * vectors; }
  /// Panels whose units all exist.
  int64_t fullPanels() const { return hiddenSize / width(); }
  /// Units of the last, narrower panel; 0 when there is none.
  int64_t tailUnits() const { return hiddenSize % width(); }
  int64_t tailVectors() const { return (tailUnits() + lanes - 1) / lanes; }
  int64_t tailWidth() const { return tailVectors() * lanes; }
  int64_t panels() const { return fullPanels() + (tailUnits() ? 1 : 0); }
  /// Whether some units of the last panel do not exist.
  bool hasPartialTail() const { return tailUnits() > 0; }
  /// Whether the last panel has fewer vectors than the others.
  bool hasNarrowTail() const { return tailUnits() && tailVectors() < vectors; }
  /// Units with those that fill the last vector.
  int64_t paddedUnits() const { return (hiddenSize + lanes - 1) / lanes * lanes; }
  /// Width of one panel.
  int64_t panelWidth(int64_t panel) const { return panel < fullPanels() ? width() : tailWidth(); }
};

/// A weight matrix [G, K] in panels, in bytes: [panel][K / group][gate][width]
/// words, each `group` consecutive k of one unit, the first in the lowest bits: a
/// vector of words is loaded once and taken apart in registers (EmitWeights).
struct MatrixLayout {
  PanelLayout panels;
  int64_t depth; ///< K
  rnn::StorageKind kind;
  int64_t exactBytes; ///< of the network's own numbers

  int64_t weightBytes() const { return rnn::bytesOf(kind, exactBytes); }
  int64_t group() const {
    return kind == rnn::StorageKind::BFloat16 || kind == rnn::StorageKind::Int8 ? 2 : 1;
  }
  int64_t wordBytes() const { return group() * weightBytes(); }
  int64_t words() const { return (depth + group() - 1) / group(); }
  /// In front of the panels: the constants of int8's widening, and room for loads
  /// that begin one weight before a word.
  int64_t headerBytes() const { return group() > 1 ? 64 : 0; }
  /// Bytes of the words of one group of k in a panel of that width.
  int64_t turnBytes(int64_t width) const { return 3 * width * wordBytes(); }
  /// From one full panel to the next; the first stands behind the header.
  int64_t panelBytes() const { return turnBytes(panels.width()) * words(); }
  int64_t bytes() const { return headerBytes() + turnBytes(panels.paddedUnits()) * words(); }
};

/// Where the parts of one layer's packed weights start, in bytes. Biases are
/// always the network's own numbers.
struct LayerLayout {
  int64_t inputWeights;     ///< W_ih, K = inputSize
  int64_t inputBias;        ///< [panel][gate][width]
  int64_t recurrentWeights; ///< W_hh, K = H
  int64_t recurrentBias;    ///< b_hn: [panel][width]
  int64_t bytes;            ///< of the whole layer, 64-byte multiple
};

struct KernelPlan : NetworkPlan {
  rnn::ScheduleAttr schedule;
  rnn::MachineAttr machine;
  /// Of W_ih in layer 0, of W_ih above, of every W_hh: layers that share a kernel
  /// share what it reads.
  rnn::StorageKind firstStorage, upperStorage, recurrentStorage;

  PanelLayout panels() const { return {hiddenSize, schedule.getLanes(), schedule.getPanel()}; }
  /// Elements of one row of projected gates: 3 padded units.
  int64_t gateElements() const { return 3 * panels().paddedUnits(); }
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
    return directions * first + ((layer - 1) * directions + direction) * upper;
  }
  int64_t packedBytes() const { return layerStart(numLayers); }

  /// Reads a plan, or says which op cannot be lowered.
  static mlir::FailureOr<KernelPlan> read(mlir::func::FuncOp func);
};

/// The packed weights of a network whose weights are all constants, as bytes.
mlir::FailureOr<std::vector<char>> packWeights(const KernelPlan &plan);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_KERNELPLAN_H
