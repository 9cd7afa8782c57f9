//===- SumOrder.h - The fixed order of sums -----------------------*- C++ -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_SUMORDER_H
#define GRUCC_DIALECTS_RNN_SUMORDER_H

#include <algorithm>
#include <cstdint>

namespace grucc {

/// A sum over `depth` values of k is taken in blocks of this many consecutive k
/// (the last may be shorter): inside a block by fused multiply-add from zero, k
/// ascending; the block sums are added in ascending order (N1, N3, N4).
///
/// Blocks of 64 are as accurate as PyTorch at any depth. Up to 48 the time of a
/// small network is that of its longest chain of multiply-adds: two halves run
/// side by side, the first of an even number, since narrow weights are kept in
/// pairs. The sizes alone decide, so that every path and target agrees.
constexpr int64_t sumBlock(int64_t depth) {
  bool halves = depth >= 8 && depth <= 48;
  return halves ? (depth + 3) / 4 * 2 : std::clamp<int64_t>(depth, 1, 64);
}

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_SUMORDER_H
