//===- GpuStorage.h - What a GPU multiplies, and how -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table with a row for each kind of numbers that kernels of a GPU keep weights and the
// operands of products in. Sums and states are float32 everywhere.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_GPUSTORAGE_H
#define GRUCC_DIALECTS_RNN_GPUSTORAGE_H

#include "dialects/rnn/Storage.h"

namespace grucc {

inline constexpr int64_t warpThreads = 32;
/// Words of weights that a thread loads at a time.
inline constexpr int64_t wordGroup = 4;

/// A *part* of the weights is `units` by `k`; its lanes have wordGroup words of it each. By
/// `rows` rows of states it is one product: of a thread, by multiply-adds, or of a warp, by
/// the tensor cores.
struct GpuStorage {
  rnn::StorageKind kind; ///< exact: float32
  int64_t perWord;       ///< numbers in a word of 32 bits
  int64_t units, k, rows;
  int64_t laneRows;  ///< lanes of a product along its rows; the others are along its units
  int64_t padding;   ///< words between rows in shared memory: lanes of several read other banks
  int64_t mostBlock; ///< longest block of a sum; 0: those of dialects/rnn/SumOrder.h
  bool splitsSums;   ///< whether each block of a unit's sum has a thread of its own
  bool rnn::Target::*needs; ///< what a GPU must have; null: nothing
  int32_t code;             ///< in grucc_cuda_plan: grucc_cuda_precision

  /// Words of a part, and the lanes that share them.
  constexpr int64_t words() const { return units * k / perWord; }
  constexpr int64_t lanes() const { return words() / wordGroup; }
  constexpr int64_t laneUnits() const { return units * laneRows / lanes(); }
  constexpr int64_t warpUnits() const { return units * (warpThreads / lanes()); }
  /// Whether lanes of a warp share a product.
  constexpr bool isShared() const { return lanes() > 1; }
  /// Which of a part's numbers weight (unit, k) is. Tensor cores: lane 4 (unit mod 8) + its
  /// word's place in a run of four, words for units and units + 8 of the first run of k, then
  /// of the others.
  int64_t placeOf(int64_t unit, int64_t k) const;

  llvm::StringRef name() const; ///< float32, float16, ...
  mlir::FloatType type(mlir::MLIRContext *context) const;
  const llvm::fltSemantics &semantics() const;

  /// Of `rnn.precision`, f16 or bf16; of float32 where there is none.
  static const GpuStorage &of(mlir::TypeAttr precision);
  /// exact, float16 or bfloat16; null: another word.
  static const GpuStorage *find(llvm::StringRef precision);
  /// All such words, or those that a GPU has.
  static llvm::SmallVector<llvm::StringRef> precisions(const rnn::Target *gpu = nullptr);
};

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_GPUSTORAGE_H
