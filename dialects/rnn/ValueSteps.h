//===- ValueSteps.h - Steps of activations and cells as IR --------*- C++ -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The F of Activations.h and Cells.h that is a value of the IR: each operation on it
// emits one. No op carries a fast-math flag (N4).
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_VALUESTEPS_H
#define GRUCC_DIALECTS_RNN_VALUESTEPS_H

#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace grucc::rnn {

/// Where the steps go, and what their values are.
struct StepsPlace {
  mlir::ImplicitLocOpBuilder builder;
  mlir::Type floats;   ///< f32 or f64, or a vector of them
  mlir::Type integers; ///< i32 or i64, of the same shape
  bool fma;            ///< whether the target has a fused multiply-add

  StepsPlace(const mlir::ImplicitLocOpBuilder &builder, mlir::Type floats, bool fma)
      : builder(builder), floats(floats), fma(fma) {
    integers = this->builder.getIntegerType(element().getWidth());
    if (auto vector = mlir::dyn_cast<mlir::VectorType>(floats))
      integers = vector.cloneWith({}, integers);
  }

  mlir::FloatType element() const {
    return mlir::cast<mlir::FloatType>(mlir::getElementTypeOrSelf(floats));
  }
  llvm::APInt sign() const { return llvm::APInt::getSignMask(element().getWidth()); }
  unsigned mantissaBits() const { return element().getFPMantissaWidth() - 1; }

  mlir::Value constant(mlir::Type type, mlir::TypedAttr element) {
    if (auto vector = mlir::dyn_cast<mlir::ShapedType>(type))
      element = mlir::DenseElementsAttr::get(vector, mlir::Attribute(element));
    return mlir::arith::ConstantOp::create(builder, element);
  }
  mlir::Value number(double value) {
    return constant(floats, builder.getFloatAttr(element(), value));
  }
  mlir::Value integer(const llvm::APInt &bits) {
    return constant(integers, builder.getIntegerAttr(mlir::getElementTypeOrSelf(integers), bits));
  }
};

struct ValueSteps {
  StepsPlace *place = nullptr;
  mlir::Value value;

  template <typename Op, typename... Operands> ValueSteps make(Operands... operands) const {
    return {place, Op::create(place->builder, operands...)};
  }
  ValueSteps compare(mlir::arith::CmpFPredicate predicate, ValueSteps b) const {
    return make<mlir::arith::CmpFOp>(predicate, value, b.value);
  }
  ValueSteps bits() const { return make<mlir::arith::BitcastOp>(place->integers, value); }
  ValueSteps floats() const { return make<mlir::arith::BitcastOp>(place->floats, value); }
  ValueSteps masked(const llvm::APInt &mask) const {
    return make<mlir::arith::AndIOp>(bits().value, place->integer(mask));
  }

  ValueSteps like(double constant) const { return {place, place->number(constant)}; }
  friend ValueSteps operator+(ValueSteps a, ValueSteps b) {
    return a.make<mlir::arith::AddFOp>(a.value, b.value);
  }
  friend ValueSteps operator-(ValueSteps a, ValueSteps b) {
    return a.make<mlir::arith::SubFOp>(a.value, b.value);
  }
  friend ValueSteps operator*(ValueSteps a, ValueSteps b) {
    return a.make<mlir::arith::MulFOp>(a.value, b.value);
  }
  friend ValueSteps operator/(ValueSteps a, ValueSteps b) {
    return a.make<mlir::arith::DivFOp>(a.value, b.value);
  }
  friend ValueSteps operator-(ValueSteps a) { return a.make<mlir::arith::NegFOp>(a.value); }
  friend ValueSteps operator<(ValueSteps a, ValueSteps b) {
    return a.compare(mlir::arith::CmpFPredicate::OLT, b);
  }
  friend ValueSteps operator==(ValueSteps a, ValueSteps b) {
    return a.compare(mlir::arith::CmpFPredicate::OEQ, b);
  }
  friend ValueSteps select(ValueSteps condition, ValueSteps a, ValueSteps b) {
    return a.make<mlir::arith::SelectOp>(condition.value, a.value, b.value);
  }
  friend ValueSteps multiplyAdd(ValueSteps a, ValueSteps b, ValueSteps c) {
    return a.place->fma ? a.make<mlir::math::FmaOp>(a.value, b.value, c.value) : a * b + c;
  }
  friend ValueSteps magnitude(ValueSteps x) { return x.masked(~x.place->sign()).floats(); }
  friend ValueSteps withSign(ValueSteps y, ValueSteps x) {
    ValueSteps sign = x.masked(x.place->sign());
    return y.make<mlir::arith::OrIOp>(y.bits().value, sign.value).floats();
  }
  friend ValueSteps power(ValueSteps t) {
    llvm::APInt shift(t.place->element().getWidth(), t.place->mantissaBits());
    return t.make<mlir::arith::ShLIOp>(t.bits().value, t.place->integer(shift)).floats();
  }
  friend ValueSteps sigmoid(ValueSteps x) { return x.make<SigmoidOp>(x.value); }
  friend ValueSteps tanh(ValueSteps x) { return x.make<TanhOp>(x.value); }
  friend ValueSteps expm1(ValueSteps x) {
    return x.place->element().isF64() ? activations::expm1Float64Steps(x)
                                      : activations::expm1Steps(x);
  }
  friend ValueSteps softplus(ValueSteps x) {
    return x.place->element().isF64() ? activations::softplusFloat64Steps(x)
                                      : activations::softplusSteps(x);
  }
};

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_VALUESTEPS_H
