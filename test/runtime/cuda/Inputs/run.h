/*===- run.h - Runs of the stand-in model, and what they should give ------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_TEST_RUNTIME_CUDA_RUN_H
#define GRUCC_TEST_RUNTIME_CUDA_RUN_H

#include "../../Inputs/expect.h"
#include "grucc/runtime.h"
#include "model.h"

enum { STATES = D * L, MOST_BATCH = 8, MOST_ROWS = MOST_STEPS * MOST_BATCH };

/* How long the rows are: all T; each its own; each its own, and packed. */
typedef enum ragged { WHOLE, PADDED, PACKED } ragged;

/* One run: its tensors, as large as any, and what output and h_n should be. */
typedef struct example {
  int64_t seq_len, batch, rows;
  ragged kind;
  float input[MOST_ROWS * I], h_0[STATES * MOST_BATCH * H];
  float output[MOST_ROWS * WIDTH], h_n[STATES * MOST_BATCH * H];
  float expected_output[MOST_ROWS * WIDTH], expected_h_n[STATES * MOST_BATCH * H];
  int64_t lengths[MOST_BATCH], batch_sizes[MOST_STEPS];
} example;

static inline int64_t example_row(const example *run, int64_t t, int64_t b) {
  if (run->kind != PACKED)
    return FLAGS & GRUCC_MODEL_BATCH_FIRST ? b * run->seq_len + t : t * run->batch + b;
  for (int64_t s = 0; s < t; ++s)
    b += run->batch_sizes[s];
  return b;
}

/* Draws a run, and computes its result row by row. */
static inline void make_example(example *run, int64_t seq_len, int64_t batch, ragged kind,
                                int has_h_0) {
  static unsigned state = 1;
  memset(run, 0, sizeof *run);
  run->seq_len = seq_len;
  run->batch = batch;
  run->kind = kind;
  for (int64_t b = 0; b < batch; ++b) {
    /* From T down to 0, as packed rows have to be; padded ones in another order. */
    int64_t length = batch > 1 ? seq_len * (batch - 1 - b) / (batch - 1) : seq_len;
    run->lengths[kind == PADDED ? (b + 2) % batch : b] = kind == WHOLE ? seq_len : length;
    for (int64_t t = 0; t < length; ++t)
      ++run->batch_sizes[t];
  }
  run->rows = seq_len * batch;
  if (kind == PACKED)
    for (int64_t t = run->rows = 0; t < seq_len; ++t)
      run->rows += run->batch_sizes[t];
  for (int i = 0; i < MOST_ROWS * I; ++i)
    run->input[i] = (float)((state = state * 1103515245u + 12345u) >> 16 & 15) / 4 - 2;
  for (int i = 0; i < STATES * MOST_BATCH * H; ++i)
    run->h_0[i] = has_h_0 ? (float)(i % 7) / 2 - 1 : 0;
  memset(run->output, 0xff, sizeof run->output);
  memset(run->h_n, 0xff, sizeof run->h_n);

  int scans = seq_len >= SCAN_MIN_STEPS && batch <= SCAN_MAX_BATCH;
  for (int64_t b = 0; b < batch; ++b) {
    float x[MOST_STEPS * I], y[MOST_STEPS * WIDTH], h[STATES * H];
    for (int64_t t = 0; t < run->lengths[b]; ++t)
      memcpy(x + t * I, run->input + example_row(run, t, b) * I, I * sizeof *x);
    for (int64_t s = 0; s < STATES; ++s)
      memcpy(h + s * H, run->h_0 + (s * batch + b) * H, H * sizeof *h);
    expected_row(x, y, h, run->lengths[b], scans);
    for (int64_t t = 0; t < run->lengths[b]; ++t)
      memcpy(run->expected_output + example_row(run, t, b) * WIDTH, y + t * WIDTH,
             WIDTH * sizeof *y);
    for (int64_t s = 0; s < STATES; ++s)
      memcpy(run->expected_h_n + (s * batch + b) * H, h + s * H, H * sizeof *h);
  }
}

static inline grucc_tensor reals(const void *data, int32_t rank, int64_t a, int64_t b, int64_t c) {
  return grucc_make_tensor(GRUCC_FLOAT32, data, rank, a, b, c, 0);
}

/* The call on memory at these places; h_0 may be NULL. */
static inline grucc_call example_call(const example *run, const void *input, const void *h_0,
                                      const void *output, const void *h_n) {
  grucc_call call;
  memset(&call, 0, sizeof call);
  int64_t first = run->seq_len, second = run->batch;
  if (FLAGS & GRUCC_MODEL_BATCH_FIRST)
    first = run->batch, second = run->seq_len;
  call.input = reals(input, 3, first, second, I);
  call.output = reals(output, 3, first, second, WIDTH);
  if (run->kind == PACKED) {
    call.input = reals(input, 2, run->rows, I, 0);
    call.output = reals(output, 2, run->rows, WIDTH, 0);
    call.batch_sizes = grucc_tensor_of(GRUCC_INT64, run->batch_sizes, 1, run->seq_len);
  }
  if (run->kind == PADDED)
    call.lengths = grucc_tensor_of(GRUCC_INT64, run->lengths, 1, run->batch);
  if (h_0)
    call.h_0 = reals(h_0, 3, STATES, run->batch, H);
  call.h_n = reals(h_n, 3, STATES, run->batch, H);
  return call;
}

static inline size_t output_bytes(const example *run) {
  return (size_t)run->rows * WIDTH * sizeof(float);
}
static inline size_t state_bytes(const example *run) {
  return STATES * (size_t)run->batch * H * sizeof(float);
}

static inline void expect_results(const example *run, const void *output, const void *h_n) {
  expect(memcmp(output, run->expected_output, output_bytes(run)) == 0);
  expect(memcmp(h_n, run->expected_h_n, state_bytes(run)) == 0);
}

static inline grucc_handle *open_encoder(const grucc_cuda_model *model) {
  char message[GRUCC_MESSAGE_SIZE] = "";
  grucc_handle *handle = NULL;
  int status = grucc_open_model(&model->model, &handle, message, sizeof message);
  expect_text(message, "");
  expect(status == GRUCC_OK && handle);
  return handle;
}

#endif /* GRUCC_TEST_RUNTIME_CUDA_RUN_H */
