//===- EmitDropout.cpp - Dropout by Philox or by the caller's mask -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

namespace {
/// Philox4x32-10 in 32-bit arithmetic; see dialects/rnn/Philox.h for the same in C++.
class Philox {
public:
  explicit Philox(Emitter &e) : e(e) {}

  Value constant(uint32_t value) {
    return arith::ConstantOp::create(e, e.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  Value truncate(Value value) {
    if (value.getType().isIndex())
      value = arith::IndexCastOp::create(e, e.getI64Type(), value);
    return arith::TruncIOp::create(e, e.getI32Type(), value);
  }

  /// The four words of a counter under a 64-bit key.
  Values draw(Values counter, Value seed) {
    Value shift = arith::ConstantOp::create(e, e.getI64IntegerAttr(32));
    Value key0 = truncate(seed), key1 = truncate(arith::ShRUIOp::create(e, seed, shift));
    for (int round = 0; round < 10; ++round) {
      auto [high0, low0] = multiply(0xD2511F53, counter[0]);
      auto [high1, low1] = multiply(0xCD9E8D57, counter[2]);
      counter = {exclusiveOr(exclusiveOr(high1, counter[1]), key0), low1,
                 exclusiveOr(exclusiveOr(high0, counter[3]), key1), low0};
      key0 = arith::AddIOp::create(e, key0, constant(0x9E3779B9));
      key1 = arith::AddIOp::create(e, key1, constant(0xBB67AE85));
    }
    return counter;
  }

private:
  Emitter &e;

  Value exclusiveOr(Value a, Value b) { return arith::XOrIOp::create(e, a, b); }
  std::pair<Value, Value> multiply(uint32_t a, Value b) {
    auto product = arith::MulUIExtendedOp::create(e, constant(a), b);
    return {product.getHigh(), product.getLow()};
  }
};
} // namespace

func::FuncOp cpu::emitDropout(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  Type memory = e.memoryType(), index = e.getIndexType(), i64 = e.getI64Type();
  Type bytes = MemRefType::get({ShapedType::kDynamic}, e.getI8Type());
  int64_t count = plan.outputSize();
  double p = plan.drawnDropout();
  SmallVector<Type> arguments{memory, index, memory, index, index,        index,
                              index,  i64,   bytes,  index, e.getI1Type()};
  return e.function(module, plan.name + ".dropout", arguments, [&](ValueRange args) {
    Value x = args[0], xAt = args[1], y = args[2], yAt = args[3];
    Value layer = args[4], t = args[5], b = args[6], seed = args[7];
    Value mask = args[8], maskAt = args[9], masked = args[10];
    // p = 1 keeps nothing; there is no scale for it (C6).
    Value scale = e.constant(p < 1 ? 1 / (1 - p) : 0, 1);
    Value never = arith::ConstantOp::create(e, e.getBoolAttr(false));
    auto put = [&](Value j, Value kept) {
      Value value = arith::MulFOp::create(e, e.load(x, e.add(xAt, j), 1), scale);
      e.store(e.select(p < 1 ? kept : never, value, e.zeros(1)), y, e.add(yAt, j));
    };
    auto byMask = [&] {
      e.loop(e.index(0), e.index(count), e.index(1), [&](Value j) {
        Value byte = memref::LoadOp::create(e, mask, e.add(maskAt, j));
        Value none = arith::ConstantOp::create(e, e.getI8IntegerAttr(0));
        put(j, arith::CmpIOp::create(e, arith::CmpIPredicate::ne, byte, none));
      });
    };
    auto bySeed = [&] { // N5
      if (p == 0)
        return e.loop(e.index(0), e.index(count), e.index(1),
                      [&](Value j) { e.store(e.load(x, e.add(xAt, j), 1), y, e.add(yAt, j)); });
      Philox philox(e);
      Value threshold =
          arith::ConstantOp::create(e, e.getI64IntegerAttr(static_cast<int64_t>(p * 4294967296.0)));
      auto four = [&](Value j, int64_t valid) {
        Values counter{philox.truncate(e.div(j, 4)), philox.truncate(b), philox.truncate(t),
                       philox.truncate(layer)};
        Values words = philox.draw(counter, seed);
        for (int64_t i = 0; i < valid; ++i) {
          Value word = arith::ExtUIOp::create(e, e.getI64Type(), words[i]);
          put(e.add(j, i), arith::CmpIOp::create(e, arith::CmpIPredicate::uge, word, threshold));
        }
      };
      int64_t whole = count / 4 * 4;
      e.loop(e.index(0), e.index(whole), e.index(4), [&](Value j) { four(j, 4); });
      if (whole < count)
        four(e.index(whole), count - whole);
    };
    e.ifThen(masked, byMask, bySeed);
  });
}
