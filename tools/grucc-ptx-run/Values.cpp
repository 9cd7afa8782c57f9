//===- Values.cpp - Numbers as registers hold them -----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Values.h"

namespace grucc::ptxrun {

uint16_t roundTo16(double value, int fractionBits, int bias) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  uint16_t infinity = static_cast<uint16_t>((2 * bias + 1) << fractionBits);
  if (std::isnan(value))
    return 0x7fff;
  if (std::isinf(value))
    return sign | infinity;
  if (value == 0)
    return sign;
  int exponent = std::max(std::ilogb(value), 1 - bias);
  // A whole number of units; one more in the exponent comes by itself when it
  // rounds up to a power of two, and below the least exponent it is what is stored.
  auto units =
      static_cast<int64_t>(std::nearbyint(std::ldexp(std::fabs(value), fractionBits - exponent)));
  int64_t bits = (int64_t(exponent + bias - 1) << fractionBits) + units;
  return sign | static_cast<uint16_t>(std::min<int64_t>(bits, infinity));
}

double widenFloat16(uint16_t bits) {
  uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023, sign = uint32_t(bits & 0x8000) << 16;
  if (exponent == 0) {
    double value = fraction * 0x1p-24;
    return sign ? -value : value;
  }
  uint32_t wide = exponent == 31 ? 0x7f800000 : (exponent + 112) << 23;
  return llvm::bit_cast<float>(sign | wide | fraction << 13);
}

double fuseToOdd(double a, double b, double c) {
  double product = a * b; // exact: 22 bits at most
  double sum = product + c;
  if (!std::isfinite(sum))
    return sum;
  // What the sum lost, exactly (Knuth).
  double part = sum - product;
  double lost = (product - (sum - part)) + (c - part);
  uint64_t bits = llvm::bit_cast<uint64_t>(sum);
  if (lost == 0 || bits & 1)
    return sum;
  // Odd, on the side where the exact sum lies.
  bool isOutward = (lost > 0) == (sum > 0);
  return llvm::bit_cast<double>(isOutward ? bits + 1 : bits - 1);
}

} // namespace grucc::ptxrun
