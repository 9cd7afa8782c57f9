//===- EmitState.cpp - Sizes and the streaming state -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using arith::CmpIPredicate;

/// No tensor or buffer of a call may reach this many bytes.
static constexpr int64_t byteLimit = int64_t(1) << 60;

static Value roundUp(Interface &i, Value bytes) {
  Value up = arith::AddIOp::create(i.e, bytes, i.i64(bufferAlignment - 1));
  return arith::AndIOp::create(i.e, up, i.i64(-bufferAlignment));
}

Value Interface::stateBufferBytes(Value batch) {
  int64_t row = plan.numLayers() * plan.hiddenSize * sizeof(float);
  return roundUp(*this, arith::MulIOp::create(e, batch, i64(row)));
}

Value Interface::batchTooLarge(Value batch) {
  int64_t row = plan.numLayers() * plan.hiddenSize * sizeof(float);
  return either(compare(CmpIPredicate::slt, batch, 0),
                compare(CmpIPredicate::sgt, batch, byteLimit / row));
}

Value Interface::countsTooLarge(Value seqLen, Value batch) {
  int64_t widest = std::max(plan.inputSize, plan.gateFloats()) * sizeof(float);
  int64_t rows = byteLimit / widest;
  // seqLen <= rows / max(batch, 1) is seqLen * batch <= rows without overflow.
  Value limit = arith::DivSIOp::create(e, i64(rows), arith::MaxSIOp::create(e, batch, i64(1)));
  Value negative = either(compare(CmpIPredicate::slt, seqLen, 0), batchTooLarge(batch));
  return either(negative, either(compare(CmpIPredicate::sgt, batch, rows),
                                 arith::CmpIOp::create(e, CmpIPredicate::sgt, seqLen, limit)));
}

void Interface::emitSizes() {
  Type i64Type = e.getI64Type();
  publicFunction("state_bytes", {i64Type}, i64Type, [&](ValueRange args) {
    Value buffers = arith::MulIOp::create(e, stateBufferBytes(args[0]), i64(2));
    Value bytes = arith::AddIOp::create(e, buffers, i64(stateHeaderBytes));
    return e.select(batchTooLarge(args[0]), i64(-1), bytes);
  });
  // The projections of one chunk: at most chunk_rows rows, at least one step's,
  // never more than there are.
  publicFunction("workspace_bytes", {i64Type, i64Type}, i64Type, [&](ValueRange args) {
    Value seqLen = args[0], batch = args[1];
    Value chunk = arith::MaxSIOp::create(e, i64(plan.schedule.getChunkRows()), batch);
    Value rows = arith::MinSIOp::create(e, arith::MulIOp::create(e, seqLen, batch), chunk);
    Value bytes = arith::MulIOp::create(e, rows, i64(plan.gateFloats() * sizeof(float)));
    bytes = arith::MaxSIOp::create(e, roundUp(*this, bytes), i64(bufferAlignment));
    return e.select(countsTooLarge(seqLen, batch), i64(-1), bytes);
  });
}

void Interface::emitStateFunctions(func::FuncOp copy) {
  Type i64Type = e.getI64Type(), status = e.getI32Type();
  auto floats = [&](Value batch) {
    return e.mul(toIndex(batch), plan.numLayers() * plan.hiddenSize);
  };
  publicFunction("init_state", {pointer(), pointer(), i64Type}, status, [&](ValueRange args) {
    Value state = args[0], h0 = args[1], batch = args[2];
    auto shape = [&] { return batchTooLarge(batch); };
    auto null = [&] { return isNull(state); };
    auto aligned = [&] { return misaligned(state); };
    Check checks[] = {{shape, ErrorShape}, {null, ErrorNull}, {aligned, ErrorAlignment}};
    return guarded(checks, [&] {
      LLVM::StoreOp::create(e, i64(0), state);
      Value buffer = view(advance(state, i64(stateHeaderBytes)));
      e.ifThen(
          isNull(h0),
          [&] { // C8
            e.loop(e.index(0), floats(batch), e.index(1),
                   [&](Value i) { e.store(e.zeros(1), buffer, i); });
          },
          [&] { e.call(copy, {view(h0), e.index(0), buffer, e.index(0), floats(batch)}); });
    });
  });
  publicFunction("read_state", {pointer(), pointer(), i64Type}, status, [&](ValueRange args) {
    Value state = args[0], hn = args[1], batch = args[2];
    auto shape = [&] { return batchTooLarge(batch); };
    auto null = [&] {
      return either(isNull(state), both(isNull(hn), compare(CmpIPredicate::ne, batch, 0)));
    };
    auto aligned = [&] { return misaligned(state); };
    Check checks[] = {{shape, ErrorShape}, {null, ErrorNull}, {aligned, ErrorAlignment}};
    return guarded(checks, [&] {
      Value parity = arith::AndIOp::create(e, loadAt(e.getI64Type(), state, 0), i64(1));
      Value skip = arith::MulIOp::create(e, parity, stateBufferBytes(batch));
      Value buffer = advance(advance(state, i64(stateHeaderBytes)), skip);
      e.call(copy, {view(buffer), e.index(0), view(hn), e.index(0), floats(batch)});
    });
  });
}
