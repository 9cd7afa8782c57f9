/*===- subject.c - A model and what its functions are called with ---------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "subject.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* At least one byte, so that NULL means that there is no memory. */
static void *allocate(int64_t bytes) {
  if (bytes < 0 || bytes > INT64_MAX - 2 * GRUCC_ALIGNMENT)
    return NULL;
  size_t lines = (size_t)bytes / GRUCC_ALIGNMENT + 1;
  void *memory = aligned_alloc(GRUCC_ALIGNMENT, lines * GRUCC_ALIGNMENT);
  if (memory)
    memset(memory, 0, lines * GRUCC_ALIGNMENT);
  return memory;
}

/* `count` floats, uniform in [-limit, limit), or NULL. */
static float *random_floats(int64_t count, float limit) {
  static uint32_t random = 1;
  float *floats = allocate(count * (int64_t)sizeof(float));
  for (int64_t i = 0; floats && i < count; ++i) {
    random = random * 1664525u + 1013904223u;
    floats[i] = ((float)(random >> 8) / (1 << 23) - 1.0f) * limit;
  }
  return floats;
}

/* External weights: U(-1/sqrt(H), 1/sqrt(H)) in torch's shapes, packed. */
static const char *pack_weights(subject *made) {
  const grucc_model *m = made->model;
  int64_t rows = 3 * m->hidden_size, per_layer = m->flags & GRUCC_MODEL_BIAS ? 4 : 2;
  float limit = 1.0f / sqrtf((float)m->hidden_size);
  made->weights = allocate(m->weights_bytes);
  const void **tensors = calloc((size_t)m->weights_count, sizeof *tensors);
  const char *wrong = made->weights && tensors ? NULL : "no memory for the weights";
  for (int64_t n = 0; !wrong && n < m->weights_count; ++n) {
    int64_t columns = n % per_layer == 0   ? (n == 0 ? m->input_size : m->hidden_size)
                      : n % per_layer == 1 ? m->hidden_size
                                           : 1;
    tensors[n] = random_floats(rows * columns, limit);
    if (!tensors[n])
      wrong = "no memory for the weights";
  }
  if (!wrong && m->pack(tensors, made->weights) != GRUCC_OK)
    wrong = "pack refused the weights";
  for (int64_t n = 0; tensors && n < m->weights_count; ++n)
    free((void *)tensors[n]);
  free(tensors);
  return wrong;
}

const char *make_subject(subject *made, const grucc_model *model, int64_t seq_len, int64_t batch) {
  *made = (subject){.model = model, .seq_len = seq_len, .batch = batch};
  if (model->flags & (GRUCC_MODEL_FLOAT64 | GRUCC_MODEL_BIDIRECTIONAL | GRUCC_MODEL_TRAINING))
    return "a float64, bidirectional or training model";
  int64_t workspace = model->workspace_bytes(seq_len, batch), state = model->state_bytes(batch);
  if (workspace < 0 || state < 0)
    return "more steps or rows than the model can count";
  int64_t rows = seq_len * batch, floats = sizeof(float);
  made->input = random_floats(rows * model->input_size, 1.0f);
  made->output = allocate(rows * model->hidden_size * floats);
  made->h_n = allocate(model->num_layers * batch * model->hidden_size * floats);
  made->y = allocate(batch * model->hidden_size * floats);
  made->workspace = allocate(workspace);
  made->state = allocate(state);
  if (!made->input || !made->output || !made->h_n || !made->y || !made->workspace || !made->state)
    return "no memory for the tensors";
  if (model->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS)
    return pack_weights(made);
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
  return called->model->run(&args);
}

int call_step(subject *called) {
  /* Steps go through the input as it lies in memory, whatever its layout: [B, I] each. */
  const float *x = called->input + called->next * called->batch * called->model->input_size;
  called->next = called->next + 1 == called->seq_len ? 0 : called->next + 1;
  return called->model->step(x, called->y, called->state, called->workspace, called->weights,
                             called->batch);
}

const char *check_subject(subject *checked) {
  const grucc_model *m = checked->model;
  int64_t batch = checked->batch, steps = checked->seq_len;
  size_t row = (size_t)m->input_size, bytes = sizeof(float) * (size_t)m->hidden_size;
  if (call_run(checked) != GRUCC_OK || m->init_state(checked->state, NULL, batch) != GRUCC_OK)
    return "run or init_state refused its arguments";
  int is_batch_first = (m->flags & GRUCC_MODEL_BATCH_FIRST) != 0;
  float *x = allocate(batch * m->input_size * (int64_t)sizeof(float));
  if (!x)
    return "no memory for the tensors";
  const char *wrong = NULL;
  for (int64_t t = 0; t < steps && !wrong; ++t) {
    for (int64_t b = 0; b < batch; ++b) {
      int64_t at = is_batch_first ? b * steps + t : t * batch + b;
      memcpy(x + (size_t)b * row, checked->input + (size_t)at * row, row * sizeof(float));
    }
    if (m->step(x, checked->y, checked->state, checked->workspace, checked->weights, batch))
      wrong = "step refused its arguments";
    for (int64_t b = 0; b < batch && !wrong; ++b) {
      int64_t at = is_batch_first ? b * steps + t : t * batch + b;
      if (memcmp(checked->y + b * m->hidden_size, checked->output + at * m->hidden_size, bytes))
        wrong = "steps that give other bits than a run";
    }
  }
  free(x);
  return wrong;
}
