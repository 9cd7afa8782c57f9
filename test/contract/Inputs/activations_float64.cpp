//===- activations_float64.cpp - Samples sigmoid and tanh in float64 -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compares the kernels of every level that it is given with the library's
// functions in x87's format (64 bits of mantissa), in ulp of the exact result,
// and to the bit with Activations.h. GRUCC_EXHAUSTIVE, where set and not empty,
// means a hundred times as many samples.
//
//===----------------------------------------------------------------------===//

#include "check_activations.h"

#include <cstdlib>
#include <random>

extern "C" {
void sigmoid_v2(const double *, double *);
void sigmoid_v2_late(const double *, double *);
void sigmoid_v3(const double *, double *);
void sigmoid_v3_one(const double *, double *);
void sigmoid_v4(const double *, double *);
void tanh_v2(const double *, double *);
void tanh_v2_late(const double *, double *);
void tanh_v3(const double *, double *);
void tanh_v3_one(const double *, double *);
void tanh_v4(const double *, double *);
}

static std::vector<double> sample(int perRange) {
  std::vector<double> inputs;
  auto around = [&](double x, int reach) {
    for (double signedX : {x, -x})
      for (int i = -reach; i <= reach; ++i)
        inputs.push_back(number<double>(bits(signedX) + static_cast<uint64_t>(i)));
  };
  // Powers of two; the first are zero and infinity with NaN.
  for (uint64_t exponent = 0; exponent < 2048; ++exponent)
    around(number<double>(exponent << 52), 1);
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
    inputs.push_back(number<double>((pattern & 0x800fffffffffffff) | (983 + random() % 50) << 52));
    inputs.push_back(number<double>(pattern));
  }
  return inputs;
}

int main(int count, char **names) {
  const Levels levels{count, names};
  std::vector<Case<double>> cases;
  for (bool isTanh : {false, true}) {
    if (levels.have("x86-64-v2")) {
      cases.push_back({isTanh, "x86-64-v2", false, isTanh ? tanh_v2 : sigmoid_v2});
      cases.push_back({isTanh, "late limits", false, isTanh ? tanh_v2_late : sigmoid_v2_late});
    }
    if (levels.have("x86-64-v3")) {
      cases.push_back({isTanh, "x86-64-v3", true, isTanh ? tanh_v3 : sigmoid_v3});
      cases.push_back({isTanh, "one lane", true, isTanh ? tanh_v3_one : sigmoid_v3_one});
    }
    if (levels.have("x86-64-v4"))
      cases.push_back({isTanh, "x86-64-v4", true, isTanh ? tanh_v4 : sigmoid_v4});
  }
  const char *exhaustive = std::getenv("GRUCC_EXHAUSTIVE");
  checkInputs(cases, sample(exhaustive && *exhaustive ? 4000000 : 40000));
  return finish(cases);
}
