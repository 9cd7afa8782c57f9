/*===- gru_steps.h - Steps of a network, or of plain C -----------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* Rounds of ROWS steps of a GRU compiled by grucc (m.h) or, with -DPLAIN, of plain_gru.c: INPUT,
 * HIDDEN and LAYERS are its sizes, fail() is the program's. */
enum { ROWS = 16 };
static float input[ROWS][INPUT];

/* Uniform in (-limit, limit), the same on every machine. */
static void fill(float *to, int count, float limit) {
  static unsigned state = 1;
  for (int i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    to[i] = limit * ((float)(state >> 8) / 8388608 - 1);
  }
}

#ifdef PLAIN
#include "plain_gru.h"
#include <math.h>

static float weights[LAYERS][3 * HIDDEN * ((INPUT > HIDDEN ? INPUT : HIDDEN) + HIDDEN + 2)];
static struct plain_layer layers[LAYERS];
static float h[LAYERS][HIDDEN];

static void prepare(void) {
  for (int l = 0; l < LAYERS; ++l) {
    fill(weights[l], sizeof weights[l] / sizeof(float), 1 / sqrtf(HIDDEN));
    const float *hh = weights[l] + 3 * HIDDEN * (l ? HIDDEN : INPUT), *b = hh + 3 * HIDDEN * HIDDEN;
    layers[l] = (struct plain_layer){weights[l], hh, b, b + 3 * HIDDEN};
  }
}
static void step(const float *x) { plain_gru_step(layers, x, h); }
static const float *output = h[LAYERS - 1];

#else
#include "m.h"

static _Alignas(M_ALIGNMENT) char state[M_STATE_BYTES(1)], workspace[M_STEP_WORKSPACE_BYTES(1)];
static float y[HIDDEN];
static const float *output = y;

static void prepare(void) {
  if (m_init_state(state, NULL, 1))
    fail();
}
static void step(const float *x) {
  if (m_step(x, y, state, workspace, NULL, 1))
    fail();
}
#endif

static void steps(long rounds) {
  for (; rounds > 0; --rounds)
    for (int row = 0; row < ROWS; ++row)
      step(input[row]);
}

/* Whether the last output is one that a GRU can have: not 0, and within -1 and 1. */
static int is_output(void) {
  float magnitude = 0;
  for (int i = 0; i < HIDDEN; ++i)
    magnitude += output[i] * output[i];
  return magnitude > 0 && magnitude < HIDDEN;
}
