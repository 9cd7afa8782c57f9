//===- activations_float64.cpp - Samples sigmoid and tanh in float64 -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares the kernels of every level that this machine runs with the library's
// functions in x87's format (64 bits of mantissa), in ulp of the exact result,
// and to the bit with Activations.h. GRUCC_EXHAUSTIVE, where set and not empty,
// means a hundred times as many samples.
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Activations.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

using namespace grucc;

static_assert(std::numeric_limits<long double>::digits >= 64, "the exact results need more bits");

constexpr int kBlock = 4096;
using Kernel = void (*)(const double *x, double *y);

extern "C" {
void sigmoid_v2(const double *, double *);
void sigmoid_v3(const double *, double *);
void sigmoid_v3_one(const double *, double *);
void sigmoid_v4(const double *, double *);
void tanh_v2(const double *, double *);
void tanh_v3(const double *, double *);
void tanh_v3_one(const double *, double *);
void tanh_v4(const double *, double *);
}

struct Function {
  const char *name;
  long double (*exact)(long double);
  double (*fused)(double);
  double (*unfused)(double);
};

static long double exactSigmoid(long double x) { return 1 / (1 + std::exp(-x)); }
static long double exactTanh(long double x) { return std::tanh(x); }
static const Function kSigmoid = {"sigmoid", exactSigmoid, activations::sigmoid<double, true>,
                                  activations::sigmoid<double, false>};
static const Function kTanh = {"tanh", exactTanh, activations::tanh<double, true>,
                               activations::tanh<double, false>};

struct Case {
  const Function *function;
  const char *level;
  bool fma;
  Kernel kernel;
  double worst = 0;
  double worstInput = 0;
  uint64_t wrong = 0;
};

static void fail(Case &c, const char *what, double x, double y, long double expected) {
  if (++c.wrong <= 10)
    std::printf("error: %s %s: %s: x = %a, found %a, expected %.20Lg\n", c.function->name, c.level,
                what, x, y, expected);
}

static uint64_t bits(double x) { return activations::Scalar<double, true>{x}.bits(); }
static double number(uint64_t pattern) {
  return activations::Scalar<double, true>::of(pattern).value;
}

/// |y - exact| in units of the last place of a float64 near exact; of a
/// subnormal one, the place of the smallest normal number.
static double ulps(double y, long double exact) {
  int exponent = exact == 0 ? -1022 : std::max(std::ilogb(exact), -1022);
  return static_cast<double>(std::scalbn(std::fabs(y - exact), 52 - exponent));
}

/// What N2 says of the value itself, as it is in float64.
static void checkExactCases(Case &c, double x, double y) {
  auto equals = [&](double expected) {
    if (bits(y) != bits(expected))
      fail(c, "exact case", x, y, expected);
  };
  if (c.function == &kTanh) {
    if (std::fabs(x) <= 0x1p-27)
      equals(x); // -0 and subnormals too
    if (std::fabs(x) >= 20)
      equals(std::copysign(1.0, x));
  } else {
    if (x == 0)
      equals(0.5);
    if (x >= 38)
      equals(1.0);
    if (x <= -746)
      equals(0.0);
  }
}

static void checkBlock(std::vector<Case> &cases, const double *x) {
  static long double exact[kBlock];
  static double y[kBlock];
  const Function *computed = nullptr;
  for (Case &c : cases) {
    if (computed != c.function) {
      computed = c.function;
      std::transform(x, x + kBlock, exact, computed->exact);
    }
    c.kernel(x, y);
    for (int i = 0; i < kBlock; ++i) {
      double same = (c.fma ? c.function->fused : c.function->unfused)(x[i]);
      if (x[i] != x[i]) {
        if (y[i] == y[i] || same == same)
          fail(c, "NaN is lost", x[i], y[i], x[i]);
        continue;
      }
      if (bits(y[i]) != bits(same))
        fail(c, "differs from Activations.h", x[i], y[i], same);
      checkExactCases(c, x[i], y[i]);
      double error = ulps(y[i], exact[i]);
      if (!(error <= 2))
        fail(c, "more than 2 ulp", x[i], y[i], exact[i]);
      if (error > c.worst) {
        c.worst = error;
        c.worstInput = x[i];
      }
    }
  }
}

static std::vector<double> sample(int perRange) {
  std::vector<double> inputs;
  auto around = [&](double x, int reach) {
    for (double signedX : {x, -x})
      for (int i = -reach; i <= reach; ++i)
        inputs.push_back(number(bits(signedX) + static_cast<uint64_t>(i)));
  };
  // Powers of two; the first are zero and infinity with NaN.
  for (uint64_t exponent = 0; exponent < 2048; ++exponent)
    around(number(exponent << 52), 1);
  // The limits of the steps, where results become subnormal, and the worst of
  // many more samples, also where a term in the steps is left out.
  for (double x : {20.0, 38.0, 746.0, 19.0615, 37.4299, 708.3964, 744.4401, 745.1332, 0.1732867,
                   0x1.198c4dc238a22p+0, 0x1.663d6b7460f8cp-3, 0x1.651a8f9097a03p-3,
                   0x1.25e8b6ace2ee4p+5, 0x1.63d7ea3c5e2a2p-3})
    around(x, 500);
  // Where n changes.
  for (int half = 1; half <= 2200; ++half)
    around(half * 0.34657359027997264, 1);

  std::mt19937_64 random(1);
  auto uniform = [&](double low, double high) {
    for (int i = 0; i < perRange; ++i)
      inputs.push_back(low + (high - low) * (static_cast<double>(random() >> 11) * 0x1p-53));
  };
  uniform(-1, 1);
  uniform(-4, 4);
  uniform(-40, 40);
  uniform(-750, 40);
  // Exponents of 2^-40 to 2^9, and any pattern at all.
  for (int i = 0; i < perRange; ++i) {
    uint64_t pattern = random();
    inputs.push_back(number((pattern & 0x800fffffffffffff) | (983 + random() % 50) << 52));
    inputs.push_back(number(pattern));
  }
  inputs.resize((inputs.size() + kBlock - 1) / kBlock * kBlock);
  return inputs;
}

int main() {
  std::vector<Case> cases;
  for (const Function *function : {&kSigmoid, &kTanh}) {
    bool sigmoid = function == &kSigmoid;
    if (__builtin_cpu_supports("x86-64-v2"))
      cases.push_back({function, "x86-64-v2", false, sigmoid ? sigmoid_v2 : tanh_v2});
    if (__builtin_cpu_supports("x86-64-v3")) {
      cases.push_back({function, "x86-64-v3", true, sigmoid ? sigmoid_v3 : tanh_v3});
      cases.push_back({function, "one lane", true, sigmoid ? sigmoid_v3_one : tanh_v3_one});
    }
    if (__builtin_cpu_supports("x86-64-v4"))
      cases.push_back({function, "x86-64-v4", true, sigmoid ? sigmoid_v4 : tanh_v4});
  }
  const char *exhaustive = std::getenv("GRUCC_EXHAUSTIVE");
  std::vector<double> inputs = sample(exhaustive && *exhaustive ? 4000000 : 40000);
  for (size_t i = 0; i < inputs.size(); i += kBlock)
    checkBlock(cases, inputs.data() + i);
  bool failed = cases.empty();
  for (const Case &c : cases) {
    std::printf("%s %s: at most %.4f ulp of %zu, at x = %a (%g)\n", c.function->name, c.level,
                c.worst, inputs.size(), c.worstInput, c.worstInput);
    failed |= c.wrong != 0;
  }
  return failed;
}
