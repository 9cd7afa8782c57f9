//===- Tensors.cpp - Names, shapes, room and hash of a network's tensors --===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Weights.h"
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

// The sum over the cells without building their tensors: layers 1 and up are alike.
static std::optional<int64_t> countElements(const Network &network) {
  int64_t d = network.numDirections(), h = network.hiddenSize;
  auto cell = [&](int64_t input) -> std::optional<int64_t> {
    std::optional<int64_t> columns = checkedAdd(input, h + (network.bias ? 2 : 0));
    return columns ? checkedMul(3 * h, *columns) : std::nullopt;
  };
  std::optional<int64_t> first = cell(network.inputSize), other = cell(d * h);
  if (other)
    other = checkedMul(*other, network.numLayers - 1);
  std::optional<int64_t> all = first && other ? checkedAdd(*first, *other) : std::nullopt;
  return all ? checkedMul(*all, d) : std::nullopt;
}

Expected<std::vector<WeightTensor>> expectedTensors(const Network &network, StringRef file) {
  int64_t h = network.hiddenSize;
  std::pair<StringRef, int64_t> sizes[] = {
      {"input_size", network.inputSize}, {"hidden_size", h}, {"num_layers", network.numLayers}};
  for (auto [name, size] : sizes) {
    int64_t largest = name == "num_layers" ? mostLayers : largestSize;
    if (size < 1 || size > largest)
      return inputError(file, name, Twine(size), "an integer from 1 to " + Twine(largest));
  }
  std::optional<int64_t> count = countElements(network);
  std::optional<int64_t> bytes = count ? checkedMul(*count, network.elementBytes()) : std::nullopt;
  if (!bytes || *bytes > mostWeightsBytes)
    return inputError(file, "weights",
                      (bytes ? Twine(*bytes) : Twine("2^63 or more")) + " bytes (input_size " +
                          Twine(network.inputSize) + ", hidden_size " + Twine(h) + ", num_layers " +
                          Twine(network.numLayers) + ")",
                      "at most " + Twine(mostWeightsBytes) + " bytes");

  std::vector<WeightTensor> tensors;
  for (int64_t layer = 0; layer < network.numLayers; ++layer) {
    int64_t input = layer == 0 ? network.inputSize : network.numDirections() * h;
    for (int64_t direction = 0; direction < network.numDirections(); ++direction) {
      std::string suffix = "_l" + std::to_string(layer) + (direction ? "_reverse" : "");
      tensors.push_back({"weight_ih" + suffix, {3 * h, input}, {}});
      tensors.push_back({"weight_hh" + suffix, {3 * h, h}, {}});
      if (!network.bias)
        continue;
      tensors.push_back({"bias_ih" + suffix, {3 * h}, {}});
      tensors.push_back({"bias_hh" + suffix, {3 * h}, {}});
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
