/*===- step_instructions.c - So many steps of a network -------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* step_instructions ROUNDS: as many rounds of ROWS steps, of a GRU compiled by grucc (m.h) or, with
 * -DPLAIN, of plain_gru.c. Exit code: 0, or 1 for an output that no GRU has: 0, or not within -1
 * and 1. */
#include <stdlib.h>

static void fail(void) { exit(1); }
#include "gru_steps.h"

int main(int argc, char **argv) {
  fill(input[0], ROWS * INPUT, 1);
  prepare();
  steps(argc > 1 ? atoi(argv[1]) : 0);
  return !is_output();
}
