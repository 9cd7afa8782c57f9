//===- Bits.cpp - Shifts, masks and bytes --------------------------------===//
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
namespace {

struct And {
  template <class T> T operator()(const Instruction &, T a, T b) const { return a & b; }
};
struct Or {
  template <class T> T operator()(const Instruction &, T a, T b) const { return a | b; }
};
struct Xor {
  template <class T> T operator()(const Instruction &, T a, T b) const { return a ^ b; }
};
struct Not {
  template <class T> T operator()(const Instruction &, T a) const { return static_cast<T>(~a); }
};
struct Shl {
  template <class T> T operator()(const Instruction &, T a, uint32_t by) const {
    return by >= sizeof(T) * 8 ? T(0) : static_cast<T>(uint64_t(a) << by);
  }
};
struct Shr {
  template <class T> T operator()(const Instruction &, T a, uint32_t by) const {
    uint32_t most = sizeof(T) * 8 - 1;
    if (by > most)
      return a < 0 ? static_cast<T>(-1) : T(0);
    return static_cast<T>(a >> by);
  }
};
struct Clz {
  template <class T> uint32_t operator()(const Instruction &, T a) const {
    return llvm::countl_zero(a);
  }
};
struct Popc {
  template <class T> uint32_t operator()(const Instruction &, T a) const {
    return llvm::popcount(a);
  }
};
struct Brev {
  template <class T> T operator()(const Instruction &, T a) const {
    T result = 0;
    for (unsigned i = 0; i < sizeof(T) * 8; ++i)
      result |= (a >> i & 1) << (sizeof(T) * 8 - 1 - i);
    return result;
  }
};
/// bfe: `length` bits of a from `start`, the sign bit repeated where signed.
struct Extract {
  template <class T> T operator()(const Instruction &, T a, uint32_t start, uint32_t length) const {
    constexpr uint32_t most = sizeof(T) * 8 - 1;
    start &= 255;
    length &= 255;
    bool isNegative =
        std::is_signed_v<T> && length && (uint64_t(a) >> std::min(start + length - 1, most) & 1);
    uint64_t result = 0;
    for (uint32_t i = 0; i <= most; ++i) {
      bool bit = i < length && start + i <= most ? (uint64_t(a) >> (start + i) & 1) : isNegative;
      result |= uint64_t(bit) << i;
    }
    return static_cast<T>(result);
  }
};
/// bfi: `length` low bits of a put into b at `start`.
struct Insert {
  template <class T>
  T operator()(const Instruction &, T a, T b, uint32_t start, uint32_t length) const {
    T result = b;
    for (uint32_t i = 0; i < (length & 255) && (start & 255) + i < sizeof(T) * 8; ++i) {
      T bit = T(1) << ((start & 255) + i);
      result = (a >> i & 1) ? result | bit : result & ~bit;
    }
    return result;
  }
};
/// Every bit of the result by a table over those of a, b and c.
struct Lop3 {
  uint32_t operator()(const Instruction &inst, uint32_t a, uint32_t b, uint32_t c) const {
    uint32_t result = 0;
    for (unsigned i = 0; i < 8; ++i)
      if (inst.immediate >> i & 1)
        result |= (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
    return result;
  }
};
/// shf: a double word of b (high) and a (low); selector: 1 right, 2 clamp.
struct Funnel {
  uint32_t operator()(const Instruction &inst, uint32_t a, uint32_t b, uint32_t by) const {
    by = inst.selector & 2 ? std::min(by, 32u) : by & 31;
    uint64_t both = uint64_t(b) << 32 | a;
    return static_cast<uint32_t>(inst.selector & 1 ? both >> by : both >> (32 - by));
  }
};
/// Four bytes chosen out of the eight of b (high) and a.
struct Permute {
  uint32_t operator()(const Instruction &, uint32_t a, uint32_t b, uint32_t chosen) const {
    uint64_t both = uint64_t(b) << 32 | a;
    uint32_t result = 0;
    for (unsigned i = 0; i < 4; ++i) {
      uint32_t which = chosen >> (4 * i) & 15;
      uint32_t byte = both >> (8 * (which & 7)) & 255;
      if (which & 8)
        byte = byte & 128 ? 255 : 0;
      result |= byte << (8 * i);
    }
    return result;
  }
};
/// The sum of four products of bytes and c; selector: 1 a signed, 2 b signed.
struct Dot {
  uint32_t operator()(const Instruction &inst, uint32_t a, uint32_t b, uint32_t c) const {
    for (unsigned i = 0; i < 32; i += 8) {
      int32_t x = inst.selector & 1 ? static_cast<int8_t>(a >> i) : static_cast<uint8_t>(a >> i);
      int32_t y = inst.selector & 2 ? static_cast<int8_t>(b >> i) : static_cast<uint8_t>(b >> i);
      c += static_cast<uint32_t>(x * y);
    }
    return c;
  }
};

template <class Fn> Handler shift(Type type) {
  switch (type) {
  case Type::U16:
  case Type::B16:
    return onLanes<Fn, LaneU16, LaneU16, LaneU32>;
  case Type::S16:
    return onLanes<Fn, LaneS16, LaneS16, LaneU32>;
  case Type::U32:
  case Type::B32:
    return onLanes<Fn, LaneU32, LaneU32, LaneU32>;
  case Type::S32:
    return onLanes<Fn, LaneS32, LaneS32, LaneU32>;
  case Type::U64:
  case Type::B64:
    return onLanes<Fn, LaneU64, LaneU64, LaneU32>;
  case Type::S64:
    return onLanes<Fn, LaneS64, LaneS64, LaneU32>;
  default:
    return nullptr;
  }
}

/// and, or, xor, not of predicates: a mask of the warp in one word.
template <class Fn, unsigned sources>
void onPredicates(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  uint32_t a = *warp.lanes<uint32_t>(slots[1]), result;
  if constexpr (sources == 1)
    result = Fn()(inst, a);
  else
    result = Fn()(inst, a, *warp.lanes<uint32_t>(slots[2]));
  uint32_t &dest = *warp.lanes<uint32_t>(slots[0]);
  dest = (dest & ~mask) | (result & mask);
}

template <class Fn, unsigned sources> void decodeBits(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.perform(type == Type::Pred ? Handler(onPredicates<Fn, sources>)
                                     : forWidths<Fn, sources>(type),
                  Work::Integer);
  if constexpr (sources == 1)
    integerOperands(decoder, type, {type});
  else
    integerOperands(decoder, type, {type, type});
}

void decodeShift(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.perform(decoder.name() == "shl" ? shift<Shl>(type) : shift<Shr>(type), Work::Integer);
  integerOperands(decoder, type, {type, Type::U32});
}

template <class Fn> void decodeCount(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.perform(type == Type::B32   ? onLanes<Fn, LaneU32, LaneU32>
                  : type == Type::B64 ? onLanes<Fn, LaneU32, LaneU64>
                                      : nullptr,
                  Work::Integer);
  integerOperands(decoder, Type::U32, {type});
}

void decodeBrev(Decoder &decoder) {
  Type type = decoder.takeType();
  decoder.perform(type == Type::B32 || type == Type::B64 ? forWidths<Brev, 1>(type) : nullptr,
                  Work::Integer);
  integerOperands(decoder, type, {type});
}

void decodeExtract(Decoder &decoder) {
  Type type = decoder.takeType();
  Handler handler = type == Type::U32   ? onLanes<Extract, LaneU32, LaneU32, LaneU32, LaneU32>
                    : type == Type::S32 ? onLanes<Extract, LaneS32, LaneS32, LaneU32, LaneU32>
                    : type == Type::U64 ? onLanes<Extract, LaneU64, LaneU64, LaneU32, LaneU32>
                    : type == Type::S64 ? onLanes<Extract, LaneS64, LaneS64, LaneU32, LaneU32>
                                        : Handler(nullptr);
  decoder.perform(handler, Work::Integer);
  integerOperands(decoder, type, {type, Type::U32, Type::U32});
}

void decodeInsert(Decoder &decoder) {
  Type type = decoder.takeType();
  Handler handler = type == Type::B32 ? onLanes<Insert, LaneU32, LaneU32, LaneU32, LaneU32, LaneU32>
                    : type == Type::B64
                        ? onLanes<Insert, LaneU64, LaneU64, LaneU64, LaneU32, LaneU32>
                        : Handler(nullptr);
  decoder.perform(handler, Work::Integer);
  integerOperands(decoder, type, {type, type, Type::U32, Type::U32});
}

/// Three 32-bit sources into one.
template <class Fn> constexpr Handler ternary = onLanes<Fn, LaneU32, LaneU32, LaneU32, LaneU32>;

void decodeLop3(Decoder &decoder) {
  if (decoder.takeType() != Type::B32 || !decoder.expectOperands(5))
    return decoder.refuse();
  decoder.inst.immediate = decoder.number(4, 255);
  decoder.perform(ternary<Lop3>, Work::Integer);
  decoder.dest(0, Type::B32);
  for (size_t i : {1, 2, 3})
    decoder.source(i, Type::B32);
}

void decodeFunnel(Decoder &decoder) {
  std::optional<unsigned> isRight = decoder.takeOneOf({"l", "r"});
  std::optional<unsigned> isClamped = decoder.takeOneOf({"wrap", "clamp"});
  if (!isRight || !isClamped || decoder.takeType() != Type::B32)
    return decoder.refuse();
  decoder.inst.selector = static_cast<uint8_t>(*isRight | *isClamped << 1);
  decoder.perform(ternary<Funnel>, Work::Integer);
  integerOperands(decoder, Type::B32, {Type::B32, Type::B32, Type::U32});
}

void decodePermute(Decoder &decoder) {
  if (decoder.takeType() != Type::B32)
    return decoder.refuse();
  decoder.perform(ternary<Permute>, Work::Integer);
  integerOperands(decoder, Type::B32, {Type::B32, Type::B32, Type::B32});
}

void decodeDot(Decoder &decoder) {
  Type a = decoder.takeType(), b = decoder.takeType();
  auto isWord = [](Type type) { return type == Type::U32 || type == Type::S32; };
  if (!isWord(a) || !isWord(b))
    return decoder.refuse();
  decoder.inst.selector = isSigned(a) | isSigned(b) << 1;
  decoder.perform(ternary<Dot>, Work::Integer);
  integerOperands(decoder, Type::B32, {Type::B32, Type::B32, Type::B32});
}

} // namespace

Decode findBits(StringRef name) {
  return StringSwitch<Decode>(name)
      .Case("and", decodeBits<And, 2>)
      .Case("or", decodeBits<Or, 2>)
      .Case("xor", decodeBits<Xor, 2>)
      .Case("not", decodeBits<Not, 1>)
      .Cases({"shl", "shr"}, decodeShift)
      .Case("clz", decodeCount<Clz>)
      .Case("popc", decodeCount<Popc>)
      .Case("brev", decodeBrev)
      .Case("bfe", decodeExtract)
      .Case("bfi", decodeInsert)
      .Case("lop3", decodeLop3)
      .Case("shf", decodeFunnel)
      .Case("prmt", decodePermute)
      .Case("dp4a", decodeDot)
      .Default(nullptr);
}

} // namespace grucc::ptxrun
