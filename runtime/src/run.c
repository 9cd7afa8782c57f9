/*===- run.c - Runs a sequence whose tensors have been checked ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>
#include <string.h>

/* How the tensors of one call are laid out. */
typedef struct layout {
  int64_t seq_len, batch;
  int packed, unbatched;
} layout;

static grucc_extent number(int64_t value) { return (grucc_extent){value, NULL}; }
static grucc_extent any(const char *letter) { return (grucc_extent){-1, letter}; }

/* input: [T, B, I], [B, T, I], [T, I] or, packed, [N, I]; finds T and B. */
static int check_input(grucc_handle *handle, const grucc_call *call, layout *found) {
  const grucc_model *model = handle->model;
  const grucc_tensor *input = &call->input;
  int32_t real = grucc_real_dtype(model);
  int batch_first = (model->flags & GRUCC_MODEL_BATCH_FIRST) != 0;
  found->packed = !grucc_is_none(&call->batch_sizes);
  found->unbatched = !found->packed && input->rank == 2;

  if (found->packed || found->unbatched) {
    grucc_extent expected[] = {any(found->packed ? "sum of batch_sizes" : "T"),
                               number(model->input_size)};
    found->seq_len = input->shape[0];
    found->batch = 1;
    return grucc_check_tensor(handle, "input", input, real, 2, expected);
  }
  grucc_extent expected[] = {any(batch_first ? "B" : "T"), any(batch_first ? "T" : "B"),
                             number(model->input_size)};
  found->seq_len = input->shape[batch_first ? 1 : 0];
  found->batch = input->shape[batch_first ? 0 : 1];
  return grucc_check_tensor(handle, "input", input, real, 3, expected);
}

/* batch_sizes: [T], descending, each in 0..B, adding up to the rows of input. */
static int check_batch_sizes(grucc_handle *handle, const grucc_call *call, layout *found) {
  grucc_extent steps[] = {any("T")};
  int status = grucc_check_tensor(handle, "batch_sizes", &call->batch_sizes, GRUCC_INT64, 1, steps);
  if (status)
    return status;
  const grucc_model *model = handle->model;
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  grucc_extent state[] = {number(directions * model->num_layers), any("B"),
                          number(model->hidden_size)};
  status = grucc_check_tensor(handle, "h_n", &call->h_n, grucc_real_dtype(model), 3, state);
  if (status)
    return status;

  found->seq_len = call->batch_sizes.shape[0];
  found->batch = call->h_n.shape[1];
  const int64_t *sizes = grucc_data(&call->batch_sizes);
  int64_t limit = found->batch, sum = 0;
  for (int64_t t = 0; t < found->seq_len; limit = sizes[t++])
    if (sizes[t] < 0 || sizes[t] > limit || __builtin_add_overflow(sum, sizes[t], &sum))
      return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                        "batch_sizes: found %" PRId64 " at step %" PRId64
                        ", expected 0 to %" PRId64,
                        sizes[t], t, limit);
  if (sum != call->input.shape[0])
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "input: found %" PRId64 " rows, expected %" PRId64 ", the sum of batch_sizes",
                      call->input.shape[0], sum);
  return GRUCC_OK;
}

/* lengths: [B], each in 0..T. */
static int check_lengths(grucc_handle *handle, const grucc_call *call, const layout *found) {
  if (grucc_is_none(&call->lengths))
    return GRUCC_OK;
  if (found->packed)
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                      "lengths: found lengths and batch_sizes, expected one of them");
  grucc_extent rows[] = {number(found->batch)};
  int status = grucc_check_tensor(handle, "lengths", &call->lengths, GRUCC_INT64, 1, rows);
  if (status)
    return status;
  const int64_t *lengths = grucc_data(&call->lengths);
  for (int64_t b = 0; b < found->batch; ++b)
    if (lengths[b] < 0 || lengths[b] > found->seq_len)
      return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                        "lengths: found %" PRId64 " at row %" PRId64 ", expected 0 to %" PRId64,
                        lengths[b], b, found->seq_len);
  return GRUCC_OK;
}

/* h_0, output, h_n and the dropout mask, once T and B are known. */
static int check_others(grucc_handle *handle, const grucc_call *call, const layout *found) {
  const grucc_model *model = handle->model;
  int32_t real = grucc_real_dtype(model);
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int status = GRUCC_OK;

  grucc_extent state[3] = {number(directions * model->num_layers), number(found->batch),
                           number(model->hidden_size)};
  if (found->unbatched)
    state[1] = state[2];
  int32_t state_rank = found->unbatched ? 2 : 3;
  if (!grucc_is_none(&call->h_0))
    status = grucc_check_tensor(handle, "h_0", &call->h_0, real, state_rank, state);

  grucc_extent output[3];
  int32_t last = call->input.rank - 1;
  for (int32_t i = 0; i < last; ++i)
    output[i] = number(call->input.shape[i]);
  output[last] = number(directions * model->hidden_size);
  if (!status)
    status = grucc_check_tensor(handle, "output", &call->output, real, last + 1, output);
  if (!status)
    status = grucc_check_tensor(handle, "h_n", &call->h_n, real, state_rank, state);
  if (status || grucc_is_none(&call->dropout_mask))
    return status;

  if (!(model->flags & GRUCC_MODEL_TRAINING))
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                      "dropout_mask: found a mask, expected a model compiled for training");
  grucc_extent mask[] = {number(model->num_layers - 1), number(found->seq_len),
                         number(found->batch), number(directions * model->hidden_size)};
  return grucc_check_tensor(handle, "dropout_mask", &call->dropout_mask, GRUCC_UINT8, 4, mask);
}

/* Only h_n may share memory, and only with the whole of h_0. */
static int check_overlaps(grucc_handle *handle, const grucc_call *call) {
  const struct {
    const char *name;
    const grucc_tensor *tensor;
  } read[] = {{"input", &call->input},
              {"lengths", &call->lengths},
              {"batch_sizes", &call->batch_sizes},
              {"dropout_mask", &call->dropout_mask},
              {"h_0", &call->h_0}};
  int status = grucc_check_apart(handle, "output", &call->output, "h_n", &call->h_n);
  for (size_t i = 0; !status && i < sizeof read / sizeof *read; ++i) {
    status = grucc_check_apart(handle, "output", &call->output, read[i].name, read[i].tensor);
    if (!status && !(read[i].tensor == &call->h_0 && call->h_0.data == call->h_n.data))
      status = grucc_check_apart(handle, "h_n", &call->h_n, read[i].name, read[i].tensor);
  }
  if (!status)
    status = grucc_check_apart_from_weights(handle, "output", &call->output);
  return status ? status : grucc_check_apart_from_weights(handle, "h_n", &call->h_n);
}

static const void *data_or_null(const grucc_tensor *tensor) {
  return grucc_is_none(tensor) ? NULL : grucc_data(tensor);
}

/* Checks every tensor, and writes the arguments of the run that they make. */
static int check_call(grucc_handle *handle, const grucc_call *call, grucc_args *args) {
  layout found;
  int status = check_input(handle, call, &found);
  if (!status && found.packed)
    status = check_batch_sizes(handle, call, &found);
  if (!status)
    status = check_lengths(handle, call, &found);
  if (!status)
    status = check_others(handle, call, &found);
  if (!status)
    status = check_overlaps(handle, call);
  if (status)
    return status;
  memset(args, 0, sizeof *args);
  args->size = sizeof *args;
  args->seq_len = found.seq_len;
  args->batch = found.batch;
  args->input = grucc_data(&call->input);
  args->h_0 = data_or_null(&call->h_0);
  args->lengths = data_or_null(&call->lengths);
  args->batch_sizes = data_or_null(&call->batch_sizes);
  args->output = grucc_data(&call->output);
  args->h_n = grucc_data(&call->h_n);
  args->weights = handle->weights;
  args->dropout_seed = call->dropout_seed;
  args->dropout_mask = data_or_null(&call->dropout_mask);
  return GRUCC_OK;
}

int grucc_run(grucc_handle *handle, const grucc_call *call) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (!call)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "call: found NULL, expected the tensors of a run");
  grucc_args args;
  int status = check_call(handle, call, &args);
  if (!status && handle->device)
    return grucc_run_on(handle, &args, GRUCC_ON_HOST, NULL);
  if (!status)
    status = grucc_check_weights(handle);
  if (!status)
    status = grucc_need_workspace(handle, args.seq_len, args.batch);
  if (status)
    return status;
  args.workspace = handle->workspace;
  return grucc_check_model(handle, "run", grucc_run_args(handle, &args));
}

/* Where the call's tensors have to be; the driver must be there to tell. */
static int check_places(grucc_handle *handle, const grucc_call *call) {
  const struct {
    const char *name;
    const grucc_tensor *tensor;
    grucc_place place;
  } tensors[] = {{"input", &call->input, GRUCC_ON_DEVICE},
                 {"h_0", &call->h_0, GRUCC_ON_DEVICE},
                 {"output", &call->output, GRUCC_ON_DEVICE},
                 {"h_n", &call->h_n, GRUCC_ON_DEVICE},
                 {"lengths", &call->lengths, GRUCC_ON_HOST},
                 {"batch_sizes", &call->batch_sizes, GRUCC_ON_HOST}};
  int status = grucc_enter(handle);
  if (status)
    return status;
  for (size_t i = 0; !status && i < sizeof tensors / sizeof *tensors; ++i)
    status = grucc_check_place(handle, tensors[i].name, tensors[i].tensor, tensors[i].place);
  grucc_leave(handle);
  return status;
}

int grucc_run_on_stream(grucc_handle *handle, const grucc_call *call, void *stream) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (!call)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "call: found NULL, expected the tensors of a run");
  int status = grucc_check_is_device(handle, "stream");
  if (!status)
    status = check_places(handle, call);
  grucc_args args;
  if (!status)
    status = check_call(handle, call, &args);
  return status ? status : grucc_run_on(handle, &args, GRUCC_ON_DEVICE, stream);
}
