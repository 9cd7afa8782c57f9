//===- OnnxNetworks.cpp - The GRUs of an ONNX graph, and their stacks -----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/onnx/OnnxNetworks.h"

#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace grucc {
namespace {

/// Integers of an attribute or, since some opset, of an operand.
std::optional<std::vector<int64_t>> integers(OnnxModel &model, const OnnxScope &scope,
                                             const onnx::NodeProto &node, StringRef attribute,
                                             int operand) {
  if (const onnx::AttributeProto *found = findAttribute(node, attribute))
    return std::vector<int64_t>(found->ints().begin(), found->ints().end());
  if (operand >= node.input_size())
    return std::nullopt;
  Expected<std::optional<OnnxTensor>> tensor = model.constant(scope, node.input(operand));
  if (!tensor) {
    consumeError(tensor.takeError());
    return std::nullopt;
  }
  if (!*tensor || (*tensor)->dtype != "I64")
    return std::nullopt;
  std::vector<int64_t> values((*tensor)->data.size() / sizeof(int64_t));
  std::copy((*tensor)->data.begin(), (*tensor)->data.end(),
            reinterpret_cast<char *>(values.data()));
  return values;
}

/// The only reader of the numbers of a value that is no output of its graph; its sizes may be
/// asked for (by Shape, of which initial states are made).
const onnx::NodeProto *onlyReader(const OnnxScope &scope, StringRef name) {
  auto readers = scope.readers.find(name);
  if (scope.outputs.contains(name) || readers == scope.readers.end())
    return nullptr;
  auto others = make_filter_range(readers->second, [](const onnx::NodeProto *node) {
    return !isOp(*node, "Shape") && !isOp(*node, "Size");
  });
  return hasSingleElement(others) ? *others.begin() : nullptr;
}

/// The sizes that the graph says of a value, 0 where it says none; empty where it says nothing.
std::vector<int64_t> knownShape(const OnnxScope &scope, StringRef name) {
  for (const onnx::ValueInfoProto &value : scope.graph->value_info()) {
    if (value.name() != name.str() || !value.type().has_tensor_type())
      continue;
    std::vector<int64_t> sizes;
    for (const auto &size : value.type().tensor_type().shape().dim())
      sizes.push_back(size.has_dim_value() ? size.dim_value() : 0);
    return sizes;
  }
  return {};
}

/// Whether a node makes one value of the named one by an operation.
bool makesOne(const onnx::NodeProto *node, StringRef op, StringRef of) {
  return node && isOp(*node, op) && node->input_size() > 0 && node->input(0) == of.str() &&
         node->output_size() == 1;
}

/// Follows Y of a node through what makes [T, B, D*H] (or [B, T, D*H]) of it: the name of that, or
/// nothing where something else is done.
std::optional<std::string> joinedOutput(OnnxModel &model, const OnnxGru &gru) {
  const OnnxScope &scope = *gru.scope;
  int64_t D = gru.numDirections(), width = D * gru.hiddenSize;
  StringRef name = gru.result(OnnxY);
  const onnx::NodeProto *node = onlyReader(scope, name);
  int64_t axis = gru.batchFirst ? 2 : 1; // of the directions
  if (D == 1 && makesOne(node, "Squeeze", name)) {
    auto axes = integers(model, scope, *node, "axes", 1);
    if (axes && axes->size() == 1 && (axes->front() == axis || axes->front() == axis - 4))
      return node->output(0);
    return std::nullopt;
  }
  // [T, D, B, H] ==> [T, B, D, H]
  if (!gru.batchFirst && makesOne(node, "Transpose", name)) {
    auto order = integers(model, scope, *node, "perm", INT_MAX);
    if (!order || *order != std::vector<int64_t>{0, 2, 1, 3})
      return std::nullopt;
    name = node->output(0);
    node = onlyReader(scope, name);
  } else if (!gru.batchFirst) {
    return std::nullopt;
  }
  if (!makesOne(node, "Reshape", name))
    return std::nullopt;
  const onnx::AttributeProto *zero = findAttribute(*node, "allowzero");
  auto shape = integers(model, scope, *node, "shape", 1);
  if (!shape || shape->size() != 3 || (zero && zero->i() != 0) ||
      !is_contained({width, int64_t(-1)}, (*shape)[2]))
    return std::nullopt;
  // T and B stay what they are: 0 says so, or the number that Y is known to have there, or, of one
  // of the three, -1.
  std::vector<int64_t> known = knownShape(scope, gru.result(OnnxY));
  for (int i : {0, 1}) {
    int64_t own = known.size() == 4 ? known[gru.batchFirst || i == 0 ? i : 2] : 0;
    bool isLeft = (*shape)[i] == -1 && (*shape)[1 - i] != -1 && (*shape)[2] == width;
    if ((*shape)[i] != 0 && !isLeft && !(own > 0 && (*shape)[i] == own))
      return std::nullopt;
  }
  return node->output(0);
}

bool sameKind(const OnnxGru &a, const OnnxGru &b) {
  return a.scope == b.scope && a.hiddenSize == b.hiddenSize && a.bias == b.bias &&
         a.batchFirst == b.batchFirst && a.direction == b.direction && a.variant == b.variant &&
         a.operand(OnnxSequenceLens) == b.operand(OnnxSequenceLens);
}

} // namespace

StringRef OnnxNetwork::fault() const {
  for (const OnnxGru &layer : layers)
    if (!layer.fault.empty())
      return layer.fault;
  return "";
}

Expected<std::vector<OnnxNetwork>> findNetworks(OnnxModel &model) {
  std::vector<OnnxGru> nodes;
  for (const std::unique_ptr<OnnxScope> &scope : model.getScopes())
    for (const onnx::NodeProto &node : scope->graph->node()) {
      if (!isOp(node, "GRU"))
        continue;
      OnnxGru gru;
      gru.scope = scope.get(), gru.node = &node, gru.name = node.name();
      for (int i = 0; gru.name.empty() && i < node.output_size(); ++i)
        gru.name = node.output(i);
      if (Error error = readGru(model, gru))
        return std::move(error);
      nodes.push_back(std::move(gru));
    }

  // What every node's input comes from.
  StringMap<size_t> byOutput;
  for (auto [index, gru] : enumerate(nodes))
    if (gru.fault.empty())
      if (std::optional<std::string> output = joinedOutput(model, gru))
        byOutput[*output] = index;
  std::vector<int> below(nodes.size(), -1), above(nodes.size(), -1);
  for (auto [index, gru] : enumerate(nodes)) {
    auto found = byOutput.find(gru.operand(OnnxX));
    if (!gru.fault.empty() || found == byOutput.end())
      continue;
    const OnnxGru &other = nodes[found->second];
    bool isAlone = onlyReader(*gru.scope, gru.operand(OnnxX)) == gru.node;
    if (&other != &gru && sameKind(other, gru) && isAlone &&
        gru.inputSize == gru.numDirections() * gru.hiddenSize)
      below[index] = int(found->second), above[found->second] = int(index);
  }
  std::vector<OnnxNetwork> networks;
  for (size_t first = 0; first < nodes.size(); ++first) {
    if (below[first] >= 0)
      continue;
    OnnxNetwork network;
    for (int at = int(first); at >= 0; at = above[at])
      network.layers.push_back(std::move(nodes[at]));
    networks.push_back(std::move(network));
  }
  return networks;
}

Expected<const OnnxNetwork *> selectNetwork(const OnnxModel &model, ArrayRef<OnnxNetwork> networks,
                                            const std::optional<std::string> &node) {
  constexpr size_t most = 16;
  std::string names;
  for (auto [index, network] : enumerate(networks.take_front(most)))
    names += (index ? ", " : "") + printable(network.name());
  if (networks.size() > most)
    names += " or one of " + std::to_string(networks.size() - most) + " others";
  const std::string &path = model.getPath();
  if (networks.empty()) {
    std::string others; // a quantised GRU is no GRU node either
    for (const std::unique_ptr<OnnxScope> &scope : model.getScopes())
      for (const onnx::NodeProto &other : scope->graph->node())
        if (others.empty() && StringRef(other.op_type()).contains_insensitive("LSTM"))
          others = ", but " + printable(other.op_type());
    return inputError(path, "GRU", "no such node in the graph" + others, "at least one");
  }
  if (!node) {
    if (networks.size() == 1)
      return &networks.front();
    return withNote(inputError(path, "--node", "none, and " + Twine(networks.size()) + " networks",
                               "one of " + names),
                    path, "--list shows what they are");
  }
  SmallVector<const OnnxNetwork *> found;
  for (const OnnxNetwork &network : networks)
    for (const OnnxGru &layer : network.layers)
      if (layer.name == *node || is_contained(layer.node->output(), *node))
        found.push_back(&network);
  if (found.size() == 1)
    return found.front();
  if (found.empty())
    return inputError(path, "--node", quoted(*node), "one of " + names);
  return inputError(path, "--node", quoted(*node) + ", a name of several nodes",
                    "the name of what one of them makes");
}

} // namespace grucc
