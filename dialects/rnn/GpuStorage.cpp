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

// Kernels know this form of a shared product, whatever its k: sums of units lane / 4 and eight
// more, of rows 2 (lane % 4) and the next.
static constexpr bool hasKnownForm(const GpuStorage &row) {
  return !row.isShared() || (row.units == 16 && row.rows == 8 && row.lanes() == warpThreads &&
                             row.laneRows == 4 && row.laneUnits() == 2);
}
static_assert(hasKnownForm(table[0]) && hasKnownForm(table[1]) && hasKnownForm(table[2]) &&
              std::size(table) == 3);

static const GpuStorage &rowOf(StorageKind kind) {
  const auto *row = llvm::find_if(table, [&](const GpuStorage &row) { return row.kind == kind; });
  assert(row != std::end(table) && "a kind that the table has");
  return *row;
}

int64_t GpuStorage::placeOf(int64_t unit, int64_t at) const {
  if (!isShared())
    return at;
  // laneRows lanes share a unit, and the first laneRows words of its k.
  int64_t laneGroups = lanes() / laneRows, run = laneRows * perWord;
  int64_t lane = unit % laneGroups * laneRows + at % run / perWord;
  int64_t word = at / run * (units / laneGroups) + unit / laneGroups;
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
  case StorageKind::Exact:
    return Float32Type::get(context);
  default:
    llvm_unreachable("a kind that the table has");
  }
}

const llvm::fltSemantics &GpuStorage::semantics() const {
  switch (kind) {
  case StorageKind::Float16:
    return llvm::APFloat::IEEEhalf();
  case StorageKind::BFloat16:
    return llvm::APFloat::BFloat();
  case StorageKind::Exact:
    return llvm::APFloat::IEEEsingle();
  default:
    llvm_unreachable("a kind that the table has");
  }
}

const GpuStorage &GpuStorage::of(TypeAttr precision) {
  if (!precision)
    return rowOf(StorageKind::Exact);
  const auto *row = llvm::find_if(table, [&](const GpuStorage &row) {
    return row.type(precision.getContext()) == precision.getValue();
  });
  assert(row != std::end(table) && "rnn.precision has been verified");
  return *row;
}

const GpuStorage *GpuStorage::find(StringRef precision) {
  const auto *row = llvm::find_if(
      table, [&](const GpuStorage &row) { return stringifyStorageKind(row.kind) == precision; });
  return row == std::end(table) ? nullptr : row;
}

SmallVector<StringRef> GpuStorage::precisions(const rnn::Target *gpu) {
  SmallVector<StringRef> words;
  for (const GpuStorage &row : table)
    if (!gpu || !row.needs || gpu->*row.needs)
      words.push_back(rnn::stringifyStorageKind(row.kind));
  return words;
}
