/*===- model.h - A stand-in for a model compiled for a GPU ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The descriptor that belongs to kernels.c, and the same arithmetic on the host. Freestanding, so
 * that it can be a shared library of its own (SHARED), as compiled models are: data alone.
 *   FLAGS (default: bias), SHARED
 */
#ifndef GRUCC_TEST_RUNTIME_CUDA_MODEL_H
#define GRUCC_TEST_RUNTIME_CUDA_MODEL_H

#include "grucc/cuda.h"

#ifndef FLAGS
#define FLAGS GRUCC_MODEL_BIAS
#endif

enum { D = (FLAGS & GRUCC_MODEL_BIDIRECTIONAL) ? 2 : 1, I = 3, H = 2, L = 2, WIDTH = D * H };
enum { BIAS = (FLAGS & GRUCC_MODEL_BIAS) != 0, SCAN_MIN_STEPS = 3, SCAN_MAX_BATCH = 4 };
/* Floats of one part of the weights, and of the parts of one layer and direction. */
enum { PART = 64, PARTS = 5 * PART };

static const char kernels[] = {
#embed "kernels.ptx"
    , 0};

#define W1(i) ((i) * 7 % 11 - 5) / 8.0f
#define W4(i) W1(i), W1(i + 1), W1(i + 2), W1(i + 3)
#define W16(i) W4(i), W4(i + 4), W4(i + 8), W4(i + 12)
#define W64(i) W16(i), W16(i + 16), W16(i + 32), W16(i + 48)
#define W320(i) W64(i), W64(i + 64), W64(i + 128), W64(i + 192), W64(i + 256)
static const _Alignas(256) float weights[4 * PARTS] = {W320(0), W320(320), W320(640), W320(960)};

#define LAYER(i)                                                                                   \
  {4 * PARTS * i, BIAS ? 4 * (PARTS * i + PART) : -1, 4 * (PARTS * i + 2 * PART),                  \
   4 * (PARTS * i + 3 * PART), BIAS ? 4 * (PARTS * i + 4 * PART) : -1}
static const grucc_cuda_layer layers[4] = {LAYER(0), LAYER(1), LAYER(2), LAYER(3)};

#ifdef SHARED
#define EXPORT __attribute__((visibility("default")))
extern EXPORT const grucc_cuda_model grucc_model_entry __attribute__((alias("encoder_model")));
#else
#define EXPORT static
#endif
EXPORT const grucc_cuda_model encoder_model = {
    .model = {.abi_version = GRUCC_ABI_VERSION,
              .size = sizeof(grucc_model),
              .flags = FLAGS | GRUCC_MODEL_CUDA,
              .architecture = GRUCC_ARCHITECTURE_X86_64,
              .pointer_bytes = sizeof(void *),
              .alignment = GRUCC_ALIGNMENT,
              .input_size = I,
              .hidden_size = H,
              .num_layers = L,
              .weights_bytes = sizeof weights,
              .weights_count = D * L * (BIAS ? 4 : 2),
              .name = "encoder",
              .target = "sm_80",
              .provenance = "written by hand\n"},
    .kernels = kernels,
    .kernels_bytes = sizeof kernels - 1,
    .weights = weights,
    .capability = 80,
    .precision = GRUCC_CUDA_FLOAT32,
    .scan_min_steps = SCAN_MIN_STEPS,
    .scan_max_batch = SCAN_MAX_BATCH,
    .project_input = {"encoder_project_input", 4, 0, 4, 2},
    .project_above = {"encoder_project_above", 4, 0, 4, 2},
    .scan = {"encoder_scan", 2, 50000, 2, 1}, /* more than every kernel may have */
    .step = {"encoder_step", 2, 0, 2, H},
    .layers = layers,
};

#ifndef SHARED
/* One row through one layer and direction: x [length, depth], y [length, WIDTH] from its own
 * column on, h [H]: the first state and then the last one. */
static inline void expected_layer(int64_t index, int64_t depth, const float *x, float *y, float *h,
                                  int64_t length, int scans) {
  const float *part = weights + index * PARTS, *w_hh = part + (scans ? 2 : 3) * PART;
  for (int64_t i = 0; i < length; ++i) {
    int64_t t = index % D ? length - 1 - i : i;
    float new[H], sums[3];
    for (int64_t u = 0; u < H; ++u) {
      for (int64_t q = 0; q < 3; ++q) {
        int64_t g = q * H + u;
        float sum = BIAS ? part[PART + g] : 0;
        for (int64_t k = 0; k < depth; ++k)
          sum += x[t * depth + k] * part[g * depth + k];
        for (int64_t j = 0; j < H; ++j)
          sum += w_hh[g * H + j] * h[j];
        sums[q] = sum;
      }
      sums[2] += BIAS ? part[4 * PART + u] : 0;
      new[u] = (sums[0] + 2 * sums[1] - sums[2]) * 0.125f + h[u] * 0.5f;
    }
    for (int64_t u = 0; u < H; ++u)
      y[t * WIDTH + u] = h[u] = new[u];
  }
}

enum { MOST_STEPS = 16 };

/* One row of a run: x [length, I], y [length, D*H], h [D*L, H]. */
static inline void expected_row(const float *x, float *y, float *h, int64_t length, int scans) {
  float between[MOST_STEPS * WIDTH];
  for (int64_t d = 0; d < D; ++d)
    expected_layer(d, I, x, between + d * H, h + d * H, length, scans);
  for (int64_t d = 0; d < D; ++d)
    expected_layer(D + d, WIDTH, between, y + d * H, h + (D + d) * H, length, scans);
}
#endif

#endif /* GRUCC_TEST_RUNTIME_CUDA_MODEL_H */
