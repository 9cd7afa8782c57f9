/*===- cuda_launch.c - Launches the kernels of a run as the plan says -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>

/* As the kernels' parameters: all of them are 64 bits wide. */
static uint64_t word(int64_t value) { return (uint64_t)value; }

/* Blocks for n rows; `words` are the parameters in order. */
static int launch(grucc_handle *handle, const grucc_cuda_kernel *kernel, void *function, int64_t n,
                  uint64_t *words, int count, void *stream) {
  int64_t blocks = n / kernel->rows + (n % kernel->rows != 0);
  if (blocks > INT32_MAX)
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "%s: found %" PRId64 " rows, expected what %" PRId32 " blocks do",
                      kernel->name, n, INT32_MAX);
  void *parameters[16];
  for (int i = 0; i < count; ++i)
    parameters[i] = &words[i];
  const grucc_driver *driver = handle->device->driver;
  int result = driver->launch(function, (unsigned)blocks, (unsigned)kernel->columns, 1,
                              (unsigned)kernel->threads, 1, 1, (unsigned)kernel->shared_bytes,
                              stream, parameters, NULL);
  return result ? grucc_driver_fail(handle, driver, result, "run", "to launch %.120s", kernel->name)
                : GRUCC_OK;
}

/* The address of a part of the weights, or 0 for none. */
static uint64_t part(const struct grucc_device *device, int64_t offset) {
  return offset < 0 ? 0 : device->loaded->weights + word(offset);
}

/* The input part of the gates of one layer and direction. */
static int project(grucc_handle *handle, const grucc_sequence *run, int64_t index, uint64_t input,
                   void *stream) {
  const struct grucc_device *device = handle->device;
  const grucc_cuda_layer *layer = &device->model->layers[index];
  int64_t directions = device->model->model.flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int is_first = index < directions, inner_is_step = run->step_rows == 1;
  uint64_t words[] = {input,
                      part(device, layer->w_ih),
                      part(device, layer->bias),
                      run->gates,
                      word(run->rows),
                      run->offsets ? 0 : run->lengths, /* packed rows all take part */
                      word(inner_is_step ? run->seq_len : run->batch),
                      word(inner_is_step)};
  if (run->rows == 0)
    return GRUCC_OK;
  return launch(handle, is_first ? &device->model->project_input : &device->model->project_above,
                is_first ? device->loaded->project_input : device->loaded->project_above, run->rows,
                words, sizeof words / sizeof *words, stream);
}

/* The recurrence of one layer and direction: in one launch, or in one for each step. */
static int recur(grucc_handle *handle, const grucc_sequence *run, int64_t index, uint64_t output,
                 void *stream) {
  const struct grucc_device *device = handle->device;
  const grucc_cuda_model *cuda = device->model;
  const grucc_cuda_layer *layer = &cuda->layers[index];
  int64_t directions = cuda->model.flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t hidden_size = cuda->model.hidden_size, direction = index % directions;
  int reverse = direction == 1 || cuda->model.direction == GRUCC_DIRECTION_REVERSE;
  uint64_t row_bytes = word(hidden_size) * sizeof(float);
  uint64_t state = word(index * run->batch) * row_bytes; /* of [D*L, B, H] */
  int scans =
      cuda->scan.name && run->seq_len >= cuda->scan_min_steps && run->batch <= cuda->scan_max_batch;
  uint64_t words[] = {run->gates,
                      part(device, scans ? layer->w_hh : layer->w_hh_step),
                      part(device, layer->b_hn),
                      run->h_0 ? run->h_0 + state : 0,
                      output + word(direction) * row_bytes,
                      word(directions * hidden_size),
                      run->h_n + state,
                      run->lengths,
                      run->offsets,
                      word(run->seq_len),
                      word(run->batch),
                      word(run->step_rows),
                      word(run->batch_rows),
                      word(reverse),
                      0 /* t */};
  enum { step_words = sizeof words / sizeof *words };
  if (scans)
    return launch(handle, &cuda->scan, device->loaded->scan, run->batch, words, step_words - 1,
                  stream);
  /* Before the last of a step's rounds all units must have come through the others. */
  int64_t rounds = cuda->model.reset == GRUCC_RESET_BEFORE ? 2 : 1;
  int status = GRUCC_OK;
  for (int64_t i = 0; !status && i < run->seq_len; ++i)
    for (int64_t round = 0; !status && round < rounds; ++round) {
      int64_t t = reverse ? run->seq_len - 1 - i : i;
      words[step_words - 1] = word(t * rounds + round);
      status =
          launch(handle, &cuda->step, device->loaded->step, run->batch, words, step_words, stream);
    }
  return status;
}

int grucc_launch_layers(grucc_handle *handle, const grucc_sequence *run, void *stream) {
  const grucc_model *model = handle->model;
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  uint64_t input = run->input;
  int status = GRUCC_OK;
  for (int64_t layer = 0; !status && layer < model->num_layers; ++layer) {
    /* Layers take turns between two buffers; the last one writes the caller's output. */
    uint64_t output = layer == model->num_layers - 1 ? run->output : run->between[layer % 2];
    for (int64_t direction = 0; !status && direction < directions; ++direction) {
      int64_t index = layer * directions + direction;
      status = project(handle, run, index, input, stream);
      if (!status)
        status = recur(handle, run, index, output, stream);
    }
    input = output;
  }
  return status;
}
