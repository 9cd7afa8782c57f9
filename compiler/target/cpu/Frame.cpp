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

/// Offset, sizes and strides, as far as a memory's type says them.
static SmallVector<int64_t> numbersOf(MemRefType memory) {
  auto [strides, offset] = memory.getStridesAndOffset();
  SmallVector<int64_t> numbers{offset};
  llvm::append_range(numbers, memory.getShape());
  llvm::append_range(numbers, strides);
  return numbers;
}

/// Of one dimension, from its address on: nobody asks for its size.
static bool isFlat(MemRefType memory) {
  return memory.getRank() == 1 && memory.getLayout().isIdentity();
}

size_t cpu::wordsOf(Type type) {
  if (auto memory = dyn_cast<MemRefType>(type))
    return isFlat(memory)       ? 1
           : memory.isStrided() ? 1 + llvm::count_if(numbersOf(memory), ShapedType::isDynamic)
                                : 0;
  return isa<IndexType, LLVM::LLVMPointerType>(type) || type.isInteger(1) || type.isInteger(64);
}

size_t cpu::wordsOf(TypeRange types) {
  size_t words = 0;
  for (Type type : types)
    words += wordsOf(type);
  return words;
}

/// A value as the words that it takes: of memory its address, and what its type does not say.
static Values toWords(Emitter &e, Value value) {
  Type type = value.getType();
  auto word = [&](Value index) -> Value {
    return arith::IndexCastOp::create(e, e.getI64Type(), index);
  };
  if (type.isIndex())
    return {word(value)};
  if (type.isInteger(1))
    return {arith::ExtUIOp::create(e, e.getI64Type(), value)};
  auto memory = dyn_cast<MemRefType>(type);
  if (!memory)
    return {value};
  Values words{addressOf(e, value)};
  if (isFlat(memory))
    return words;
  auto parts = memref::ExtractStridedMetadataOp::create(e, value);
  for (auto [known, found] :
       llvm::zip_equal(numbersOf(memory), parts->getResults().drop_front())) // the base
    if (ShapedType::isDynamic(known))
      words.push_back(word(found));
  return words;
}

static Value wordAt(Emitter &e, Value frame, int64_t i) {
  return LLVM::GEPOp::create(e, e.pointerType(), e.getI64Type(), frame,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
}

/// The value whose words begin at word `at` of a frame.
static Value fromWords(Emitter &e, Type type, Value frame, int64_t at) {
  auto load = [&](Type loaded) -> Value {
    return LLVM::LoadOp::create(e, loaded, wordAt(e, frame, at++));
  };
  auto index = [&]() -> Value {
    return arith::IndexCastOp::create(e, e.getIndexType(), load(e.getI64Type()));
  };
  if (type.isIndex())
    return index();
  if (type.isInteger(1))
    return arith::TruncIOp::create(e, type, load(e.getI64Type()));
  auto memory = dyn_cast<MemRefType>(type);
  if (!memory)
    return load(type);
  auto flat = MemRefType::get({ShapedType::kDynamic}, memory.getElementType());
  Value base = viewOf(e, load(e.pointerType()), flat);
  if (isFlat(memory))
    return base;
  auto numbers = llvm::map_to_vector(numbersOf(memory), [&](int64_t known) {
    return ShapedType::isDynamic(known) ? OpFoldResult(index()) : e.getIndexAttr(known);
  });
  auto behind = ArrayRef(numbers).drop_front();
  return memref::ReinterpretCastOp::create(e, memory, base, numbers.front(),
                                           behind.take_front(memory.getRank()),
                                           behind.drop_front(memory.getRank()));
}

Value cpu::emitFrame(Emitter &e, size_t words) {
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(e.entry);
  Value count = arith::ConstantOp::create(e, e.getI64IntegerAttr(static_cast<int64_t>(words)));
  return LLVM::AllocaOp::create(e, e.pointerType(), e.getI64Type(), count, /*alignment=*/8);
}

void cpu::storeWords(Emitter &e, Value frame, int64_t first, ValueRange values) {
  for (Value value : values)
    for (Value word : toWords(e, value))
      LLVM::StoreOp::create(e, word, wordAt(e, frame, first++));
}

func::FuncOp cpu::emitBody(Emitter &e, ModuleOp module, const Twine &name, TypeRange types,
                           function_ref<void(ValueRange, Value)> work) {
  SmallVector<Type> arguments{e.pointerType(), e.getI64Type()};
  func::FuncOp body = e.function(module, name.str(), arguments, [&](ValueRange args) {
    Values values;
    int64_t at = 0;
    for (Type type : types) {
      values.push_back(fromWords(e, type, args[0], at));
      at += wordsOf(type);
    }
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
