/*===- clock.h - The clock that everything is timed by --------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_PROBE_CLOCK_H
#define GRUCC_PROBE_CLOCK_H

#include <time.h>

/* Microseconds since some time. */
static inline double read_clock(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

#endif /* GRUCC_PROBE_CLOCK_H */
