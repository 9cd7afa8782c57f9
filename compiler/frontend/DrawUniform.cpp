//===- DrawUniform.cpp - Initial weights (C11) ----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Element j of tensor i (both counted from 0, tensors in torch's order) comes
// from word j mod 4 of Philox4x32-10 with
//   key = (seed, low and high word), counter = (j / 4, low and high word, i, 0);
// its value is (2 (word + 1/2) / 2^32 - 1) sqrt(1/H), computed in float64 and
// rounded to the network's dtype. The same on every host.
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Weights.h"
#include "dialects/rnn/Philox.h"
#include <cmath>

using namespace llvm;

namespace grucc {

template <typename T>
static void draw(MutableArrayRef<char> room, uint32_t tensor, uint64_t seed, double bound) {
  MutableArrayRef<T> out(reinterpret_cast<T *>(room.data()), room.size() / sizeof(T));
  std::array<uint32_t, 4> words = {};
  for (uint64_t j = 0; j < out.size(); ++j) {
    if (j % 4 == 0)
      words = philox4x32({uint32_t(j / 4), uint32_t(j / 4 >> 32), tensor, 0}, seed);
    double unit = (words[j % 4] + 0.5) * 0x1p-32; // in (0, 1), exact
    out[j] = static_cast<T>((2.0 * unit - 1.0) * bound);
  }
}

Error drawUniform(Network &network, uint64_t seed) {
  auto rooms = allocateTensors(network);
  if (!rooms)
    return rooms.takeError();
  double bound = std::sqrt(1.0 / static_cast<double>(network.hiddenSize));
  uint32_t tensor = 0;
  for (MutableArrayRef<char> room : *rooms) {
    if (network.dtype == DType::Float64)
      draw<double>(room, tensor++, seed, bound);
    else
      draw<float>(room, tensor++, seed, bound);
  }
  return Error::success();
}

} // namespace grucc
