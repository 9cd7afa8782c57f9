/*===- clipper.c - A diode clipper, played by a compiled GRU ---------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * clipper RECORDED.f32 OUT.wav
 *
 * Plays a riff through the network, one sample at a time as an audio effect
 * would, and writes what comes out. RECORDED.f32 is what PyTorch gave for the
 * same riff; the exit code is 1 when the two differ by more than BOUND.
 */
#include "clipper.h"
#include "clipper_head.h"
#include <grucc/model.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
  RATE = 48000, /* samples a second */
  SECONDS = 10,
  SAMPLES = RATE * SECONDS,
  PLUCKS = 20,
  STRIDE = 31, /* RECORDED.f32 holds every STRIDE-th sample */
  RECORDED = (SAMPLES + STRIDE - 1) / STRIDE,
  HIDDEN = 24,
  LONGEST = 600 /* samples of the longest string */
};

/* In volts, of at most 0.65: a third of a step of the 16-bit WAV. */
#define BOUND 1e-5

static float input[SAMPLES], output[SAMPLES];

/* A plucked string after Karplus and Strong, in integers. */
typedef struct string {
  int32_t line[LONGEST];
  int period, at;
} string;

/* Fills the string with noise; the seed goes on from string to string. */
static void pluck(string *s, int period, uint32_t *seed) {
  int32_t value = 0;
  s->period = period;
  s->at = 0;
  for (int i = 0; i < period; ++i) {
    *seed = *seed * 1664525u + 1013904223u;
    value = (value + (int32_t)(*seed >> 16) - 32768) / 2;
    s->line[i] = value;
  }
}

static int32_t vibrate(string *s) {
  int next = s->at + 1 == s->period ? 0 : s->at + 1;
  int32_t now = s->line[s->at];
  s->line[s->at] = (now + s->line[next]) * 511 / 1024;
  s->at = next;
  return now;
}

/* The same riff as in signals.py, to the bit: a root and its fifth. */
static void play_riff(float *x) {
  static const int periods[10] = {582, 490, 436, 582, 327, 389, 436, 490, 582, 582};
  static const int gains[4] = {8, 2, 4, 1}; /* eighths */
  uint32_t seed = 1;
  for (int p = 0; p < PLUCKS; ++p) {
    static string root, fifth;
    pluck(&root, periods[p % 10], &seed);
    pluck(&fifth, periods[p % 10] * 2 / 3, &seed);
    for (int t = 0; t < SAMPLES / PLUCKS; ++t) {
      int32_t both = (vibrate(&root) + vibrate(&fifth)) * gains[p % 4] / 16;
      *x++ = (float)both / 32768.0f;
    }
  }
}

static double now(void) {
  struct timespec t;
  timespec_get(&t, TIME_UTC);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* `bytes` rounded up to what aligned_alloc takes; NULL when that fails. */
static void *allocate(int64_t bytes) {
  return bytes < 0 ? NULL : aligned_alloc(64, ((size_t)bytes / 64 + 1) * 64);
}

/* The code for this CPU: the best level, where the object has several; NULL where it has none. */
static const grucc_model *find_model(void) {
  const grucc_model *model = clipper_model.select ? clipper_model.select(NULL) : &clipper_model;
  return model->supported() ? model : NULL;
}

/* The effect: input[t] in, output[t] out. Returns 0, or the model's status. */
static int clip(const grucc_model *model, double *elapsed) {
  void *state = allocate(model->state_bytes(1));
  void *workspace = allocate(model->workspace_bytes(1, 1));
  int status = -1;
  if (state && workspace)
    status = model->init_state(state, NULL, 1);
  double began = now();
  for (int t = 0; status == 0 && t < SAMPLES; ++t) {
    float h[HIDDEN];
    status = model->step(&input[t], h, state, workspace, NULL, 1);
    float y = head_bias;
    for (int k = 0; k < HIDDEN; ++k)
      y += head_weight[k] * h[k];
    output[t] = y;
  }
  *elapsed = now() - began;
  free(workspace);
  free(state);
  return status;
}

/* Largest difference from what PyTorch gave, or -1 when the file is not that. */
static double compare(const char *path) {
  static unsigned char bytes[4 * RECORDED + 1];
  FILE *file = fopen(path, "rb");
  if (!file)
    return -1;
  size_t count = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  if (count != 4 * RECORDED)
    return -1;
  double largest = 0;
  for (int i = 0; i < RECORDED; ++i) {
    const unsigned char *b = bytes + 4 * i;
    union {
      uint32_t bits;
      float value;
    } expected = {b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24};
    double difference = fabs((double)output[i * STRIDE] - (double)expected.value);
    if (!(difference <= largest))
      largest = isnan(difference) ? INFINITY : difference;
  }
  return largest;
}

static void put(FILE *file, uint32_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8)
    putc((int)(value & 0xff), file);
}

/* 16-bit mono; one volt is full scale. Returns 0, or -1. */
static int write_wav(const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file)
    return -1;
  fputs("RIFF", file);
  put(file, 36 + 2 * SAMPLES, 4);
  fputs("WAVEfmt ", file);
  put(file, 16, 4);
  put(file, 1, 2); /* PCM */
  put(file, 1, 2); /* mono */
  put(file, RATE, 4);
  put(file, 2 * RATE, 4);
  put(file, 2, 2);
  put(file, 16, 2);
  fputs("data", file);
  put(file, 2 * SAMPLES, 4);
  for (int t = 0; t < SAMPLES; ++t) {
    float y = fminf(fmaxf(output[t], -1.0f), 1.0f);
    put(file, (uint32_t)(int32_t)lrintf(32767.0f * y), 2);
  }
  int failed = ferror(file);
  return fclose(file) != 0 || failed ? -1 : 0;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: clipper RECORDED.f32 OUT.wav\n");
    return 2;
  }
  const grucc_model *model = find_model();
  if (!model) {
    fprintf(stderr, "error: the network is for CPUs with what %s has\n", clipper_model.target);
    return 1;
  }
  double elapsed;
  play_riff(input);
  int status = clip(model, &elapsed);
  if (status != 0) {
    fprintf(stderr, "error: the model returned status %d\n", status);
    return 1;
  }
  double difference = compare(argv[1]);
  if (difference < 0) {
    fprintf(stderr, "%s: error: recorded output: found no file of %d bytes, expected one\n",
            argv[1], 4 * RECORDED);
    return 1;
  }
  if (write_wav(argv[2]) != 0) {
    fprintf(stderr, "%s: error: cannot be written\n", argv[2]);
    return 1;
  }
  printf("wrote %d s of audio at %d Hz to %s\n", SECONDS, RATE, argv[2]);
  printf("network for %s\n", model->target);
  printf("real-time factor %.5f: %.1f ms, %.0f ns a sample, %.0f times faster than real time\n",
         elapsed / SECONDS, 1e3 * elapsed, 1e9 * elapsed / SAMPLES, SECONDS / elapsed);
  printf("largest difference from PyTorch %.2e V, bound %.0e V\n", difference, BOUND);
  if (!(difference <= BOUND)) {
    fprintf(stderr, "error: the output differs from what PyTorch gave\n");
    return 1;
  }
  return 0;
}
