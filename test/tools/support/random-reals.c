/*===- random-reals.c - The numbers that models are timed with ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source %s %source/tools/support/random_reals.c -o %t
 * RUN: %t
 *
 * C++ has them by the same header.
 * RUN: clang -std=c11 -I%source -c %source/tools/support/random_reals.c -o %t.o
 * RUN: clang++ -std=c++17 -Wall -Wextra -Werror -I%source -x c++ %s -x none %t.o -o %t.cc
 * RUN: %t.cc */

#include "tools/support/random_reals.h"
#include <stdio.h>

enum { count = 4096 };
static int failures;

static void expect(int holds, const char *what) {
  if (!holds) {
    printf("random-reals.c: expected %s\n", what);
    ++failures;
  }
}

int main(void) {
  static double whole[2 * count], halves[2 * count];
  static float narrow[count];
  uint32_t state = 1, again = 1, third = 1;
  grucc_random_reals(whole, 2 * count, 1, 0.25, &state);
  grucc_random_reals(halves, count, 1, 0.25, &again);
  grucc_random_reals(halves + count, count, 1, 0.25, &again);
  grucc_random_reals(narrow, count, 0, 0.25, &third);

  /* 1664525 + 1013904223, of which the highest 24 bits are 3967065. */
  expect(whole[0] == (3967065 / 8388608.0 - 1) * 0.25, "the first number of every machine");
  expect(state == again, "a state that goes on from call to call");
  double least = 1, most = -1, sum = 0;
  int same = 1, rounded = 1;
  for (int i = 0; i < 2 * count; ++i) {
    same = same && whole[i] == halves[i];
    rounded = rounded && (i >= count || narrow[i] == (float)whole[i]);
    least = whole[i] < least ? whole[i] : least;
    most = whole[i] > most ? whole[i] : most;
    sum += whole[i];
  }
  expect(same, "two calls to give the numbers of one");
  expect(rounded, "floats to be the doubles, rounded");
  expect(least >= -0.25 && least < -0.249 && most < 0.25 && most > 0.249, "all of [-limit, limit)");
  expect(sum / (2 * count) > -0.01 && sum / (2 * count) < 0.01, "a mean near 0");
  return failures;
}
