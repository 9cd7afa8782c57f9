/*===- timing.h - Minimum and median of a call's time ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_TIMING_H
#define GRUCC_BENCH_TIMING_H

#include "subject.h"
#include "tools/probe/median.h"

typedef struct timing {
  double minimum, median; /* microseconds of one call */
  int64_t samples, calls; /* the clock was read `samples` times, after `calls` calls each */
} timing;

/* Times `call`; 0 when a call failed or there is no memory. */
int time_calls(subject *timed, int (*call)(subject *), int64_t samples, timing *taken);

#endif /* GRUCC_BENCH_TIMING_H */
