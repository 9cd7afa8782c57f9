//===- Philox.h - The random words of dropout masks (N5) and initial weights (C11) -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_PHILOX_H
#define GRUCC_DIALECTS_RNN_PHILOX_H

#include <array>
#include <cstdint>
#include <utility>

namespace grucc {

/// Philox4x32-10: four random words for each counter, without any state, so
/// that every element of a mask can be drawn on its own. Salmon et al., "Parallel random
/// numbers: as easy as 1, 2, 3" (2011).
///
/// W is a word of 32 bits, a number or a value of the IR: it has a ^ b, a + b, a.like(c)
/// for a constant, and multiply(a, b), the product's high and low word.
template <typename W> std::array<W, 4> philox4x32(std::array<W, 4> counter, std::array<W, 2> key) {
  for (int round = 0; round < 10; ++round) {
    auto [high0, low0] = multiply(key[0].like(0xD2511F53), counter[0]);
    auto [high1, low1] = multiply(key[0].like(0xCD9E8D57), counter[2]);
    W first = high1 ^ counter[1] ^ key[0];
    counter = {first, low1, high0 ^ counter[3] ^ key[1], low0};
    key[0] = key[0] + key[0].like(0x9E3779B9);
    key[1] = key[1] + key[1].like(0xBB67AE85);
  }
  return counter;
}

/// A number.
struct Word {
  uint32_t value;

  Word like(uint32_t constant) const { return {constant}; }
  friend Word operator^(Word a, Word b) { return {a.value ^ b.value}; }
  friend Word operator+(Word a, Word b) { return {a.value + b.value}; }
  friend std::pair<Word, Word> multiply(Word a, Word b) {
    uint64_t product = uint64_t(a.value) * b.value;
    return {Word{static_cast<uint32_t>(product >> 32)}, Word{static_cast<uint32_t>(product)}};
  }
};

inline std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, uint64_t seed) {
  std::array<Word, 4> words = philox4x32<Word>(
      {Word{counter[0]}, Word{counter[1]}, Word{counter[2]}, Word{counter[3]}},
      {Word{static_cast<uint32_t>(seed)}, Word{static_cast<uint32_t>(seed >> 32)}});
  return {words[0].value, words[1].value, words[2].value, words[3].value};
}

/// Whether output j of row b at step t of a layer is kept (N5).
inline bool isKept(double dropout, uint64_t seed, int64_t layer, int64_t t, int64_t b, int64_t j) {
  std::array<uint32_t, 4> words =
      philox4x32({static_cast<uint32_t>(j / 4), static_cast<uint32_t>(b), static_cast<uint32_t>(t),
                  static_cast<uint32_t>(layer)},
                 seed);
  uint64_t threshold = static_cast<uint64_t>(dropout * 4294967296.0); // p = 1: beyond every word
  return words[j % 4] >= threshold;
}

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_PHILOX_H
