//===- ReadOnnx.cpp - A network from an ONNX model (I1) -------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/onnx/ReadOnnx.h"

#include "compiler/frontend/Elements.h"
#include "compiler/frontend/Weights.h"
#include "compiler/frontend/onnx/OnnxNetworks.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace grucc {

struct OnnxSource::Contents {
  std::unique_ptr<OnnxModel> model;
  std::vector<OnnxNetwork> networks;
  const OnnxNetwork *network = nullptr;
};

OnnxSource::OnnxSource(std::unique_ptr<Contents> contents) : contents(std::move(contents)) {}
OnnxSource::~OnnxSource() = default;
OnnxSource::OnnxSource(OnnxSource &&) = default;

Expected<OnnxSource> OnnxSource::read(StringRef path, const std::optional<std::string> &node,
                                      Arguments &arguments) {
  auto contents = std::make_unique<Contents>();
  Expected<std::unique_ptr<OnnxModel>> model = OnnxModel::read(path);
  if (!model)
    return model.takeError();
  contents->model = std::move(*model);
  Expected<std::vector<OnnxNetwork>> networks = findNetworks(*contents->model);
  if (!networks)
    return networks.takeError();
  contents->networks = std::move(*networks);
  Expected<const OnnxNetwork *> found = selectNetwork(*contents->model, contents->networks, node);
  if (!found)
    return found.takeError();
  contents->network = *found;

  const OnnxNetwork &network = **found;
  for (const OnnxGru &layer : network.layers)
    if (!layer.fault.empty())
      return toldError(path, "GRU " + printable(layer.name) + ": " + layer.fault);
  const OnnxGru &first = network.layers.front();
  std::string source = "GRU " + printable(first.name);
  Error error = Error::success();
  auto agree = [&](StringRef argument, auto &earlier, auto value) {
    if (!error)
      error = say(path, argument, earlier, value, source);
  };
  agree("input_size", arguments.inputSize, first.inputSize);
  agree("hidden_size", arguments.hiddenSize, first.hiddenSize);
  agree("num_layers", arguments.numLayers, int64_t(network.layers.size()));
  agree("bias", arguments.bias, first.bias);
  agree("bidirectional", arguments.bidirectional, first.direction == Direction::Bidirectional);
  agree("direction", arguments.direction, first.direction);
  agree("reset", arguments.reset, first.variant.reset);
  agree("gate_activation", arguments.gateActivation, first.variant.gates);
  agree("candidate_activation", arguments.candidateActivation, first.variant.candidate);
  if (first.variant.clip > 0 || arguments.clip.value)
    agree("clip", arguments.clip, first.variant.clip);
  // How tensors lie is the caller's to choose: no number of the network depends on it.
  if (!arguments.batchFirst.value)
    agree("batch_first", arguments.batchFirst, first.batchFirst);
  if (error)
    return std::move(error);
  return OnnxSource(std::move(contents));
}

DType OnnxSource::defaultDType() const {
  return contents->network->layers.front().w.dtype == "F64" ? DType::Float64 : DType::Float32;
}

namespace {

/// A row block of ONNX's for each of ours: its gates are z, r, h.
constexpr int64_t blockOf[] = {1, 0, 2};

} // namespace

Error OnnxSource::load(Network &network, bool external, std::vector<std::string> &warnings) const {
  if (external)
    return Error::success();
  const std::string &path = contents->model->getPath();
  auto rooms = allocateTensors(network);
  if (!rooms)
    return rooms.takeError();
  warnOfRounding(path, defaultDType(), network.dtype, warnings);
  int64_t perCell = network.weightsPerCell(), bytes = network.elementBytes();
  int64_t hidden = network.hiddenSize, rows = network.gateRows();
  for (int64_t index = 0; index < network.numCells(); ++index) {
    const OnnxGru &layer = contents->network->layers[index / network.numDirections()];
    int64_t direction = index % network.numDirections();
    // Where its numbers begin, in units of rows of so many columns.
    auto take = [&](const OnnxTensor &from, int64_t which, int64_t firstRow,
                    int64_t columns) -> Error {
      MutableArrayRef<char> room = (*rooms)[index * perCell + which];
      size_t width = from.dtype == "F64" ? 8 : from.dtype == "F32" ? 4 : 2;
      for (auto [gate, block] : enumerate(blockOf)) {
        size_t count = hidden * columns, at = (firstRow + block * hidden) * columns;
        std::optional<OddElement> odd =
            convertElements(from.data.slice(at * width, count * width), from.dtype,
                            room.slice(gate * count * bytes, count * bytes), network.dtype);
        if (!odd)
          continue;
        if (Error error = reportOdd(path, printable(from.name), *odd, at, warnings))
          return error;
      }
      return Error::success();
    };
    int64_t inputs = network.layerInputSize(index / network.numDirections());
    if (Error error = take(layer.w, 0, direction * rows, inputs))
      return error;
    if (Error error = take(layer.r, 1, direction * rows, hidden))
      return error;
    if (!network.bias)
      continue;
    if (Error error = take(layer.b, 2, direction * 2 * rows, 1))
      return error;
    if (Error error = take(layer.b, 3, (direction * 2 + 1) * rows, 1))
      return error;
  }
  return Error::success();
}

} // namespace grucc
