//===- Storage.cpp - Weights in narrower numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Storage.h"

#include "dialects/rnn/Fields.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <climits>
#include <cmath>

using namespace mlir;
using namespace grucc::rnn;

// Keeps every constant of the widening a normal float32, and every int8 a bfloat16.
static constexpr int64_t largestExponent = 64;

/// The IEEE half with the value of a float32, when there is one.
static std::optional<uint64_t> float16Bits(int64_t, float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
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

static std::optional<uint64_t> bfloat16Bits(int64_t, float value) {
  auto bits = llvm::bit_cast<uint32_t>(value);
  return bits & 0xffff ? std::nullopt : std::optional<uint64_t>(bits >> 16);
}

static std::optional<uint64_t> float32Bits(int64_t, double value) {
  auto narrow = static_cast<float>(value);
  if (!(double(narrow) == value))
    return std::nullopt; // NaN too
  return llvm::bit_cast<uint32_t>(narrow);
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

// One line a kind, narrowest first.
static constexpr Storage table[] = {
    // kind, bytes, group, most exponent, also in, widening, what a CPU needs, zero, narrowing
    {StorageKind::Int8, 1, 2, largestExponent, StorageKind::BFloat16, 2.5, nullptr, 0x80, int8Bits,
     nullptr, commonExponent},
    {StorageKind::BFloat16, 2, 2, 0, StorageKind::Exact, 1, nullptr, 0, bfloat16Bits, nullptr,
     nullptr},
    {StorageKind::Float16, 2, 1, 0, StorageKind::Exact, 2, &Target::float16, 0, float16Bits,
     nullptr, nullptr},
    {StorageKind::Float32, 4, 1, 0, StorageKind::Exact, 2, nullptr, 0, nullptr, float32Bits,
     nullptr},
    {StorageKind::Exact, 0, 1, 0, StorageKind::Exact, 0, nullptr, 0, nullptr, nullptr, nullptr},
};

ArrayRef<Storage> grucc::rnn::storages() { return table; }

const Storage &grucc::rnn::storageOf(StorageKind kind) {
  return *llvm::find_if(table, [&](const Storage &row) { return row.kind == kind; });
}

LogicalResult StorageAttr::verify(function_ref<InFlightDiagnostic()> emitError, StorageKind kind,
                                  int64_t exponent) {
  int64_t most = storageOf(kind).mostExponent;
  if (exponent >= -most && exponent <= most)
    return success();
  InFlightDiagnostic error = emitError()
                             << "storage: exponent: found " << exponent << ", expected ";
  return most ? error << -most << " to " << most : error << "0 for " << stringifyStorageKind(kind);
}

LogicalResult grucc::rnn::expectStorage(Operation *op, StringRef name, StorageAttr storage,
                                        Type dtype) {
  const Storage &found = storageOf(storage);
  if (found.isExact() || found.narrows(dtype))
    return success();
  SmallVector<StringRef> expected;
  for (const Storage &row : table)
    if (row.narrows(dtype))
      expected.push_back(stringifyStorageKind(row.kind));
  return op->emitOpError() << name << ": found " << stringifyStorageKind(found.kind)
                           << ", expected " << listWords(expected) << " for a network of "
                           << (dtype.isF64() ? "float64" : "float32");
}

std::string grucc::rnn::storageText(StorageAttr storage, StringRef dtype) {
  const Storage &row = storageOf(storage);
  if (row.isExact())
    return dtype.str();
  std::string text = stringifyStorageKind(row.kind).str();
  return row.mostExponent ? text + " * 2^" + std::to_string(storage.getExponent()) : text;
}

template <> std::optional<uint64_t> grucc::rnn::narrowedBits(StorageAttr storage, float value) {
  const Storage &row = storageOf(storage);
  return row.narrowFloat ? row.narrowFloat(storage.getExponent(), value) : std::nullopt;
}

template <> std::optional<uint64_t> grucc::rnn::narrowedBits(StorageAttr storage, double value) {
  const Storage &row = storageOf(storage);
  return row.narrowDouble ? row.narrowDouble(storage.getExponent(), value) : std::nullopt;
}

/// The narrowest that holds every value, of exponents that `exponentOf` finds.
template <typename T>
static StorageAttr narrowest(MLIRContext *context, ArrayRef<T> values,
                             function_ref<std::optional<int64_t>(const Storage &)> exponentOf) {
  for (const Storage &row : table) {
    std::optional<int64_t> exponent = exponentOf(row);
    if (!exponent)
      continue;
    auto storage = StorageAttr::get(context, row.kind, *exponent);
    if (llvm::all_of(values, [&](T v) { return narrowedBits(storage, v).has_value(); }))
      return storage;
  }
  return {};
}

template <> StorageAttr grucc::rnn::narrowestStorage(MLIRContext *context, ArrayRef<float> values) {
  return narrowest<float>(context, values, [&](const Storage &row) -> std::optional<int64_t> {
    if (!row.narrowFloat)
      return std::nullopt;
    return row.exponentOf ? row.exponentOf(values) : 0;
  });
}

template <>
StorageAttr grucc::rnn::narrowestStorage(MLIRContext *context, ArrayRef<double> values) {
  return narrowest<double>(context, values, [&](const Storage &row) -> std::optional<int64_t> {
    return row.narrowDouble ? std::optional<int64_t>(0) : std::nullopt;
  });
}
