/*===- plain_gru.c - A GRU's step as it is written by hand ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* torch.nn.GRU's equations and layout, for INPUT, HIDDEN and LAYERS that the compiler knows. */
#include "plain_gru.h"
#include <math.h>

static float sigmoid(float x) { return 1 / (1 + expf(-x)); }

/* x: [input_size], h: [HIDDEN]. Activations have a loop of their own, since gcc vectorises it
 * where libm has vectors. */
static inline void layer_step(const struct plain_layer *layer, const float *restrict x,
                              int input_size, float *restrict h) {
  const float *ih = layer->weight_ih, *hh = layer->weight_hh;
  const float *b_ih = layer->bias_ih, *b_hh = layer->bias_hh;
  float r[HIDDEN], z[HIDDEN], n[HIDDEN], n_of_h[HIDDEN];
  for (int j = 0; j < HIDDEN; ++j) {
    float sum_r = b_ih[j] + b_hh[j], sum_z = b_ih[HIDDEN + j] + b_hh[HIDDEN + j];
    float sum_n = b_ih[2 * HIDDEN + j], sum_n_of_h = b_hh[2 * HIDDEN + j];
    for (int k = 0; k < input_size; ++k) {
      sum_r += ih[j * input_size + k] * x[k];
      sum_z += ih[(HIDDEN + j) * input_size + k] * x[k];
      sum_n += ih[(2 * HIDDEN + j) * input_size + k] * x[k];
    }
    for (int k = 0; k < HIDDEN; ++k) {
      sum_r += hh[j * HIDDEN + k] * h[k];
      sum_z += hh[(HIDDEN + j) * HIDDEN + k] * h[k];
      sum_n_of_h += hh[(2 * HIDDEN + j) * HIDDEN + k] * h[k];
    }
    r[j] = sum_r, z[j] = sum_z, n[j] = sum_n, n_of_h[j] = sum_n_of_h;
  }
  for (int j = 0; j < HIDDEN; ++j) {
    float update = sigmoid(z[j]), new = tanhf(n[j] + sigmoid(r[j]) * n_of_h[j]);
    h[j] = (1 - update) * new + update * h[j];
  }
}

void plain_gru_step(const struct plain_layer *layers, const float *x, float (*h)[HIDDEN]) {
  layer_step(layers, x, INPUT, h[0]);
  for (int l = 1; l < LAYERS; ++l)
    layer_step(layers + l, h[l - 1], HIDDEN, h[l]);
}
