//===- activations.cpp - Goes through the inputs of sigmoid and tanh -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares the kernels of every level that it is given with float64, in
// ulp of the exact result, and to the bit with Activations.h. By default one
// input in 4099, all edges and the neighbourhoods of the worst inputs; all 2^32
// of them where GRUCC_EXHAUSTIVE is set and not empty.
//
//===----------------------------------------------------------------------===//

#include "check_activations.h"

#include <atomic>
#include <cstdlib>
#include <thread>

extern "C" {
void sigmoid_v2(const float *, float *);
void sigmoid_v2_late(const float *, float *);
void sigmoid_v3(const float *, float *);
void sigmoid_v4(const float *, float *);
void tanh_v2(const float *, float *);
void tanh_v2_late(const float *, float *);
void tanh_v3(const float *, float *);
void tanh_v4(const float *, float *);
}

static void checkAll(std::vector<Case<float>> &cases) {
  std::atomic<uint64_t> next{0};
  auto work = [&] {
    std::vector<float> x(kBlock);
    constexpr uint64_t kSlice = 1 << 24;
    for (uint64_t slice; (slice = next.fetch_add(kSlice)) < 1ull << 32;)
      for (uint64_t base = slice; base < slice + kSlice; base += kBlock) {
        for (int i = 0; i < kBlock; ++i)
          x[i] = number<float>(static_cast<uint32_t>(base + i));
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
    inputs.push_back(number<float>(static_cast<uint32_t>(pattern)));
  auto around = [&](uint32_t pattern, int reach) {
    for (int i = -reach; i <= reach; ++i)
      inputs.push_back(number<float>(pattern + static_cast<uint32_t>(i)));
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
  return inputs;
}

int main(int count, char **names) {
  const Levels levels{count, names};
  std::vector<Case<float>> cases;
  for (bool isTanh : {false, true}) {
    if (levels.have("x86-64-v2")) {
      cases.push_back({isTanh, "x86-64-v2", false, isTanh ? tanh_v2 : sigmoid_v2});
      cases.push_back({isTanh, "late limits", false, isTanh ? tanh_v2_late : sigmoid_v2_late});
    }
    if (levels.have("x86-64-v3"))
      cases.push_back({isTanh, "x86-64-v3", true, isTanh ? tanh_v3 : sigmoid_v3});
    if (levels.have("x86-64-v4"))
      cases.push_back({isTanh, "x86-64-v4", true, isTanh ? tanh_v4 : sigmoid_v4});
  }
  const char *exhaustive = std::getenv("GRUCC_EXHAUSTIVE");
  if (exhaustive && *exhaustive)
    checkAll(cases);
  else
    checkInputs(cases, sample());
  return finish(cases);
}
