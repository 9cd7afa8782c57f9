/*===- median.h - The middle of several times -----------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_PROBE_MEDIAN_H
#define GRUCC_PROBE_MEDIAN_H

#include <stdint.h>

/* Sorts `times` and gives the one in the middle, or the mean of the two. */
double take_median(double *times, int64_t count);

#endif /* GRUCC_PROBE_MEDIAN_H */
