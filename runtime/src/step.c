/*===- step.c - Streams: states, and one checked time step ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>
#include <stdlib.h>

/* The state's size, or a failure for a network or batch that has none. */
static int check_streaming(grucc_handle *handle, int64_t batch, int64_t *bytes) {
  const grucc_model *model = handle->model;
  int reverse = model->direction == GRUCC_DIRECTION_REVERSE;
  int streams = handle->device ? !(model->flags & GRUCC_MODEL_BIDIRECTIONAL) && !reverse
                               : model->step && model->state_bytes && model->init_state &&
                                     model->read_state && model->reset_state;
  if (!streams)
    return grucc_fail(
        handle, GRUCC_ERROR_UNSUPPORTED, "step: found %s that can stream",
        model->flags & GRUCC_MODEL_BIDIRECTIONAL ? "a bidirectional network, expected one"
        : reverse ? "a network of the reverse direction, expected one"
                  : "a model compiled for training with dropout, expected one without");
  *bytes = batch < 0        ? -1
           : handle->device ? grucc_device_state_bytes(model, batch)
                            : model->state_bytes(batch);
  if (!grucc_fits(*bytes))
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "state: found batch %" PRId64
                      ", expected 0 or more, whose state fits the address space",
                      batch);
  return GRUCC_OK;
}

/* Finds the state's memory; none where it is in a device's, which no tensor is given of. */
static int check_state(grucc_handle *handle, const grucc_state *state, grucc_tensor *memory) {
  int64_t bytes;
  if (!state || !state->data)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "state: found none, expected a state");
  int status = check_streaming(handle, state->batch, &bytes);
  if (!status)
    *memory = grucc_memory(handle->device ? NULL : state->data, bytes);
  return status;
}

/* A real tensor [D*L, B, H]; `name` is h_0 or h_n. */
static int check_hidden(grucc_handle *handle, const char *name, const grucc_tensor *hidden,
                        int64_t batch) {
  const grucc_model *model = handle->model;
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  grucc_extent expected[] = {
      {directions * model->num_layers, NULL}, {batch, NULL}, {model->hidden_size, NULL}};
  return grucc_check_tensor(handle, name, hidden, grucc_real_dtype(model), 3, expected);
}

int grucc_place_state(grucc_handle *handle, void *memory, int64_t bytes, int64_t batch,
                      grucc_state *state) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (!memory || !state)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "state: found NULL, expected memory and a state");
  int64_t needed;
  int status = check_streaming(handle, batch, &needed);
  if (status)
    return status;
  if (handle->device)
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                      "state: found memory for it, expected grucc_new_state, which makes it on the "
                      "device");
  if (bytes < needed)
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "state: found %" PRId64 " bytes, expected %" PRId64, bytes, needed);
  if (!grucc_is_aligned(handle->model, memory))
    return grucc_fail(handle, GRUCC_ERROR_ALIGNMENT,
                      "state: found address %p, expected a multiple of %" PRIu32, memory,
                      handle->model->alignment);
  grucc_state placed = {memory, batch, 0, 0};
  status = grucc_init_state(handle, &placed, NULL);
  if (!status)
    *state = placed;
  return status;
}

int grucc_new_state(grucc_handle *handle, int64_t batch, grucc_state *state) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (!state)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "state: found NULL, expected a state");
  *state = (grucc_state){NULL, 0, 0, 0};
  int64_t bytes;
  int status = check_streaming(handle, batch, &bytes);
  if (status)
    return status;
  if (handle->device)
    return grucc_new_device_state(handle, batch, state);
  void *memory = grucc_allocate(handle->model, bytes);
  if (!memory)
    return grucc_fail(handle, GRUCC_ERROR_MEMORY,
                      "state: found no memory, expected %" PRId64 " bytes", bytes);
  status = grucc_place_state(handle, memory, bytes, batch, state);
  if (status) {
    free(memory);
    *state = (grucc_state){NULL, 0, 0, 0};
    return status;
  }
  state->owned = 1;
  return GRUCC_OK;
}

void grucc_free_state(grucc_state *state) {
  if (!state)
    return;
  if (state->owned == GRUCC_OWNED_BY_DEVICE)
    grucc_free_device_state(state->data);
  else if (state->owned)
    free(state->data);
  *state = (grucc_state){NULL, 0, 0, 0};
}

int grucc_init_state(grucc_handle *handle, grucc_state *state, const grucc_tensor *h_0) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  grucc_tensor memory;
  int status = check_state(handle, state, &memory);
  int given = h_0 && !grucc_is_none(h_0);
  if (!status && given)
    status = check_hidden(handle, "h_0", h_0, state->batch);
  if (!status && given)
    status = grucc_check_apart(handle, "state", &memory, "h_0", h_0);
  if (!status)
    status = grucc_check_apart_from_weights(handle, "state", &memory);
  if (status)
    return status;
  if (handle->device)
    return grucc_init_device_state(handle, state, given ? grucc_data(h_0) : NULL);
  return grucc_check_model(
      handle, "init_state",
      handle->model->init_state(state->data, given ? grucc_data(h_0) : NULL, state->batch));
}

int grucc_reset_state(grucc_handle *handle, grucc_state *state, const int64_t *rows,
                      int64_t count) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  grucc_tensor memory, given = grucc_tensor_of(GRUCC_INT64, rows, 1, count);
  grucc_extent any[] = {{-1, "count"}};
  int status = check_state(handle, state, &memory);
  if (!status)
    status = grucc_check_tensor(handle, "rows", &given, GRUCC_INT64, 1, any);
  for (int64_t i = 0; !status && i < count; ++i)
    if (rows[i] < 0 || rows[i] >= state->batch)
      status = grucc_fail(handle, GRUCC_ERROR_SHAPE,
                          "rows: found %" PRId64 " at entry %" PRId64
                          ", expected 0 or more, below the batch of %" PRId64,
                          rows[i], i, state->batch);
  if (!status)
    status = grucc_check_apart(handle, "state", &memory, "rows", &given);
  if (!status)
    status = grucc_check_apart_from_weights(handle, "state", &memory);
  if (status)
    return status;
  if (handle->device)
    return grucc_reset_device_state(handle, state, rows, count);
  return grucc_check_model(
      handle, "reset_state",
      handle->model->reset_state(state->data, grucc_data(&given), count, state->batch));
}

int grucc_read_state(grucc_handle *handle, const grucc_state *state, const grucc_tensor *h_n) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  grucc_tensor memory;
  int status = check_state(handle, state, &memory);
  if (!status && !h_n)
    status = grucc_fail(handle, GRUCC_ERROR_NULL, "h_n: found NULL, expected a tensor");
  if (!status)
    status = check_hidden(handle, "h_n", h_n, state->batch);
  if (!status)
    status = grucc_check_apart(handle, "h_n", h_n, "state", &memory);
  if (!status)
    status = grucc_check_apart_from_weights(handle, "h_n", h_n);
  if (status)
    return status;
  if (handle->device)
    return grucc_read_device_state(handle, state, grucc_data(h_n));
  return grucc_check_model(handle, "read_state",
                           handle->model->read_state(state->data, grucc_data(h_n), state->batch));
}

/* The state, and the tensors x and y of one step. */
static int check_step(grucc_handle *handle, const grucc_state *state, const grucc_tensor *x,
                      const grucc_tensor *y) {
  grucc_tensor memory;
  int status = check_state(handle, state, &memory);
  if (status)
    return status;
  if (!x || !y)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "%s: found NULL, expected a tensor", x ? "y" : "x");

  /* x: [B, I], or [I] when B is 1; y likewise with H. */
  const grucc_model *model = handle->model;
  int unbatched = x->rank == 1 && state->batch == 1;
  grucc_extent in[] = {{state->batch, NULL}, {model->input_size, NULL}};
  grucc_extent out[] = {{state->batch, NULL}, {model->hidden_size, NULL}};
  int32_t real = grucc_real_dtype(model), rank = unbatched ? 1 : 2;
  status = grucc_check_tensor(handle, "x", x, real, rank, in + unbatched);
  if (!status)
    status = grucc_check_tensor(handle, "y", y, real, rank, out + unbatched);
  if (!status)
    status = grucc_check_apart(handle, "y", y, "x", x);
  if (!status)
    status = grucc_check_apart(handle, "y", y, "state", &memory);
  if (!status)
    status = grucc_check_apart(handle, "state", &memory, "x", x);
  if (!status)
    status = grucc_check_apart_from_weights(handle, "state", &memory);
  return status ? status : grucc_check_apart_from_weights(handle, "y", y);
}

int grucc_step(grucc_handle *handle, grucc_state *state, const grucc_tensor *x,
               const grucc_tensor *y) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  int status = check_step(handle, state, x, y);
  if (!status && handle->device)
    return grucc_step_device(handle, state, grucc_data(x), grucc_data(y), GRUCC_ON_HOST, NULL);
  if (!status)
    status = grucc_check_weights(handle);
  if (!status)
    status = grucc_need_workspace(handle, 1, state->batch);
  if (status)
    return status;
  return grucc_check_model(handle, "step",
                           grucc_step_args(handle, grucc_data(x), grucc_data(y), state->data,
                                           handle->workspace, handle->weights, state->batch));
}

int grucc_step_on_stream(grucc_handle *handle, grucc_state *state, const grucc_tensor *x,
                         const grucc_tensor *y, void *stream) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  int status = grucc_check_is_device(handle, "stream");
  if (!status)
    status = check_step(handle, state, x, y);
  if (!status)
    status = grucc_enter(handle);
  if (status)
    return status;
  status = grucc_check_place(handle, "x", x, GRUCC_ON_DEVICE);
  if (!status)
    status = grucc_check_place(handle, "y", y, GRUCC_ON_DEVICE);
  if (!status)
    status =
        grucc_step_device(handle, state, grucc_data(x), grucc_data(y), GRUCC_ON_DEVICE, stream);
  grucc_leave(handle);
  return status;
}
