//===- WeightsFile.cpp - A network's tensors from a safetensors file (I1) --===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Elements.h"
#include "compiler/frontend/ForeignTensors.h"
#include "compiler/frontend/TensorName.h"
#include "compiler/frontend/Weights.h"
#include "dialects/rnn/Cells.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace grucc {

Error WeightsFile::select() {
  for (const FileTensor &tensor : file.tensors) {
    StringRef name = tensor.name;
    if (!name.consume_front(prefix))
      continue;
    if (!TensorName::parse(name))
      return refuseTensors(file, path, prefix);
    tensors[name.str()] = &tensor;
  }
  return tensors.empty() ? refuseTensors(file, path, prefix) : Error::success();
}

// Names give layers, directions and bias; the shapes of layer 0 give the sizes.
Error WeightsFile::infer(Arguments &arguments) const {
  int64_t layers = 0;
  std::string highest, reverse, bias;
  for (const auto &[text, tensor] : tensors) {
    TensorName name = *TensorName::parse(text);
    if (name.layer >= layers) {
      layers = int64_t(name.layer) + 1;
      highest = text;
    }
    if (name.isReverse)
      reverse = text;
    if (name.isBias)
      bias = text;
  }
  auto source = [&](const std::string &name, StringRef otherwise) {
    return name.empty() ? otherwise.str() : "tensor " + prefix + name;
  };
  if (auto hidden = tensors.find("weight_hh_l0"); hidden != tensors.end())
    if (Error error = refuseOtherGates(*hidden->second, path))
      return error;
  for (StringRef name : {"weight_ih_l0", "weight_hh_l0"}) {
    auto found = tensors.find(name.str());
    if (found == tensors.end())
      return inputError(path, prefix + name.str(), "no such tensor", "every tensor of the GRU");
    ArrayRef<int64_t> shape = found->second->shape;
    bool isInput = name == "weight_ih_l0";
    int64_t gates = Gru::shape.gates;
    if (shape.size() != 2 || shape[0] % gates != 0 || (!isInput && shape[0] / gates != shape[1]))
      return inputError(path, prefix + name.str(), "shape " + shapeText(shape),
                        "[" + gateRowsText() + (isInput ? ", input_size]" : ", hidden_size]"));
    Said<int64_t> &size = isInput ? arguments.inputSize : arguments.hiddenSize;
    StringRef argument = isInput ? "input_size" : "hidden_size";
    std::string said = "tensor " + prefix + name.str() + " " + shapeText(shape);
    if (shape[1] < 1)
      return inputError(path, argument, Twine(shape[1]) + " (" + said + ")", "at least 1");
    if (Error error = say(path, argument, size, shape[1], said))
      return error;
  }
  if (Error error = say(path, "num_layers", arguments.numLayers, layers, source(highest, "")))
    return error;
  if (Error error = say(path, "bidirectional", arguments.bidirectional, !reverse.empty(),
                        source(reverse, "no tensor ends in _reverse")))
    return error;
  return say(path, "bias", arguments.bias, !bias.empty(), source(bias, "no bias tensors"));
}

Expected<WeightsFile> WeightsFile::read(StringRef path, Arguments &arguments) {
  Expected<SafetensorsFile> file = readSafetensors(path);
  if (!file)
    return file.takeError();
  WeightsFile weights;
  weights.path = path.str();
  weights.file = std::move(*file);
  if (Error error = arguments.addMetadata(path, weights.file.metadata))
    return std::move(error);
  weights.prefix = arguments.prefix.value.value_or("");
  if (Error error = weights.select())
    return std::move(error);
  if (Error error = weights.infer(arguments))
    return std::move(error);
  return weights;
}

DType WeightsFile::defaultDType() const {
  return tensors.begin()->second->dtype == "F64" ? DType::Float64 : DType::Float32;
}

/// Float32 holds every value of 16 bits: such tensors may stand beside those of float32.
static bool goTogether(StringRef a, StringRef b) {
  auto isHalf = [](StringRef dtype) { return dtype == "F16" || dtype == "BF16"; };
  return a == b || (a == "F32" && isHalf(b)) || (b == "F32" && isHalf(a));
}

/// Every tensor of the network is there, of its shape, and of dtypes that go together.
Error WeightsFile::check(const Network &network) const {
  SmallVector<const FileTensor *> dtypes; // the first tensor of each, in torch's order
  for (const WeightTensor &tensor : network.weights) {
    auto found = tensors.find(tensor.name);
    if (found == tensors.end())
      return inputError(path, prefix + tensor.name, "no such tensor",
                        "shape " + shapeText(tensor.shape));
    const FileTensor &held = *found->second;
    if (ArrayRef(held.shape) != ArrayRef(tensor.shape))
      return inputError(path, held.name, "shape " + shapeText(held.shape), shapeText(tensor.shape));
    if (!isWeightDType(held.dtype))
      return inputError(path, held.name, "dtype " + held.dtype, "F32, F64, F16 or BF16");
    for (const FileTensor *other : dtypes)
      if (!goTogether(held.dtype, other->dtype))
        return inputError(path, held.name, "dtype " + held.dtype,
                          other->dtype + ", as " + other->name + " has");
    if (none_of(dtypes, [&](const FileTensor *other) { return other->dtype == held.dtype; }))
      dtypes.push_back(&held);
  }
  return Error::success();
}

Error WeightsFile::load(Network &network, bool external, std::vector<std::string> &warnings) const {
  if (Error error = check(network))
    return error;
  if (external)
    return Error::success();

  warnOfRounding(path, defaultDType(), network.dtype, warnings);
  auto rooms = allocateTensors(network);
  if (!rooms)
    return rooms.takeError();
  for (auto [tensor, room] : zip_equal(network.weights, *rooms)) {
    const FileTensor &held = *tensors.at(tensor.name);
    std::optional<OddElement> odd = convertElements(held.data, held.dtype, room, network.dtype);
    if (!odd)
      continue;
    if (Error error = reportOdd(path, held.name, *odd, /*before=*/0, warnings))
      return error;
  }
  return Error::success();
}

} // namespace grucc
