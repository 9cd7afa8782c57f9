//===- Team.cpp - The threads of a run, in generated code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Team.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

SmallVector<Type> Team::types(Emitter &e) {
  Type index = e.getIndexType(), pointer = e.pointerType();
  return {index, index, pointer, pointer, pointer};
}

Team Team::from(ValueRange v) { return {v[0], v[1], v[2], v[3], v[4]}; }

Team Team::alone(Emitter &e) {
  Value null = LLVM::ZeroOp::create(e, e.pointerType());
  return {e.index(0), e.index(1), null, null, null};
}

Value cpu::viewOf(Emitter &e, Value base, MemRefType memory) {
  // As the conversion to LLVM describes it. Kernels index from the start and never ask for the
  // size.
  const DataLayout layout = DataLayout::closest(e.getInsertionBlock()->getParentOp());
  LLVMTypeConverter types(e.getContext(), LowerToLLVMOptions(e.getContext(), layout));
  auto view = MemRefDescriptor::poison(e, e.getLoc(), types.convertType(memory));
  view.setAllocatedPtr(e, e.getLoc(), base);
  view.setAlignedPtr(e, e.getLoc(), base);
  view.setConstantOffset(e, e.getLoc(), 0);
  view.setConstantSize(e, e.getLoc(), 0,
                       llvm::maxIntN(static_cast<int64_t>(types.getIndexTypeBitwidth())));
  view.setConstantStride(e, e.getLoc(), 0, 1);
  return UnrealizedConversionCastOp::create(e, memory, Value(view)).getResult(0);
}

Value cpu::addressOf(Emitter &e, Value memory) {
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(e, memory);
  return arith::IndexCastOp::create(e, e.getI64Type(), address);
}

Value cpu::standsBefore(Emitter &e, Value memory, Value other) {
  return arith::CmpIOp::create(e, arith::CmpIPredicate::ult, addressOf(e, memory),
                               addressOf(e, other));
}

Value cpu::viewFrom(Emitter &e, Value memory, Value element) {
  auto type = cast<MemRefType>(memory.getType());
  Value base = LLVM::IntToPtrOp::create(e, e.pointerType(), addressOf(e, memory));
  Value at = arith::IndexCastOp::create(e, e.getI64Type(), element);
  return viewOf(e,
                LLVM::GEPOp::create(e, e.pointerType(), type.getElementType(), base,
                                    ArrayRef<LLVM::GEPArg>{at}),
                type);
}

Value cpu::isNull(Emitter &e, Value pointer) {
  return LLVM::ICmpOp::create(e, LLVM::ICmpPredicate::eq, pointer,
                              LLVM::ZeroOp::create(e, e.pointerType()));
}

Phases::Phases(Emitter &e, const Team &team, int64_t units) : e(e), team(team), units(units) {
  share = rnn::ShareOp::create(e, team.part, team.parts, units);
}

void Phases::run(const Twine &name, bool meets, Speed speed,
                 function_ref<void(const Share &)> work) {
  auto phase = rnn::PhaseOp::create(e, team.part, team.parts, team.parallelFor, team.barrier,
                                    team.context, share.getFirst(), share.getEnd(), name.str(),
                                    units, meets, speed == Cold);
  OpBuilder::InsertionGuard guard(e);
  Type index = e.getIndexType();
  Block *body = e.createBlock(&phase.getBody(), {}, {index, index, index},
                              SmallVector<Location>(3, e.getLoc()));
  work({body->getArgument(0), team.parts, body->getArgument(1), body->getArgument(2)});
}

void cpu::emitFork(Emitter &e, const Twine &name, Value parallelFor, Value context, Value count,
                   function_ref<void(Value)> work) {
  auto fork = rnn::ForkOp::create(e, count, parallelFor, context, name.str());
  OpBuilder::InsertionGuard guard(e);
  Block *body = e.createBlock(&fork.getBody(), {}, {e.getIndexType()}, {e.getLoc()});
  work(body->getArgument(0));
}
