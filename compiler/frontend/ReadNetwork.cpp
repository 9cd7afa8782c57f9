//===- ReadNetwork.cpp - From the user's files and flags to a Network (I1, I2) --===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/Weights.h"
#include "compiler/frontend/onnx/ReadOnnx.h"
#include "support/Diagnostic.h"
#include "support/ForeignFile.h"
#include "support/Json.h"
#include "support/RegularFile.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace grucc {

/// Reads NETWORK.json; `weightsPath` is the weights file beside it, or empty.
static Error readJson(StringRef path, Arguments &arguments, std::string &weightsPath) {
  Expected<json::Object> object = readJsonObject(path);
  if (!object)
    return object.takeError();
  if (Error error = arguments.addJson(path, *object))
    return error;
  if (!arguments.weights.value)
    return Error::success();
  if (arguments.weights.value->empty())
    return inputError(path, "weights", "an empty path", "a safetensors file");
  if (StringRef(*arguments.weights.value).contains('\0'))
    return inputError(path, "weights", quoted(*arguments.weights.value), "a path without a NUL");
  SmallString<256> weights(*arguments.weights.value);
  if (!sys::path::is_absolute(weights)) {
    weights = sys::path::parent_path(path);
    sys::path::append(weights, *arguments.weights.value);
  }
  weightsPath = weights.str().str();
  return Error::success();
}

/// Refuses a file by its extension, or rather by what it is in spite of that.
static Error refuseExtension(StringRef path) {
  constexpr StringLiteral expected = ".json, .safetensors, .onnx or .mlir";
  StringRef extension = sys::path::extension(path);
  Error error =
      inputError(path, "INPUT", extension.empty() ? "no extension" : quoted(extension), expected);
  Expected<std::unique_ptr<MemoryBuffer>> buffer = readRegularFile(path);
  if (!buffer) {
    consumeError(buffer.takeError());
    return error;
  }
  StringRef bytes = (*buffer)->getBuffer();
  if (Error foreign = refuseForeign(bytes, path, "INPUT", expected)) {
    consumeError(std::move(error));
    return foreign;
  }
  if (bytes.substr(8, 2) == "{\"")
    return withNote(std::move(error), path, "its bytes are those of a .safetensors: rename it");
  return error;
}

/// Refuses what the command line cannot mean, whatever the files say.
static Error checkFlags(StringRef path, const NetworkFlags &flags) {
  if (flags.initSeed && flags.externalWeights)
    return usageError("--init", "--weights=external too", "one of the two");
  if (path.empty())
    for (auto [flag, value] : {std::make_pair("--input-size", flags.inputSize),
                               std::make_pair("--hidden-size", flags.hiddenSize)})
      if (!value)
        return usageError(flag, "nothing", "an integer of at least 1, or an input file");
  return Error::success();
}

/// The network's arguments once everything has been said; torch's defaults fill
/// what nobody said.
static Expected<Network> resolve(StringRef file, const Arguments &arguments) {
  for (auto [key, size] : {std::make_pair("input_size", &arguments.inputSize),
                           std::make_pair("hidden_size", &arguments.hiddenSize)})
    if (!size->value)
      return inputError(file, key, "no such key", "an integer of at least 1");
  Network network;
  network.inputSize = *arguments.inputSize.value;
  network.hiddenSize = *arguments.hiddenSize.value;
  network.numLayers = arguments.numLayers.value.value_or(1);
  network.bias = arguments.bias.value.value_or(true);
  network.batchFirst = arguments.batchFirst.value.value_or(false);
  network.bidirectional = arguments.bidirectional.value.value_or(false);
  network.dropout = arguments.dropout.value.value_or(0.0);
  network.dtype = arguments.dtype.value.value_or(DType::Float32);
  network.reverse = arguments.direction.value == Direction::Reverse;
  Variant &variant = network.variant;
  variant.reset = arguments.reset.value.value_or(variant.reset);
  variant.gates = arguments.gateActivation.value.value_or(variant.gates);
  variant.candidate = arguments.candidateActivation.value.value_or(variant.candidate);
  variant.clip = arguments.clip.value.value_or(variant.clip);
  return network;
}

/// What a weights file leaves open. NETWORK.json and flags without a file are torch's
/// arguments: a default that they leave out is said.
static void noteAssumptions(StringRef file, const Arguments &arguments, Network &network) {
  auto assume = [&](const Twine &argument, const Twine &value, const Twine &flags) {
    network.assumed.push_back(noteLine(file, argument + ": found nothing that says it, assumed " +
                                                 value + "; " + flags + " says it"));
  };
  if (!arguments.batchFirst.value)
    assume("batch_first", "false: input is [T, B, " + Twine(network.inputSize) + "]",
           "--no-batch-first or --batch-first");
  // In inference, and with one layer, no result depends on it (C6).
  if (!arguments.dropout.value && network.training && network.numLayers > 1)
    assume("dropout", "0", "--dropout=P");
}

Expected<Network> readNetwork(StringRef path, const NetworkFlags &flags,
                              std::vector<std::string> &warnings) {
  if (Error error = checkFlags(path, flags))
    return std::move(error);
  Arguments arguments(flags);
  StringRef file = path.empty() ? "grucc" : path;
  if (Error error = arguments.agreeOnDirection(file))
    return std::move(error);
  StringRef extension = sys::path::extension(path);
  std::string weightsPath;
  if (extension == ".json") {
    if (Error error = readJson(path, arguments, weightsPath))
      return std::move(error);
  } else if (extension == ".safetensors") {
    weightsPath = path.str();
  } else if (!path.empty() && extension != ".onnx") {
    return refuseExtension(path);
  }

  std::optional<WeightsFile> weights;
  std::optional<OnnxSource> onnx;
  if (flags.node && extension != ".onnx")
    return usageError("--node", "no ONNX model", "MODEL.onnx to select from");
  if (extension == ".onnx") {
    if (flags.initSeed)
      return usageError("--init", "weights in " + quoted(path), "a network without weights");
    if (flags.prefix)
      return usageError("--prefix", "an ONNX model", "a weights file to select from");
    Expected<OnnxSource> read = OnnxSource::read(path, flags.node, arguments);
    if (!read)
      return read.takeError();
    onnx.emplace(std::move(*read));
    if (!arguments.dtype.value)
      arguments.dtype.value = onnx->defaultDType();
  } else if (!weightsPath.empty()) {
    if (flags.initSeed)
      return usageError("--init", "weights in " + quoted(weightsPath), "a network without weights");
    Expected<WeightsFile> read = WeightsFile::read(weightsPath, arguments);
    if (!read)
      return read.takeError();
    weights = std::move(*read);
    if (!arguments.dtype.value)
      arguments.dtype.value = weights->defaultDType();
  } else if (!flags.initSeed && !flags.externalWeights) {
    return path.empty() ? usageError("--weights", "no weights",
                                     "an input file, --init=uniform or --weights=external")
                        : inputError(path, "weights", "no such key",
                                     "a safetensors file, --init=uniform or --weights=external");
  } else if (arguments.prefix.value) {
    return flags.prefix
               ? usageError("--prefix", "no weights file", "a weights file to select from")
               : inputError(path, "prefix", "no weights file", "a weights file to select from");
  }

  Expected<Network> network = resolve(file, arguments);
  if (!network)
    return network.takeError();
  network->training = flags.training;
  network->externalWeights = flags.externalWeights;
  network->weightsFile = weightsPath;
  Expected<std::vector<WeightTensor>> tensors = expectedTensors(*network, file);
  if (!tensors)
    return tensors.takeError();
  network->weights = std::move(*tensors);
  if (network->dropout > 0.0 && network->numLayers == 1)
    warnings.push_back(warningLine(file, "dropout", valueText(network->dropout) + " with one layer",
                                   "0: dropout applies to every layer but the last"));
  if (weights)
    if (Error error = weights->load(*network, flags.externalWeights, warnings))
      return std::move(error);
  if (onnx)
    if (Error error = onnx->load(*network, flags.externalWeights, warnings))
      return std::move(error);
  if (flags.initSeed)
    if (Error error = drawUniform(*network, *flags.initSeed))
      return std::move(error);
  if (!flags.externalWeights)
    network->weightsHash = hashWeights(*network);
  if (extension == ".safetensors")
    noteAssumptions(path, arguments, *network);
  return network;
}

} // namespace grucc
