//===- Widening.cpp - Packed numbers back into the network's own -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operations on a vector of weights, beside its multiply-adds: bfloat16 1 (shift or
// mask), float16 1 that most CPUs split in two, int8 2 1/2. Two k in one word save half
// of the loads that widen by a shuffle: with one shuffle a vector bfloat16 ran 0.7 times
// as fast.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Widening.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using rnn::StorageKind;

Value Widening::load(Value bytes, Value at, int64_t alignment) {
  return prepare(e.loadBytes(VectorType::get({lanes}, word), bytes, at, alignment));
}

Value Widening::bits(int64_t value) {
  auto type = VectorType::get({lanes}, e.getI32Type());
  return arith::ConstantOp::create(
      e, DenseElementsAttr::get(type, APInt(32, value, /*isSigned=*/false)));
}

Value Widening::floats(Value words) {
  return arith::BitcastOp::create(e, e.vectorType(lanes), words);
}

namespace {
/// The network's own numbers.
struct Same : Widening {
  Same(Emitter &e, int64_t lanes) : Widening(e, lanes, e.element) {}
  Value widen(Value word, bool) override { return word; }
};

/// A narrower type that the target converts.
struct Extended : Widening {
  Extended(Emitter &e, int64_t lanes, Type word) : Widening(e, lanes, word) {}
  Value widen(Value word, bool) override {
    return arith::ExtFOp::create(e, e.vectorType(lanes), word);
  }
};

/// bfloat16: the upper half of a float32, in either half of the word.
struct UpperHalf : Widening {
  UpperHalf(Emitter &e, int64_t lanes) : Widening(e, lanes, e.getI32Type()) {}
  Value widen(Value word, bool upper) override {
    return floats(upper ? Value(arith::AndIOp::create(e, word, bits(0xffff0000)))
                        : Value(arith::ShLIOp::create(e, word, bits(16))));
  }
};

/// int8. Byte u = q + 128 becomes the last bits of a power of two whose last place is worth
/// 2^exponent (or of one whose 2^8 is, for the upper byte): power + u * 2^exponent, and less
/// power + 128 * 2^exponent it is q * 2^exponent, exactly, and +0 for 0.
struct ScaledByte : Widening {
  /// Layers share kernels, so their scales are data: for the two places of a byte the
  /// power of two, and what is subtracted.
  using Constants = std::array<float, 4>;

  ScaledByte(Emitter &e, int64_t lanes, ValueRange constants)
      : Widening(e, lanes, e.getI16Type()), powers{constants[0], constants[2]},
        offsets{constants[1], constants[3]} {}

  static Constants constantsOf(int64_t exponent) {
    Constants values;
    for (int place = 0; place < 2; ++place) {
      values[2 * place] = std::ldexp(1.0f, int(exponent) + 23 - 8 * place);
      values[2 * place + 1] = values[2 * place] + std::ldexp(1.0f, int(exponent) + 7);
    }
    return values;
  }

  Value prepare(Value loaded) override {
    return arith::ExtUIOp::create(e, VectorType::get({lanes}, e.getI32Type()), loaded);
  }
  Value widen(Value word, bool upper) override {
    Value byte = arith::AndIOp::create(e, word, bits(upper ? 0xff00 : 0xff));
    Value sum = floats(arith::OrIOp::create(e, byte, powers[upper]));
    return arith::SubFOp::create(e, sum, offsets[upper]);
  }

  Values powers, offsets;
};
} // namespace

Values cpu::expandConstants(Emitter &e, rnn::MatrixConstantsOp op) {
  constexpr int64_t count = std::tuple_size_v<ScaledByte::Constants>;
  int64_t lanes = op.getMatrix().getLanes();
  Value constants = e.loadBytes(e.vectorType(count), op.getWeights(), op.getHeader(),
                                /*alignment=*/alignof(float));
  auto everyLane = [&](int64_t i) {
    Value scalar = vector::ExtractOp::create(e, constants, i);
    return vector::BroadcastOp::create(e, e.vectorType(lanes), scalar);
  };
  auto integers = VectorType::get({lanes}, e.getI32Type());
  Values values;
  for (int64_t place : {0, 1}) {
    values.push_back(arith::BitcastOp::create(e, integers, everyLane(2 * place)));
    values.push_back(everyLane(2 * place + 1));
  }
  return values;
}

std::unique_ptr<Widening> cpu::wideningOf(Emitter &e, StorageKind kind, int64_t lanes,
                                          ValueRange constants) {
  switch (kind) {
  case StorageKind::Exact:
    return std::make_unique<Same>(e, lanes);
  case StorageKind::Float32:
    return std::make_unique<Extended>(e, lanes, e.getF32Type());
  case StorageKind::Float16:
    return std::make_unique<Extended>(e, lanes, e.getF16Type());
  case StorageKind::BFloat16:
    return std::make_unique<UpperHalf>(e, lanes);
  case StorageKind::Int8:
    return std::make_unique<ScaledByte>(e, lanes, constants);
  }
  llvm_unreachable("a kind of storage");
}

void cpu::packConstants(rnn::StorageAttr storage, char *to) {
  if (rnn::kindOf(storage) != StorageKind::Int8)
    return;
  ScaledByte::Constants values = ScaledByte::constantsOf(storage.getExponent());
  std::memcpy(to, values.data(), sizeof(values));
}
