//===- ListOnnx.cpp - What GRUs an ONNX model has, for people -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/onnx/ListOnnx.h"

#include "compiler/frontend/Arguments.h"
#include "compiler/frontend/onnx/OnnxNetworks.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace grucc {
namespace {

/// One value of a graph: its name, and in words where it comes from or goes to.
struct Place {
  std::string name, text;
};

bool isZero(const OnnxTensor &tensor) {
  return !tensor.data.empty() && all_of(tensor.data, [](char byte) { return byte == 0; });
}

/// Whether a value is zeros, whatever its sizes: exporters make an initial state that nobody gave.
Expected<bool> isZeros(OnnxModel &model, const OnnxScope &scope, StringRef name, int depth = 0) {
  constexpr int deepest = 32;
  Expected<std::optional<OnnxTensor>> constant = model.constant(scope, name);
  if (!constant)
    return constant.takeError();
  if (*constant)
    return isZero(**constant);
  const onnx::NodeProto *node = scope.producer(name);
  if (!node || depth == deepest)
    return false;
  if (isOp(*node, "ConstantOfShape")) { // of zeros, unless it says otherwise
    const onnx::AttributeProto *value = findAttribute(*node, "value");
    const std::string *raw = value ? &value->t().raw_data() : nullptr;
    return !value || (!raw->empty() && all_of(*raw, [](char byte) { return byte == 0; }));
  }
  bool keeps =
      any_of(std::initializer_list<StringRef>{"Expand", "Slice", "Unsqueeze", "Squeeze", "Reshape",
                                              "Cast", "Identity", "Transpose", "Gather"},
             [&](StringRef op) { return isOp(*node, op); });
  if (!keeps || node->input_size() < 1)
    return false;
  return isZeros(model, scope, node->input(0), depth + 1);
}

/// What gives a value: an input of the graph, a constant, or a node.
Expected<Place> sourceOf(OnnxModel &model, const OnnxScope &scope, StringRef name) {
  if (name.empty())
    return Place{"", "none"};
  Expected<std::optional<OnnxTensor>> constant = model.constant(scope, name);
  if (!constant)
    return constant.takeError();
  Expected<bool> zeros = isZeros(model, scope, name);
  if (!zeros)
    return zeros.takeError();
  if (*zeros)
    return Place{name.str(), "zeros"};
  if (*constant)
    return Place{name.str(), "a constant " + printable((*constant)->dtype)};
  if (const onnx::NodeProto *node = scope.producer(name))
    return Place{name.str(), "made by " + printable(node->op_type()) +
                                 (node->name().empty() ? "" : " " + printable(node->name()))};
  return Place{name.str(), scope.find(name) ? "an input of the graph" : "made by nothing"};
}

/// Who reads it.
Place readersOf(const OnnxScope &scope, StringRef name) {
  if (name.empty())
    return {"", "none"};
  SmallVector<std::string> words;
  if (scope.outputs.contains(name))
    words.push_back("an output of the graph");
  auto found = scope.readers.find(name);
  if (found != scope.readers.end())
    for (const onnx::NodeProto *node : found->second)
      words.push_back("read by " + printable(node->op_type()) +
                      (node->name().empty() ? "" : " " + printable(node->name())));
  constexpr size_t most = 4;
  std::string rest =
      words.size() > most ? " and " + std::to_string(words.size() - most) + " others" : "";
  return {name.str(),
          words.empty() ? "not read" : join(ArrayRef(words).take_front(most), ", ") + rest};
}

/// What there is to say of a network: the facts, and its values in order.
struct Entry {
  const OnnxNetwork *network;
  rnn::Network facts;
  std::vector<std::pair<std::string, Place>> places; ///< "initial_h" of layer l: "initial_h_l1"
};

Expected<Entry> describe(OnnxModel &model, const OnnxNetwork &network) {
  Entry entry{&network, {}, {}};
  const OnnxGru &first = network.layers.front(), &last = network.layers.back();
  entry.facts.inputSize = first.inputSize, entry.facts.hiddenSize = first.hiddenSize;
  entry.facts.numLayers = int64_t(network.layers.size());
  entry.facts.bias = first.bias, entry.facts.batchFirst = first.batchFirst;
  entry.facts.bidirectional = first.direction == Direction::Bidirectional;
  entry.facts.reverse = first.direction == Direction::Reverse;
  entry.facts.variant = first.variant;
  bool isStack = network.layers.size() > 1;
  auto add = [&](StringRef what, const OnnxGru &gru, int operand, int64_t layer) -> Error {
    Expected<Place> place = sourceOf(model, *gru.scope, gru.operand(operand));
    if (!place)
      return place.takeError();
    entry.places.emplace_back((what + (layer >= 0 ? "_l" + Twine(layer) : "")).str(), *place);
    return Error::success();
  };
  if (Error error = add("X", first, OnnxX, -1))
    return std::move(error);
  if (Error error = add("sequence_lens", first, OnnxSequenceLens, -1))
    return std::move(error);
  for (auto [l, layer] : enumerate(network.layers))
    if (Error error = add("initial_h", layer, OnnxInitialH, isStack ? int64_t(l) : -1))
      return std::move(error);
  entry.places.emplace_back("Y", readersOf(*last.scope, last.result(OnnxY)));
  for (auto [l, layer] : enumerate(network.layers))
    entry.places.emplace_back(isStack ? "Y_h_l" + std::to_string(l) : std::string("Y_h"),
                              readersOf(*layer.scope, layer.result(OnnxYh)));
  return entry;
}

void print(const Entry &entry, raw_ostream &os) {
  const rnn::Network &facts = entry.facts;
  os << printable(entry.network->name()) << entry.network->layers.front().scope->where << "\n";
  if (StringRef fault = entry.network->fault(); !fault.empty()) {
    os << "  cannot be compiled: " << fault << "\n";
  } else {
    os << "  GRU " << facts.inputSize << " -> " << facts.outputSize() << ", hidden "
       << facts.hiddenSize << ", " << facts.numLayers
       << (facts.numLayers == 1 ? " layer, " : " layers, ") << directionOf(facts) << ", "
       << (facts.bias ? "bias" : "no bias") << ", "
       << (facts.batchFirst ? "[B, T, ...]" : "[T, B, ...]") << "\n"
       << "  reset " << nameOf(facts.variant.reset) << ", gates " << textOf(facts.variant.gates)
       << ", candidate " << textOf(facts.variant.candidate) << ", "
       << (facts.variant.clip > 0 ? "clip " + shortest(facts.variant.clip) : "no clip") << "\n";
  }
  if (entry.network->layers.size() > 1) {
    os << "  nodes";
    for (const OnnxGru &layer : entry.network->layers)
      os << " " << printable(layer.name);
    os << "\n";
  }
  for (const auto &[what, place] : entry.places)
    os << "  " << left_justify(what, 14) << (place.name.empty() ? "" : printable(place.name) + ", ")
       << place.text << "\n";
}

void print(const Entry &entry, json::OStream &json) {
  const rnn::Network &facts = entry.facts;
  json.object([&] {
    json.attribute("node", json::fixUTF8(entry.network->name()));
    json.attributeArray("nodes", [&] {
      for (const OnnxGru &layer : entry.network->layers)
        json.value(json::fixUTF8(layer.name));
    });
    if (StringRef fault = entry.network->fault(); !fault.empty())
      json.attribute("fault", json::fixUTF8(fault));
    json.attribute("input_size", facts.inputSize);
    json.attribute("hidden_size", facts.hiddenSize);
    json.attribute("num_layers", facts.numLayers);
    json.attribute("direction", directionOf(facts));
    json.attribute("bias", facts.bias);
    json.attribute("batch_first", facts.batchFirst);
    json.attribute("reset", nameOf(facts.variant.reset));
    json.attribute("gate_activation", textOf(facts.variant.gates));
    json.attribute("candidate_activation", textOf(facts.variant.candidate));
    json.attribute("clip", facts.variant.clip);
    json.attributeObject("values", [&] {
      for (const auto &[what, place] : entry.places)
        json.attributeObject(what, [&, &place = place] {
          json.attribute("name", json::fixUTF8(place.name));
          json.attribute("is", json::fixUTF8(place.text));
        });
    });
  });
}

} // namespace

Error listOnnx(StringRef path, bool asJson, raw_ostream &os) {
  Expected<std::unique_ptr<OnnxModel>> model = OnnxModel::read(path);
  if (!model)
    return model.takeError();
  Expected<std::vector<OnnxNetwork>> networks = findNetworks(**model);
  if (!networks)
    return networks.takeError();
  std::vector<Entry> entries;
  for (const OnnxNetwork &network : *networks) {
    Expected<Entry> entry = describe(**model, network);
    if (!entry)
      return entry.takeError();
    entries.push_back(std::move(*entry));
  }
  const onnx::ModelProto &proto = (*model)->getProto();
  if (asJson) {
    json::OStream json(os, /*IndentSize=*/2);
    json.object([&] {
      json.attribute("file", json::fixUTF8(path));
      json.attribute("producer", json::fixUTF8(proto.producer_name()));
      json.attribute("producer_version", json::fixUTF8(proto.producer_version()));
      json.attribute("opset", (*model)->getOpset());
      json.attributeArray("networks", [&] {
        for (const Entry &entry : entries)
          print(entry, json);
      });
    });
    os << '\n';
    return Error::success();
  }
  os << printable(path) << ": opset " << (*model)->getOpset() << ", by "
     << (proto.producer_name().empty() ? "an unnamed producer" : printable(proto.producer_name()))
     << " " << printable(proto.producer_version()) << "; " << entries.size()
     << (entries.size() == 1 ? " network" : " networks") << " of GRU nodes\n";
  for (const Entry &entry : entries)
    print(entry, os);
  return Error::success();
}

} // namespace grucc
