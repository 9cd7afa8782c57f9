/*===- other_limits.c - Sizes near the largest of a model, on any CPU -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* What sizes are answered and accepted is less than LIMIT bytes, all of it, and what is refused by
 * one function is by the others. Nothing is run. */
#include "m.h"
#include <grucc/model.h>
#include <stdio.h>
#include <stdlib.h>

static void expect(int condition, const char *what, int64_t seq_len, int64_t batch) {
  if (condition)
    return;
  printf("seq_len %lld, batch %lld: %s\n", (long long)seq_len, (long long)batch, what);
  exit(1);
}

static int fits(double numbers) { return numbers * sizeof(REAL) < (double)LIMIT; }

/* Arguments that lack a tensor: nothing runs, and shapes are looked at first. */
static int is_refused(int64_t seq_len, int64_t batch) {
  m_args args = {0};
  args.size = sizeof args, args.seq_len = seq_len, args.batch = batch;
  int status = m_run(&args);
  expect(status == GRUCC_ERROR_SHAPE || status == GRUCC_ERROR_NULL, "another status", seq_len,
         batch);
  return status == GRUCC_ERROR_SHAPE;
}

static int check(int64_t seq_len, int64_t batch) {
  int64_t bytes = m_workspace_bytes(seq_len, batch);
  expect((bytes == -1) == is_refused(seq_len, batch), "run says otherwise", seq_len, batch);
  if (bytes == -1)
    return 0;
  double rows = (double)seq_len * (double)batch;
  expect(bytes > 0 && bytes < LIMIT, "the workspace reaches the limit", seq_len, batch);
  expect(fits(rows * M_INPUT_SIZE) && fits(rows * M_OUTPUT_SIZE), "a tensor does", seq_len, batch);
  expect(fits((double)batch * M_STATES * M_HIDDEN_SIZE), "h_n does", seq_len, batch);
#ifdef M_STATE_BYTES
  int64_t state = m_state_bytes(batch);
  expect(state > 0 && state < LIMIT, "the state does", seq_len, batch);
#endif
  return 1;
}

/* The most of one count, which is 0 here, with so many of the other; -1: not even none. */
static int64_t most(int64_t seq_len, int64_t batch) {
  int64_t few = -1, many = INT64_MAX - 1;
  while (few + 1 < many) {
    int64_t middle = few + (many - few) / 2;
    if (check(seq_len ? seq_len : middle, batch ? batch : middle))
      few = middle;
    else
      many = middle;
  }
  for (int64_t near = few > 100 ? few - 100 : 0; near < few + 100; ++near)
    expect(check(seq_len ? seq_len : near, batch ? batch : near) == (near <= few), "not the others",
           seq_len, near);
  return few;
}

int main(void) {
  const int64_t counts[] = {1, 2, 3, 1000, 65536, 1000003};
  for (int i = 0; i < 6; ++i) {
    most(counts[i], 0);
    most(0, counts[i]);
  }
  printf("%d\n", most(1, 0) > 1000); /* there is something to look at */
  return 0;
}
