//===- plain_cells.cpp - A GRU whose reset gate comes first, in plain loops ---===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nothing of grucc's but sigmoid, tanh and the blocks of sums: its bits are what others
// are held against.
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Activations.h"
#include "dialects/rnn/SumOrder.h"
#include <vector>

namespace {

template <typename T> T dot(const T *w, const T *x, int64_t count, int64_t units) {
  T sum = 0;
  for (int64_t k = 0, block = grucc::sumBlock(count, units); k < count;) {
    T partial = 0;
    for (int64_t end = std::min(k + block, count); k < end; ++k)
      partial = std::fma(w[k], x[k], partial);
    sum = sum + partial;
  }
  return sum;
}

/// One row: x [T, I], state [H], output [T, H].
template <typename T>
void run(int64_t steps, int64_t inputs, int64_t H, const T *x, T *state, const T *wIh, const T *wHh,
         const T *bIh, const T *bHh, T *output) {
  std::vector<T> r(H), z(H), reset(H), next(H);
  for (int64_t t = 0; t < steps; ++t, x += inputs) {
    auto input = [&](int64_t g, bool both) {
      return dot(wIh + g * inputs, x, inputs, H) + (both ? bIh[g] + bHh[g] : bIh[g]);
    };
    for (int64_t j = 0; j < H; ++j) {
      r[j] = grucc::activations::sigmoid(input(j, true) + dot(wHh + j * H, state, H, H));
      z[j] = grucc::activations::sigmoid(input(H + j, true) + dot(wHh + (H + j) * H, state, H, H));
      reset[j] = r[j] * state[j];
    }
    for (int64_t j = 0; j < H; ++j) {
      T sum = dot(wHh + (2 * H + j) * H, reset.data(), H, H) + bHh[2 * H + j];
      T n = grucc::activations::tanh(input(2 * H + j, false) + sum);
      next[j] = std::fma(1 - z[j], n, z[j] * state[j]);
      if (std::fabs(next[j]) < T(0x1p-64))
        next[j] = 0;
      output[t * H + j] = next[j];
    }
    std::copy(next.begin(), next.end(), state);
  }
}

} // namespace

#define DEFINE(NAME, T)                                                                            \
  extern "C" void NAME(int64_t steps, int64_t inputs, int64_t H, const T *x, T *state,             \
                       const T *wIh, const T *wHh, const T *bIh, const T *bHh, T *output) {        \
    run(steps, inputs, H, x, state, wIh, wHh, bIh, bHh, output);                                   \
  }
DEFINE(reset_before_float32, float)
DEFINE(reset_before_float64, double)
