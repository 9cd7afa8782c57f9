//===- RunModel.cpp - One run of a model on named tensors -----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RunModel.h"
#include "support/Diagnostic.h"
#include "support/Safetensors.h"
#include <chrono>

using namespace llvm;

namespace grucc {
namespace {

/// The call on the tensors of a file; output and h_n are allocated to fit.
class CallBuilder {
public:
  CallBuilder(const CommandLine &line, const grucc_model &model, const TensorMap &inputs)
      : line(line), model(model), inputs(inputs) {}

  Error build();
  /// Whether masks come from a seed that the inputs do not say.
  bool drawsFromNoSeed() const {
    return model.flags & GRUCC_MODEL_TRAINING && model.dropout > 0 && model.num_layers > 1 &&
           !inputs.count("dropout_seed") && !inputs.count("dropout_mask");
  }
  grucc_call call = {};
  TensorMap outputs;

private:
  const CommandLine &line;
  const grucc_model &model;
  const TensorMap &inputs;

  Error takeInputs();
  Error allocate(StringRef name, grucc_tensor &tensor, ArrayRef<int64_t> shape);
  int64_t batch() const;
};

} // namespace

Error CallBuilder::takeInputs() {
  const std::pair<StringRef, grucc_tensor *> places[] = {{"input", &call.input},
                                                         {"h_0", &call.h_0},
                                                         {"lengths", &call.lengths},
                                                         {"batch_sizes", &call.batch_sizes},
                                                         {"dropout_mask", &call.dropout_mask}};
  for (const auto &[name, tensor] : inputs) {
    if (name == "dropout_seed") {
      bool isCount = tensor.dtype() == GRUCC_INT64;
      if (!isCount || tensor.elements() != 1)
        return inputError(line.input, name,
                          isCount ? "shape " + shapeText(tensor.shape()) : tensor.dtypeName().str(),
                          "one I64");
      if (!(model.flags & GRUCC_MODEL_TRAINING))
        return inputError(line.input, name, "a seed", "a model compiled for training");
      call.dropout_seed = static_cast<uint64_t>(tensor.values<int64_t>().front());
      continue;
    }
    const auto *place = find_if(places, [&, &name = name](auto &p) { return p.first == name; });
    if (place == std::end(places))
      return inputError(line.input, name, "an unknown tensor",
                        "input, h_0, lengths, batch_sizes, dropout_seed or dropout_mask");
    *place->second = tensor.view();
  }
  return Error::success();
}

Error CallBuilder::allocate(StringRef name, grucc_tensor &tensor, ArrayRef<int64_t> shape) {
  grucc_dtype real = model.flags & GRUCC_MODEL_FLOAT64 ? GRUCC_FLOAT64 : GRUCC_FLOAT32;
  std::optional<HostTensor> made = HostTensor::allocate(real, shape);
  if (!made)
    return inputError(line.input, name, "no memory for it", "smaller tensors");
  tensor = made->view();
  outputs[name.str()] = std::move(*made);
  return Error::success();
}

// B of a packed input is in h_0, or all rows take part in the first step.
int64_t CallBuilder::batch() const {
  const grucc_tensor &sizes = call.batch_sizes;
  if (sizes.rank == 0)
    return call.input.shape[model.flags & GRUCC_MODEL_BATCH_FIRST ? 0 : 1];
  if (call.h_0.rank == 3)
    return call.h_0.shape[1];
  bool isKnown = sizes.dtype == GRUCC_INT64 && sizes.rank == 1 && sizes.shape[0] > 0;
  return isKnown ? std::max<int64_t>(0, *static_cast<const int64_t *>(sizes.data)) : 0;
}

Error CallBuilder::build() {
  if (Error error = takeInputs())
    return error;
  int32_t rank = call.input.rank;
  if (rank != 2 && rank != 3)
    return Error::success(); // the runtime refuses it in its own words
  int64_t directions = model.flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t states = directions * model.num_layers, width = directions * model.hidden_size;
  SmallVector<int64_t, 3> output(call.input.shape, call.input.shape + rank), hidden;
  output.back() = width;
  if (rank == 2 && call.batch_sizes.rank == 0)
    hidden = {states, model.hidden_size};
  else
    hidden = {states, batch(), model.hidden_size};
  if (Error error = allocate("output", call.output, output))
    return error;
  return allocate("h_n", call.h_n, hidden);
}

Expected<RunResult> runHandle(const CommandLine &line, grucc_handle *handle,
                              const TensorMap &inputs) {
  CallBuilder builder(line, *grucc_descriptor(handle), inputs);
  if (Error error = builder.build())
    return std::move(error);
  RunResult result;
  for (int64_t i = 0; i < std::max<int64_t>(line.repeat, 1); ++i) {
    auto start = std::chrono::steady_clock::now();
    int status = grucc_run(handle, &builder.call);
    std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
    if (status) {
      bool isEnvironment = status == GRUCC_ERROR_MEMORY || status == GRUCC_ERROR_DEVICE;
      return toldError(isEnvironment ? line.model : line.input, grucc_last_error(handle));
    }
    result.microseconds.push_back(taken.count());
  }
  if (builder.drawsFromNoSeed())
    errs() << noteLine(line.input, "dropout_seed: found nothing that says it, assumed 0; a tensor "
                                   "dropout_seed or dropout_mask says it")
           << '\n';
  result.tensors = std::move(builder.outputs);
  return result;
}

Expected<OpenModel> openModel(const CommandLine &line) {
  grucc_handle *opened = nullptr;
  char message[GRUCC_MESSAGE_SIZE];
  if (grucc_open_file(line.model.c_str(), &opened, message, sizeof message))
    return toldError(line.model, message);
  OpenModel model(opened);
  if (grucc_set_threads(opened, line.threads, /*flags=*/0))
    return toldError("grucc-run", grucc_last_error(opened));
  return model;
}

Expected<RunResult> runModel(const CommandLine &line, TensorMap inputs) {
  Expected<OpenModel> handle = openModel(line);
  if (!handle)
    return handle.takeError();
  if (grucc_descriptor(handle->get())->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS)
    return inputError(line.model, "weights", "a model compiled with --weights=external",
                      "one with its weights baked in");
  return runHandle(line, handle->get(), inputs);
}

} // namespace grucc
