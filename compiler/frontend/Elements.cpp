//===- Elements.cpp - Elements of a file's dtype as the network's ---------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Elements.h"

#include "support/Diagnostic.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>

using namespace llvm;

namespace grucc {
namespace {

struct Float16 {
  uint16_t bits;
  operator float() const {
    uint32_t sign = uint32_t(bits & 0x8000) << 16, exponent = bits >> 10 & 31,
             fraction = bits & 1023;
    if (exponent == 0) { // zero or subnormal: fraction * 2^-24, exact
      float magnitude = std::ldexp(float(fraction), -24);
      return sign ? -magnitude : magnitude;
    }
    // Bias 15 becomes 127; 31 (infinity, NaN) becomes 255.
    uint32_t widened = exponent == 31 ? 255 : exponent + 112;
    return bit_cast<float>(sign | widened << 23 | fraction << 13);
  }
};

struct BFloat16 {
  uint16_t bits;
  operator float() const { return bit_cast<float>(uint32_t(bits) << 16); }
};

template <typename From, typename To>
std::optional<OddElement> convert(ArrayRef<char> from, MutableArrayRef<char> to) {
  size_t count = to.size() / sizeof(To);
  auto load = [&](size_t i) { // the file's data is not aligned
    From value;
    std::memcpy(&value, from.data() + i * sizeof(From), sizeof(From));
    return value;
  };
  bool isFinite = true;
  auto *out = reinterpret_cast<To *>(to.data());
  for (size_t i = 0; i < count; ++i) {
    out[i] = static_cast<To>(load(i));
    isFinite &= std::abs(out[i]) <= std::numeric_limits<To>::max();
  }
  for (size_t i = 0; !isFinite && i < count; ++i) {
    if (std::isfinite(out[i]))
      continue;
    auto kind = std::isnan(out[i])                            ? OddElement::NaN
                : std::isfinite(static_cast<double>(load(i))) ? OddElement::TooLarge
                                                              : OddElement::Infinity;
    return OddElement{kind, i};
  }
  return std::nullopt;
}

template <typename To>
std::optional<OddElement> convertTo(ArrayRef<char> from, StringRef dtype,
                                    MutableArrayRef<char> to) {
  if (dtype == "F16")
    return convert<Float16, To>(from, to);
  if (dtype == "BF16")
    return convert<BFloat16, To>(from, to);
  if (dtype == "F64")
    return convert<double, To>(from, to);
  return convert<float, To>(from, to);
}

} // namespace

bool isWeightDType(StringRef dtype) {
  return dtype == "F32" || dtype == "F64" || dtype == "F16" || dtype == "BF16";
}

std::optional<OddElement> convertElements(ArrayRef<char> from, StringRef fromDType,
                                          MutableArrayRef<char> to, DType toDType) {
  return toDType == DType::Float64 ? convertTo<double>(from, fromDType, to)
                                   : convertTo<float>(from, fromDType, to);
}

void warnOfRounding(StringRef file, DType from, DType to, std::vector<std::string> &warnings) {
  if (from == DType::Float64 && to == DType::Float32)
    warnings.push_back(warningLine(file, "dtype", "float64 weights",
                                   "float32: every value is rounded to the nearest"));
}

Error reportOdd(StringRef file, StringRef tensor, const OddElement &odd, size_t before,
                std::vector<std::string> &warnings) {
  std::string where = " at element " + std::to_string(before + odd.index);
  if (odd.kind == OddElement::TooLarge)
    return inputError(file, tensor, "a value too large for float32" + where,
                      "values that float32 can hold");
  warnings.push_back(warningLine(
      file, tensor, (odd.kind == OddElement::NaN ? "nan" : "infinity") + where, "finite values"));
  return Error::success();
}

} // namespace grucc
