//===- Integer.cpp - Arithmetic of whole numbers ----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Integers.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {

void decodeInteger(Decoder &decoder, Type type);
void decodeDivision(Decoder &decoder, Type type); // Special.cpp

namespace {

/// Which bits of a product are taken.
enum Part : uint8_t { Low, High, Wide };

struct Add {
  template <class T> T operator()(const Instruction &inst, T a, T b) const {
    if (inst.saturates) // of .s32 alone
      return static_cast<T>(
          std::min<int64_t>(std::max<int64_t>(int64_t(a) + int64_t(b), INT32_MIN), INT32_MAX));
    return static_cast<T>(uint64_t(a) + uint64_t(b));
  }
};
struct Sub {
  template <class T> T operator()(const Instruction &inst, T a, T b) const {
    if (inst.saturates)
      return static_cast<T>(
          std::min<int64_t>(std::max<int64_t>(int64_t(a) - int64_t(b), INT32_MIN), INT32_MAX));
    return static_cast<T>(uint64_t(a) - uint64_t(b));
  }
};

template <class T> T multiply(const Instruction &inst, T a, T b) {
  if (inst.selector == Low)
    return static_cast<T>(uint64_t(a) * uint64_t(b));
  __extension__ using Product =
      std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>;
  return static_cast<T>((Product(a) * Product(b)) >> (sizeof(T) * 8));
}
struct Mul {
  template <class T> T operator()(const Instruction &inst, T a, T b) const {
    return multiply(inst, a, b);
  }
};
struct Mad {
  template <class T> T operator()(const Instruction &inst, T a, T b, T c) const {
    return static_cast<T>(uint64_t(multiply(inst, a, b)) + uint64_t(c));
  }
};
/// Into twice the bits.
template <class W> struct MulWide {
  template <class T> W operator()(const Instruction &, T a, T b) const {
    return static_cast<W>(uint64_t(a) * uint64_t(b));
  }
};
template <class W> struct MadWide {
  template <class T> W operator()(const Instruction &, T a, T b, W c) const {
    return static_cast<W>(uint64_t(a) * uint64_t(b) + uint64_t(c));
  }
};

// Division by zero gives all ones, its rest the dividend, as the hardware's code does.
struct Div {
  template <class T> T operator()(const Instruction &, T a, T b) const {
    if (b == 0)
      return static_cast<T>(-1);
    if (std::is_signed_v<T> && b == static_cast<T>(-1))
      return static_cast<T>(0 - uint64_t(a));
    return static_cast<T>(a / b);
  }
};
struct Rem {
  template <class T> T operator()(const Instruction &, T a, T b) const {
    if (b == 0)
      return a;
    if (std::is_signed_v<T> && b == static_cast<T>(-1))
      return 0;
    return static_cast<T>(a % b);
  }
};
struct Min {
  template <class T> T operator()(const Instruction &, T a, T b) const { return std::min(a, b); }
};
struct Max {
  template <class T> T operator()(const Instruction &, T a, T b) const { return std::max(a, b); }
};
struct Neg {
  template <class T> T operator()(const Instruction &, T a) const {
    return static_cast<T>(0 - uint64_t(a));
  }
};
struct Abs {
  template <class T> T operator()(const Instruction &, T a) const {
    return a < 0 ? static_cast<T>(0 - uint64_t(a)) : a;
  }
};
template <class D, class S> Handler widen(bool isMad) {
  if (isMad)
    return onLanes<MadWide<typename D::Value>, D, S, S, D>;
  return onLanes<MulWide<typename D::Value>, D, S, S>;
}

void decodeProduct(Decoder &decoder, Type type) {
  bool isMad = decoder.name() == "mad";
  std::optional<unsigned> part = decoder.takeOneOf({"lo", "hi", "wide"});
  if (!part)
    return decoder.refuse();
  decoder.inst.selector = static_cast<uint8_t>(*part);
  Type wide = type;
  if (*part == Wide) {
    Handler handler = nullptr;
    if (type == Type::U16 || type == Type::S16) {
      wide = type == Type::U16 ? Type::U32 : Type::S32;
      handler = type == Type::U16 ? widen<LaneU32, LaneU16>(isMad) : widen<LaneS32, LaneS16>(isMad);
    } else if (type == Type::U32 || type == Type::S32) {
      wide = type == Type::U32 ? Type::U64 : Type::S64;
      handler = type == Type::U32 ? widen<LaneU64, LaneU32>(isMad) : widen<LaneS64, LaneS32>(isMad);
    }
    decoder.perform(handler, Work::Integer);
  } else {
    decoder.perform(isMad ? forWidths<Mad, 3>(type) : forWidths<Mul, 2>(type), Work::Integer);
  }
  isMad ? integerOperands(decoder, wide, {type, type, wide})
        : integerOperands(decoder, wide, {type, type});
}

void decodeRem(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.perform(forWidths<Rem, 2>(type), Work::Integer);
  integerOperands(decoder, type, {type, type});
}

void decodeDiv(Decoder &decoder) {
  Type type = decoder.takeType();
  if (isFloat(type))
    return decodeDivision(decoder, type);
  decoder.perform(forWidths<Div, 2>(type), Work::Integer);
  integerOperands(decoder, type, {type, type});
}

} // namespace

/// The names that floating-point numbers have as well.
void decodeInteger(Decoder &decoder, Type type) {
  StringRef name = decoder.name();
  if (name == "mul" || name == "mad")
    return decodeProduct(decoder, type);
  decoder.inst.saturates =
      type == Type::S32 && (name == "add" || name == "sub") && decoder.take("sat");
  if (name == "neg" || name == "abs") {
    decoder.perform(!isSigned(type) ? nullptr
                    : name == "neg" ? forWidths<Neg, 1>(type)
                                    : forWidths<Abs, 1>(type),
                    Work::Integer);
    return integerOperands(decoder, type, {type});
  }
  decoder.perform(name == "add"   ? forWidths<Add, 2>(type)
                  : name == "sub" ? forWidths<Sub, 2>(type)
                  : name == "min" ? forWidths<Min, 2>(type)
                  : name == "max" ? forWidths<Max, 2>(type)
                                  : nullptr,
                  Work::Integer);
  integerOperands(decoder, type, {type, type});
}

void integerOperands(Decoder &decoder, Type dest, std::initializer_list<Type> sources) {
  if (!decoder.expectOperands(sources.size() + 1))
    return;
  decoder.dest(0, dest);
  size_t i = 0;
  for (Type source : sources)
    decoder.source(++i, source);
}

Decode findInteger(StringRef name) {
  return StringSwitch<Decode>(name).Case("div", decodeDiv).Case("rem", decodeRem).Default(nullptr);
}

} // namespace grucc::ptxrun
