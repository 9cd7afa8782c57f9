//===- ExpandSoftFma.cpp - Multiply-adds where a CPU has no floating point -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %d = math.fma %a, %b, %c : f32
//     ==>
//   %d = func.call @fma.float32(%a, %b, %c) : (i32, i32, i32) -> i32, on their bits
//
// with that function, and those that it calls, out of SoftFma.mlir and SoftFloat.mlir. Vectors lane
// by lane.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Emitter.h"
#include "compiler/target/cpu/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Parser/Parser.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDSOFTFMA
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

static constexpr StringLiteral multiplyAddName = "fma.float32", productName = "fma.product",
                               productOfHalvesName = "fma.product_of_halves";

static constexpr StringLiteral text =
#include "compiler/target/cpu/SoftFmaText.h.inc"
    ;

/// The functions of SoftFma.mlir and SoftFloat.mlir, with the product that the CPU has.
static LogicalResult addFunctions(ModuleOp module, bool lacksLongProducts) {
  OwningOpRef<ModuleOp> source = parseSourceString<ModuleOp>(text, module.getContext());
  auto unused =
      source->lookupSymbol<func::FuncOp>(lacksLongProducts ? productName : productOfHalvesName);
  unused.erase();
  if (lacksLongProducts) {
    auto product = source->lookupSymbol<func::FuncOp>(productOfHalvesName);
    product.setName(productName);
  }
  auto linkage = LLVM::LinkageAttr::get(module.getContext(), LLVM::Linkage::Internal);
  for (auto func : llvm::make_early_inc_range(source->getOps<func::FuncOp>())) {
    if (failed(expectFreeName(module, module, "multiply-adds", func.getName())))
      return failure();
    func->setAttr("llvm.linkage", linkage);
    func->moveBefore(module.getBody(), module.getBody()->end());
  }
  return success();
}

/// On bits: as numbers they would be compared as such, by calls.
static Value callOf(ImplicitLocOpBuilder &b, ValueRange operands) {
  Values bits;
  for (Value operand : operands)
    bits.push_back(arith::BitcastOp::create(b, b.getI32Type(), operand));
  auto call = func::CallOp::create(b, multiplyAddName, b.getI32Type(), bits);
  return arith::BitcastOp::create(b, operands.front().getType(), call.getResult(0));
}

static void expand(math::FmaOp op) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  auto vector = dyn_cast<VectorType>(op.getType());
  if (!vector) {
    op.replaceAllUsesWith(callOf(b, op->getOperands()));
    return op.erase();
  }
  SmallVector<Values, 3> operands;
  for (Value operand : op->getOperands())
    operands.emplace_back(vector::ToElementsOp::create(b, operand).getResults());
  Values lanes;
  for (auto [x, y, z] : llvm::zip_equal(operands[0], operands[1], operands[2]))
    lanes.push_back(callOf(b, {x, y, z}));
  op.replaceAllUsesWith(vector::FromElementsOp::create(b, vector, lanes).getResult());
  op.erase();
}

namespace {
struct ExpandSoftFma : grucc::impl::ExpandSoftFmaBase<ExpandSoftFma> {
  void runOnOperation() override {
    SmallVector<math::FmaOp> found;
    bool lacksLongProducts = false;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      auto machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
      if (!machine || !machine.getRow().softFloat)
        continue;
      lacksLongProducts |= machine.getRow().lacksLongProducts;
      func.walk([&](math::FmaOp op) {
        if (getElementTypeOrSelf(op.getType()).isF32()) // no such target has float64
          found.push_back(op);
      });
    }
    if (found.empty())
      return;
    if (failed(addFunctions(getOperation(), lacksLongProducts)))
      return signalPassFailure();
    for (math::FmaOp op : found)
      expand(op);
  }
};
} // namespace
