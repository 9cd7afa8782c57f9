//===- Special.cpp - Division, roots, powers and other functions ---------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Of .approx instructions PTX says how far from the exact result they may be. The
// launch chooses that result, or either end.
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"
#include "Values.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {

void decodeDivision(Decoder &decoder, Type type);

namespace {

enum Function : uint8_t { Rcp, Sqrt, Rsqrt, Ex2, Lg2, Sin, Cos, Tanh, Quotient };

double exact(uint8_t function, double a, double b) {
  switch (function) {
  case Rcp:
    return 1 / a;
  case Sqrt:
    return std::sqrt(a);
  case Rsqrt:
    return 1 / std::sqrt(a);
  case Ex2:
    return std::exp2(a);
  case Lg2:
    return std::log2(a);
  case Sin:
    return std::sin(a);
  case Cos:
    return std::cos(a);
  case Tanh:
    return std::tanh(a);
  default:
    return a / b;
  }
}

/// The largest error that the PTX manual allows of float32, relative to the
/// result, and in itself.
struct Allowed {
  double relative, absolute;
};
constexpr Allowed allowed[] = {
    {0x1p-23, 0},       // rcp
    {0x1p-23, 0},       // sqrt
    {0x1.13p-23, 0},    // rsqrt: 2^-22.9
    {0x1p-22, 0},       // ex2: 2 ulp
    {0x1p-22, 0x1p-22}, // lg2
    {0, 0x1.6ap-21},    // sin: 2^-20.5
    {0, 0x1.6ap-21},    // cos
    {0x1p-11, 0},       // tanh
    {0x1p-22, 0},       // div: 2 ulp
};

void runApproximation(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  auto *dest = warp.lanes<uint32_t>(slots[0]);
  const auto *a = warp.lanes<uint32_t>(slots[1]);
  const auto *b = warp.lanes<uint32_t>(slots[inst.sources]); // a again, but for div
  Approximation how = warp.grid->launch.approximation;
  double side = how == Approximation::Exact ? 0 : how == Approximation::Low ? -1 : 1;
  const Allowed &error = allowed[inst.selector];
  forLanes(mask, [&](unsigned lane) {
    double value = exact(inst.selector, LaneF32::get(a[lane], inst), LaneF32::get(b[lane], inst));
    if (std::isfinite(value) && value != 0)
      value += side * (std::fabs(value) * error.relative + error.absolute);
    if (inst.selector == Tanh)
      value = std::min(std::max(value, -1.0), 1.0) + (value - value); // NaN stays
    dest[lane] = LaneF32::put(static_cast<float>(value), inst);
  });
}

struct RoundedRcp {
  template <class T> T operator()(const Instruction &, T a) const { return 1 / a; }
};
struct RoundedSqrt {
  template <class T> T operator()(const Instruction &, T a) const { return std::sqrt(a); }
};

template <class Fn> Handler rounded(Type type) {
  return type == Type::F32   ? onLanes<Fn, LaneF32, LaneF32>
         : type == Type::F64 ? onLanes<Fn, LaneF64, LaneF64>
                             : Handler(nullptr);
}

template <uint8_t function> void decodeFunction(Decoder &decoder) {
  Rounding rounding = decoder.takeRounding();
  bool isApprox = decoder.take("approx");
  decoder.takeFloatModifiers();
  Type type = decoder.takeType();
  Handler handler = nullptr;
  decoder.inst.selector = function;
  if (isApprox && type == Type::F32)
    handler = runApproximation;
  else if (rounding == Rounding::Nearest && function == Rcp)
    handler = rounded<RoundedRcp>(type);
  else if (rounding == Rounding::Nearest && function == Sqrt)
    handler = rounded<RoundedSqrt>(type);
  decoder.perform(handler, Work::Special);
  if (!decoder.expectOperands(2))
    return;
  decoder.dest(0, type);
  decoder.source(1, type);
}

} // namespace

/// The quotient rounded to nearest; of Arithmetic.cpp.
void decodeNearestDivision(Decoder &decoder, Type type);

void decodeDivision(Decoder &decoder, Type type) {
  Rounding rounding = decoder.takeRounding();
  bool isApprox = decoder.take("approx") || decoder.take("full");
  decoder.takeFloatModifiers();
  if (!isApprox && rounding == Rounding::Nearest)
    return decodeNearestDivision(decoder, type);
  decoder.inst.selector = Quotient;
  decoder.perform(isApprox && type == Type::F32 ? runApproximation : nullptr, Work::Special);
  if (!decoder.expectOperands(3))
    return;
  decoder.dest(0, type);
  decoder.source(1, type);
  decoder.source(2, type);
}

Decode findSpecial(StringRef name) {
  return StringSwitch<Decode>(name)
      .Case("rcp", decodeFunction<Rcp>)
      .Case("sqrt", decodeFunction<Sqrt>)
      .Case("rsqrt", decodeFunction<Rsqrt>)
      .Case("ex2", decodeFunction<Ex2>)
      .Case("lg2", decodeFunction<Lg2>)
      .Case("sin", decodeFunction<Sin>)
      .Case("cos", decodeFunction<Cos>)
      .Case("tanh", decodeFunction<Tanh>)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
