/*===- cuda_run.c - Runs a sequence on a GPU ------------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>

/* Parts of the workspace are aligned so that a row that begins one is, too. */
enum { part_alignment = 256 };

/* Bytes from the start of the workspace; no part is used that a run does not need. */
typedef struct areas {
  int64_t counts, gates, between[2], h_0, input, output, h_n, bytes;
} areas;

/* Appends a part of rows * columns elements; false when it does not fit the address space. */
static int append(areas *found, int64_t *start, int64_t rows, int64_t columns, int64_t bytes) {
  *start = found->bytes;
  return !__builtin_mul_overflow(bytes, rows, &bytes) &&
         !__builtin_mul_overflow(bytes, columns, &bytes) &&
         !__builtin_add_overflow(bytes, part_alignment - 1, &bytes) &&
         !__builtin_add_overflow(found->bytes, bytes / part_alignment * part_alignment,
                                 &found->bytes) &&
         grucc_fits(found->bytes);
}

static int lay_out(grucc_handle *handle, const grucc_sequence *run, grucc_place place,
                   areas *found) {
  const grucc_model *model = handle->model;
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t hidden_size = model->hidden_size, width = directions * hidden_size;
  int64_t layers = model->num_layers, host_rows = place == GRUCC_ON_HOST ? run->rows : 0;
  int64_t states, host_states = 0;
  *found = (areas){0};
  int fits = !__builtin_mul_overflow(directions * layers, run->batch, &states);
  if (place == GRUCC_ON_HOST)
    host_states = states;
  fits = fits && append(found, &found->counts, run->batch, 1, sizeof(int64_t)) &&
         append(found, &found->counts, run->seq_len, 1, sizeof(int64_t));
  found->counts = 0; /* lengths, and offsets right behind them */
  fits = fits && append(found, &found->gates, run->rows, 3 * hidden_size, sizeof(float));
  for (int i = 0; i < 2; ++i)
    fits = fits &&
           append(found, &found->between[i], layers > i + 1 ? run->rows : 0, width, sizeof(float));
  fits = fits && append(found, &found->h_0, states, hidden_size, sizeof(float)) &&
         append(found, &found->input, host_rows, model->input_size, sizeof(float)) &&
         append(found, &found->output, host_rows, width, sizeof(float)) &&
         append(found, &found->h_n, host_states, hidden_size, sizeof(float));
  if (fits)
    return GRUCC_OK;
  return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                    "workspace: found seq_len %" PRId64 ", batch %" PRId64
                    ", expected sizes whose workspace fits the address space",
                    run->seq_len, run->batch);
}

/* At least so much of the device's memory; the context is current. */
static int need_workspace(grucc_handle *handle, const grucc_sequence *run, int64_t bytes) {
  struct grucc_device *device = handle->device;
  int64_t counts = run->batch + run->seq_len;
  if (bytes == 0)
    bytes = part_alignment; /* the driver refuses to allocate nothing */
  if (device->workspace && bytes <= device->workspace_bytes && counts <= device->counts.capacity)
    return GRUCC_OK;
  if (handle->reserved)
    return grucc_fail(handle, GRUCC_ERROR_MEMORY,
                      "workspace: found seq_len %" PRId64 ", batch %" PRId64 " (%" PRId64
                      " bytes), expected at most the %" PRId64 " bytes reserved",
                      run->seq_len, run->batch, bytes, device->workspace_bytes);
  int status = grucc_finish(handle, &device->pending);
  if (status)
    return status;
  if (!device->counts.memory || counts > device->counts.capacity)
    status = grucc_need_counts(handle, counts);
  if (status || (device->workspace && bytes <= device->workspace_bytes))
    return status;
  /* The old one goes first: often there is no room for both. */
  if (device->workspace)
    device->driver->release(device->workspace);
  device->workspace_bytes = 0;
  int result = device->driver->allocate(&device->workspace, (size_t)bytes);
  if (result) {
    device->workspace = 0;
    return grucc_driver_fail(handle, device->driver, result, "workspace",
                             "%" PRId64 " bytes of the device", bytes);
  }
  device->workspace_bytes = bytes;
  return GRUCC_OK;
}

int grucc_reserve_device(grucc_handle *handle, int64_t seq_len, int64_t batch) {
  /* A step is a run of one step. */
  grucc_sequence run = {.seq_len = seq_len > 1 ? seq_len : 1, .batch = batch};
  areas found;
  if (__builtin_mul_overflow(run.seq_len, batch, &run.rows))
    run.rows = INT64_MAX;
  int status = lay_out(handle, &run, GRUCC_ON_HOST, &found);
  if (!status)
    status = grucc_enter(handle);
  if (status)
    return status;
  status = need_workspace(handle, &run, found.bytes);
  grucc_leave(handle);
  return status;
}

/* The sizes of a run whose arguments have been checked. */
static grucc_sequence size_run(const grucc_model *model, const grucc_args *args) {
  int batch_first = !args->batch_sizes && (model->flags & GRUCC_MODEL_BATCH_FIRST);
  grucc_sequence run = {.seq_len = args->seq_len, .batch = args->batch};
  run.step_rows = batch_first ? 1 : args->batch;
  run.batch_rows = batch_first ? args->seq_len : 1;
  if (args->batch_sizes)
    for (int64_t t = 0; t < args->seq_len; ++t)
      run.rows += args->batch_sizes[t];
  else if (__builtin_mul_overflow(args->seq_len, args->batch, &run.rows))
    run.rows = INT64_MAX;
  return run;
}

/* Bytes to bring in or out; state: of h_0 and of h_n. */
typedef struct tensor_sizes {
  size_t input, output, state;
} tensor_sizes;

static tensor_sizes measure(const grucc_model *model, const grucc_sequence *run) {
  size_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  size_t hidden_bytes = (size_t)model->hidden_size * sizeof(float), rows = (size_t)run->rows;
  size_t states = run->keeps_states ? 0 : (size_t)run->batch * directions;
  return (tensor_sizes){rows * (size_t)model->input_size * sizeof(float),
                        rows * directions * hidden_bytes,
                        states * (size_t)model->num_layers * hidden_bytes};
}

/* h_n where no step is: h_0, or zeros. */
static int copy_state(const grucc_driver *driver, const grucc_sequence *run, size_t bytes,
                      void *stream) {
  if (run->seq_len > 0 || !bytes)
    return GRUCC_CU_SUCCESS;
  return run->h_0 ? driver->copy(run->h_n, run->h_0, bytes, stream)
                  : driver->clear(run->h_n, 0, bytes, stream);
}

/* Brings the input in, or takes it as it is. */
static int bring_in(grucc_handle *handle, const grucc_args *args, grucc_place place,
                    const areas *at, grucc_sequence *run, void *stream) {
  const grucc_driver *driver = handle->device->driver;
  uint64_t workspace = handle->device->workspace;
  tensor_sizes bytes = measure(handle->model, run);
  int result = GRUCC_CU_SUCCESS;
  run->gates = workspace + (uint64_t)at->gates;
  for (int i = 0; i < 2; ++i)
    run->between[i] = workspace + (uint64_t)at->between[i];
  if (place == GRUCC_ON_HOST) {
    run->input = workspace + (uint64_t)at->input;
    run->output = workspace + (uint64_t)at->output;
    if (!run->keeps_states) {
      run->h_0 = args->h_0 ? workspace + (uint64_t)at->h_0 : 0;
      run->h_n = workspace + (uint64_t)at->h_n;
    }
    if (bytes.input)
      result = driver->copy_in(run->input, args->input, bytes.input, stream);
    if (!result && args->h_0 && bytes.state)
      result = driver->copy_in(run->h_0, args->h_0, bytes.state, stream);
  } else {
    run->input = (uint64_t)(uintptr_t)args->input;
    run->output = (uint64_t)(uintptr_t)args->output;
    if (!run->keeps_states) {
      run->h_0 = (uint64_t)(uintptr_t)args->h_0;
      run->h_n = (uint64_t)(uintptr_t)args->h_n;
    }
    if (run->h_0 && run->h_0 == run->h_n && bytes.state) { /* kernels want them apart */
      run->h_0 = workspace + (uint64_t)at->h_0;
      result = driver->copy(run->h_0, run->h_n, bytes.state, stream);
    }
  }
  if (!result)
    result = copy_state(driver, run, bytes.state, stream);
  return result ? grucc_driver_fail(handle, driver, result, "run", "to copy the tensors in")
                : GRUCC_OK;
}

/* Waits for the run, then brings output and h_n back: nothing is written when it failed. */
static int bring_out(grucc_handle *handle, const grucc_args *args, const grucc_sequence *run,
                     void *stream) {
  const grucc_driver *driver = handle->device->driver;
  tensor_sizes bytes = measure(handle->model, run);
  int result = driver->synchronize_stream(stream);
  if (result)
    return grucc_driver_fail(handle, driver, result, "run", "the kernels to end");
  if (bytes.output)
    result = driver->copy_out(args->output, run->output, bytes.output, stream);
  if (!result && bytes.state)
    result = driver->copy_out(args->h_n, run->h_n, bytes.state, stream);
  if (!result)
    result = driver->synchronize_stream(stream);
  return result ? grucc_driver_fail(handle, driver, result, "run", "to copy the results out")
                : GRUCC_OK;
}

static int enqueue(grucc_handle *handle, const grucc_args *args, grucc_place place, void *stream,
                   grucc_sequence run) {
  areas at;
  int status = lay_out(handle, &run, place, &at);
  if (!status)
    status = grucc_enter(handle);
  if (status)
    return status;
  struct grucc_device *device = handle->device;
  if (place == GRUCC_ON_HOST)
    stream = device->stream;
  status = grucc_follow(handle, &device->pending, place, stream); /* they share the workspace */
  if (!status)
    status = need_workspace(handle, &run, at.bytes);
  if (!status && place == GRUCC_ON_DEVICE)
    device->pending = (grucc_pending){1, stream};
  if (!status)
    status =
        grucc_upload_counts(handle, args, &run, device->workspace + (uint64_t)at.counts, stream);
  if (!status)
    status = bring_in(handle, args, place, &at, &run, stream);
  if (!status && run.batch > 0 && run.seq_len > 0) /* without steps, h_n is written already */
    status = grucc_launch_layers(handle, &run, stream);
  if (!status && place == GRUCC_ON_HOST)
    status = bring_out(handle, args, &run, stream);
  else if (status && place == GRUCC_ON_HOST)
    device->driver->synchronize_stream(stream); /* copies may still read the caller's memory */
  grucc_leave(handle);
  return status;
}

int grucc_run_on(grucc_handle *handle, const grucc_args *args, grucc_place place, void *stream) {
  return enqueue(handle, args, place, stream, size_run(handle->model, args));
}

int grucc_run_between(grucc_handle *handle, const grucc_args *args, grucc_place place, void *stream,
                      uint64_t h_0, uint64_t h_n) {
  grucc_sequence run = size_run(handle->model, args);
  run.h_0 = h_0;
  run.h_n = h_n;
  run.keeps_states = 1;
  return enqueue(handle, args, place, stream, run);
}
