//===- Storage.cpp - Weights in narrower numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Storage.h"

#include "llvm/ADT/bit.h"
#include <algorithm>
#include <climits>
#include <cmath>

using namespace mlir;
using namespace grucc::rnn;

// Keeps every constant of the widening a normal float32, and every int8 a bfloat16.
static constexpr int64_t largestExponent = 64;

LogicalResult StorageAttr::verify(function_ref<InFlightDiagnostic()> emitError, StorageKind kind,
                                  int64_t exponent) {
  int64_t limit = kind == StorageKind::Int8 ? largestExponent : 0;
  if (exponent >= -limit && exponent <= limit)
    return success();
  InFlightDiagnostic error = emitError()
                             << "storage: exponent: found " << exponent << ", expected ";
  return limit ? error << "-64 to 64" : error << "0 for " << stringifyStorageKind(kind);
}

LogicalResult grucc::rnn::expectStorage(Operation *op, StringRef name, StorageAttr storage,
                                        Type dtype) {
  StorageKind kind = kindOf(storage);
  bool fits = kind == StorageKind::Exact || (kind == StorageKind::Float32) == dtype.isF64();
  if (fits)
    return success();
  return op->emitOpError() << name << ": found " << stringifyStorageKind(kind) << ", expected "
                           << (dtype.isF64() ? "float32" : "bfloat16, float16 or int8")
                           << " for a network of " << (dtype.isF64() ? "float64" : "float32");
}

int64_t grucc::rnn::bytesOf(StorageKind kind, int64_t exactBytes) {
  switch (kind) {
  case StorageKind::Exact:
    return exactBytes;
  case StorageKind::Float32:
    return 4;
  case StorageKind::BFloat16:
  case StorageKind::Float16:
    return 2;
  case StorageKind::Int8:
    return 1;
  }
  llvm_unreachable("a kind of storage");
}

bool grucc::rnn::alsoHolds(StorageKind narrowest, StorageKind kind) {
  return kind == narrowest || kind == StorageKind::Exact ||
         (narrowest == StorageKind::Int8 && kind == StorageKind::BFloat16);
}

std::string grucc::rnn::storageText(StorageAttr storage, StringRef dtype) {
  StorageKind kind = kindOf(storage);
  if (kind == StorageKind::Exact)
    return dtype.str();
  std::string text = stringifyStorageKind(kind).str();
  return kind == StorageKind::Int8 ? text + " * 2^" + std::to_string(storage.getExponent()) : text;
}

/// The IEEE half with the value of a float32, when there is one.
static std::optional<uint64_t> halfBits(uint32_t bits) {
  uint32_t sign = bits >> 31 << 15, fraction = bits & 0x7fffff;
  int exponent = int(bits >> 23 & 0xff) - 127;
  if (exponent == 128) // infinity, but no NaN: widening would quiet it
    return fraction ? std::nullopt : std::optional<uint64_t>(sign | 0x7c00);
  if (exponent == -127)
    return fraction ? std::nullopt : std::optional<uint64_t>(sign);
  if (exponent > 15 || exponent < -24)
    return std::nullopt;
  // Below 2^-14 halfs are subnormal: the leading one moves into the fraction.
  int shift = 13 + std::max(0, -14 - exponent);
  uint32_t significand = 1u << 23 | fraction;
  if (significand & ((1u << shift) - 1))
    return std::nullopt;
  uint32_t biased = exponent >= -14 ? uint32_t(exponent + 14) << 10 : 0; // + the leading one
  return sign | (biased + (significand >> shift));
}

/// q of w = q * 2^exponent.
static std::optional<uint64_t> int8Bits(int64_t exponent, float value) {
  auto power = [](int64_t exponent) {
    return llvm::bit_cast<float>(uint32_t(127 + exponent) << 23);
  };
  float q = value * power(-exponent);
  // What underflowed does not come back.
  if (!(q >= -128 && q <= 127) || q != std::trunc(q) || (q == 0 && std::signbit(q)) ||
      q * power(exponent) != value)
    return std::nullopt;
  return uint8_t(int8_t(q));
}

template <> std::optional<uint64_t> grucc::rnn::narrowedBits(StorageAttr storage, float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
  switch (storage.getKind()) {
  case StorageKind::BFloat16:
    return bits & 0xffff ? std::nullopt : std::optional<uint64_t>(bits >> 16);
  case StorageKind::Float16:
    return halfBits(bits);
  case StorageKind::Int8:
    return int8Bits(storage.getExponent(), value);
  default:
    return std::nullopt;
  }
}

template <> std::optional<uint64_t> grucc::rnn::narrowedBits(StorageAttr storage, double value) {
  auto narrow = static_cast<float>(value);
  if (storage.getKind() != StorageKind::Float32 || !(double(narrow) == value))
    return std::nullopt; // NaN too
  return llvm::bit_cast<uint32_t>(narrow);
}

template <typename T> static bool holdsAll(StorageAttr storage, ArrayRef<T> values) {
  return llvm::all_of(values, [&](T v) { return narrowedBits(storage, v).has_value(); });
}

/// The largest exponent such that every value is a whole multiple of the power;
/// nothing once the multiples need more than 8 bits.
static std::optional<int64_t> commonExponent(ArrayRef<float> values) {
  int least = INT_MAX, most = INT_MIN;
  for (float value : values) {
    auto bits = llvm::bit_cast<uint32_t>(value);
    int exponent = int(bits >> 23 & 0xff) - 127;
    if (value == 0)
      continue;
    if (exponent < -largestExponent || exponent > largestExponent)
      return std::nullopt; // infinities and NaNs too
    least = std::min(least, exponent - 23 + llvm::countr_zero(1u << 23 | (bits & 0x7fffff)));
    most = std::max(most, exponent);
    if (most - least >= 8)
      return std::nullopt;
  }
  if (most == INT_MIN)
    return 0; // nothing but zeros
  if (least < -largestExponent)
    return std::nullopt;
  return least;
}

template <> StorageAttr grucc::rnn::narrowestStorage(MLIRContext *context, ArrayRef<float> values) {
  SmallVector<StorageAttr> candidates;
  if (std::optional<int64_t> exponent = commonExponent(values))
    candidates.push_back(StorageAttr::get(context, StorageKind::Int8, *exponent));
  for (StorageKind kind : {StorageKind::BFloat16, StorageKind::Float16})
    candidates.push_back(StorageAttr::get(context, kind, 0));
  auto *found = llvm::find_if(candidates, [&](StorageAttr s) { return holdsAll(s, values); });
  return found == candidates.end() ? StorageAttr() : *found;
}

template <>
StorageAttr grucc::rnn::narrowestStorage(MLIRContext *context, ArrayRef<double> values) {
  auto float32 = StorageAttr::get(context, StorageKind::Float32, 0);
  return holdsAll(float32, values) ? float32 : StorageAttr();
}
