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
#include "dialects/rnn/PanelLayout.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

namespace grucc::cpu {

/// Where the parts of one layer's packed weights start, in bytes from its first. Biases are
/// always the network's own numbers.
struct LayerLayout {
  int64_t inputWeights;     ///< W_ih, K = inputSize
  int64_t inputBias;        ///< as one k of a matrix
  int64_t recurrentWeights; ///< W_hh, K = H; one behind the other, that of each round's gates
  int64_t recurrentBias;    ///< b_hn, or what gates keep: [kept gate][unit], padded
  int64_t bytes;            ///< of the whole layer, 64-byte multiple
};

struct KernelPlan : NetworkPlan {
  rnn::Schedule schedule;
  rnn::MachineAttr machine;
  /// Of W_ih in layer 0, of W_ih above, of every W_hh: layers that share a kernel
  /// share what it reads.
  rnn::StorageKind firstStorage, upperStorage, recurrentStorage;
  /// What rnn-plan-model has written: rnn.memory, and in rnn.place of layer 0 and of those above.
  rnn::MemoryAttr memory;
  LayerLayout firstLayout, upperLayout;

  /// The same network, over the same weights, as kernels of one row see it.
  KernelPlan forOneRow() const {
    KernelPlan plan = *this;
    plan.schedule = rnn::forOneRow(schedule);
    return plan;
  }

  PanelLayout panels() const {
    return {gates(), hiddenSize, schedule.tiling.lanes, schedule.tiling.panel,
            /*packs=*/rounds() == 1};
  }
  /// Of every buffer and matrix, in bytes.
  int64_t alignment() const { return machine.getRow().bufferAlignment(); }
  /// Bytes of one gate's recurrent biases.
  int64_t keptBytes() const { return panels().paddedUnits() * elementBytes(); }
  int64_t rounds() const { return cell.rounds; }
  /// Elements of one row of projected gates, and of what stands behind them.
  int64_t gateElements() const { return panels().rowElements(rounds()); }
  /// W_ih of a layer with that input size.
  MatrixLayout inputMatrix(int64_t inputSize) const {
    bool first = inputSize == this->inputSize;
    return {panels(), inputSize, first ? firstStorage : upperStorage, elementBytes()};
  }
  /// W_hh of the gates of a round.
  MatrixLayout recurrentMatrix(int64_t round = 0) const {
    PanelLayout own = panels();
    own.gates = cell.gatesOf(round);
    return {own, hiddenSize, recurrentStorage, elementBytes()};
  }
  /// Where it begins behind that of the first round.
  int64_t roundStart(int64_t round) const {
    return round == 0
               ? 0
               : llvm::alignTo(roundStart(round - 1) + recurrentMatrix(round - 1).bytes(), alignment());
  }
  /// Of a layer with that input size; all layers above 0 are alike.
  const LayerLayout &layout(int64_t inputSize) const {
    return inputSize == this->inputSize ? firstLayout : upperLayout;
  }
  /// First byte of a layer's and direction's packed weights.
  int64_t layerStart(int64_t layer, int64_t direction = 0) const {
    if (layer == 0)
      return direction * firstLayout.bytes;
    return numDirections() * firstLayout.bytes +
           ((layer - 1) * numDirections() + direction) * upperLayout.bytes;
  }
  int64_t packedBytes() const { return memory.getWeights(); }
  /// Whether layers take turns between the output and a second buffer: each needs the whole
  /// sequence below it.
  bool layersTakeTurns() const { return numDirections() == 2 && numLayers > 1; }
  /// What `split` lets threads divide among them.
  bool splitsRows() const { return mayDivide(rnn::Split::Rows); }
  bool splitsUnits() const { return panels().panels() > 1 && mayDivide(rnn::Split::Units); }
  bool splitsLayers() const { return mayDivide(rnn::Split::Layers); }
  /// Rows from which a run of one step has several threads (grucc_model.step_rows); 0
  /// where it never has, or nothing can stream.
  int64_t stepRows() const;

  /// What rnn-pack-weights writes: a global of the packed weights, or where they are external a
  /// function that packs them; and the zeros that h_0 is where there is none.
  std::string weightsName() const { return name + ".weights"; }
  std::string packName() const { return name + ".pack"; }
  std::string packMatrixName() const { return packName() + "_matrix"; }
  /// W_hh of a round, where a cell has several.
  std::string packRoundName(int64_t round) const {
    return packName() + "_round_" + std::to_string(round);
  }
  std::string packBiasesName() const { return packName() + "_biases"; }
  std::string zerosName() const { return name + ".zeros"; }
  /// All of them, whether there or not.
  std::vector<std::string> packedNames() const;

  /// Reads a plan, or says which op cannot be lowered: that of a network that is scheduled,
  /// and whose memory is planned, too.
  static mlir::FailureOr<KernelPlan> readScheduled(mlir::func::FuncOp func);
  static mlir::FailureOr<KernelPlan> read(mlir::func::FuncOp func);

  /// The `rnn.place` of the projection and the scan of layers[index].
  std::pair<rnn::PlaceAttr, rnn::PlaceAttr> placesOf(int64_t index) const;

private:
  bool mayDivide(rnn::Split what) const {
    return schedule.sharing.split == rnn::Split::Auto || schedule.sharing.split == what;
  }
};

/// The packed weights of a network whose weights are all constants, as bytes.
mlir::FailureOr<std::vector<char>> packWeights(const KernelPlan &plan);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_KERNELPLAN_H
