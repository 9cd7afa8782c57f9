/*===- steady.h - Whether every step of a long stream takes the same time -===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_STEADY_H
#define GRUCC_BENCH_STEADY_H

#include "subject.h"

/* The steps of one kind of stream. The least of `steady_repeats` times of the same step is
 * its own; what a single one took more is the machine's. */
typedef struct stream_timing {
  double largest; /* microseconds: the largest of the steps' least times */
  int64_t step;   /* which step that was */
  double median;  /* of the steps' least times */
  double ratio;   /* largest / the median of the stream with sound */
} stream_timing;

typedef struct steadiness {
  int64_t steps;
  stream_timing sound;   /* noise in [-1, 1) to the end */
  stream_timing silence; /* the same, and zeros from the middle on: states die away */
} steadiness;

enum { steady_repeats = 5 };

/* Times `steps` steps, one by one, from a state of zeros; NULL, or what is wrong. */
const char *time_steadiness(subject *timed, int64_t steps, steadiness *taken);

#endif /* GRUCC_BENCH_STEADY_H */
