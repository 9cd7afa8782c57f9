//===- CValues.cpp - Counts and pointers of C, in generated code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/CValues.h"
#include "compiler/target/ModelAbi.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

Value CValues::wholeLines(Value bytes) {
  Value up = arith::AddIOp::create(e, bytes, i64(e.bufferAlignment() - 1));
  return arith::AndIOp::create(e, up, i64(-e.bufferAlignment()));
}

Value CValues::advance(Value base, Value bytes) {
  return LLVM::GEPOp::create(e, pointer(), e.getI8Type(), base, ArrayRef<LLVM::GEPArg>{bytes});
}

Value CValues::view(Value base, MemRefType memory) {
  return viewOf(e, base, memory ? memory : e.memoryType());
}

Value StreamState::halfBytes(Value batch) {
  return wholeLines(arith::MulIOp::create(e, batch, i64(rowBytes)));
}

Value StreamState::bytes(Value batch) {
  Value halves = arith::MulIOp::create(e, halfBytes(batch), i64(stateBuffers));
  return arith::AddIOp::create(e, halves, i64(e.bufferAlignment()));
}

Value StreamState::parity(Value state) {
  return arith::AndIOp::create(e, LLVM::LoadOp::create(e, e.getI64Type(), state), i64(1));
}

void StreamState::setParity(Value state, Value parity) { LLVM::StoreOp::create(e, parity, state); }

Value StreamState::half(Value state, Value parity, Value batch) {
  Value skip = arith::MulIOp::create(e, parity, halfBytes(batch));
  return advance(advance(state, i64(e.bufferAlignment())), skip);
}
