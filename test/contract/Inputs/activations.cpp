//===- activations.cpp - Goes through the inputs of sigmoid and tanh -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares the kernels of every level that this machine runs with float64, in
// ulp of the exact result, and to the bit with Activations.h. By default one
// input in 4099, all edges and the neighbourhoods of the worst inputs; all 2^32
// of them where GRUCC_EXHAUSTIVE is set and not empty.
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Activations.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

using namespace grucc;

constexpr int kBlock = 4096;
using Kernel = void (*)(const float *x, float *y);

extern "C" {
void sigmoid_v2(const float *, float *);
void sigmoid_v3(const float *, float *);
void sigmoid_v4(const float *, float *);
void tanh_v2(const float *, float *);
void tanh_v3(const float *, float *);
void tanh_v4(const float *, float *);
}

struct Function {
  const char *name;
  double (*exact)(double);
  float (*fused)(float);
  float (*unfused)(float);
};

static double exactSigmoid(double x) { return 1 / (1 + std::exp(-x)); }
static double exactTanh(double x) { return std::tanh(x); }
static const Function kSigmoid = {"sigmoid", exactSigmoid, activations::sigmoid<float, true>,
                                  activations::sigmoid<float, false>};
static const Function kTanh = {"tanh", exactTanh, activations::tanh<float, true>,
                               activations::tanh<float, false>};

struct Case {
  const Function *function;
  const char *level;
  bool fma;
  Kernel kernel;
  double worst = 0;
  float worstInput = 0;
  uint64_t wrong = 0;
};

static std::mutex report;

static void fail(Case &c, const char *what, float x, float y, double expected) {
  std::lock_guard<std::mutex> lock(report);
  if (++c.wrong <= 10)
    std::printf("error: %s %s: %s: x = %a, found %a, expected %a\n", c.function->name, c.level,
                what, x, y, expected);
}

static uint32_t bits(float x) { return activations::Scalar<float, true>{x}.bits(); }
static float number(uint32_t pattern) {
  return activations::Scalar<float, true>::of(pattern).value;
}

/// |y - exact| in units of the last place of a float32 near exact.
static double ulps(float y, double exact) {
  uint64_t pattern;
  std::memcpy(&pattern, &exact, sizeof pattern);
  int exponent = static_cast<int>(pattern >> 52 & 0x7ff) - 1023;
  exponent = std::max(exponent, -126); // subnormal: the place of the smallest normal number
  pattern = static_cast<uint64_t>(1023 + 23 - exponent) << 52;
  double scale;
  std::memcpy(&scale, &pattern, sizeof scale);
  return std::fabs(y - exact) * scale;
}

/// What N2 says of the value itself.
static void checkExactCases(Case &c, float x, float y) {
  const float inf = std::numeric_limits<float>::infinity();
  auto equals = [&](float expected) {
    if (bits(y) != bits(expected))
      fail(c, "exact case", x, y, expected);
  };
  if (c.function == &kTanh) {
    if (std::fabs(x) <= 0x1p-12f)
      equals(x); // -0 and subnormals too
    if (std::fabs(x) >= 10)
      equals(std::copysign(1.0f, x));
  } else {
    if (x == 0)
      equals(0.5f);
    if (x >= 18)
      equals(1.0f);
    if (x <= -104 || x == -inf)
      equals(0.0f);
  }
}

static void checkBlock(std::vector<Case> &cases, const float *x) {
  static thread_local double exact[kBlock];
  static thread_local float fused[kBlock], unfused[kBlock], y[kBlock];
  const Function *computed = nullptr;
  for (Case &c : cases) {
    if (computed != c.function) {
      computed = c.function;
      // Spelled out, so that the compiler takes the library's vector functions.
      if (computed == &kSigmoid) {
        for (int i = 0; i < kBlock; ++i)
          exact[i] = exactSigmoid(x[i]);
        for (int i = 0; i < kBlock; ++i)
          fused[i] = activations::sigmoid<float, true>(x[i]);
        for (int i = 0; i < kBlock; ++i)
          unfused[i] = activations::sigmoid<float, false>(x[i]);
      } else {
        for (int i = 0; i < kBlock; ++i)
          exact[i] = exactTanh(x[i]);
        for (int i = 0; i < kBlock; ++i)
          fused[i] = activations::tanh<float, true>(x[i]);
        for (int i = 0; i < kBlock; ++i)
          unfused[i] = activations::tanh<float, false>(x[i]);
      }
    }
    c.kernel(x, y);
    const float *same = c.fma ? fused : unfused;
    double worst = 0;
    int at = 0;
    for (int i = 0; i < kBlock; ++i) {
      if (x[i] != x[i]) {
        if (y[i] == y[i] || same[i] == same[i])
          fail(c, "NaN is lost", x[i], y[i], x[i]);
        continue;
      }
      if (bits(y[i]) != bits(same[i]))
        fail(c, "differs from Activations.h", x[i], y[i], same[i]);
      checkExactCases(c, x[i], y[i]);
      double error = ulps(y[i], exact[i]);
      if (!(error <= 2))
        fail(c, "more than 2 ulp", x[i], y[i], exact[i]);
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

static void checkAll(std::vector<Case> &cases) {
  std::atomic<uint64_t> next{0};
  auto work = [&] {
    std::vector<float> x(kBlock);
    constexpr uint64_t kSlice = 1 << 24;
    for (uint64_t slice; (slice = next.fetch_add(kSlice)) < 1ull << 32;)
      for (uint64_t base = slice; base < slice + kSlice; base += kBlock) {
        for (int i = 0; i < kBlock; ++i)
          x[i] = number(static_cast<uint32_t>(base + i));
        checkBlock(cases, x.data());
      }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
}

static std::vector<float> sample() {
  std::vector<float> inputs;
  for (uint64_t pattern = 0; pattern < 1ull << 32; pattern += 4099)
    inputs.push_back(number(static_cast<uint32_t>(pattern)));
  auto around = [&](uint32_t pattern, int reach) {
    for (int i = -reach; i <= reach; ++i)
      inputs.push_back(number(pattern + static_cast<uint32_t>(i)));
  };
  // Powers of two of both signs; the first are zero and infinity with NaN.
  for (uint32_t exponent = 0; exponent < 512; ++exponent)
    around(exponent << 23, 1);
  // The limits of the steps, and the worst of the exhaustive run.
  for (float x : {10.0f, 18.0f, -104.0f, 0x1.ea10c8p-2f, -0x1.1a7d68p+0f, -0x1.1645ep+4f,
                  0x1.049f94p+3f, -16.6425f, -87.33655f})
    for (float signedX : {x, -x})
      around(bits(signedX), 2000);
  // Where n changes.
  for (int half = -302; half <= 302; ++half)
    around(bits(static_cast<float>(half) * 0.34657359f), 20);
  inputs.resize((inputs.size() + kBlock - 1) / kBlock * kBlock);
  return inputs;
}

int main() {
  std::vector<Case> cases;
  for (const Function *function : {&kSigmoid, &kTanh}) {
    bool sigmoid = function == &kSigmoid;
    if (__builtin_cpu_supports("x86-64-v2"))
      cases.push_back({function, "x86-64-v2", false, sigmoid ? sigmoid_v2 : tanh_v2});
    if (__builtin_cpu_supports("x86-64-v3"))
      cases.push_back({function, "x86-64-v3", true, sigmoid ? sigmoid_v3 : tanh_v3});
    if (__builtin_cpu_supports("x86-64-v4"))
      cases.push_back({function, "x86-64-v4", true, sigmoid ? sigmoid_v4 : tanh_v4});
  }
  const char *exhaustive = std::getenv("GRUCC_EXHAUSTIVE");
  if (exhaustive && *exhaustive) {
    checkAll(cases);
  } else {
    std::vector<float> inputs = sample();
    for (size_t i = 0; i < inputs.size(); i += kBlock)
      checkBlock(cases, inputs.data() + i);
  }
  bool failed = cases.empty();
  for (const Case &c : cases) {
    std::printf("%s %s: at most %.4f ulp, at x = %a (%g)\n", c.function->name, c.level, c.worst,
                c.worstInput, c.worstInput);
    failed |= c.wrong != 0;
  }
  return failed;
}
