//===- Emitter.cpp - A builder for kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Emitter.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace grucc::cpu;

Value Emitter::load(Value memory, Value offset, int64_t lanes) {
  return vector::LoadOp::create(*this, vectorType(lanes), memory, offset);
}

Value Emitter::loadBytes(VectorType type, Value bytes, Value at, int64_t alignment) {
  int64_t size = type.getNumElements() * type.getElementTypeBitWidth() / 8;
  Value raw = vector::LoadOp::create(*this, VectorType::get({size}, getI8Type()), bytes, at,
                                     /*nontemporal=*/false, llvm::Align(alignment));
  return vector::BitCastOp::create(*this, type, raw);
}

Value Emitter::loadNumbers(Value bytes, Value start, Value index, int64_t lanes) {
  int64_t size = element.getIntOrFloatBitWidth() / 8;
  return loadBytes(vectorType(lanes), bytes, add(start, mul(index, size)), /*alignment=*/size);
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

func::FuncOp Emitter::function(ModuleOp module, StringRef name, TypeRange arguments,
                               function_ref<void(ValueRange)> body) {
  return function(module, name, arguments, /*results=*/{}, [&](ValueRange values) {
    body(values);
    return Values();
  });
}

func::FuncOp Emitter::function(ModuleOp module, StringRef name, TypeRange arguments,
                               TypeRange results, function_ref<Values(ValueRange)> body) {
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToEnd(module.getBody());
  auto func = func::FuncOp::create(*this, name, getFunctionType(arguments, results));
  func.setPrivate();
  if (schedule)
    func->setAttr(rnn::ScheduleAttr::name, schedule);
  if (machine)
    func->setAttr(rnn::MachineAttr::name, machine);
  if (memory)
    func->setAttr(rnn::MemoryAttr::name, memory);
  func->setAttr("llvm.linkage", LLVM::LinkageAttr::get(getContext(), LLVM::Linkage::Internal));
  llvm::SaveAndRestore outer(entry, func.addEntryBlock());
  setInsertionPointToStart(entry);
  func::ReturnOp::create(*this, body(func.getArguments()));
  return func;
}

LogicalResult grucc::cpu::expectFreeName(ModuleOp module, Operation *op, StringRef argument,
                                         StringRef name) {
  Operation *taken = module.lookupSymbol(name);
  if (!taken)
    return success();
  InFlightDiagnostic error = op->emitOpError(argument) << ": found the name of another symbol, '"
                                                       << name << "', expected one of its own";
  error.attachNote(taken->getLoc()) << "which is this one";
  return error;
}
