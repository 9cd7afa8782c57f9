/*===- subject.c - A model and what its functions are called with ---------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "subject.h"

#include "grucc/cuda.h"
#include "tools/support/random_reals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int64_t real_bytes_of(const grucc_model *model) {
  return model->flags & GRUCC_MODEL_FLOAT64 ? (int64_t)sizeof(double) : (int64_t)sizeof(float);
}

static int64_t directions_of(const grucc_model *model) {
  return model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
}

int is_for_gpu(const grucc_model *model) { return (model->flags & GRUCC_MODEL_CUDA) != 0; }

int can_step(const grucc_model *model) {
  return is_for_gpu(model) ? directions_of(model) == 1 : model->step != NULL;
}

int64_t step_threads(const grucc_model *model, int64_t batch, int64_t threads) {
  return model->step_rows && batch >= model->step_rows ? threads : 1;
}

int has_exact_weights(const grucc_model *model) {
  return !is_for_gpu(model) || ((const grucc_cuda_model *)model)->precision == GRUCC_CUDA_FLOAT32;
}

void *allocate(int64_t count, int64_t element_bytes) {
  int64_t bytes;
  if (count < 0 || __builtin_mul_overflow(count, element_bytes, &bytes) ||
      bytes > INT64_MAX - 2 * GRUCC_ALIGNMENT)
    return NULL;
  size_t lines = (size_t)bytes / GRUCC_ALIGNMENT + 1;
  void *memory = aligned_alloc(GRUCC_ALIGNMENT, lines * GRUCC_ALIGNMENT);
  if (memory)
    memset(memory, 0, lines * GRUCC_ALIGNMENT);
  return memory;
}

/* `count` reals, uniform in [-limit, limit), or NULL. */
static void *random_reals(const grucc_model *model, int64_t count, double limit) {
  static uint32_t random = 1;
  void *reals = allocate(count, real_bytes_of(model));
  if (reals)
    grucc_random_reals(reals, (size_t)count, model->flags & GRUCC_MODEL_FLOAT64, limit, &random);
  return reals;
}

/* External weights: U(-1/sqrt(H), 1/sqrt(H)) in torch's shapes, packed. */
static const char *pack_weights(subject *made, const grucc_handle *handle) {
  const grucc_model *m = made->model;
  made->weights = allocate(m->weights_bytes, 1);
  const void **tensors = (const void **)calloc((size_t)m->weights_count, sizeof *tensors);
  const char *wrong = made->weights && tensors ? NULL : "no memory for the weights";
  for (int64_t n = 0; !wrong && n < m->weights_count; ++n) {
    grucc_tensor shape;
    if (grucc_describe_weight(handle, n, NULL, 0, &shape) != GRUCC_OK)
      wrong = "weights that it does not describe";
    else
      tensors[n] = random_reals(m, shape.shape[0] * (shape.rank == 2 ? shape.shape[1] : 1),
                                1 / sqrt((double)m->hidden_size));
    if (!wrong && !tensors[n])
      wrong = "no memory for the weights";
  }
  if (!wrong && m->pack(tensors, made->weights) != GRUCC_OK)
    wrong = "pack refused the weights";
  for (int64_t n = 0; tensors && n < m->weights_count; ++n)
    free((void *)tensors[n]);
  free((void *)tensors);
  return wrong;
}

/* What the model for a GPU needs on the device, where it counts all bytes. */
static const char *reserve_on_device(subject *made) {
  if (grucc_reserve(made->handle, made->seq_len, made->batch) != GRUCC_OK ||
      (can_step(made->model) &&
       grucc_new_state(made->handle, made->batch, &made->on_device) != GRUCC_OK))
    return "a call that failed";
  return NULL;
}

const char *make_subject(subject *made, grucc_handle *handle, int64_t seq_len, int64_t batch) {
  const grucc_model *m = grucc_descriptor(handle);
  *made = (subject){.handle = handle, .threads = 1, .model = m, .seq_len = seq_len, .batch = batch};
  int64_t workspace = 0, state = 0;
  const char *wrong = is_for_gpu(m) ? reserve_on_device(made) : NULL;
  if (wrong)
    return wrong;
  if (!is_for_gpu(m)) {
    workspace = m->workspace_bytes(seq_len, batch);
    state = m->step ? m->state_bytes(batch) : 0;
  }
  if (workspace < 0 || state < 0)
    return "more steps or rows than the model can count";
  /* None of the products below overflows: the model has counted their bytes. */
  int64_t rows = seq_len * batch, real = real_bytes_of(m),
          width = directions_of(m) * m->hidden_size;
  made->input = random_reals(m, rows * m->input_size, 1);
  made->output = allocate(rows * width, real);
  made->h_n = allocate(m->num_layers * batch * width, real);
  made->y = allocate(batch * m->hidden_size, real);
  made->workspace = allocate(workspace, 1);
  made->state = allocate(state, 1);
  if (!made->input || !made->output || !made->h_n || !made->y || !made->workspace || !made->state)
    return "no memory for the tensors";
  if (m->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS)
    return pack_weights(made, handle);
  return NULL;
}

void free_subject(subject *made) {
  free(made->input);
  free(made->output);
  free(made->h_n);
  free(made->y);
  free(made->workspace);
  free(made->state);
  free(made->weights);
  grucc_free_state(&made->on_device);
}

int call_run(subject *called) {
  grucc_args args = {.size = sizeof args,
                     .seq_len = called->seq_len,
                     .batch = called->batch,
                     .input = called->input,
                     .output = called->output,
                     .h_n = called->h_n,
                     .workspace = called->workspace,
                     .weights = called->weights};
  return grucc_run_args(called->handle, &args);
}

int begin_steps(subject *called) {
  if (is_for_gpu(called->model))
    return grucc_init_state(called->handle, &called->on_device, NULL);
  return called->model->init_state(called->state, NULL, called->batch);
}

int call_step_on(subject *called, const void *x) {
  if (is_for_gpu(called->model)) {
    grucc_tensor in =
        grucc_tensor_of(GRUCC_FLOAT32, x, 2, called->batch, called->model->input_size);
    grucc_tensor out =
        grucc_tensor_of(GRUCC_FLOAT32, called->y, 2, called->batch, called->model->hidden_size);
    return grucc_step(called->handle, &called->on_device, &in, &out);
  }
  if (called->threads > 1)
    return grucc_step_args(called->handle, x, called->y, called->state, called->workspace,
                           called->weights, called->batch);
  return called->model->step(x, called->y, called->state, called->workspace, called->weights,
                             called->batch);
}

int call_step(subject *called) {
  /* Steps go through the input as it lies in memory, whatever its layout: [B, I] each. */
  int64_t bytes = called->batch * called->model->input_size * real_bytes_of(called->model);
  const void *x = (const char *)called->input + called->next * bytes;
  called->next = called->next + 1 == called->seq_len ? 0 : called->next + 1;
  return call_step_on(called, x);
}

/* Whether a second run, on `threads`, gives the bits of the first, on one, which is in `output`
 * and `h_n`. */
static const char *check_runs(subject *checked, int64_t threads) {
  const grucc_model *m = checked->model;
  int64_t width = directions_of(m) * m->hidden_size * real_bytes_of(m);
  size_t output_bytes = (size_t)(checked->seq_len * checked->batch * width);
  size_t h_n_bytes = (size_t)(m->num_layers * checked->batch * width);
  void *output = allocate((int64_t)output_bytes, 1), *h_n = allocate((int64_t)h_n_bytes, 1);
  const char *wrong = output && h_n ? NULL : "no memory for the tensors";
  if (!wrong) {
    memcpy(output, checked->output, output_bytes);
    memcpy(h_n, checked->h_n, h_n_bytes);
    /* What a part does not write shows: no run gives NaN from finite numbers. */
    memset(checked->output, 0xff, output_bytes);
    memset(checked->h_n, 0xff, h_n_bytes);
    if (threads > 1 && grucc_set_threads(checked->handle, threads, 0) != GRUCC_OK)
      wrong = "no memory or no thread to be had";
    else if (call_run(checked) != GRUCC_OK)
      wrong = "run refused its arguments";
    else if (memcmp(output, checked->output, output_bytes) != 0 ||
             memcmp(h_n, checked->h_n, h_n_bytes) != 0)
      wrong = threads > 1 ? "a run on several threads that gives other bits than one on one"
                          : "a second run that gives other bits than the first";
  }
  free(output);
  free(h_n);
  if (!wrong)
    checked->threads = threads;
  return wrong;
}

/* Whether steps give the bits of the run that is in `output`. */
static const char *check_steps(subject *checked) {
  const grucc_model *m = checked->model;
  int64_t batch = checked->batch, steps = checked->seq_len;
  if (begin_steps(checked) != GRUCC_OK)
    return "init_state refused its arguments";
  size_t row = (size_t)(m->input_size * real_bytes_of(m));
  size_t bytes = (size_t)(m->hidden_size * real_bytes_of(m));
  int is_batch_first = (m->flags & GRUCC_MODEL_BATCH_FIRST) != 0;
  char *x = allocate(batch * m->input_size, real_bytes_of(m));
  if (!x)
    return "no memory for the tensors";
  const char *input = checked->input, *output = checked->output, *y = checked->y, *wrong = NULL;
  for (int64_t t = 0; t < steps && !wrong; ++t) {
    for (int64_t b = 0; b < batch; ++b) {
      int64_t at = is_batch_first ? b * steps + t : t * batch + b;
      memcpy(x + (size_t)b * row, input + (size_t)at * row, row);
    }
    if (call_step_on(checked, x) != GRUCC_OK)
      wrong = "step refused its arguments";
    for (int64_t b = 0; b < batch && !wrong; ++b) {
      int64_t at = is_batch_first ? b * steps + t : t * batch + b;
      if (memcmp(y + (size_t)b * bytes, output + (size_t)at * bytes, bytes) != 0)
        wrong = "steps that give other bits than a run";
    }
  }
  free(x);
  return wrong;
}

const char *check_subject(subject *checked, int64_t threads) {
  if (call_run(checked) != GRUCC_OK)
    return "run refused its arguments";
  int steps = can_step(checked->model) && has_exact_weights(checked->model);
  const char *wrong = steps ? check_steps(checked) : NULL;
  if (!wrong && (threads > 1 || !steps || is_for_gpu(checked->model)))
    wrong = check_runs(checked, threads);
  if (!wrong && steps && threads > 1)
    wrong = check_steps(checked);
  return wrong;
}
