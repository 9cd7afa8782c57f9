//===- Philox.h - The random words of dropout masks (N5) -===//
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

namespace grucc {

/// Philox4x32-10: four random words for each counter, without any state, so
/// that every element of a mask can be drawn on its own.
inline std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, uint64_t seed) {
  uint32_t key[2] = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)};
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = uint64_t(0xD2511F53) * counter[0];
    uint64_t product1 = uint64_t(0xCD9E8D57) * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
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
