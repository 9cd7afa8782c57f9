//===- ExpandActivations.cpp - rnn.sigmoid and rnn.tanh into arith ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %y = rnn.sigmoid %x : vector<16xf32>
//     ==>
//   arith and math.fma on vector<16xf32>, about 19 instructions
//   (rnn.tanh: 21), with no call and no branch
//
// The steps are those of Activations.h, instantiated with values of the IR in
// place of numbers. No op carries a fast-math flag (N4).
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Passes.h"
#include "dialects/rnn/Activations.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDACTIVATIONS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
/// Where the steps of one op go.
struct Place {
  ImplicitLocOpBuilder builder;
  Type floats;   // f32, or a vector of f32
  Type integers; // i32, of the same shape
  bool fma;

  Value constant(Type type, TypedAttr element) {
    if (auto vector = dyn_cast<ShapedType>(type))
      element = DenseElementsAttr::get(vector, Attribute(element));
    return arith::ConstantOp::create(builder, element);
  }
  Value integer(uint32_t bits) { return constant(integers, builder.getI32IntegerAttr(bits)); }
};

/// The F of Activations.h: a value of the IR.
struct Steps {
  Place *place;
  Value value;

  template <typename Op, typename... Operands> Steps make(Operands... operands) const {
    return {place, Op::create(place->builder, operands...)};
  }
  Steps compare(arith::CmpFPredicate predicate, Steps b) const {
    return make<arith::CmpFOp>(predicate, value, b.value);
  }
  Steps bits() const { return make<arith::BitcastOp>(place->integers, value); }
  Steps floats() const { return make<arith::BitcastOp>(place->floats, value); }
  Steps masked(uint32_t mask) const {
    return make<arith::AndIOp>(bits().value, place->integer(mask));
  }

  Steps like(float constant) const {
    return {place, place->constant(place->floats, place->builder.getF32FloatAttr(constant))};
  }
  friend Steps operator+(Steps a, Steps b) { return a.make<arith::AddFOp>(a.value, b.value); }
  friend Steps operator-(Steps a, Steps b) { return a.make<arith::SubFOp>(a.value, b.value); }
  friend Steps operator*(Steps a, Steps b) { return a.make<arith::MulFOp>(a.value, b.value); }
  friend Steps operator/(Steps a, Steps b) { return a.make<arith::DivFOp>(a.value, b.value); }
  friend Steps operator-(Steps a) { return a.make<arith::NegFOp>(a.value); }
  friend Steps operator<(Steps a, Steps b) { return a.compare(arith::CmpFPredicate::OLT, b); }
  friend Steps operator==(Steps a, Steps b) { return a.compare(arith::CmpFPredicate::OEQ, b); }
  friend Steps select(Steps condition, Steps a, Steps b) {
    return a.make<arith::SelectOp>(condition.value, a.value, b.value);
  }
  friend Steps multiplyAdd(Steps a, Steps b, Steps c) {
    return a.place->fma ? a.make<math::FmaOp>(a.value, b.value, c.value) : a * b + c;
  }
  friend Steps magnitude(Steps x) { return x.masked(0x7fffffffu).floats(); }
  friend Steps withSign(Steps y, Steps x) {
    Steps sign = x.masked(0x80000000u);
    return y.make<arith::OrIOp>(y.bits().value, sign.value).floats();
  }
  friend Steps power(Steps t) {
    return t.make<arith::ShLIOp>(t.bits().value, t.place->integer(23)).floats();
  }
};

struct ExpandActivations : grucc::impl::ExpandActivationsBase<ExpandActivations> {
  using Base::Base;

  LogicalResult expand(Operation *op) {
    Type floats = op->getResult(0).getType();
    if (!getElementTypeOrSelf(floats).isF32())
      return op->emitOpError("has type ") << floats << ", expected float32 elements";
    ImplicitLocOpBuilder builder(op->getLoc(), op);
    Type integers = builder.getI32Type();
    if (auto vector = dyn_cast<VectorType>(floats))
      integers = vector.cloneWith({}, integers);
    Place place{builder, floats, integers, fma};
    Steps x{&place, op->getOperand(0)};
    Steps y = isa<rnn::SigmoidOp>(op) ? activations::sigmoidSteps(x) : activations::tanhSteps(x);
    op->replaceAllUsesWith(ValueRange{y.value});
    op->erase();
    return success();
  }

  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation()->walk([&](Operation *op) {
      if (isa<rnn::SigmoidOp, rnn::TanhOp>(op))
        found.push_back(op);
    });
    for (Operation *op : found)
      if (failed(expand(op)))
        return signalPassFailure();
  }
};
} // namespace
