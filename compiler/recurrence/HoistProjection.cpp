//===- HoistProjection.cpp - The input part of the gates, out of the loop -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/recurrence/Passes.h"
#include "dialects/rnn/CellInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace grucc {
#define GEN_PASS_DEF_HOISTPROJECTION
#include "compiler/recurrence/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

/// rnn.layer ==> rnn.project, rnn.scan { the cell that the layer names }.
static void hoist(rnn::LayerOp layer) {
  ImplicitLocOpBuilder b(layer.getLoc(), layer);
  Value gates =
      rnn::ProjectOp::create(b, layer.getInput(), layer.getWIh(), layer.getBIh(),
                             rnn::ScheduleAttr(), layer.getWIhStorageAttr(), layer.getCellAttr());
  auto scan = rnn::ScanOp::create(b, layer.getOutput().getType(), layer.getHN().getType(), gates,
                                  layer.getH_0(), layer.getLengths(), layer.getReverse(),
                                  rnn::ScheduleAttr());

  auto gatesType = cast<RankedTensorType>(gates.getType());
  Type step = RankedTensorType::get(gatesType.getShape().drop_front(), gatesType.getElementType());
  Block *body = b.createBlock(&scan.getBody(), {}, {step, layer.getHN().getType()},
                              {layer.getLoc(), layer.getLoc()});
  SmallVector<Value> operands = {body->getArgument(0), body->getArgument(1), layer.getWHh()};
  if (layer.getBHh())
    operands.push_back(layer.getBHh());
  auto *kind = rnn::lookupCell(layer.getCell());
  Operation *cell = kind->build(b, layer.getLoc(), layer.getHN().getType(), operands,
                                layer.getWHhStorageAttr(), layer.getCell().getVariant());
  rnn::YieldOp::create(b, cell->getResult(0));
  layer.replaceAllUsesWith(scan.getResults());
  layer.erase();
}

namespace {
struct HoistProjection : grucc::impl::HoistProjectionBase<HoistProjection> {
  void runOnOperation() override {
    for (rnn::LayerOp layer : llvm::to_vector(getOperation().getOps<rnn::LayerOp>()))
      hoist(layer);
  }
};
} // namespace
