//===- FoldBiases.cpp - Biases that can be added before the loop -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/recurrence/Passes.h"
#include "dialects/rnn/CellInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace grucc {
#define GEN_PASS_DEF_FOLDBIASES
#include "compiler/recurrence/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

/// project bias(b_ih), cell bias(b_hh) ==> project bias(b_x), cell bias(b_hn).
/// After HoistProjection; what a cell keeps, as b_hn under the reset gate, must stay.
static void fold(rnn::CellOpInterface cell) {
  auto scan = cell->getParentOfType<rnn::ScanOp>();
  auto project = scan ? scan.getGates().getDefiningOp<rnn::ProjectOp>() : nullptr;
  auto biasType = cell.getBias() ? cast<RankedTensorType>(cell.getBias().getType()) : nullptr;
  auto gatesType = cast<RankedTensorType>(cell.getWHh().getType());
  // Folded already, or gates that others read too.
  if (!project || !project.getBias() || !project->hasOneUse() || !biasType ||
      biasType.getShape() != gatesType.getShape().take_front())
    return;

  ImplicitLocOpBuilder b(project.getLoc(), project);
  SmallVector<Value> folded;
  b.createOrFold<rnn::FoldBiasesOp>(folded, project.getBias(), cell.getBias(),
                                    project.getCellAttr());
  project.getBiasMutable().assign(folded[0]);
  if (cell.getShape().keptBiases())
    cell.getBiasMutable().assign(folded[1]);
  else
    cell.getBiasMutable().clear();
}

namespace {
struct FoldBiases : grucc::impl::FoldBiasesBase<FoldBiases> {
  void runOnOperation() override {
    getOperation().walk([](rnn::CellOpInterface cell) { fold(cell); });
  }
};
} // namespace
