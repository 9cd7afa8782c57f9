//===- NetworkPlan.h - A network as its targets see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Read off a function of rnn.project and rnn.scan: the sizes, and where each
// layer's weights come from.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_NETWORKPLAN_H
#define GRUCC_COMPILER_TARGET_NETWORKPLAN_H

#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <vector>

namespace grucc {

/// One layer: rnn.project into rnn.scan { rnn.gru_cell }.
struct LayerPlan {
  rnn::ProjectOp project;
  rnn::ScanOp scan;
  rnn::GruCellOp cell;
  int64_t inputSize; ///< K of the projection
};

struct NetworkPlan {
  mlir::func::FuncOp func;
  std::string name;
  int64_t inputSize, hiddenSize, numLayers, directions;
  bool batchFirst, externalWeights, bias;
  bool training;  ///< runs take a seed or a mask (C6)
  double dropout; ///< p between layers; 0 unless training
  mlir::Type element;
  llvm::SmallVector<LayerPlan> layers; ///< index l*D + d (C7)

  int64_t elementBytes() const { return element.getIntOrFloatBitWidth() / 8; }
  /// Bytes of all layers' states of one row of a stream: [L, H].
  int64_t stateRowBytes() const { return elementBytes() * numLayers * hiddenSize; }
  /// D*H: what a layer puts out, and what the layer above reads (C1).
  int64_t outputSize() const { return directions * hiddenSize; }
  /// Whether a run may drop anything: a mask drops even where p = 0.
  bool drops() const { return training && numLayers > 1; }
  /// Whether a step at a time means anything: not for a reverse direction, and
  /// not with dropout, whose seed comes with a run.
  bool streams() const { return directions == 1 && dropout == 0; }
  /// Whether layer 0 and those above have the same kernels.
  bool layersAlike() const { return numLayers == 1 || inputSize == outputSize(); }

  /// Reads a plan, or says which op cannot be lowered.
  static mlir::FailureOr<NetworkPlan> read(mlir::func::FuncOp func);
};

/// The numbers of a weight that is a constant, or an error; `storage` holds a splat.
template <typename T>
mlir::FailureOr<llvm::ArrayRef<T>> weightValues(mlir::Value weight, std::vector<T> &storage);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_NETWORKPLAN_H
