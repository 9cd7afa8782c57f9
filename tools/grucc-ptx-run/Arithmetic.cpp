//===- Arithmetic.cpp - add, sub, mul, fma, div, min, ... of floating-point numbers ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Those names are integers' too; a type that is none of these goes to Integer.cpp.
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"
#include "Values.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {

void decodeInteger(Decoder &decoder, Type type); // Integer.cpp

namespace {

struct Add {
  template <class T> T operator()(const Instruction &, T a, T b) const { return a + b; }
};
struct Sub {
  template <class T> T operator()(const Instruction &, T a, T b) const { return a - b; }
};
struct Mul {
  template <class T> T operator()(const Instruction &, T a, T b) const { return a * b; }
};
template <class Lane> struct Fma {
  using T = typename Lane::Value;
  T operator()(const Instruction &, T a, T b, T c) const { return Lane::fma(a, b, c); }
};
struct Div {
  template <class T> T operator()(const Instruction &, T a, T b) const { return a / b; }
};
// PTX: -0 is less than +0; a NaN loses, or wins with .NaN.
struct Min {
  template <class T> T operator()(const Instruction &inst, T a, T b) const {
    if (a != a || b != b)
      return inst.selector ? std::nan("") : a != a ? b : a;
    return a < b || (a == b && std::signbit(a)) ? a : b;
  }
};
struct Max {
  template <class T> T operator()(const Instruction &inst, T a, T b) const {
    if (a != a || b != b)
      return inst.selector ? std::nan("") : a != a ? b : a;
    return a > b || (a == b && !std::signbit(a)) ? a : b;
  }
};
struct Neg {
  template <class T> T operator()(const Instruction &, T a) const { return -a; }
};
struct Abs {
  template <class T> T operator()(const Instruction &, T a) const { return std::fabs(a); }
};
/// The sign of a, the rest of b.
struct CopySign {
  template <class T> T operator()(const Instruction &, T a, T b) const {
    return std::copysign(b, a);
  }
};

/// Fn on both halves.
template <class Fn, class Pair> struct Both {
  using T = typename Pair::Value;
  template <class... Ts> T operator()(const Instruction &inst, const Ts &...values) const {
    return {static_cast<typename T::value_type>(Fn()(inst, values[0]...)),
            static_cast<typename T::value_type>(Fn()(inst, values[1]...))};
  }
};

template <class Fn> Handler unary(Type type) {
  switch (type) {
  case Type::F32:
    return onLanes<Fn, LaneF32, LaneF32>;
  case Type::F64:
    return onLanes<Fn, LaneF64, LaneF64>;
  case Type::F16:
    return onLanes<Fn, LaneF16, LaneF16>;
  case Type::BF16:
    return onLanes<Fn, LaneBF16, LaneBF16>;
  case Type::F16x2:
    return onLanes<Both<Fn, LaneF16x2>, LaneF16x2, LaneF16x2>;
  case Type::BF16x2:
    return onLanes<Both<Fn, LaneBF16x2>, LaneBF16x2, LaneBF16x2>;
  default:
    return nullptr;
  }
}

template <class Fn> Handler binary(Type type) {
  switch (type) {
  case Type::F32:
    return onLanes<Fn, LaneF32, LaneF32, LaneF32>;
  case Type::F64:
    return onLanes<Fn, LaneF64, LaneF64, LaneF64>;
  case Type::F16:
    return onLanes<Fn, LaneF16, LaneF16, LaneF16>;
  case Type::BF16:
    return onLanes<Fn, LaneBF16, LaneBF16, LaneBF16>;
  case Type::F16x2:
    return onLanes<Both<Fn, LaneF16x2>, LaneF16x2, LaneF16x2, LaneF16x2>;
  case Type::BF16x2:
    return onLanes<Both<Fn, LaneBF16x2>, LaneBF16x2, LaneBF16x2, LaneBF16x2>;
  case Type::F32x2:
    return onLanes<Both<Fn, LaneF32x2>, LaneF32x2, LaneF32x2, LaneF32x2>;
  default:
    return nullptr;
  }
}

template <class L> constexpr Handler fmaOf = onLanes<Fma<L>, L, L, L, L>;
template <class P>
constexpr Handler fmaOfPair = onLanes<Both<Fma<typename P::Half>, P>, P, P, P, P>;

Handler fused(Type type) {
  switch (type) {
  case Type::F32:
    return fmaOf<LaneF32>;
  case Type::F64:
    return fmaOf<LaneF64>;
  case Type::F16:
    return fmaOf<LaneF16>;
  case Type::BF16:
    return fmaOf<LaneBF16>;
  case Type::F16x2:
    return fmaOfPair<LaneF16x2>;
  case Type::BF16x2:
    return fmaOfPair<LaneBF16x2>;
  case Type::F32x2:
    return fmaOfPair<LaneF32x2>;
  default:
    return nullptr;
  }
}

bool isPair(Type type) {
  return type == Type::F16x2 || type == Type::BF16x2 || type == Type::F32x2;
}

void decodeOperands(Decoder &decoder, Type type, size_t sources) {
  if (!decoder.expectOperands(sources + 1))
    return;
  decoder.dest(0, type);
  for (size_t i = 1; i <= sources; ++i)
    decoder.source(i, type);
}

/// Only to nearest: .rn, or nothing said.
void takeNearest(Decoder &decoder) {
  Rounding rounding = decoder.takeRounding();
  if (rounding != Rounding::None && rounding != Rounding::Nearest)
    decoder.refuse();
}

void decodeFloat(Decoder &decoder, Type type) {
  StringRef name = decoder.name();
  takeNearest(decoder);
  decoder.takeFloatModifiers();
  unsigned count = isPair(type) ? 2 : 1;
  if (name == "fma" || name == "mad") {
    decoder.inst.flops = 2 * count;
    decoder.perform(fused(type), Work::Float);
    return decodeOperands(decoder, type, 3);
  }
  if (name == "neg" || name == "abs") {
    decoder.perform(name == "neg" ? unary<Neg>(type) : unary<Abs>(type), Work::Float);
    return decodeOperands(decoder, type, 1);
  }
  if (name == "min" || name == "max") {
    decoder.inst.selector = decoder.take("NaN");
    decoder.perform(name == "min" ? binary<Min>(type) : binary<Max>(type), Work::Float);
    return decodeOperands(decoder, type, 2);
  }
  decoder.inst.flops = count;
  Handler handler = name == "add"   ? binary<Add>(type)
                    : name == "sub" ? binary<Sub>(type)
                    : name == "mul" ? binary<Mul>(type)
                                    : nullptr;
  decoder.perform(handler, Work::Float);
  decodeOperands(decoder, type, 2);
}

void decodeEither(Decoder &decoder) {
  Type type = decoder.takeType();
  isFloat(type) ? decodeFloat(decoder, type) : decodeInteger(decoder, type);
}

void decodeCopySign(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.perform(type == Type::F32   ? onLanes<CopySign, LaneF32, LaneF32, LaneF32>
                  : type == Type::F64 ? onLanes<CopySign, LaneF64, LaneF64, LaneF64>
                                      : nullptr,
                  Work::Float);
  decodeOperands(decoder, type, 2);
}

} // namespace

void decodeNearestDivision(Decoder &decoder, Type type) { // for Special.cpp
  decoder.perform(type == Type::F32   ? onLanes<Div, LaneF32, LaneF32, LaneF32>
                  : type == Type::F64 ? onLanes<Div, LaneF64, LaneF64, LaneF64>
                                      : nullptr,
                  Work::Special);
  decodeOperands(decoder, type, 2);
}

Decode findArithmetic(StringRef name) {
  return StringSwitch<Decode>(name)
      .Cases({"add", "sub", "mul", "mad", "fma"}, decodeEither)
      .Cases({"neg", "abs", "min", "max"}, decodeEither)
      .Case("copysign", decodeCopySign)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
