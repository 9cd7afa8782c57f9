//===- Numbers.h - What is written once for IR and for numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_NUMBERS_H
#define GRUCC_COMPILER_TARGET_CPU_NUMBERS_H

#include <algorithm>
#include <cstdint>

namespace grucc::cpu {

/// What Emitter is for IR: its words, evaluated. No product overflows: neither of its factors
/// has more than 31 bits, but for places in weights, which exist.
struct Numbers {
  int64_t index(int64_t value) const { return value; }
  bool truth(bool value) const { return value; }
  int64_t add(int64_t a, int64_t b) const { return a + b; }
  int64_t sub(int64_t a, int64_t b) const { return a - b; }
  int64_t mul(int64_t a, int64_t b) const { return a * b; }
  int64_t div(int64_t a, int64_t b) const { return a / b; }
  int64_t min(int64_t a, int64_t b) const { return std::min(a, b); }
  int64_t max(int64_t a, int64_t b) const { return std::max(a, b); }
  bool less(int64_t a, int64_t b) const { return a < b; }
  bool equal(int64_t a, int64_t b) const { return a == b; }
  bool both(bool a, bool b) const { return a && b; }
  int64_t select(bool condition, int64_t a, int64_t b) const { return condition ? a : b; }
  template <typename Body> void loop(int64_t lower, int64_t upper, int64_t step, Body body) const {
    for (int64_t i = lower; i < upper; i += step)
      body(i);
  }
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_NUMBERS_H
