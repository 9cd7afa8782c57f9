//===- NetworkPlan.h - A network, as targets see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Read off a function of rnn.project and rnn.scan, which must be the graph that its
// rnn.network says: generated code is written from the sizes, not from the graph.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_NETWORKPLAN_H
#define GRUCC_COMPILER_TARGET_NETWORKPLAN_H

#include "compiler/target/NetworkGraph.h"

namespace grucc {

struct NetworkPlan : rnn::Network {
  mlir::func::FuncOp func;
  std::string name;
  mlir::Type element;                  ///< its dtype
  llvm::SmallVector<LayerPlan> layers; ///< index l*D + d (C7)
  rnn::CellAttr cellKind;              ///< of every layer
  CellShape cell;                      ///< its table

  int64_t gates() const { return cell.gates; }

  /// Reads a plan, or says what no target can lower, with a note at what it should
  /// agree with.
  static mlir::FailureOr<NetworkPlan> read(mlir::func::FuncOp func);
  /// Kernels carry one state: refuses other cells.
  mlir::LogicalResult expectOneState() const;

  /// What is made of the function is called NAME_SOMETHING and NAME.SOMETHING: refuses a
  /// module that has such symbols.
  /// `ours`: those that are there already.
  mlir::LogicalResult expectFreeNames(llvm::ArrayRef<std::string> ours = {}) const;
  /// Gives what is made of the function all that stands on it: every rnn.NAME.
  void carryOver(mlir::Operation *to) const;
};

/// Lowers one function of a module after the other, those that hold a network alone; ends
/// with the first that fails.
mlir::LogicalResult
forEachNetwork(mlir::ModuleOp module,
               llvm::function_ref<mlir::LogicalResult(mlir::ModuleOp, mlir::func::FuncOp)> lower);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_NETWORKPLAN_H
