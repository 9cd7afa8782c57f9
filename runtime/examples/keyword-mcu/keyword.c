/*===- keyword.c - Words heard by a compiled GRU, without a system --------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * Hears the words of utterances.h, a frame a step, and prints which they are, what a step costs and
 * a sum over all bits of the network's outputs. The exit code is 1 when one is heard wrongly.
 */
#include "keyword.h"
#include "board.h"
#include "keyword_head.h"
#include "utterances.h"

_Static_assert(BANDS == KEYWORD_INPUT_SIZE, "the network is for other features");
_Static_assert(sizeof head_weight[0] == 4 * KEYWORD_OUTPUT_SIZE,
               "the readout is of another network");

/* All memory but the stack, and known when the program is linked. */
static _Alignas(KEYWORD_ALIGNMENT) char state[KEYWORD_STATE_BYTES(1)];
static _Alignas(KEYWORD_ALIGNMENT) char workspace[KEYWORD_STEP_WORKSPACE_BYTES(1)];
static float x[FRAMES][KEYWORD_INPUT_SIZE], y[FRAMES][KEYWORD_OUTPUT_SIZE];

/* FNV-1a over all bits of all outputs, a number at a time. */
uint32_t sum_of_outputs = 2166136261u;

static void add_bits(float value) {
  union {
    float value;
    uint32_t bits;
  } both = {value};
  sum_of_outputs = (sum_of_outputs ^ both.bits) * 16777619u;
}

/* The readout of the last step: the word with the largest sum. */
static int heard(const float *h) {
  int best = 0;
  float most = 0;
  for (int w = 0; w < WORDS; ++w) {
    float sum = head_bias[w];
    for (int k = 0; k < KEYWORD_OUTPUT_SIZE; ++k)
      sum += head_weight[w][k] * h[k];
    if (w == 0 || sum > most) {
      best = w;
      most = sum;
    }
  }
  return best;
}

/* One utterance through the network. Returns 0, or the model's status. */
static int step_through(const signed char (*frames)[BANDS], uint32_t *instructions) {
  for (int t = 0; t < FRAMES; ++t)
    for (int i = 0; i < BANDS; ++i)
      x[t][i] = (float)frames[t][i] * FEATURE_SCALE;
  int status = keyword_init_state(state, 0, 1);
  uint32_t began = ticks();
  for (int t = 0; t < FRAMES && status == 0; ++t)
    status = keyword_step(x[t], y[t], state, workspace, 0, 1);
  *instructions = instructions_since(began);
  return status;
}

/* A loop of known length tells whether an instruction takes a nanosecond here. */
static int counts_instructions(void) {
  enum { TURNS = 50000, SLACK = 64 /* two ticks */ };
  uint32_t began = ticks();
  turn(TURNS);
  uint32_t found = instructions_since(began);
  return found >= 2 * TURNS - SLACK && found <= 2 * TURNS + SLACK;
}

int main(void) {
  int right = 0, counts = counts_instructions();
  if (!counts)
    print("instructions are not counted: that takes qemu with -icount shift=0\n");
  for (int u = 0; u < UTTERANCES; ++u) {
    uint32_t instructions;
    int status = step_through(features[u], &instructions);
    if (status != 0) {
      print("error: the model returned status ");
      print_number((uint32_t)status, 10);
      print("\n");
      return 1;
    }
    for (int t = 0; t < FRAMES; ++t)
      for (int k = 0; k < KEYWORD_OUTPUT_SIZE; ++k)
        add_bits(y[t][k]);
    int word = heard(y[FRAMES - 1]);
    right += word == said[u];
    print("said ");
    print(words[said[u]]);
    print(", heard ");
    print(words[word]);
    if (counts) {
      print(", ");
      print_number((instructions + FRAMES / 2) / FRAMES, 10);
      print(" instructions a step");
    }
    print("\n");
  }
  print_number((uint32_t)right, 10);
  print(" of ");
  print_number(UTTERANCES, 10);
  print(" right, the sum of all outputs ");
  print_number(sum_of_outputs, 16);
  print("\n");
  return right == UTTERANCES ? 0 : 1;
}
