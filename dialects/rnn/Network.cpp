//===- Network.cpp - What a network is, in numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Network.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include <cmath>

using namespace grucc::rnn;
using llvm::checkedAdd;
using llvm::checkedMul;

llvm::StringRef grucc::rnn::nameOf(DType dtype) {
  return dtype == DType::Float64 ? "float64" : "float32";
}

bool grucc::rnn::isIdentifier(llvm::StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

bool grucc::rnn::isModelName(llvm::StringRef name) {
  return isIdentifier(name) && name.size() <= longestName;
}

double Network::stepFlops() const {
  // A multiply-add is two operations; a unit's gates are some 60.
  double hidden = hiddenSize, flops = 0;
  for (int64_t layer = 0; layer < numLayers; ++layer)
    flops += numDirections() *
             (2.0 * gateRows() * (double(layerInputSize(layer)) + hidden) + 60 * hidden);
  return flops;
}

// Fields are told apart by their bits: 0 and -0 are two, and NaN is one.
template <typename T> static T key(T field) { return field; }
static uint64_t key(double field) { return llvm::bit_cast<uint64_t>(field); }
static size_t key(const grucc::Variant &field) { return hash_value(field); }

template <typename T> static bool isSame(const T &a, const T &b) { return key(a) == key(b); }
static bool isSame(const grucc::Variant &a, const grucc::Variant &b) { return a == b; }

bool grucc::rnn::operator==(const Network &a, const Network &b) {
  bool same = true;
  Network::forEachField(
      [&](llvm::StringRef, auto field) { same = same && isSame(a.*field, b.*field); });
  return same;
}

llvm::hash_code grucc::rnn::hash_value(const Network &network) {
  llvm::hash_code code(0);
  Network::forEachField(
      [&](llvm::StringRef, auto field) { code = llvm::hash_combine(code, key(network.*field)); });
  return code;
}

// The sum over the cells without looking at each: layers 1 and up are alike.
static std::optional<int64_t> countElements(const Network &network) {
  auto cell = [&](int64_t input) -> std::optional<int64_t> {
    std::optional<int64_t> columns = checkedAdd(input, network.hiddenSize + (network.bias ? 2 : 0));
    return columns ? checkedMul(network.gateRows(), *columns) : std::nullopt;
  };
  std::optional<int64_t> first = cell(network.inputSize), other = cell(network.outputSize());
  if (other)
    other = checkedMul(*other, network.numLayers - 1);
  std::optional<int64_t> all = first && other ? checkedAdd(*first, *other) : std::nullopt;
  return all ? checkedMul(*all, network.numDirections()) : std::nullopt;
}

/// C15: numbers are finite, and a clip leaves something.
std::optional<NetworkFault> grucc::rnn::findFault(const Variant &variant) {
  auto isFinite = [](const Activation &activation) {
    return std::isfinite(activation.alpha) && std::isfinite(activation.beta);
  };
  for (auto [name, activation] : {std::pair("gate_activation", &variant.gates),
                                  std::pair("candidate_activation", &variant.candidate)})
    if (!isFinite(*activation))
      return NetworkFault{name, textOf(*activation), "finite numbers"};
  if (variant.clip >= 0 && std::isfinite(variant.clip)) // NaN fails too
    return std::nullopt;
  return NetworkFault{"clip", shortest(variant.clip), "a finite number above 0"};
}

std::optional<NetworkFault> grucc::rnn::findFault(const Network &network) {
  if (!(network.dropout >= 0 && network.dropout <= 1)) // C6; NaN fails too
    return NetworkFault{"dropout", llvm::formatv("{0}", llvm::json::Value(network.dropout)),
                        "a number from 0 to 1"};
  if (network.bidirectional && network.reverse)
    return NetworkFault{"direction", "reverse with bidirectional", "one of the two"};
  if (std::optional<NetworkFault> fault = findFault(network.variant))
    return fault;
  std::pair<const char *, int64_t> sizes[] = {{"input_size", network.inputSize},
                                              {"hidden_size", network.hiddenSize},
                                              {"num_layers", network.numLayers}}; // C1
  for (auto [name, size] : sizes) {
    int64_t largest = name == llvm::StringRef("num_layers") ? mostLayers : largestSize;
    if (size < 1 || size > largest)
      return NetworkFault{name, std::to_string(size),
                          "an integer from 1 to " + std::to_string(largest)};
  }
  std::optional<int64_t> count = countElements(network);
  std::optional<int64_t> bytes = count ? checkedMul(*count, network.elementBytes()) : std::nullopt;
  if (bytes && *bytes <= mostWeightsBytes)
    return std::nullopt;
  return NetworkFault{"weights",
                      llvm::formatv("{0} bytes (input_size {1}, hidden_size {2}, num_layers {3})",
                                    bytes ? std::to_string(*bytes) : "2^63 or more",
                                    network.inputSize, network.hiddenSize, network.numLayers),
                      "at most " + std::to_string(mostWeightsBytes) + " bytes"};
}

llvm::StringRef grucc::rnn::directionOf(const Network &network) {
  return network.bidirectional ? "bidirectional" : network.reverse ? "reverse" : "forward";
}

std::string grucc::rnn::describeVariant(const Network &network) {
  const Variant torch, &own = network.variant;
  llvm::SmallVector<std::string> said;
  if (network.reverse)
    said.push_back("direction=reverse");
  if (own.reset != torch.reset)
    said.push_back("reset=" + nameOf(own.reset).str());
  if (!(own.gates == torch.gates))
    said.push_back("gate_activation=" + textOf(own.gates));
  if (!(own.candidate == torch.candidate))
    said.push_back("candidate_activation=" + textOf(own.candidate));
  if (own.clip != torch.clip)
    said.push_back("clip=" + shortest(own.clip));
  return llvm::join(said, ", ");
}
