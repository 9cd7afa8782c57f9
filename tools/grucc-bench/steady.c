/*===- steady.c - Whether every step of a long stream takes the same time -===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "steady.h"
#include "timing.h"
#include "tools/probe/clock.h"

#include <stdlib.h>
#include <string.h>

/* Steps before the first one that is timed: what the last stream left out of the caches
 * comes back. */
enum { warm_up = 64 };

/* What streams take: rows of real [B, I], over and over, and one of zeros after them. */
typedef struct inputs {
  char *rows;
  int64_t count, row_bytes;
} inputs;

/* One stream. times: [steps], microseconds. */
static int time_stream(subject *timed, int64_t steps, int64_t silent_from, const inputs *taken,
                       double *times) {
  int status = 0;
  for (int64_t i = 0; i < warm_up; ++i)
    status |= call_step_on(timed, taken->rows + i % (taken->count + 1) * taken->row_bytes);
  status |= begin_steps(timed);
  double last = read_clock();
  for (int64_t i = 0; i < steps; ++i) {
    /* Without a branch, whose first misprediction would count as the step's. */
    int64_t row = i % taken->count;
    row += (taken->count - row) * (i >= silent_from);
    status |= call_step_on(timed, taken->rows + row * taken->row_bytes);
    double now = read_clock();
    times[i] = now - last;
    last = now;
  }
  return status;
}

static void keep_least(double *least, const double *times, int64_t steps, int is_first) {
  for (int64_t i = 0; i < steps; ++i)
    if (is_first || times[i] < least[i])
      least[i] = times[i];
}

/* Sorts `least`. */
static stream_timing summarize(double *least, int64_t steps) {
  stream_timing found = {.largest = -1};
  for (int64_t i = 0; i < steps; ++i)
    if (least[i] > found.largest) {
      found.largest = least[i];
      found.step = i;
    }
  found.median = take_median(least, steps);
  return found;
}

const char *time_steadiness(subject *timed, int64_t steps, steadiness *taken) {
  int64_t bytes = sizeof(double);
  double *times = allocate(steps, bytes), *sound = allocate(steps, bytes);
  double *silence = allocate(steps, bytes);
  inputs given = {.count = timed->seq_len};
  given.row_bytes = timed->batch * timed->model->input_size * real_bytes_of(timed->model);
  given.rows = allocate(given.count + 1, given.row_bytes);
  const char *wrong = times && sound && silence && given.rows ? NULL : "no memory for the times";
  if (!wrong)
    memcpy(given.rows, timed->input, (size_t)(given.count * given.row_bytes));
  for (int repeat = 0; repeat < steady_repeats && !wrong; ++repeat) {
    int status = time_stream(timed, steps, steps, &given, times);
    keep_least(sound, times, steps, repeat == 0);
    status |= time_stream(timed, steps, steps / 2, &given, times);
    keep_least(silence, times, steps, repeat == 0);
    if (status != GRUCC_OK)
      wrong = "a step that failed";
  }
  if (!wrong) {
    *taken = (steadiness){
        .steps = steps, .sound = summarize(sound, steps), .silence = summarize(silence, steps)};
    taken->sound.ratio = taken->sound.largest / taken->sound.median;
    taken->silence.ratio = taken->silence.largest / taken->sound.median;
  }
  free(times);
  free(sound);
  free(silence);
  free(given.rows);
  return wrong;
}
