//===- TimedModel.cpp - A compiled model, and how long its calls take -----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TimedModel.h"
#include "support/Diagnostic.h"
#include "tools/support/random_reals.h"
#include <chrono>
#include <cmath>

using namespace llvm;

namespace grucc {

Error CallTensors::make(grucc_tensor &tensor, const grucc_model &model, ArrayRef<int64_t> shape,
                        double limit) {
  bool isDouble = model.flags & GRUCC_MODEL_FLOAT64;
  size_t count = 1;
  for (int64_t extent : shape)
    count *= size_t(extent);
  void *data = std::calloc(count, isDouble ? sizeof(double) : sizeof(float));
  if (!data)
    return inputError("grucc", "--tune", "no memory for the tensors",
                      "a shorter --tune-seq-len or a smaller --tune-batch");
  memory.emplace_back(data);
  if (limit != 0)
    grucc_random_reals(data, count, isDouble, limit, &random);
  tensor.data = data;
  tensor.dtype = isDouble ? GRUCC_FLOAT64 : GRUCC_FLOAT32;
  tensor.rank = int32_t(shape.size());
  llvm::copy(shape, tensor.shape);
  return Error::success();
}

Error CallTensors::allocate(const grucc_handle *handle, int64_t seqLen, int64_t batch) {
  const grucc_model &model = *grucc_descriptor(handle);
  // What the model can count fits: no product below overflows.
  if (model.workspace_bytes(seqLen, batch) < 0)
    return inputError("grucc", "--tune", "more steps or rows than the model can count",
                      "a shorter --tune-seq-len or a smaller --tune-batch");
  int64_t directions = model.flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  bool batchFirst = model.flags & GRUCC_MODEL_BATCH_FIRST;
  int64_t outer = batchFirst ? batch : seqLen, inner = batchFirst ? seqLen : batch;
  int64_t hidden = model.hidden_size;
  if (Error error = make(run.input, model, {outer, inner, model.input_size}, 1))
    return error;
  if (Error error = make(run.output, model, {outer, inner, directions * hidden}, 0))
    return error;
  if (Error error = make(run.h_n, model, {directions * model.num_layers, batch, hidden}, 0))
    return error;
  if (Error error = make(x, model, {1, model.input_size}, 1))
    return error;
  if (Error error = make(y, model, {1, hidden}, 0))
    return error;
  if (!(model.flags & GRUCC_MODEL_EXTERNAL_WEIGHTS))
    return Error::success();
  for (int64_t i = 0; i < model.weights_count; ++i) {
    grucc_tensor shape;
    if (int status = grucc_describe_weight(handle, i, nullptr, 0, &shape))
      return toldError("grucc", grucc_status_text(status));
    if (Error error = make(weights.emplace_back(), model, ArrayRef(shape.shape, shape.rank),
                           1 / std::sqrt(double(hidden))))
      return error;
  }
  return Error::success();
}

Expected<TimedModel> TimedModel::open(StringRef path, StringRef target) {
  grucc_handle *handle = nullptr;
  char message[GRUCC_MESSAGE_SIZE];
  int status = grucc_open_file(path.str().c_str(), &handle, message, sizeof message);
  if (status == GRUCC_ERROR_CPU)
    return inputError("grucc", "--target", quoted(target), "one that this CPU runs");
  if (status)
    return toldError("grucc", message);
  return TimedModel(handle);
}

Error TimedModel::prepare(const CallTensors &tensors) {
  int64_t seqLen = tensors.run.input.shape[0], batch = tensors.run.input.shape[1];
  if (grucc_descriptor(handle())->flags & GRUCC_MODEL_BATCH_FIRST)
    std::swap(seqLen, batch);
  int status = grucc_reserve(handle(), seqLen, batch);
  if (!status && !tensors.weights.empty())
    status = grucc_set_weights(handle(), tensors.weights.data(), int64_t(tensors.weights.size()));
  if (!status && streams()) {
    auto made = std::make_unique<grucc_state>();
    status = grucc_new_state(handle(), 1, made.get());
    if (!status)
      state.reset(made.release());
  }
  return status ? toldError("grucc", grucc_last_error(handle())) : Error::success();
}

template <typename Call> Expected<double> TimedModel::time(int64_t calls, Call call) {
  int status = call();
  auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < calls; ++i)
    status |= call();
  std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
  if (status)
    return toldError("grucc", grucc_last_error(handle()));
  return taken.count();
}

Expected<double> TimedModel::timeRuns(const CallTensors &tensors, int64_t calls) {
  return time(calls, [&] { return grucc_run(handle(), &tensors.run); });
}

Expected<double> TimedModel::timeSteps(const CallTensors &tensors, int64_t calls) {
  return time(calls, [&] { return grucc_step(handle(), state.get(), &tensors.x, &tensors.y); });
}

} // namespace grucc
