//===- GpuStorage.cpp - What a GPU multiplies, and how -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/GpuStorage.h"

using namespace mlir;
using namespace grucc;
using rnn::StorageKind;

// One line a kind.
static constexpr GpuStorage table[] = {
    // kind, per word, units, k, rows, lanes along rows, padding, longest block, a thread for each
    // block, what a GPU needs, code
    {StorageKind::Exact, 1, 1, 4, 1, 1, 0, 0, true, nullptr, 0},
    {StorageKind::Float16, 2, 16, 16, 8, 4, 4, 128, false, nullptr, 1},
    {StorageKind::BFloat16, 2, 16, 16, 8, 4, 4, 128, false, &rnn::Target::bfloat16, 2},
};

static const GpuStorage &rowOf(StorageKind kind) {
  return *llvm::find_if(table, [&](const GpuStorage &row) { return row.kind == kind; });
}

int64_t GpuStorage::placeOf(int64_t unit, int64_t at) const {
  if (!isShared())
    return at;
  constexpr int64_t quads = 8; // of lanes, along units
  int64_t run = wordGroup * perWord;
  int64_t lane = unit % quads * wordGroup + at % run / perWord;
  int64_t word = at / run * (units / quads) + unit / quads;
  return (lane * wordGroup + word) * perWord + at % perWord;
}

StringRef GpuStorage::name() const {
  return kind == StorageKind::Exact ? "float32" : stringifyStorageKind(kind);
}

FloatType GpuStorage::type(MLIRContext *context) const {
  switch (kind) {
  case StorageKind::Float16:
    return Float16Type::get(context);
  case StorageKind::BFloat16:
    return BFloat16Type::get(context);
  default:
    return Float32Type::get(context);
  }
}

const llvm::fltSemantics &GpuStorage::semantics() const {
  switch (kind) {
  case StorageKind::Float16:
    return llvm::APFloat::IEEEhalf();
  case StorageKind::BFloat16:
    return llvm::APFloat::BFloat();
  default:
    return llvm::APFloat::IEEEsingle();
  }
}

const GpuStorage &GpuStorage::of(TypeAttr precision) {
  if (!precision)
    return rowOf(StorageKind::Exact);
  return *llvm::find_if(table, [&](const GpuStorage &row) {
    return row.type(precision.getContext()) == precision.getValue();
  });
}

const GpuStorage *GpuStorage::find(StringRef precision) {
  const auto *row = llvm::find_if(
      table, [&](const GpuStorage &row) { return stringifyStorageKind(row.kind) == precision; });
  return row == std::end(table) ? nullptr : row;
}

SmallVector<StringRef> GpuStorage::precisions() {
  return llvm::map_to_vector(
      table, [](const GpuStorage &row) { return rnn::stringifyStorageKind(row.kind); });
}
