//===- Emitter.cpp - A builder for kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Emitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace grucc::cpu;

Value Emitter::constant(double value, int64_t lanes) {
  auto scalar = FloatAttr::get(element, value);
  if (lanes == 0)
    return arith::ConstantOp::create(*this, scalar);
  return arith::ConstantOp::create(*this, DenseElementsAttr::get(vectorType(lanes), scalar));
}

Value Emitter::load(Value memory, Value offset, int64_t lanes) {
  return vector::LoadOp::create(*this, vectorType(lanes), memory, offset);
}

Value Emitter::loadBytes(VectorType type, Value bytes, Value at) {
  int64_t size = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  Value raw = vector::LoadOp::create(*this, VectorType::get({size}, getI8Type()), bytes, at);
  return vector::BitCastOp::create(*this, type, raw);
}

Value Emitter::loadNumbers(Value bytes, Value start, Value index, int64_t lanes) {
  int64_t size = element.getIntOrFloatBitWidth() / 8;
  return loadBytes(vectorType(lanes), bytes, add(start, mul(index, size)));
}

Value Emitter::loadPart(Value memory, Value offset, int64_t lanes, int64_t valid) {
  if (valid == lanes)
    return load(memory, offset, lanes);
  Value part = load(memory, offset, valid);
  return vector::InsertStridedSliceOp::create(*this, part, zeros(lanes), ArrayRef<int64_t>{0},
                                              ArrayRef<int64_t>{1});
}

Value Emitter::splat(Value memory, Value offset, int64_t lanes) {
  Value scalar = memref::LoadOp::create(*this, memory, offset);
  return vector::BroadcastOp::create(*this, vectorType(lanes), scalar);
}

void Emitter::store(Value value, Value memory, Value offset) {
  vector::StoreOp::create(*this, value, memory, offset);
}

void Emitter::storePart(Value value, Value memory, Value offset, int64_t valid) {
  if (valid != cast<VectorType>(value.getType()).getNumElements())
    value = vector::ExtractStridedSliceOp::create(*this, value, ArrayRef<int64_t>{0},
                                                  ArrayRef<int64_t>{valid}, ArrayRef<int64_t>{1});
  store(value, memory, offset);
}

Value Emitter::multiplyAdd(Value a, Value b, Value c) {
  if (fma)
    return math::FmaOp::create(*this, a, b, c); // vector.fma may be split again
  return arith::AddFOp::create(*this, arith::MulFOp::create(*this, a, b), c);
}

Values Emitter::loop(Value lower, Value upper, Value step, ValueRange carried,
                     function_ref<Values(Value, ValueRange)> body) {
  auto op = scf::ForOp::create(*this, lower, upper, step, carried);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(op.getBody());
  Values next = body(op.getInductionVar(), op.getRegionIterArgs());
  if (!carried.empty())
    scf::YieldOp::create(*this, next);
  return Values(op.getResults());
}

void Emitter::loop(Value lower, Value upper, Value step, function_ref<void(Value)> body) {
  loop(lower, upper, step, ValueRange(), [&](Value i, ValueRange) {
    body(i);
    return Values();
  });
}

Values Emitter::loopWhile(ValueRange carried, function_ref<Value(ValueRange)> goesOn,
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

void Emitter::ifThen(Value condition, function_ref<void()> then, function_ref<void()> otherwise) {
  auto op = scf::IfOp::create(*this, condition, /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(op.thenBlock());
  then();
  if (otherwise) {
    setInsertionPointToStart(op.elseBlock());
    otherwise();
  }
}

Value Emitter::choose(Value condition, function_ref<Value()> then,
                      function_ref<Value()> otherwise) {
  auto branch = [](function_ref<Value()> body, Emitter &e) {
    return [&e, body](OpBuilder &builder, Location) {
      OpBuilder::InsertionGuard guard(e);
      e.restoreInsertionPoint(builder.saveInsertionPoint());
      scf::YieldOp::create(e, body());
    };
  };
  return scf::IfOp::create(*this, condition, branch(then, *this), branch(otherwise, *this))
      .getResult(0);
}

func::FuncOp Emitter::function(ModuleOp module, StringRef name, TypeRange arguments,
                               function_ref<void(ValueRange)> body) {
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToEnd(module.getBody());
  auto func = func::FuncOp::create(*this, name, getFunctionType(arguments, {}));
  func.setPrivate();
  if (schedule)
    func->setAttr(rnn::ScheduleAttr::name, schedule);
  func->setAttr("llvm.linkage", LLVM::LinkageAttr::get(getContext(), LLVM::Linkage::Internal));
  llvm::SaveAndRestore outer(entry, func.addEntryBlock());
  setInsertionPointToStart(entry);
  body(func.getArguments());
  func::ReturnOp::create(*this);
  return func;
}
