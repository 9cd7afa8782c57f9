//===- CompareModel.cpp - A model beside Reference and another engine -----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompareRows.h"
#include "ReadExpected.h"
#include "RunModel.h"
#include "compiler/frontend/Frontend.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "support/Diagnostic.h"

using namespace llvm;

namespace grucc {
namespace {

Expected<Network> readMlir(StringRef path, const NetworkFlags &flags) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  std::string lines;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    lines += (lines.empty() ? "" : "\n") + printable(path) + ": error: " + diagnostic.str();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module = parseModule(context, path);
  if (!module)
    return make_error<DiagnosticError>(lines, /*isUsage=*/false);
  return describeModule(*module, path, flags);
}

Expected<Network> readAny(const CommandLine &line) {
  if (StringRef(line.compare).ends_with(".mlir"))
    return readMlir(line.compare, line.network);
  std::vector<std::string> warnings;
  Expected<Network> network = readNetwork(line.compare, line.network, warnings);
  for (const std::string &warning : warnings)
    errs() << warning << '\n';
  return network;
}

Activation activationOf(const grucc_activation &said, const Activation &torch) {
  return said.kind ? Activation{ActivationKind(said.kind - 1), said.alpha, said.beta} : torch;
}

/// What a model says of its equations (C15).
Variant variantOf(const grucc_model &model) {
  Variant variant;
  variant.reset = model.reset == GRUCC_RESET_BEFORE ? Reset::Before : Reset::After;
  variant.gates = activationOf(model.activations[0][0], variant.gates);
  variant.candidate = activationOf(model.activations[0][1], variant.candidate);
  variant.clip = model.clip;
  return variant;
}

/// The model was compiled from a network of these sizes and equations. Its layout, dtype and
/// training are its own affair: the same weights serve all of them.
Error expectSameSizes(const CommandLine &line, const grucc_model &model, const Network &network) {
  const std::tuple<StringRef, int64_t, int64_t> sizes[] = {
      {"input_size", model.input_size, network.inputSize},
      {"hidden_size", model.hidden_size, network.hiddenSize},
      {"num_layers", model.num_layers, network.numLayers}};
  for (const auto &[name, found, expected] : sizes)
    if (found != expected)
      return inputError(line.model, name, Twine(found),
                        Twine(expected) + ", as " + printable(line.compare) + " says");
  const std::tuple<StringRef, uint32_t, bool> flags[] = {
      {"bias", GRUCC_MODEL_BIAS, network.bias},
      {"bidirectional", GRUCC_MODEL_BIDIRECTIONAL, network.bidirectional}};
  for (const auto &[name, flag, expected] : flags)
    if (((model.flags & flag) != 0) != expected)
      return inputError(line.model, name, expected ? "false" : "true",
                        Twine(expected ? "true" : "false") + ", as " + printable(line.compare) +
                            " says");
  rnn::Network own = network;
  own.reverse = model.direction == GRUCC_DIRECTION_REVERSE;
  own.variant = variantOf(model);
  if (own == network)
    return Error::success();
  auto said = [](const rnn::Network &network) {
    std::string text = describeVariant(network);
    return text.empty() ? std::string("torch's equations") : text;
  };
  return inputError(line.model, "variant", said(own),
                    said(network) + ", as " + printable(line.compare) + " says");
}

/// torch's tensors with the values that the model has: those of its own dtype.
std::vector<std::vector<double>> valuesOf(const Network &network, bool isDouble) {
  std::vector<std::vector<double>> tensors;
  for (const WeightTensor &tensor : network.weights) {
    std::vector<double> &values = tensors.emplace_back(tensor.numElements());
    for (auto [i, value] : enumerate(values)) {
      value = network.dtype == DType::Float64
                  ? reinterpret_cast<const double *>(tensor.data.data())[i]
                  : reinterpret_cast<const float *>(tensor.data.data())[i];
      if (!isDouble)
        value = static_cast<float>(value);
    }
  }
  return tensors;
}

/// A model without weights of its own takes the network's.
Error giveWeights(const CommandLine &line, grucc_handle *handle, const Network &network,
                  ArrayRef<std::vector<double>> values, bool isDouble) {
  std::vector<HostTensor> tensors;
  std::vector<grucc_tensor> views;
  for (auto [tensor, numbers] : zip_equal(network.weights, values)) {
    auto made = HostTensor::allocate(GRUCC_FLOAT64, tensor.shape);
    if (made)
      copy(numbers, reinterpret_cast<double *>(made->data()));
    if (made && !isDouble)
      made = made->convertTo(GRUCC_FLOAT32);
    if (!made)
      return inputError(line.compare, tensor.name, "no memory for it", "smaller tensors");
    views.push_back(made->view());
    tensors.push_back(std::move(*made));
  }
  if (grucc_set_weights(handle, views.data(), static_cast<int64_t>(views.size())))
    return toldError(line.compare, grucc_last_error(handle));
  return Error::success();
}

} // namespace

Expected<Comparison> compareModel(const CommandLine &line, TensorMap inputs) {
  Expected<OpenModel> handle = openModel(line);
  if (!handle)
    return handle.takeError();
  const grucc_model &model = *grucc_descriptor(handle->get());
  Expected<Network> network = readAny(line);
  if (!network)
    return network.takeError();
  if (Error error = expectSameSizes(line, model, *network))
    return std::move(error);
  bool isDouble = model.flags & GRUCC_MODEL_FLOAT64;
  std::vector<std::vector<double>> weights = valuesOf(*network, isDouble);
  if (model.flags & GRUCC_MODEL_EXTERNAL_WEIGHTS)
    if (Error error = giveWeights(line, handle->get(), *network, weights, isDouble))
      return std::move(error);
  Expected<RunResult> run = runHandle(line, handle->get(), inputs);
  if (!run)
    return run.takeError();
  Setting setting = {
      *network, std::move(weights),
      RowLayout::of(inputs, model.flags & GRUCC_MODEL_BATCH_FIRST, run->tensors.at("h_n").shape()),
      &inputs};
  setting.dtype = isDouble ? DType::Float64 : DType::Float32;
  setting.training = model.flags & GRUCC_MODEL_TRAINING;
  setting.dropout = setting.training ? model.dropout : 0.0;
  if (const HostTensor *seed = setting.find("dropout_seed"))
    setting.seed = static_cast<uint64_t>(seed->values<int64_t>().front());

  Comparison comparison;
  comparison.model = line.model, comparison.network = line.compare;
  comparison.isDouble = isDouble;
  comparison.bound = line.bound.value_or(isDouble ? 1e-12 : 1e-5);
  comparison.promisesBits = model.cpu_features[0] & GRUCC_CPU_FMA;
  comparison.steps = setting.layout.steps, comparison.batch = setting.layout.batch;
  comparison.hiddenSize = setting.hiddenSize, comparison.directions = setting.numDirections();
  comparison.subjects.emplace_back().take(line.model, run->tensors);
  TensorMap others;
  if (!line.expected.empty())
    if (Error error = readExpected(line.expected, setting, run->tensors, others,
                                   comparison.subjects.emplace_back()))
      return std::move(error);
  compareRows(setting, comparison);
  // With the bits of Reference, the model's errors are those of its precision;
  // else they may be, when they are small.
  double rounding = comparison.subjects.front().largest();
  if (comparison.differentBits)
    rounding = std::min(rounding, isDouble ? 0x1p-45 : 0x1p-20);
  for (const Subject &subject : comparison.subjects) {
    Findings &findings = comparison.findings.emplace_back();
    if (subject.isBeyond() && subject.largest() <= 4 * rounding && subject.otherShapes.empty())
      findings.rounding = rounding;
    else if (subject.isBeyond())
      findings = findMistakes(setting, subject, std::max(comparison.bound, 4 * rounding));
  }
  // What they point to ends here.
  for (Subject &subject : comparison.subjects)
    subject.output = subject.hN = nullptr;
  return comparison;
}

} // namespace grucc
