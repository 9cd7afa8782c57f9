//===- Tensors.cpp - Names, shapes, room and hash of a network's tensors --===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Weights.h"
#include "dialects/rnn/Cells.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/SwapByteOrder.h"
#include <cstdlib>

using namespace llvm;

namespace grucc {

// Files hold little endian, and tensors are kept in the host's order.
static_assert(sys::IsLittleEndianHost, "grucc runs on little-endian hosts");

int64_t WeightTensor::numElements() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

Expected<std::vector<WeightTensor>> expectedTensors(const Network &network, StringRef file) {
  if (std::optional<rnn::NetworkFault> fault = rnn::findFault(network))
    return inputError(file, fault->argument, fault->found, fault->expected);
  std::vector<WeightTensor> tensors;
  for (int64_t layer = 0; layer < network.numLayers; ++layer) {
    for (int64_t direction = 0; direction < network.numDirections(); ++direction) {
      std::string suffix = "_l" + std::to_string(layer) + (direction ? "_reverse" : "");
      tensors.push_back(
          {"weight_ih" + suffix, {network.gateRows(), network.layerInputSize(layer)}, {}});
      tensors.push_back({"weight_hh" + suffix, {network.gateRows(), network.hiddenSize}, {}});
      if (!network.bias)
        continue;
      tensors.push_back({"bias_ih" + suffix, {network.gateRows()}, {}});
      tensors.push_back({"bias_hh" + suffix, {network.gateRows()}, {}});
    }
  }
  return tensors;
}

Expected<std::vector<MutableArrayRef<char>>> allocateTensors(Network &network) {
  constexpr size_t alignment = 64;
  size_t bytes = 0;
  for (const WeightTensor &tensor : network.weights)
    bytes += alignTo(tensor.numElements() * network.elementBytes(), alignment);
  std::shared_ptr<void> block(std::aligned_alloc(alignment, bytes), std::free);
  if (!block)
    return inputError("grucc", "weights", "no memory for " + Twine(bytes) + " bytes",
                      "that much free memory");
  std::vector<MutableArrayRef<char>> rooms;
  char *next = static_cast<char *>(block.get());
  for (WeightTensor &tensor : network.weights) {
    size_t size = tensor.numElements() * network.elementBytes();
    rooms.emplace_back(next, size);
    tensor.data = rooms.back();
    next += alignTo(size, alignment);
  }
  network.storage.push_back(std::move(block));
  return rooms;
}

std::string hashWeights(const Network &network) {
  BLAKE3 hash;
  for (const WeightTensor &tensor : network.weights) {
    hash.update(tensor.name + " " + shapeText(tensor.shape) + " " + valueText(network.dtype) +
                "\n");
    hash.update(
        ArrayRef(reinterpret_cast<const uint8_t *>(tensor.data.data()), tensor.data.size()));
  }
  return toHex(hash.final(), /*LowerCase=*/true);
}

} // namespace grucc
