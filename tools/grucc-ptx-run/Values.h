//===- Values.h - Numbers as registers hold them -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// A lane type says how a value lies in a slot and how its results are finished:
// flushed, saturated, and every NaN of float32 and of 16 bits made the one NaN
// that the hardware gives.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_VALUES_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_VALUES_H

#include "Warp.h"
#include "llvm/ADT/bit.h"
#include <array>
#include <cmath>
#include <tuple>

namespace grucc::ptxrun {

/// Rounds to nearest even. `fractionBits` 10, `bias` 15 is float16; 7, 127 bfloat16.
uint16_t roundTo16(double value, int fractionBits, int bias);
double widenFloat16(uint16_t bits);
inline uint16_t toFloat16(double value) { return roundTo16(value, 10, 15); }
inline uint16_t toBFloat16(double value) { return roundTo16(value, 7, 127); }
inline double widenBFloat16(uint16_t bits) { return llvm::bit_cast<float>(uint32_t(bits) << 16); }
/// a * b + c, exact but for a last bit that says whether something was cut off:
/// rounding to 16 bits then gives what one rounding gives. a and b are of 16 bits.
double fuseToOdd(double a, double b, double c);

inline float flushed(float value) {
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  return bits & 0x7f800000 ? value : llvm::bit_cast<float>(bits & 0x80000000);
}

template <class T, class S = uint32_t> struct LaneInt {
  using Slot = S;
  using Value = T;
  static T get(Slot slot, const Instruction &) { return static_cast<T>(slot); }
  static Slot put(T value, const Instruction &) { return static_cast<Slot>(value); }
};
using LaneU8 = LaneInt<uint8_t>;
using LaneS8 = LaneInt<int8_t>;
using LaneU16 = LaneInt<uint16_t>;
using LaneS16 = LaneInt<int16_t>;
using LaneU32 = LaneInt<uint32_t>;
using LaneS32 = LaneInt<int32_t>;
using LaneU64 = LaneInt<uint64_t, uint64_t>;
using LaneS64 = LaneInt<int64_t, uint64_t>;

struct LaneF32 {
  using Slot = uint32_t;
  using Value = float;
  static float get(Slot slot, const Instruction &inst) {
    float value = llvm::bit_cast<float>(slot);
    return inst.flushes ? flushed(value) : value;
  }
  static Slot put(float value, const Instruction &inst) {
    if (inst.saturates) // NaN becomes 0
      value = value > 0 ? value < 1 ? value : 1.0f : 0.0f;
    if (value != value)
      return 0x7fffffff;
    return llvm::bit_cast<uint32_t>(inst.flushes ? flushed(value) : value);
  }
  static float fma(float a, float b, float c) { return std::fma(a, b, c); }
};

struct LaneF64 {
  using Slot = uint64_t;
  using Value = double;
  static double get(Slot slot, const Instruction &) { return llvm::bit_cast<double>(slot); }
  static Slot put(double value, const Instruction &inst) {
    if (inst.saturates)
      value = value > 0 ? value < 1 ? value : 1.0 : 0.0;
    return llvm::bit_cast<uint64_t>(value);
  }
  static double fma(double a, double b, double c) { return std::fma(a, b, c); }
};

struct LaneF16 {
  using Slot = uint32_t;
  using Value = double;
  static double get(Slot slot, const Instruction &inst) {
    double value = widenFloat16(static_cast<uint16_t>(slot));
    return inst.flushes && std::fabs(value) < 0x1p-14 ? std::copysign(0.0, value) : value;
  }
  static Slot put(double value, const Instruction &inst) {
    if (inst.saturates)
      value = value > 0 ? value < 1 ? value : 1.0 : 0.0;
    uint16_t bits = toFloat16(value);
    return inst.flushes && !(bits & 0x7c00) ? bits & 0x8000 : bits;
  }
  static double fma(double a, double b, double c) { return fuseToOdd(a, b, c); }
};

struct LaneBF16 {
  using Slot = uint32_t;
  using Value = double;
  static double get(Slot slot, const Instruction &) {
    return widenBFloat16(static_cast<uint16_t>(slot));
  }
  static Slot put(double value, const Instruction &inst) {
    if (inst.saturates)
      value = value > 0 ? value < 1 ? value : 1.0 : 0.0;
    return toBFloat16(value);
  }
  static double fma(double a, double b, double c) { return fuseToOdd(a, b, c); }
};

/// Two values in one register.
template <class Lane, class Wide> struct LanePair {
  using Slot = Wide;
  using Half = Lane;
  using Value = std::array<typename Lane::Value, 2>;
  static constexpr unsigned bits = sizeof(Wide) * 4;
  static Value get(Wide slot, const Instruction &inst) {
    return {Lane::get(static_cast<typename Lane::Slot>(slot), inst),
            Lane::get(static_cast<typename Lane::Slot>(slot >> bits), inst)};
  }
  static Wide put(const Value &value, const Instruction &inst) {
    return Wide(Lane::put(value[0], inst)) | Wide(Lane::put(value[1], inst)) << bits;
  }
};
using LaneF16x2 = LanePair<LaneF16, uint32_t>;
using LaneBF16x2 = LanePair<LaneBF16, uint32_t>;
using LaneF32x2 = LanePair<LaneF32, uint64_t>;

/// d = Fn(inst, a, b, ...), for every lane; D and S are lane types.
template <class Fn, class D, class... S, size_t... I>
inline void runLanes(Warp &warp, const Instruction &inst, uint32_t mask,
                     std::index_sequence<I...>) {
  const Slot *slots = warp.slots(inst);
  auto *dest = warp.lanes<typename D::Slot>(slots[0]);
  std::tuple<const typename S::Slot *...> sources(
      warp.lanes<typename S::Slot>(slots[inst.dests + I])...);
  forLanes(mask, [&](unsigned lane) {
    dest[lane] = D::put(Fn()(inst, S::get(std::get<I>(sources)[lane], inst)...), inst);
  });
}
template <class Fn, class D, class... S>
void onLanes(Warp &warp, const Instruction &inst, uint32_t mask) {
  runLanes<Fn, D, S...>(warp, inst, mask, std::index_sequence_for<S...>());
}

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_VALUES_H
