//===- OnnxNetworks.cpp - The GRUs of an ONNX graph -----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/onnx/OnnxNetworks.h"

#include "compiler/frontend/Elements.h"
#include "support/Diagnostic.h"
#include "support/Safetensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace llvm;

namespace grucc {
namespace {

constexpr int64_t gates = Gru::shape.gates;

/// Reads what one node says. What it says wrongly is its fault, not the file's: the others
/// can be compiled.
class Reader {
public:
  Reader(OnnxModel &model, OnnxGru &gru) : model(model), gru(gru) {}

  Error read() {
    readAttributes();
    if (Error error = readTensors())
      return error;
    return Error::success();
  }

private:
  OnnxModel &model;
  OnnxGru &gru;

  /// Keeps the first.
  void refuse(const Twine &argument, const Twine &found, const Twine &expected) {
    if (gru.fault.empty())
      gru.fault = (argument + ": found " + found + ", expected " + expected).str();
  }
  int64_t integer(StringRef name, int64_t otherwise) {
    const onnx::AttributeProto *attribute = findAttribute(*gru.node, name);
    if (!attribute)
      return otherwise;
    if (attribute->has_i() && !attribute->has_f() && !attribute->has_s())
      return attribute->i();
    refuse(name, "no integer", "an integer");
    return otherwise;
  }
  void readAttributes();
  void readDirection();
  void readActivations();
  Error readTensors();
};

} // namespace

void Reader::readAttributes() {
  for (const onnx::AttributeProto &attribute : gru.node->attribute())
    if (!is_contained({"activation_alpha", "activation_beta", "activations", "clip", "direction",
                       "hidden_size", "layout", "linear_before_reset", "output_sequence"},
                      StringRef(attribute.name())))
      refuse("attribute", quoted(attribute.name()), "one of ONNX's GRU");
  int64_t layout = integer("layout", 0), after = integer("linear_before_reset", 0);
  if (layout != 0 && layout != 1)
    refuse("layout", Twine(layout), "0 or 1");
  if (after != 0 && after != 1)
    refuse("linear_before_reset", Twine(after), "0 or 1");
  gru.batchFirst = layout == 1;
  gru.variant.reset = after == 1 ? Reset::After : Reset::Before;
  readDirection();
  readActivations();
  if (const onnx::AttributeProto *clip = findAttribute(*gru.node, "clip")) {
    gru.variant.clip = clip->f();
    if (!clip->has_f() || !(clip->f() > 0) || !std::isfinite(clip->f()))
      refuse("clip", clip->has_f() ? shortest(clip->f()) : "no number", "a finite number above 0");
  }
}

void Reader::readDirection() {
  const onnx::AttributeProto *attribute = findAttribute(*gru.node, "direction");
  if (!attribute)
    return;
  for (auto [word, direction] : directions)
    if (attribute->s() == word.str()) {
      gru.direction = direction;
      return;
    }
  refuse("direction", quoted(attribute->s()), "forward, reverse or bidirectional");
}

/// Alphas and betas are taken in the order of those activations that have one; the defaults of
/// ONNX's operators stand for those that are not given, where all engines have the same. (Affine
/// and ScaledTanh are no operators any more, and ONNX Runtime has 0 for ThresholdedRelu, not 1.)
void Reader::readActivations() {
  std::vector<Activation> found;
  if (const onnx::AttributeProto *names = findAttribute(*gru.node, "activations"))
    for (const std::string &name : names->strings()) {
      const auto *facts = find_if(activationTable, [&](const ActivationFacts &one) {
        return StringRef(one.onnx).equals_insensitive(name);
      });
      if (facts == activationTable.end())
        return refuse("activations", quoted(name), "one of ONNX's GRU");
      found.push_back(Activation::of(ActivationKind(facts - activationTable.begin())));
    }
  bool isGiven = !found.empty();
  if (isGiven && int64_t(found.size()) != 2 * gru.numDirections())
    return refuse("activations", Twine(found.size()) + " of them",
                  "two for each of " + Twine(gru.numDirections()) + " directions");
  if (!isGiven)
    for (int64_t d = 0; d < gru.numDirections(); ++d)
      found.insert(found.end(), {sigmoidActivation, tanhActivation});
  auto spend = [&](StringRef name, int least, double Activation::*member) {
    const onnx::AttributeProto *attribute = findAttribute(*gru.node, name);
    int given = attribute ? attribute->floats_size() : 0, next = 0;
    for (Activation &activation : found) {
      if (activation.facts().parameters < least)
        continue;
      bool hasDefault = !is_contained(
          {ActivationKind::Affine, ActivationKind::ScaledTanh, ActivationKind::ThresholdedRelu},
          activation.kind);
      if (next < given)
        activation.*member = attribute->floats(next++);
      else if (!hasDefault)
        refuse(name, "none for " + Twine(activation.facts().onnx),
               "one: engines differ in its default");
    }
    if (next < given)
      refuse(name, Twine(given) + " numbers",
             Twine(next) + ", one for each activation that has it");
    for (int i = 0; i < next; ++i)
      if (!std::isfinite(attribute->floats(i)))
        refuse(name, "no finite number", "finite numbers");
  };
  spend("activation_alpha", 1, &Activation::alpha);
  spend("activation_beta", 2, &Activation::beta);
  gru.variant.gates = found[0], gru.variant.candidate = found[1];
  if (found.size() == 4 && !(found[0] == found[2] && found[1] == found[3]))
    refuse("activations", "others for the reverse direction than for the forward one",
           "the same for both");
}

Error Reader::readTensors() {
  const char *names[] = {"X", "W", "R", "B"};
  OnnxTensor *places[] = {nullptr, &gru.w, &gru.r, &gru.b};
  if (gru.operand(OnnxX).empty())
    refuse("X", "nothing", "an input");
  for (int i : {OnnxW, OnnxR, OnnxB}) {
    StringRef name = gru.operand(i);
    if (name.empty()) {
      if (i != OnnxB)
        refuse(names[i], "nothing", "a tensor");
      continue;
    }
    Expected<std::optional<OnnxTensor>> tensor = model.constant(*gru.scope, name);
    if (!tensor)
      return tensor.takeError();
    if (!*tensor) {
      const onnx::NodeProto *maker = gru.scope->producer(name);
      refuse(names[i],
             printable(name) + ", which " + (maker ? printable(maker->op_type()) : "an input") +
                 " gives",
             "a constant: fold the graph's constants first");
      continue;
    }
    if (!isWeightDType((*tensor)->dtype))
      refuse(names[i], "dtype " + printable((*tensor)->dtype),
             "float32, float64, float16 or bfloat16");
    *places[i] = std::move(**tensor);
    gru.bias |= i == OnnxB;
  }
  if (!gru.fault.empty())
    return Error::success();

  ArrayRef<int64_t> w = gru.w.shape, r = gru.r.shape;
  int64_t D = gru.numDirections();
  if (r.size() != 3 || r[0] != D || r[2] < 1 || r[2] > largestSize || r[1] != gates * r[2])
    refuse("R", "shape " + shapeText(r),
           "[" + Twine(D) + ", " + Twine(gates) + " * hidden_size, hidden_size]");
  else if (w.size() != 3 || w[0] != D || w[1] != r[1] || w[2] < 1 || w[2] > largestSize)
    refuse("W", "shape " + shapeText(w), "[" + Twine(D) + ", " + Twine(r[1]) + ", input_size]");
  else if (gru.bias && ArrayRef(gru.b.shape) != ArrayRef<int64_t>{D, 2 * r[1]})
    refuse("B", "shape " + shapeText(gru.b.shape), "[" + Twine(D) + ", " + Twine(2 * r[1]) + "]");
  if (!gru.fault.empty())
    return Error::success();
  gru.inputSize = w[2], gru.hiddenSize = r[2];
  int64_t said = integer("hidden_size", gru.hiddenSize);
  if (said != gru.hiddenSize)
    refuse("hidden_size", Twine(said), Twine(gru.hiddenSize) + ", as R says");
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Stacks
//===----------------------------------------------------------------------===//

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
      if (Error error = Reader(model, gru).read())
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
