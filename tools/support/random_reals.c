/*===- random_reals.c - Numbers for tensors that are timed ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "tools/support/random_reals.h"

void grucc_random_reals(void *reals, size_t count, int is_double, double limit, uint32_t *state) {
  for (size_t i = 0; i < count; ++i) {
    *state = *state * 1664525u + 1013904223u;
    double value = ((double)(*state >> 8) / (1 << 23) - 1.0) * limit;
    if (is_double)
      ((double *)reals)[i] = value;
    else
      ((float *)reals)[i] = (float)value;
  }
}
