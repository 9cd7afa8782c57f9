/*===- cuda_state.c - Streams whose state is in a GPU's memory ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>
#include <stdlib.h>

/* What grucc_state.data points to: two states [L, B, H] on a device, that take turns, since kernels
 * want the old one and the new one apart. */
typedef struct device_state {
  const grucc_driver *driver;
  int ordinal, device; /* its primary context is retained, so that a state may outlive a handle */
  void *context;
  uint64_t memory;
  int64_t batch;
  size_t bytes; /* of one of the two */
  int current;
  grucc_pending pending; /* steps, of whichever handle */
} device_state;

static uint64_t half(const device_state *state, int index) {
  return state->memory + (index ? state->bytes : 0);
}

void grucc_free_device_state(void *data) {
  device_state *state = data;
  void *context;
  if (!state->driver->push_context(state->context)) {
    state->driver->synchronize(); /* steps on a caller's stream may not have ended */
    if (state->memory)
      state->driver->release(state->memory);
    state->driver->pop_context(&context);
  }
  state->driver->release_context(state->device);
  free(state);
}

int64_t grucc_device_state_bytes(const grucc_model *model, int64_t batch) {
  int64_t bytes = 2 * sizeof(float);
  if (__builtin_mul_overflow(bytes, model->num_layers, &bytes) ||
      __builtin_mul_overflow(bytes, model->hidden_size, &bytes) ||
      __builtin_mul_overflow(bytes, batch, &bytes))
    return -1;
  return bytes;
}

/* Bytes of one of the two; they fit, since check_streaming has asked. */
static size_t half_bytes(const grucc_model *model, int64_t batch) {
  return (size_t)grucc_device_state_bytes(model, batch) / 2;
}

static int allocate_state(grucc_handle *handle, int64_t batch, device_state *state) {
  const struct grucc_device *device = handle->device;
  *state = (device_state){.driver = device->driver,
                          .ordinal = device->ordinal,
                          .device = device->loaded->device,
                          .batch = batch,
                          .bytes = half_bytes(handle->model, batch)};
  int result = device->driver->retain_context(&state->context, state->device);
  if (result)
    return grucc_driver_fail(handle, device->driver, result, "state", "its context");
  /* Never 0 bytes, which the driver refuses. */
  result = device->driver->allocate(&state->memory, 2 * state->bytes + 1);
  if (!result)
    return GRUCC_OK;
  device->driver->release_context(state->device);
  return grucc_driver_fail(handle, device->driver, result, "state", "%zu bytes of the device",
                           2 * state->bytes + 1);
}

int grucc_new_device_state(grucc_handle *handle, int64_t batch, grucc_state *state) {
  device_state *made = calloc(1, sizeof *made);
  if (!made)
    return grucc_fail(handle, GRUCC_ERROR_MEMORY, "state: found no memory, expected %zu bytes",
                      sizeof *made);
  int status = grucc_enter(handle);
  if (!status) {
    status = allocate_state(handle, batch, made);
    grucc_leave(handle);
  }
  if (status) {
    free(made);
    return status;
  }
  *state = (grucc_state){made, batch, GRUCC_OWNED_BY_DEVICE, 0};
  status = grucc_init_device_state(handle, state, NULL);
  if (status) {
    grucc_free_device_state(made);
    *state = (grucc_state){NULL, 0, 0, 0};
  }
  return status;
}

/* A state of this handle's device, which is current when this succeeds. */
static int enter_state(grucc_handle *handle, const grucc_state *state) {
  const device_state *data = state->data;
  if (state->owned != GRUCC_OWNED_BY_DEVICE)
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                      "state: found one in the host's memory, expected one of grucc_new_state");
  if (data->ordinal != handle->device->ordinal || data->batch != state->batch ||
      data->bytes != half_bytes(handle->model, data->batch))
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                      "state: found one of another model or device, expected one of this handle");
  return grucc_enter(handle);
}

int grucc_init_device_state(grucc_handle *handle, grucc_state *state, const void *h_0) {
  int status = enter_state(handle, state);
  if (status)
    return status;
  device_state *data = state->data;
  const grucc_driver *driver = data->driver;
  void *stream = handle->device->stream;
  uint64_t to = half(data, data->current);
  status = grucc_finish(handle, &data->pending);
  int result = GRUCC_CU_SUCCESS;
  if (!status && data->bytes)
    result = h_0 ? driver->copy_in(to, h_0, data->bytes, stream)
                 : driver->clear(to, 0, data->bytes, stream);
  if (!status && !result)
    result = driver->synchronize_stream(stream);
  if (result)
    status = grucc_driver_fail(handle, driver, result, "state", "to set it");
  grucc_leave(handle);
  return status;
}

int grucc_read_device_state(grucc_handle *handle, const grucc_state *state, void *h_n) {
  int status = enter_state(handle, state);
  if (status)
    return status;
  device_state *data = state->data;
  const grucc_driver *driver = data->driver;
  void *stream = handle->device->stream;
  status = grucc_finish(handle, &data->pending);
  int result = GRUCC_CU_SUCCESS;
  if (!status && data->bytes)
    result = driver->copy_out(h_n, half(data, data->current), data->bytes, stream);
  if (!status && !result)
    result = driver->synchronize_stream(stream);
  if (result)
    status = grucc_driver_fail(handle, driver, result, "state", "to read it");
  grucc_leave(handle);
  return status;
}

/* Rows of all layers, which lie [L, B, H]. */
static int clear_rows(const grucc_model *model, const device_state *state, const int64_t *rows,
                      int64_t count, void *stream) {
  uint64_t bytes = (uint64_t)model->hidden_size * sizeof(float);
  int result = GRUCC_CU_SUCCESS;
  for (int64_t layer = 0; layer < model->num_layers; ++layer)
    for (int64_t i = 0; !result && i < count; ++i) {
      uint64_t row = (uint64_t)(layer * state->batch + rows[i]);
      result =
          state->driver->clear(half(state, state->current) + row * bytes, 0, (size_t)bytes, stream);
    }
  return result;
}

int grucc_reset_device_state(grucc_handle *handle, grucc_state *state, const int64_t *rows,
                             int64_t count) {
  int status = enter_state(handle, state);
  if (status)
    return status;
  device_state *data = state->data;
  void *stream = handle->device->stream;
  status = grucc_finish(handle, &data->pending);
  int result = GRUCC_CU_SUCCESS;
  if (!status)
    result = clear_rows(handle->model, data, rows, count, stream);
  if (!status && !result)
    result = data->driver->synchronize_stream(stream);
  if (result)
    status = grucc_driver_fail(handle, data->driver, result, "state", "to reset its rows");
  grucc_leave(handle);
  return status;
}

/* A step is a run of one step from one half of the state to the other. */
int grucc_step_device(grucc_handle *handle, grucc_state *state, const void *x, void *y,
                      grucc_place place, void *stream) {
  int status = enter_state(handle, state);
  if (status)
    return status;
  device_state *data = state->data;
  grucc_args args = {.size = sizeof args, .seq_len = 1, .batch = data->batch};
  args.input = x;
  args.output = y;
  status = grucc_follow(handle, &data->pending, place, stream);
  if (!status && place == GRUCC_ON_DEVICE)
    data->pending = (grucc_pending){1, stream};
  if (!status)
    status = grucc_run_between(handle, &args, place, stream, half(data, data->current),
                               half(data, !data->current));
  if (!status)
    data->current = !data->current;
  grucc_leave(handle);
  return status;
}
