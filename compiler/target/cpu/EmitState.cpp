//===- EmitState.cpp - Sizes and the streaming state -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"

#include "llvm/Support/MathExtras.h"

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
  int64_t row = plan.stateRowBytes();
  return roundUp(*this, arith::MulIOp::create(e, batch, i64(row)));
}

Value Interface::batchTooLarge(Value batch) {
  int64_t row = plan.stateRowBytes();
  return e.either(compare(CmpIPredicate::slt, batch, 0),
                  compare(CmpIPredicate::sgt, batch, byteLimit / row));
}

Value Interface::countsTooLarge(Value seqLen, Value batch) {
  // Whatever holds one row of a step: inputs, gates, outputs, places in the order.
  int64_t widest = std::max({plan.inputSize, plan.outputSize(), plan.gateElements()});
  widest *= plan.elementBytes();
  int64_t rows = byteLimit / widest;
  // seqLen <= rows / max(batch, 1) is seqLen * batch <= rows without overflow.
  Value limit = arith::DivSIOp::create(e, i64(rows), arith::MaxSIOp::create(e, batch, i64(1)));
  Value negative = e.either(compare(CmpIPredicate::slt, seqLen, 0), batchTooLarge(batch));
  return e.either(negative, e.either(compare(CmpIPredicate::sgt, batch, rows),
                                     arith::CmpIOp::create(e, CmpIPredicate::sgt, seqLen, limit)));
}

void Interface::emitSizes() {
  Type i64Type = e.getI64Type();
  if (plan.streams())
    publicFunction("state_bytes", {i64Type}, i64Type, [&](ValueRange args) {
      Value buffers = arith::MulIOp::create(e, stateBufferBytes(args[0]), i64(stateBuffers));
      Value bytes = arith::AddIOp::create(e, buffers, i64(stateHeaderBytes));
      return e.select(batchTooLarge(args[0]), i64(-1), bytes);
    });
  publicFunction("workspace_bytes", {i64Type, i64Type}, i64Type, [&](ValueRange args) {
    Value bytes = rnn::WorkspaceBytesOp::create(e, args[0], args[1]);
    return e.select(countsTooLarge(args[0], args[1]), i64(-1), bytes);
  });
}

Value Interface::stateParity(Value state) {
  return arith::AndIOp::create(e, LLVM::LoadOp::create(e, e.getI64Type(), state), i64(1));
}

Value Interface::currentHalf(Value state, Value batch) {
  Value parity = stateParity(state);
  Value skip = arith::MulIOp::create(e, parity, stateBufferBytes(batch));
  return advance(advance(state, i64(stateHeaderBytes)), skip);
}

void Interface::emitStateFunctions(func::FuncOp copy) {
  Type i64Type = e.getI64Type(), status = e.getI32Type();
  auto floats = [&](Value batch) {
    return e.mul(toIndex(batch), plan.numLayers * plan.hiddenSize);
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
      return e.either(isNull(state), e.both(isNull(hn), compare(CmpIPredicate::ne, batch, 0)));
    };
    auto aligned = [&] { return misaligned(state); };
    Check checks[] = {{shape, ErrorShape}, {null, ErrorNull}, {aligned, ErrorAlignment}};
    return guarded(checks, [&] {
      e.call(copy,
             {view(currentHalf(state, batch)), e.index(0), view(hn), e.index(0), floats(batch)});
    });
  });
  emitResetState();
}

void Interface::emitResetState() {
  Type i64Type = e.getI64Type();
  SmallVector<Type> types = {pointer(), pointer(), i64Type, i64Type};
  publicFunction("reset_state", types, e.getI32Type(), [&](ValueRange args) {
    Value state = args[0], rowsPointer = args[1], count = args[2], batch = args[3];
    auto shape = [&] {
      return e.either(batchTooLarge(batch), compare(CmpIPredicate::slt, count, 0));
    };
    auto null = [&] {
      return e.either(isNull(state),
                      e.both(isNull(rowsPointer), compare(CmpIPredicate::ne, count, 0)));
    };
    auto aligned = [&] { return misaligned(state); };
    auto rowAt = [&](Value i) { return e.loadCount(view(rowsPointer, e.countsType()), i); };
    // Unsigned: a negative row is a large one.
    auto outside = [&] {
      Value none = arith::ConstantOp::create(e, e.getBoolAttr(false));
      return e.loop(e.index(0), toIndex(count), e.index(1), none,
                    [&](Value i, ValueRange found) -> Values {
                      Value isOutside =
                          arith::CmpIOp::create(e, CmpIPredicate::uge, rowAt(i), toIndex(batch));
                      return {e.either(found[0], isOutside)};
                    })[0];
    };
    Check checks[] = {
        {shape, ErrorShape}, {null, ErrorNull}, {aligned, ErrorAlignment}, {outside, ErrorShape}};
    return guarded(checks, [&] {
      Value buffer = view(currentHalf(state, batch)), hidden = e.index(plan.hiddenSize);
      e.loop(e.index(0), toIndex(count), e.index(1), [&](Value i) {
        Value row = rowAt(i);
        e.loop(e.index(0), e.index(plan.numLayers), e.index(1), [&](Value layer) {
          Value start = e.mul(e.add(e.mul(layer, toIndex(batch)), row), hidden);
          e.loop(start, e.add(start, hidden), e.index(1),
                 [&](Value at) { e.store(e.zeros(1), buffer, at); });
        });
      });
    });
  });
}
