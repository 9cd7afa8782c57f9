//===- KernelBuilder.cpp - A builder for kernels of any target -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/KernelBuilder.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace grucc;

Value KernelBuilder::constant(double value, int64_t lanes) {
  auto scalar = FloatAttr::get(element, value);
  if (lanes == 0)
    return arith::ConstantOp::create(*this, scalar);
  return arith::ConstantOp::create(*this, DenseElementsAttr::get(vectorType(lanes), scalar));
}

Value KernelBuilder::multiplyAdd(Value a, Value b, Value c) {
  if (fma)
    return math::FmaOp::create(*this, a, b, c); // vector.fma may be split again
  return arith::AddFOp::create(*this, arith::MulFOp::create(*this, a, b), c);
}

Values KernelBuilder::loop(Value lower, Value upper, Value step, ValueRange carried,
                           function_ref<Values(Value, ValueRange)> body) {
  auto op = scf::ForOp::create(*this, lower, upper, step, carried);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(op.getBody());
  Values next = body(op.getInductionVar(), op.getRegionIterArgs());
  if (!carried.empty())
    scf::YieldOp::create(*this, next);
  return Values(op.getResults());
}

void KernelBuilder::loop(Value lower, Value upper, Value step, function_ref<void(Value)> body) {
  loop(lower, upper, step, ValueRange(), [&](Value i, ValueRange) {
    body(i);
    return Values();
  });
}

Values KernelBuilder::loopWhile(ValueRange carried, function_ref<Value(ValueRange)> goesOn,
                                function_ref<Values(ValueRange)> body) {
  auto op = scf::WhileOp::create(
      *this, carried.getTypes(), carried,
      [&](OpBuilder &builder, Location, ValueRange values) {
        OpBuilder::InsertionGuard guard(*this);
        restoreInsertionPoint(builder.saveInsertionPoint());
        scf::ConditionOp::create(*this, goesOn(values), values);
      },
      [&](OpBuilder &builder, Location, ValueRange values) {
        OpBuilder::InsertionGuard guard(*this);
        restoreInsertionPoint(builder.saveInsertionPoint());
        scf::YieldOp::create(*this, body(values));
      });
  return Values(op.getResults());
}

void KernelBuilder::ifThen(Value condition, function_ref<void()> then,
                           function_ref<void()> otherwise) {
  auto op = scf::IfOp::create(*this, condition, /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(op.thenBlock());
  then();
  if (otherwise) {
    setInsertionPointToStart(op.elseBlock());
    otherwise();
  }
}

Value KernelBuilder::choose(Value condition, function_ref<Value()> then,
                            function_ref<Value()> otherwise) {
  auto branch = [](function_ref<Value()> body, KernelBuilder &e) {
    return [&e, body](OpBuilder &builder, Location) {
      OpBuilder::InsertionGuard guard(e);
      e.restoreInsertionPoint(builder.saveInsertionPoint());
      scf::YieldOp::create(e, body());
    };
  };
  return scf::IfOp::create(*this, condition, branch(then, *this), branch(otherwise, *this))
      .getResult(0);
}

bool grucc::fusesMultiplyAdds(Operation *op) {
  for (; op; op = op->getParentOp())
    if (auto machine = op->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name))
      return machine.getFma();
  return true;
}
