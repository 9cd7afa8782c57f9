//===- NetworkGraph.h - What the ops of a network say -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// NetworkPlan::read in parts. The graph must be a stack of layers, and says all of
// rnn::Network but `training`; what is refused has a note at what it should agree with.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_NETWORKGRAPH_H
#define GRUCC_COMPILER_TARGET_NETWORKGRAPH_H

#include "dialects/rnn/CellInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <vector>

namespace grucc {

/// One layer: rnn.project into rnn.scan { a cell }.
struct LayerPlan {
  rnn::ProjectOp project;
  rnn::ScanOp scan;
  rnn::CellOpInterface cell;
  int64_t inputSize; ///< K of the projection
};

struct NetworkGraph : rnn::Network {
  mlir::func::FuncOp func;
  llvm::SmallVector<LayerPlan> layers;        ///< index l*D + d (C7)
  rnn::CellAttr cellKind;                     ///< of every layer
  CellShape cell;                             ///< its table
  llvm::SmallVector<rnn::DropoutOp> dropouts; ///< behind every layer but the last, or none

  /// Layers one by one: their directions, sizes and biases (NetworkGraph.cpp).
  mlir::LogicalResult readLayers();
  /// Where weights come from: all are constants, or arguments in torch's order
  /// (NetworkWeights.cpp).
  mlir::LogicalResult readWeights();
  /// What layers read, and what is returned (NetworkEdges.cpp).
  mlir::LogicalResult readEdges();

  /// G: rows of a cell's matrices (C3).
  int64_t cellRows() const { return cell.rows(hiddenSize); }
  /// layer 1, or layer 1 in reverse.
  std::string layerName(int64_t index) const;
  /// Whether a value is an argument of the function.
  bool isArgument(mlir::Value value) const;
};

/// ARGUMENT: found FOUND, expected EXPECTED at `op`, and NOTE at `other`, if there is one.
mlir::LogicalResult refuse(mlir::Operation *op, const llvm::Twine &argument,
                           const llvm::Twine &found, const llvm::Twine &expected,
                           mlir::Operation *other = nullptr, const llvm::Twine &note = "");

/// Where a value comes from: argument 0, or a result of 'rnn.scan'.
std::string originOf(mlir::Value value);

/// The numbers of a weight that is a constant, or an error; `storage` holds a splat.
template <typename T>
mlir::FailureOr<llvm::ArrayRef<T>> weightValues(mlir::Value weight, std::vector<T> &storage);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_NETWORKGRAPH_H
