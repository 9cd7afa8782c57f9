//===- ReferenceModel.cpp - A network in plain loops, behind a model's interface ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reference evaluation is given a descriptor like a compiled model's, so
// that its tensors pass the runtime's checks and its results are written by the
// same code.
//
//===----------------------------------------------------------------------===//

#include "RunModel.h"
#include "compiler/frontend/Frontend.h"
#include "dialects/rnn/Reference.h"
#include "support/Diagnostic.h"
#include "tools/support/Arguments.h"

using namespace llvm;

namespace grucc {
namespace {

struct Evaluation {
  reference::Network network;
  std::vector<std::vector<float>> weights32;
  std::vector<std::vector<double>> weights64;
};
/// What the descriptor's run evaluates; it has no argument to carry it.
Evaluation *current = nullptr;

template <typename T> auto &weightsOf(Evaluation &evaluation) {
  if constexpr (std::is_same_v<T, float>)
    return evaluation.weights32;
  else
    return evaluation.weights64;
}

/// As numbers, or none where there is no mask.
template <typename T> std::vector<T> maskOf(const grucc_args &args) {
  const reference::Network &network = current->network;
  const auto *mask = static_cast<const uint8_t *>(args.dropout_mask);
  int64_t elements = (network.numLayers - 1) * args.seq_len * args.batch * network.outputSize();
  return mask ? std::vector<T>(mask, mask + elements) : std::vector<T>();
}

template <typename T> int run(const grucc_args *args) {
  std::vector<const T *> weights;
  for (const std::vector<T> &tensor : weightsOf<T>(*current))
    weights.push_back(tensor.data());
  reference::Call<T> call;
  call.steps = args->seq_len;
  call.batch = args->batch;
  call.input = static_cast<const T *>(args->input);
  call.h0 = static_cast<const T *>(args->h_0);
  call.lengths = args->lengths;
  call.batchSizes = args->batch_sizes;
  std::vector<T> mask;
  if (current->network.training) {
    call.dropoutSeed = args->dropout_seed;
    mask = maskOf<T>(*args);
    call.dropoutMask = mask.empty() ? nullptr : mask.data();
  }
  reference::Result<T> result = reference::gru<T>(current->network, weights, call);
  llvm::copy(result.output, static_cast<T *>(args->output));
  llvm::copy(result.hN, static_cast<T *>(args->h_n));
  return GRUCC_OK;
}

template <typename From, typename To>
void copyWeights(const Network &network, std::vector<std::vector<To>> &weights) {
  for (const WeightTensor &tensor : network.weights) {
    const auto *values = reinterpret_cast<const From *>(tensor.data.data());
    weights.emplace_back(values, values + tensor.data.size() / sizeof(From));
  }
}

template <typename T> void fill(const Network &network, Evaluation &evaluation) {
  if (network.dtype == DType::Float32)
    copyWeights<float>(network, weightsOf<T>(evaluation));
  else
    copyWeights<double>(network, weightsOf<T>(evaluation));
}

grucc_model describe(const Network &network, DType arithmetic, bool isTraining) {
  grucc_model model = {};
  model.abi_version = GRUCC_ABI_VERSION;
  model.size = sizeof(grucc_model);
  model.flags = (network.bias ? GRUCC_MODEL_BIAS : 0) |
                (network.batchFirst ? GRUCC_MODEL_BATCH_FIRST : 0) |
                (network.bidirectional ? GRUCC_MODEL_BIDIRECTIONAL : 0) |
                (isTraining ? GRUCC_MODEL_TRAINING : 0) |
                (arithmetic == DType::Float64 ? GRUCC_MODEL_FLOAT64 : 0);
  model.pointer_bytes = sizeof(void *);
  model.alignment = GRUCC_ALIGNMENT;
  model.direction = network.reverse ? GRUCC_DIRECTION_REVERSE : GRUCC_DIRECTION_FORWARD;
  model.input_size = network.inputSize;
  model.hidden_size = network.hiddenSize;
  model.num_layers = network.numLayers;
  model.dropout = isTraining ? network.dropout : 0;
  model.weights_count = static_cast<int64_t>(network.weights.size());
  model.name = "reference";
  model.target = "none";
  model.provenance = "";
  model.run = arithmetic == DType::Float64 ? run<double> : run<float>;
  // Only sequences: what streams need is there to make the descriptor whole.
  model.step = [](const void *, void *, void *, void *, const void *, int64_t) -> int {
    return GRUCC_ERROR_UNSUPPORTED;
  };
  model.state_bytes = [](int64_t) -> int64_t { return -1; };
  model.workspace_bytes = [](int64_t, int64_t) -> int64_t { return 0; };
  model.init_state = [](void *, const void *, int64_t) -> int { return GRUCC_ERROR_UNSUPPORTED; };
  model.read_state = [](const void *, void *, int64_t) -> int { return GRUCC_ERROR_UNSUPPORTED; };
  model.reset_state = [](void *, const int64_t *, int64_t, int64_t) -> int {
    return GRUCC_ERROR_UNSUPPORTED;
  };
  model.supported = [] { return 1; };
  return model;
}

} // namespace

Expected<RunResult> runReference(const CommandLine &line, TensorMap inputs) {
  std::vector<std::string> warnings;
  Expected<Network> network = readNetwork(line.model, line.network, warnings);
  for (const std::string &warning : warnings)
    errs() << warning << '\n';
  if (!network)
    return network.takeError();
  if (Error error = checkOutput("grucc-run", line.output, {network->weightsFile}))
    return std::move(error);
  if (line.isTraining && network->dropout == 0 && !inputs.count("dropout_mask"))
    return inputError(line.model, "dropout", "0",
                      "more than 0 with --training, or a dropout_mask in " + line.input);
  for (const char *name : {"dropout_seed", "dropout_mask"})
    if (!line.isTraining && inputs.count(name))
      return inputError(line.input, name, "it", "--training, too");
  DType arithmetic = line.arithmetic.value_or(network->dtype);

  Evaluation evaluation;
  evaluation.network = *network;
  evaluation.network.training = line.isTraining;
  if (arithmetic == DType::Float64)
    fill<double>(*network, evaluation);
  else
    fill<float>(*network, evaluation);
  for (const char *name : {"input", "h_0"}) {
    auto found = inputs.find(name);
    bool isReal = found != inputs.end() && (found->second.dtype() == GRUCC_FLOAT32 ||
                                            found->second.dtype() == GRUCC_FLOAT64);
    if (!isReal)
      continue;
    std::optional<HostTensor> converted =
        found->second.convertTo(arithmetic == DType::Float64 ? GRUCC_FLOAT64 : GRUCC_FLOAT32);
    if (!converted)
      return inputError(line.input, name, "no memory for it", "smaller tensors");
    found->second = std::move(*converted);
  }

  current = &evaluation;
  grucc_model model = describe(*network, arithmetic, line.isTraining);
  grucc_handle *handle = nullptr;
  char message[GRUCC_MESSAGE_SIZE];
  if (grucc_open_model(&model, &handle, message, sizeof message))
    return toldError(line.model, message);
  Expected<RunResult> result = runHandle(line, handle, inputs);
  grucc_close(handle);
  // Rows without a batch, and packed ones, have one layout only.
  if (result && inputs.at("input").shape().size() == 3)
    for (const std::string &note : network->assumed)
      errs() << note << '\n';
  return result;
}

} // namespace grucc
