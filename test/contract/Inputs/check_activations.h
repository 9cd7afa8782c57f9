//===- check_activations.h - Sigmoid and tanh held against their promises -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For T = float and double: in ulp of the exact result, as the next wider type
// has it, and to the bit with Activations.h, for each level that the command line
// names: those that this machine runs.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TEST_CONTRACT_CHECK_ACTIVATIONS_H
#define GRUCC_TEST_CONTRACT_CHECK_ACTIVATIONS_H

#include "dialects/rnn/Activations.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>
#include <mutex>
#include <type_traits>
#include <vector>

constexpr int kBlock = 4096;
template <typename T> using Kernel = void (*)(const T *x, T *y); ///< on kBlock numbers
template <typename T> using Wider = std::conditional_t<sizeof(T) == 4, double, long double>;
template <typename T> using Number = grucc::activations::Scalar<T, true>;

static_assert(std::numeric_limits<long double>::digits >= 64, "the exact results need more bits");

/// Where sigmoid and tanh are what they tend to (N2).
template <typename T> struct Limits;
template <> struct Limits<float> {
  static constexpr float tanhIsX = 0x1p-12f, tanhIsOne = 10, sigmoidIsOne = 18,
                         sigmoidIsZero = -104;
};
template <> struct Limits<double> {
  static constexpr double tanhIsX = 0x1p-27, tanhIsOne = 20, sigmoidIsOne = 38,
                          sigmoidIsZero = -746;
};

template <typename T> struct Case {
  bool isTanh;
  const char *level;
  bool fma;
  Kernel<T> kernel;
  double worst = 0;
  T worstInput = 0;
  uint64_t wrong = 0;

  const char *name() const { return isTanh ? "tanh" : "sigmoid"; }
};

/// Whether the command line names it.
struct Levels {
  int count;
  char **names;
  bool have(const char *level) const {
    return std::any_of(names + 1, names + count,
                       [&](const char *name) { return std::strcmp(name, level) == 0; });
  }
};

template <typename T> auto bits(T x) { return Number<T>{x}.bits(); }
template <typename T> T number(typename Number<T>::Pattern pattern) {
  return Number<T>::of(pattern).value;
}

inline std::mutex report;

template <typename T> void fail(Case<T> &c, const char *what, T x, T y, Wider<T> expected) {
  std::lock_guard<std::mutex> lock(report);
  if (++c.wrong <= 10)
    std::printf("error: %s %s: %s: x = %a, found %a, expected %.20Lg\n", c.name(), c.level, what, x,
                y, static_cast<long double>(expected));
}

/// |y - exact| in units of the last place of a number near exact; of a subnormal
/// one, the place of the smallest normal number.
inline double ulps(float y, double exact) {
  // By hand: std::ilogb takes most of the time of 2^32 inputs.
  uint64_t pattern = bits(exact);
  int exponent = std::max(static_cast<int>(pattern >> 52 & 0x7ff) - 1023, -126);
  return std::fabs(y - exact) * number<double>(static_cast<uint64_t>(1023 + 23 - exponent) << 52);
}
inline double ulps(double y, long double exact) {
  int exponent = exact == 0 ? -1022 : std::max(std::ilogb(exact), -1022);
  return static_cast<double>(std::scalbn(std::fabs(y - exact), 52 - exponent));
}

/// What N2 says of the value itself.
template <typename T> void checkExactCases(Case<T> &c, T x, T y) {
  using L = Limits<T>;
  auto equals = [&](T expected) {
    if (bits(y) != bits(expected))
      fail<T>(c, "exact case", x, y, expected);
  };
  if (c.isTanh) {
    if (std::fabs(x) <= L::tanhIsX)
      equals(x); // -0 and subnormals too
    if (std::fabs(x) >= L::tanhIsOne)
      equals(std::copysign(T(1), x));
  } else {
    if (x == 0)
      equals(T(0.5));
    if (x >= L::sigmoidIsOne)
      equals(1);
    if (x <= L::sigmoidIsZero)
      equals(0);
  }
}

template <typename T> void checkBlock(std::vector<Case<T>> &cases, const T *x) {
  namespace steps = grucc::activations;
  static thread_local Wider<T> exact[kBlock];
  static thread_local T fused[kBlock], unfused[kBlock], y[kBlock];
  const Case<T> *computed = nullptr;
  for (Case<T> &c : cases) {
    if (!computed || computed->isTanh != c.isTanh) {
      computed = &c;
      // Spelled out, so that the compiler takes the library's vector functions.
      if (c.isTanh) {
        for (int i = 0; i < kBlock; ++i)
          exact[i] = std::tanh(static_cast<Wider<T>>(x[i]));
        for (int i = 0; i < kBlock; ++i)
          fused[i] = steps::tanh<T, true>(x[i]);
        for (int i = 0; i < kBlock; ++i)
          unfused[i] = steps::tanh<T, false>(x[i]);
      } else {
        for (int i = 0; i < kBlock; ++i)
          exact[i] = 1 / (1 + std::exp(-static_cast<Wider<T>>(x[i])));
        for (int i = 0; i < kBlock; ++i)
          fused[i] = steps::sigmoid<T, true>(x[i]);
        for (int i = 0; i < kBlock; ++i)
          unfused[i] = steps::sigmoid<T, false>(x[i]);
      }
    }
    c.kernel(x, y);
    const T *same = c.fma ? fused : unfused;
    double worst = 0;
    int at = 0;
    for (int i = 0; i < kBlock; ++i) {
      if (x[i] != x[i]) {
        if (y[i] == y[i] || same[i] == same[i])
          fail<T>(c, "NaN is lost", x[i], y[i], x[i]);
        continue;
      }
      if (bits(y[i]) != bits(same[i]))
        fail<T>(c, "differs from Activations.h", x[i], y[i], same[i]);
      checkExactCases(c, x[i], y[i]);
      double error = ulps(y[i], exact[i]);
      if (!(error <= 2))
        fail<T>(c, "more than 2 ulp", x[i], y[i], exact[i]);
      if (error > worst) {
        worst = error;
        at = i;
      }
    }
    std::lock_guard<std::mutex> lock(report);
    if (worst > c.worst) {
      c.worst = worst;
      c.worstInput = x[at];
    }
  }
}

/// Inputs of any number, made whole blocks.
template <typename T> void checkInputs(std::vector<Case<T>> &cases, std::vector<T> inputs) {
  inputs.resize((inputs.size() + kBlock - 1) / kBlock * kBlock);
  for (size_t i = 0; i < inputs.size(); i += kBlock)
    checkBlock(cases, inputs.data() + i);
}

/// Prints the largest errors; 1 when anything was wrong.
template <typename T> int finish(const std::vector<Case<T>> &cases) {
  bool failed = cases.empty();
  for (const Case<T> &c : cases) {
    std::printf("%s %s: at most %.4f ulp, at x = %a (%g)\n", c.name(), c.level, c.worst,
                c.worstInput, c.worstInput);
    failed |= c.wrong != 0;
  }
  return failed;
}

#endif // GRUCC_TEST_CONTRACT_CHECK_ACTIVATIONS_H
