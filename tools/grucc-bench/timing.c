/*===- timing.c - Minimum and median of a call's time ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "timing.h"

#include "tools/probe/clock.h"

#include <stdlib.h>

/* A sample is this long, so that reading the clock does not count. */
static const double sample_microseconds = 2000;

/* Microseconds of `calls` calls, or -1. */
static double sample(subject *timed, int (*call)(subject *), int64_t calls) {
  int status = 0;
  double start = read_clock();
  for (int64_t i = 0; i < calls; ++i)
    status |= call(timed);
  double taken = read_clock() - start;
  return status == GRUCC_OK ? taken : -1;
}

int time_calls(subject *timed, int (*call)(subject *), int64_t samples, timing *taken) {
  /* Warms up as well: twice as many calls until they fill a sample. */
  int64_t calls = 1;
  double last = sample(timed, call, calls);
  while (last >= 0 && last < sample_microseconds) {
    calls *= 2;
    last = sample(timed, call, calls);
  }
  double *times = calloc((size_t)samples, sizeof *times);
  if (last < 0 || !times) {
    free(times);
    return 0;
  }
  for (int64_t i = 0; i < samples; ++i) {
    last = sample(timed, call, calls);
    if (last < 0) {
      free(times);
      return 0;
    }
    times[i] = last / (double)calls;
  }
  double median = take_median(times, samples);
  *taken = (timing){.minimum = times[0], .median = median, .samples = samples, .calls = calls};
  free(times);
  return 1;
}
