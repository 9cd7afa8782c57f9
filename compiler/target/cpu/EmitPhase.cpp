//===- EmitPhase.cpp - Work handed to the caller's threads -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Team.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

static Type pointerType(Emitter &e) { return LLVM::LLVMPointerType::get(e.getContext()); }

SmallVector<Type> Team::types(Emitter &e) {
  Type index = e.getIndexType(), pointer = pointerType(e);
  return {index, index, pointer, pointer, pointer};
}

Team Team::from(ValueRange v) { return {v[0], v[1], v[2], v[3], v[4]}; }

Team Team::alone(Emitter &e) {
  Value null = LLVM::ZeroOp::create(e, pointerType(e));
  return {e.index(0), e.index(1), null, null, null};
}

Value cpu::viewOf(Emitter &e, Value base, MemRefType memory) {
  // The descriptor that finalize-memref-to-llvm expects: both pointers, offset,
  // size and stride. Kernels index from the start and never ask for the size.
  Type i64 = e.getI64Type(), pointer = pointerType(e);
  auto one = LLVM::LLVMArrayType::get(i64, 1);
  auto type = LLVM::LLVMStructType::getLiteral(e.getContext(), {pointer, pointer, i64, one, one});
  Value value = LLVM::PoisonOp::create(e, type);
  auto insert = [&](Value field, ArrayRef<int64_t> position) {
    value = LLVM::InsertValueOp::create(e, value, field, position);
  };
  auto number = [&](int64_t n) { return arith::ConstantOp::create(e, e.getI64IntegerAttr(n)); };
  insert(base, {0});
  insert(base, {1});
  insert(number(0), {2});
  insert(number(INT64_MAX), {3, 0});
  insert(number(1), {4, 0});
  return UnrealizedConversionCastOp::create(e, memory, value).getResult(0);
}

static Value addressOf(Emitter &e, Value memory) {
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(e, memory);
  return arith::IndexCastOp::create(e, e.getI64Type(), address);
}

Value cpu::standsBefore(Emitter &e, Value memory, Value other) {
  return arith::CmpIOp::create(e, arith::CmpIPredicate::ult, addressOf(e, memory),
                               addressOf(e, other));
}

Value cpu::viewFrom(Emitter &e, Value memory, Value element) {
  auto type = cast<MemRefType>(memory.getType());
  Value base = LLVM::IntToPtrOp::create(e, pointerType(e), addressOf(e, memory));
  Value at = arith::IndexCastOp::create(e, e.getI64Type(), element);
  return viewOf(e,
                LLVM::GEPOp::create(e, pointerType(e), type.getElementType(), base,
                                    ArrayRef<LLVM::GEPArg>{at}),
                type);
}

Value cpu::isNull(Emitter &e, Value pointer) {
  return LLVM::ICmpOp::create(e, LLVM::ICmpPredicate::eq, pointer,
                              LLVM::ZeroOp::create(e, pointerType(e)));
}

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
    return viewOf(e, load(pointerType(e)), memory);
  if (type.isIndex())
    return arith::IndexCastOp::create(e, type, load(e.getI64Type()));
  if (type.isInteger(1))
    return arith::TruncIOp::create(e, type, load(e.getI64Type()));
  return load(type);
}

/// Room for words on the stack of the function that is being written; never in
/// one of its loops.
static Value emitFrame(Emitter &e, size_t words) {
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(e.entry);
  Value count = arith::ConstantOp::create(e, e.getI64IntegerAttr(static_cast<int64_t>(words)));
  return LLVM::AllocaOp::create(e, pointerType(e), e.getI64Type(), count, /*alignment=*/8);
}

static Value wordAt(Emitter &e, Value frame, int64_t i) {
  return LLVM::GEPOp::create(e, pointerType(e), e.getI64Type(), frame,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
}

static void storeWords(Emitter &e, Value frame, int64_t first, ValueRange values) {
  for (auto [i, value] : llvm::enumerate(values))
    LLVM::StoreOp::create(e, toWord(e, value), wordAt(e, frame, first + i));
}

/// void name(frame, i64 part): `work` on what storeWords left in the frame. It is
/// called from few places and never inlined: code stays small.
static func::FuncOp emitBody(Emitter &e, ModuleOp module, const Twine &name, TypeRange types,
                             function_ref<void(ValueRange, Value)> work) {
  SmallVector<Type> arguments{pointerType(e), e.getI64Type()};
  func::FuncOp body = e.function(module, name.str(), arguments, [&](ValueRange args) {
    Values values;
    for (auto [i, type] : llvm::enumerate(types))
      values.push_back(fromWord(e, type, wordAt(e, args[0], i)));
    work(values, arith::IndexCastOp::create(e, e.getIndexType(), args[1]));
  });
  e.neverInline(body);
  return body;
}

/// function(arguments), a pointer that is called.
static void callPointer(Emitter &e, Value function, ValueRange arguments) {
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(e.getContext()),
                                          SmallVector<Type>(arguments.getTypes()));
  Values operands{function};
  operands.append(arguments.begin(), arguments.end());
  LLVM::CallOp::create(e, type, operands);
}

static void callFork(Emitter &e, Value parallelFor, Value context, Value count, func::FuncOp body,
                     Value frame) {
  Value function = func::ConstantOp::create(e, body.getFunctionType(), body.getName());
  Value callee = UnrealizedConversionCastOp::create(e, pointerType(e), function).getResult(0);
  Value parts = arith::IndexCastOp::create(e, e.getI64Type(), count);
  callPointer(e, parallelFor, {context, parts, callee, frame});
}

void cpu::emitFork(Emitter &e, ModuleOp module, const Twine &name, Value parallelFor, Value context,
                   Value count, ValueRange captured, function_ref<void(ValueRange, Value)> work) {
  Value frame = emitFrame(e, captured.size());
  storeWords(e, frame, 0, captured);
  func::FuncOp body = emitBody(e, module, name, captured.getTypes(), work);
  callFork(e, parallelFor, context, count, body, frame);
}

Phases::Phases(Emitter &e, ModuleOp module, const Team &team, int64_t panels, ValueRange args)
    : e(e), module(module), team(team), panels(panels), args(args),
      own(shareOf(team.part, team.parts)) {
  constexpr size_t mostOthers = 8;
  if (panels == 1)
    return;
  frame = emitFrame(e, args.size() + mostOthers);
  storeWords(e, frame, 0, args);
}

Share Phases::shareOf(Value part, Value parts) {
  if (panels == 1) // it is nobody's part: such teams are alone
    return {part, parts, e.index(0), e.index(1)};
  auto bound = [&](Value part) { return e.div(e.mul(part, panels), parts); };
  return {part, parts, bound(part), bound(e.add(part, 1))};
}

void Phases::run(const Twine &name, ValueRange others, bool meets, Speed speed,
                 function_ref<void(ValueRange, const Share &)> work) {
  Values captured(args);
  captured.append(others.begin(), others.end());
  if (panels == 1)
    return work(captured, own);
  func::FuncOp body = emitBody(e, module, name, ValueRange(captured).getTypes(),
                               [&](ValueRange values, Value part) {
                                 size_t parts = llvm::find(args, team.parts) - args.begin();
                                 work(values, shareOf(part, values[parts]));
                               });
  auto store = [&] { storeWords(e, frame, args.size(), others); };
  if (speed == Cold)
    store();
  auto together = [&] {
    Value part = arith::IndexCastOp::create(e, e.getI64Type(), team.part);
    if (speed == Cold)
      e.call(body, {frame, part});
    else
      work(captured, own);
    if (meets)
      e.ifThen(
          isNull(e, team.barrier), [] {}, [&] { callPointer(e, team.barrier, {team.context}); });
  };
  e.ifThen(isNull(e, team.parallelFor), together, [&] {
    if (speed == Hot)
      store();
    callFork(e, team.parallelFor, team.context, team.parts, body, frame);
  });
}
