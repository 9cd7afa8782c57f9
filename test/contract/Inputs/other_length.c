/*===- other_length.c - A model for SVE on registers of any length --------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* Prints the statuses of all functions that return one; where that is GRUCC_ERROR_CPU, nothing may
 * have been written. */
#include "m.h"
#include <stdio.h>
#include <string.h>

int main(void) {
  enum { B = 2, MARK = 0x5a };
  static _Alignas(64) unsigned char state[M_STATE_BYTES(B)], workspace[1 << 16];
  static float x[B * M_INPUT_SIZE], y[B * M_OUTPUT_SIZE];
  const int64_t row = 1;
  memset(state, MARK, sizeof state);
  memset(workspace, MARK, sizeof workspace);
  memset(y, MARK, sizeof y);
  m_args args = {0};
  args.size = sizeof args, args.seq_len = 1, args.batch = B;
  args.input = x, args.output = y, args.h_n = y, args.workspace = workspace;
  int statuses[] = {m_init_state(state, NULL, B), m_step(x, y, state, workspace, NULL, B),
                    m_reset_state(state, &row, 1, B), m_read_state(state, y, B), m_run(&args)};
  int touched = 0;
  for (size_t i = 0; i < sizeof state; ++i)
    touched |= state[i] != MARK;
  for (size_t i = 0; i < sizeof workspace; ++i)
    touched |= workspace[i] != MARK;
  for (size_t i = 0; i < sizeof y; ++i)
    touched |= ((unsigned char *)y)[i] != MARK;
  for (int i = 0; i < 5; ++i)
    printf("%d ", statuses[i]);
  printf("%s\n", touched ? "written" : "untouched");
  return 0;
}
