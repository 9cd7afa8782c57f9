//===- EmitDropout.cpp - Dropout by Philox or by the caller's mask -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"
#include "dialects/rnn/Philox.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

namespace {
/// The W of Philox.h that is a value of the IR.
struct WordValue {
  Emitter *e = nullptr;
  Value value;

  WordValue like(uint32_t constant) const {
    auto number = e->getI32IntegerAttr(static_cast<int32_t>(constant));
    return {e, arith::ConstantOp::create(*e, number)};
  }
  /// The low word of an index or of 64 bits.
  static WordValue of(Emitter &e, Value value) {
    if (value.getType().isIndex())
      value = arith::IndexCastOp::create(e, e.getI64Type(), value);
    return {&e, arith::TruncIOp::create(e, e.getI32Type(), value)};
  }
  friend WordValue operator^(WordValue a, WordValue b) {
    return {a.e, arith::XOrIOp::create(*a.e, a.value, b.value)};
  }
  friend WordValue operator+(WordValue a, WordValue b) {
    return {a.e, arith::AddIOp::create(*a.e, a.value, b.value)};
  }
  friend std::pair<WordValue, WordValue> multiply(WordValue a, WordValue b) {
    auto product = arith::MulUIExtendedOp::create(*a.e, a.value, b.value);
    return {WordValue{a.e, product.getHigh()}, WordValue{a.e, product.getLow()}};
  }
};
} // namespace

/// The two words of a 64-bit key.
static std::array<WordValue, 2> keyOf(Emitter &e, Value seed) {
  Value shift = arith::ConstantOp::create(e, e.getI64IntegerAttr(32));
  WordValue low = WordValue::of(e, seed);
  return {low, WordValue::of(e, arith::ShRUIOp::create(e, seed, shift))};
}

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
    Value never = e.truth(false);
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
      Value threshold =
          arith::ConstantOp::create(e, e.getI64IntegerAttr(static_cast<int64_t>(p * 4294967296.0)));
      auto four = [&](Value j, int64_t valid) {
        std::array<WordValue, 4> counter{WordValue::of(e, e.div(j, 4)), WordValue::of(e, b),
                                         WordValue::of(e, t), WordValue::of(e, layer)};
        std::array<WordValue, 4> words = philox4x32(counter, keyOf(e, seed));
        for (int64_t i = 0; i < valid; ++i) {
          Value word = arith::ExtUIOp::create(e, e.getI64Type(), words[i].value);
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
