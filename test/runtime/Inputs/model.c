/*===- model.c - A stand-in for a compiled model --------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * Implements the binary interface by hand, with arithmetic that a test can
 * predict: every layer computes h'[u] = h[u] / 2 + (u + FIRST) * sum of its input.
 * Freestanding, as compiled models are. Macros choose the variant:
 *   FLAGS, ABI, CPU, REFUSE (a status that run returns), FIRST (default 1),
 *   ASTRAY (what a run that may have several threads adds to its first output)
 */
#include "grucc/model.h"

#ifndef FLAGS
#define FLAGS GRUCC_MODEL_BIAS
#endif
#ifndef ABI
#define ABI GRUCC_ABI_VERSION
#endif
#ifndef CPU
#define CPU 0
#endif
#ifndef REFUSE
#define REFUSE GRUCC_OK
#endif
#ifndef FIRST
#define FIRST 1
#endif
#ifndef ASTRAY
#define ASTRAY 0
#endif

enum { I = 3, H = 2, L = 2, D = (FLAGS & GRUCC_MODEL_BIDIRECTIONAL) ? 2 : 1, WIDTH = D * H };
enum { TENSORS = D * L * ((FLAGS & GRUCC_MODEL_BIAS) ? 4 : 2) };

/* One layer and row: the h of a layer is state [D*L, B, H]. */
static void cell(const float *x, int count, float *h, int layer, int64_t batch, int64_t row,
                 float *y) {
  float sum = 0;
  for (int i = 0; i < count; ++i)
    sum += x[i];
  for (int d = 0; d < D; ++d)
    for (int u = 0; u < H; ++u) {
      float *at = &h[(((int64_t)layer * D + d) * batch + row) * H + u];
      *at = *at / 2 + (float)(u + FIRST) * sum;
      y[d * H + u] = *at;
    }
}

static void row_step(const float *x, float *y, float *h, int64_t batch, int64_t row) {
  float between[WIDTH];
  cell(x, I, h, 0, batch, row, between);
  cell(between, WIDTH, h, 1, batch, row, y);
}

static int64_t model_state_bytes(int64_t batch) {
  return batch < 0 || batch > (1ll << 40) ? -1 : batch * D * L * H * 4;
}

static int64_t model_workspace_bytes(int64_t seq_len, int64_t batch) {
  if (seq_len < 0 || batch < 0 || seq_len > (1ll << 20) || batch > (1ll << 20))
    return -1;
  return seq_len * batch * 4;
}

static int model_init_state(void *state, const void *h_0, int64_t batch) {
  for (int64_t i = 0; i < batch * D * L * H; ++i)
    ((float *)state)[i] = h_0 ? ((const float *)h_0)[i] : 0;
  return GRUCC_OK;
}

static int model_read_state(const void *state, void *h_n, int64_t batch) {
  for (int64_t i = 0; i < batch * D * L * H; ++i)
    ((float *)h_n)[i] = ((const float *)state)[i];
  return GRUCC_OK;
}

static int model_reset_state(void *state, const int64_t *rows, int64_t count, int64_t batch) {
  for (int64_t i = 0; i < count; ++i)
    if (rows[i] < 0 || rows[i] >= batch)
      return GRUCC_ERROR_SHAPE;
  for (int64_t i = 0; i < count * D * L; ++i)
    for (int u = 0; u < H; ++u)
      ((float *)state)[(i % (D * L) * batch + rows[i / (D * L)]) * H + u] = 0;
  return GRUCC_OK;
}

static int model_step(const void *x, void *y, void *state, void *workspace, const void *weights,
                      int64_t batch) {
  if (!x || !y || !state || !workspace || ((FLAGS & GRUCC_MODEL_EXTERNAL_WEIGHTS) && !weights))
    return GRUCC_ERROR_NULL;
  for (int64_t row = 0; row < batch; ++row)
    row_step((const float *)x + row * I, (float *)y + row * WIDTH, state, batch, row);
  for (int64_t row = 0; row < batch; ++row)
    ((float *)workspace)[row] = -1;
  return GRUCC_OK;
}

static int model_run(const grucc_args *args) {
  if (!args || args->size != (int64_t)sizeof(grucc_args))
    return GRUCC_ERROR_ARGS_SIZE;
  if (REFUSE)
    return REFUSE;
  if (!args->input || !args->output || !args->h_n || !args->workspace ||
      ((FLAGS & GRUCC_MODEL_EXTERNAL_WEIGHTS) && !args->weights))
    return GRUCC_ERROR_NULL;
  if (args->batch_sizes || args->dropout_mask)
    return GRUCC_ERROR_UNSUPPORTED;
  model_init_state(args->h_n, args->h_0, args->batch);
  for (int64_t t = 0; t < args->seq_len; ++t)
    for (int64_t b = 0; b < args->batch; ++b) {
      int64_t at = (FLAGS & GRUCC_MODEL_BATCH_FIRST) ? b * args->seq_len + t : t * args->batch + b;
      const float *x = (const float *)args->input + at * I;
      float *y = (float *)args->output + at * WIDTH;
      if (args->lengths && t >= args->lengths[b])
        for (int u = 0; u < WIDTH; ++u)
          y[u] = 0;
      else
        row_step(x, y, args->h_n, args->batch, b);
    }
  if (ASTRAY && args->threads > 1 && args->seq_len * args->batch > 0)
    ((float *)args->output)[0] += ASTRAY;
  for (int64_t i = 0; i < args->seq_len * args->batch; ++i)
    ((float *)args->workspace)[i] = -1;
  return GRUCC_OK;
}

static int model_pack(const void *const *tensors, void *weights) {
  for (int i = 0; i < TENSORS; ++i)
    ((float *)weights)[i] = ((const float *)tensors[i])[0];
  return GRUCC_OK;
}

#ifndef SHARED
static int model_supported(void) { return 1; }
#endif

#ifdef SHARED
#define EXPORT __attribute__((visibility("default")))
EXPORT int encoder_run(const grucc_args *args) { return model_run(args); }
EXPORT int encoder_step(const void *x, void *y, void *state, void *workspace, const void *weights,
                        int64_t batch) {
  return model_step(x, y, state, workspace, weights, batch);
}
EXPORT int64_t encoder_state_bytes(int64_t batch) { return model_state_bytes(batch); }
EXPORT int64_t encoder_workspace_bytes(int64_t seq_len, int64_t batch) {
  return model_workspace_bytes(seq_len, batch);
}
EXPORT int encoder_init_state(void *state, const void *h_0, int64_t batch) {
  return model_init_state(state, h_0, batch);
}
EXPORT int encoder_read_state(const void *state, void *h_n, int64_t batch) {
  return model_read_state(state, h_n, batch);
}
EXPORT int encoder_reset_state(void *state, const int64_t *rows, int64_t count, int64_t batch) {
  return model_reset_state(state, rows, count, batch);
}
EXPORT int encoder_supported(void) { return 1; }
EXPORT int encoder_pack(const void *const *tensors, void *weights) {
  return model_pack(tensors, weights);
}
extern EXPORT const grucc_model grucc_model_entry __attribute__((alias("encoder_model")));
EXPORT
#else
#define encoder_run model_run
#define encoder_step model_step
#define encoder_state_bytes model_state_bytes
#define encoder_workspace_bytes model_workspace_bytes
#define encoder_init_state model_init_state
#define encoder_read_state model_read_state
#define encoder_reset_state model_reset_state
#define encoder_supported model_supported
#define encoder_pack model_pack
static
#endif
const grucc_model encoder_model = {
    .abi_version = ABI,
    .size = sizeof(grucc_model),
    .flags = FLAGS,
    .input_size = I,
    .hidden_size = H,
    .num_layers = L,
    .pointer_bytes = sizeof(void *),
    .alignment = GRUCC_ALIGNMENT,
    .cpu_features = {CPU},
    .weights_bytes = TENSORS * 4,
    .weights_count = TENSORS,
    .name = "encoder",
    .target = "stand-in",
    .provenance = "written by hand\n",
    .run = encoder_run,
    .step = D == 2 ? 0 : encoder_step,
    .state_bytes = encoder_state_bytes,
    .workspace_bytes = encoder_workspace_bytes,
    .init_state = encoder_init_state,
    .read_state = encoder_read_state,
    .reset_state = encoder_reset_state,
    .supported = encoder_supported,
    .pack = (FLAGS & GRUCC_MODEL_EXTERNAL_WEIGHTS) ? encoder_pack : 0,
};
