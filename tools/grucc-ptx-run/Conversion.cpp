//===- Conversion.cpp - cvt: from one type to another --------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"
#include "Values.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {
namespace {

enum Whole : uint8_t { NotWhole, ToNearest, ToZero, ToDown, ToUp };

uint64_t readSlot(Warp &warp, Slot slot, Type type, unsigned lane) {
  uint64_t raw =
      bitsOf(type) == 64 ? warp.lanes<uint64_t>(slot)[lane] : warp.lanes<uint32_t>(slot)[lane];
  switch (type) {
  case Type::S8:
    return int64_t(int8_t(raw));
  case Type::S16:
    return int64_t(int16_t(raw));
  case Type::S32:
    return int64_t(int32_t(raw));
  default:
    return bitsOf(type) == 64 ? raw : raw & ((uint64_t(1) << bitsOf(type)) - 1);
  }
}

/// Extended to the slot's width as its sign says.
void writeSlot(Warp &warp, Slot slot, Type type, unsigned lane, uint64_t value) {
  if (bitsOf(type) == 64)
    warp.lanes<uint64_t>(slot)[lane] = value;
  else
    warp.lanes<uint32_t>(slot)[lane] = static_cast<uint32_t>(value);
}

double widened(Type type, uint64_t raw, const Instruction &inst) {
  switch (type) {
  case Type::F16:
    return LaneF16::get(static_cast<uint32_t>(raw), Instruction());
  case Type::BF16:
    return widenBFloat16(static_cast<uint16_t>(raw));
  case Type::F32:
    return LaneF32::get(static_cast<uint32_t>(raw), inst);
  default:
    return llvm::bit_cast<double>(raw);
  }
}

uint64_t narrowed(Type type, double value, const Instruction &inst) {
  switch (type) {
  case Type::F16:
    return LaneF16::put(value, inst);
  case Type::BF16:
    return LaneBF16::put(value, inst);
  case Type::F32:
    return LaneF32::put(static_cast<float>(value), inst);
  default:
    return LaneF64::put(value, inst);
  }
}

double toWhole(double value, uint8_t how) {
  switch (how) {
  case ToNearest:
    return std::nearbyint(value);
  case ToZero:
    return std::trunc(value);
  case ToDown:
    return std::floor(value);
  case ToUp:
    return std::ceil(value);
  default:
    return value;
  }
}

/// The least and the largest number of a type.
struct Limits {
  int64_t least;
  uint64_t most;
};
Limits limitsOf(Type type) {
  unsigned bits = bitsOf(type);
  if (isSigned(type))
    return {int64_t(uint64_t(-1) << (bits - 1)), (uint64_t(1) << (bits - 1)) - 1};
  return {0, bits == 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1};
}

uint64_t floatToInteger(Type dest, Type source, double value) {
  if (std::isnan(value))
    return bitsOf(dest) == 64 || source == Type::F64 ? uint64_t(1) << (bitsOf(dest) - 1) : 0;
  Limits limits = limitsOf(dest);
  if (value <= static_cast<double>(limits.least))
    return static_cast<uint64_t>(limits.least);
  if (value >= static_cast<double>(limits.most))
    return limits.most;
  return value < 0 ? static_cast<uint64_t>(static_cast<int64_t>(value))
                   : static_cast<uint64_t>(value);
}

uint64_t integerToFloat(Type dest, Type source, uint64_t raw, const Instruction &inst) {
  if (dest == Type::F32)
    return LaneF32::put(isSigned(source) ? static_cast<float>(static_cast<int64_t>(raw))
                                         : static_cast<float>(raw),
                        inst);
  double value =
      isSigned(source) ? static_cast<double>(static_cast<int64_t>(raw)) : static_cast<double>(raw);
  return narrowed(dest, value, inst);
}

uint64_t integerToInteger(Type dest, Type source, uint64_t raw, bool saturates) {
  Limits limits = limitsOf(dest);
  if (saturates) {
    if (isSigned(source) && static_cast<int64_t>(raw) < 0)
      raw = static_cast<uint64_t>(std::max(static_cast<int64_t>(raw), limits.least));
    else
      raw = std::min(raw, limits.most);
  }
  unsigned unused = 64 - bitsOf(dest);
  return isSigned(dest) ? static_cast<uint64_t>(static_cast<int64_t>(raw << unused) >> unused)
                        : raw << unused >> unused;
}

// inst.type is the destination's type, Type(inst.combine) the source's.
void runConversion(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  Type dest = inst.type, source = static_cast<Type>(inst.combine);
  forLanes(mask, [&](unsigned lane) {
    uint64_t raw = readSlot(warp, slots[1], source, lane), result;
    if (isFloat(source)) {
      double value = toWhole(widened(source, raw, inst), inst.selector);
      result = isFloat(dest) ? narrowed(dest, value, inst) : floatToInteger(dest, source, value);
    } else {
      result = isFloat(dest) ? integerToFloat(dest, source, raw, inst)
                             : integerToInteger(dest, source, raw, inst.saturates);
    }
    writeSlot(warp, slots[0], dest, lane, result);
  });
}

/// cvt.rn.f16x2.f32 d, a, b: a becomes the high half.
template <class Lane> void runPack(Warp &warp, const Instruction &inst, uint32_t mask) {
  const Slot *slots = warp.slots(inst);
  auto *dest = warp.lanes<uint32_t>(slots[0]);
  const auto *a = warp.lanes<uint32_t>(slots[1]), *b = warp.lanes<uint32_t>(slots[2]);
  auto half = [&](uint32_t slot) {
    double value = llvm::bit_cast<float>(slot);
    if (inst.selector && value < 0) // .relu
      value = 0;
    return Lane::put(value, inst);
  };
  forLanes(mask, [&](unsigned lane) { dest[lane] = half(a[lane]) << 16 | half(b[lane]); });
}

void decodePack(Decoder &decoder, Type dest, Type source, Rounding rounding) {
  if (source != Type::F32 || rounding != Rounding::Nearest)
    return decoder.refuse();
  decoder.inst.selector = decoder.take("relu");
  decoder.perform(dest == Type::F16x2 ? runPack<LaneF16> : runPack<LaneBF16>, Work::Convert);
  if (!decoder.expectOperands(3))
    return;
  decoder.dest(0, dest);
  decoder.source(1, Type::F32);
  decoder.source(2, Type::F32);
}

bool isSingle(Type type) {
  return type != Type::None && type != Type::Pred && type != Type::F16x2 && type != Type::BF16x2 &&
         type != Type::F32x2;
}

void decodeConversion(Decoder &decoder) {
  std::optional<unsigned> whole = decoder.takeOneOf({"rni", "rzi", "rmi", "rpi"});
  Rounding rounding = decoder.takeRounding();
  decoder.takeFloatModifiers();
  Type dest = decoder.takeType(), source = decoder.takeType();
  if (dest == Type::F16x2 || dest == Type::BF16x2)
    return decodePack(decoder, dest, source, rounding);
  bool isExact = isFloat(dest) && isFloat(source) && bitsOf(dest) >= bitsOf(source) &&
                 !(bitsOf(dest) == 16 && dest != source);
  bool isRounded = isFloat(dest) && !isExact;
  // 64-bit numbers would be rounded twice on their way to 16 bits.
  bool isTwice = isFloat(dest) && bitsOf(dest) == 16 && !isFloat(source) && bitsOf(source) == 64;
  if (!isSingle(dest) || !isSingle(source) || isTwice ||
      (isRounded && rounding != Rounding::Nearest) ||
      (!isFloat(dest) && isFloat(source) && !whole) || (whole && !isFloat(source)))
    return decoder.refuse();
  decoder.inst.selector = whole ? static_cast<uint8_t>(*whole + 1) : NotWhole;
  decoder.inst.type = dest;
  decoder.inst.combine = static_cast<uint8_t>(source);
  decoder.perform(runConversion, Work::Convert);
  if (!decoder.expectOperands(2))
    return;
  decoder.dest(0, dest);
  decoder.source(1, source);
}

} // namespace

Decode findConversion(StringRef name) { return name == "cvt" ? decodeConversion : nullptr; }

} // namespace grucc::ptxrun
