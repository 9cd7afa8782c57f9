/*===- median.c - The middle of several times -----------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "median.h"

#include <stdlib.h>

static int compare(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

double take_median(double *times, int64_t count) {
  qsort(times, (size_t)count, sizeof *times, compare);
  int64_t middle = count / 2;
  return count % 2 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}
