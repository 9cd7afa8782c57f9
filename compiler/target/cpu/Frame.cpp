//===- Frame.cpp - What a function that threads run is given -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Frame.h"
#include "compiler/target/cpu/Team.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// Any captured value as eight bytes, and back.
static Value toWord(Emitter &e, Value value) {
  Type type = value.getType();
  if (isa<MemRefType>(type))
    return addressOf(e, value);
  if (type.isIndex())
    return arith::IndexCastOp::create(e, e.getI64Type(), value);
  if (type.isInteger(1))
    return arith::ExtUIOp::create(e, e.getI64Type(), value);
  return value;
}

static Value fromWord(Emitter &e, Type type, Value at) {
  auto load = [&](Type loaded) { return Value(LLVM::LoadOp::create(e, loaded, at)); };
  if (auto memory = dyn_cast<MemRefType>(type))
    return viewOf(e, load(e.pointerType()), memory);
  if (type.isIndex())
    return arith::IndexCastOp::create(e, type, load(e.getI64Type()));
  if (type.isInteger(1))
    return arith::TruncIOp::create(e, type, load(e.getI64Type()));
  return load(type);
}

Value cpu::emitFrame(Emitter &e, size_t words) {
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(e.entry);
  Value count = arith::ConstantOp::create(e, e.getI64IntegerAttr(static_cast<int64_t>(words)));
  return LLVM::AllocaOp::create(e, e.pointerType(), e.getI64Type(), count, /*alignment=*/8);
}

static Value wordAt(Emitter &e, Value frame, int64_t i) {
  return LLVM::GEPOp::create(e, e.pointerType(), e.getI64Type(), frame,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
}

void cpu::storeWords(Emitter &e, Value frame, int64_t first, ValueRange values) {
  for (auto [i, value] : llvm::enumerate(values))
    LLVM::StoreOp::create(e, toWord(e, value), wordAt(e, frame, first + i));
}

func::FuncOp cpu::emitBody(Emitter &e, ModuleOp module, const Twine &name, TypeRange types,
                           function_ref<void(ValueRange, Value)> work) {
  SmallVector<Type> arguments{e.pointerType(), e.getI64Type()};
  func::FuncOp body = e.function(module, name.str(), arguments, [&](ValueRange args) {
    Values values;
    for (auto [i, type] : llvm::enumerate(types))
      values.push_back(fromWord(e, type, wordAt(e, args[0], i)));
    work(values, arith::IndexCastOp::create(e, e.getIndexType(), args[1]));
  });
  e.neverInline(body);
  return body;
}

void cpu::callPointer(Emitter &e, Value function, ValueRange arguments) {
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(e.getContext()),
                                          SmallVector<Type>(arguments.getTypes()));
  Values operands{function};
  operands.append(arguments.begin(), arguments.end());
  LLVM::CallOp::create(e, type, operands);
}

void cpu::callFork(Emitter &e, Value parallelFor, Value context, Value count, func::FuncOp body,
                   Value frame) {
  Value function = func::ConstantOp::create(e, body.getFunctionType(), body.getName());
  Value callee = UnrealizedConversionCastOp::create(e, e.pointerType(), function).getResult(0);
  Value parts = arith::IndexCastOp::create(e, e.getI64Type(), count);
  callPointer(e, parallelFor, {context, parts, callee, frame});
}
