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
//   (rnn.tanh: 21; in float64 27 and 31), with no call and no branch
//
// The steps are those of Activations.h, instantiated with values of the IR in
// place of numbers. No op carries a fast-math flag (N4).
//
//===----------------------------------------------------------------------===//

#include "compiler/target/Passes.h"
#include "dialects/rnn/Activations.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDACTIVATIONS
#include "compiler/target/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
/// Where the steps of one op go.
struct Place {
  ImplicitLocOpBuilder builder;
  Type floats;   // f32 or f64, or a vector of them
  Type integers; // i32 or i64, of the same shape
  bool fma;

  FloatType element() const { return cast<FloatType>(getElementTypeOrSelf(floats)); }
  APInt sign() const { return APInt::getSignMask(element().getWidth()); }
  unsigned mantissaBits() const { return element().getFPMantissaWidth() - 1; }

  Value constant(Type type, TypedAttr element) {
    if (auto vector = dyn_cast<ShapedType>(type))
      element = DenseElementsAttr::get(vector, Attribute(element));
    return arith::ConstantOp::create(builder, element);
  }
  Value number(double value) { return constant(floats, builder.getFloatAttr(element(), value)); }
  Value integer(const APInt &bits) {
    return constant(integers, builder.getIntegerAttr(getElementTypeOrSelf(integers), bits));
  }
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
  Steps masked(const APInt &mask) const {
    return make<arith::AndIOp>(bits().value, place->integer(mask));
  }

  Steps like(double constant) const { return {place, place->number(constant)}; }
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
  friend Steps magnitude(Steps x) { return x.masked(~x.place->sign()).floats(); }
  friend Steps withSign(Steps y, Steps x) {
    Steps sign = x.masked(x.place->sign());
    return y.make<arith::OrIOp>(y.bits().value, sign.value).floats();
  }
  friend Steps power(Steps t) {
    APInt shift(t.place->element().getWidth(), t.place->mantissaBits());
    return t.make<arith::ShLIOp>(t.bits().value, t.place->integer(shift)).floats();
  }
};

struct ExpandActivations : grucc::impl::ExpandActivationsBase<ExpandActivations> {
  using Base::Base;

  void expand(Operation *op) {
    Type floats = op->getResult(0).getType();
    ImplicitLocOpBuilder builder(op->getLoc(), op);
    Type integers = builder.getIntegerType(getElementTypeOrSelf(floats).getIntOrFloatBitWidth());
    if (auto vector = dyn_cast<VectorType>(floats))
      integers = vector.cloneWith({}, integers);
    Place place{builder, floats, integers, fma};
    Value result =
        steps(limitsOf(op), isa<rnn::SigmoidOp>(op), Steps{&place, op->getOperand(0)}).value;
    op->replaceAllUsesWith(ValueRange{result});
    op->erase();
  }

  /// As the schedule of the network says that the function belongs to.
  activations::Limits limitsOf(Operation *op) {
    auto function = op->getParentOfType<FunctionOpInterface>();
    auto schedule = function ? function->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name)
                             : rnn::ScheduleAttr();
    bool late = lateLimits || (schedule && schedule.getTiling().lateLimits);
    return late ? activations::Limits::Last : activations::Limits::First;
  }

  static Steps steps(activations::Limits limits, bool sigmoid, Steps x) {
    if (x.place->element().isF64())
      return sigmoid ? activations::sigmoidFloat64Steps(x, limits)
                     : activations::tanhFloat64Steps(x, limits);
    return sigmoid ? activations::sigmoidSteps(x, limits) : activations::tanhSteps(x, limits);
  }

  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation()->walk([&](Operation *op) {
      if (isa<rnn::SigmoidOp, rnn::TanhOp>(op))
        found.push_back(op);
    });
    for (Operation *op : found)
      expand(op);
  }
};
} // namespace
