/*===- other_cpus.c - One network's calls, from standard input ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* T, B, whether there are h_0 and lengths, then these and the input before them; output and h_n
 * come out. Where the network streams, steps must have given the same bits. */
#include "m.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *take(int64_t bytes) {
  char *to = aligned_alloc(64, (size_t)(bytes + 127) / 64 * 64);
  for (int64_t at = 0; at < bytes;) {
    ssize_t got = read(0, to + at, (size_t)(bytes - at));
    if (got <= 0)
      exit(4);
    at += got;
  }
  return to;
}

static void give(const void *from, int64_t bytes) {
  for (int64_t at = 0; at < bytes;) {
    ssize_t put = write(1, (const char *)from + at, (size_t)(bytes - at));
    if (put <= 0)
      exit(4);
    at += put;
  }
}

int main(void) {
  int64_t *head = take(4 * sizeof *head), T = head[0], B = head[1];
  int64_t real = sizeof(REAL), states = M_STATES * B * M_HIDDEN_SIZE * real;
  int64_t input = T * B * M_INPUT_SIZE * real, output = T * B * M_OUTPUT_SIZE * real;
  m_args args = {.size = sizeof args, .seq_len = T, .batch = B, .input = take(input)};
  args.h_0 = head[2] ? take(states) : NULL;
  args.lengths = head[3] ? take(B * 8) : NULL;
  args.output = aligned_alloc(64, (size_t)(output + 127) / 64 * 64);
  args.h_n = aligned_alloc(64, (size_t)(states + 127) / 64 * 64);
  int64_t bytes = m_workspace_bytes(T, B);
  args.workspace = aligned_alloc(64, (size_t)(bytes + 127) / 64 * 64);
  if (!m_supported() || m_run(&args))
    return 2;
  give(args.output, output);
  give(args.h_n, states);
#ifdef STREAMS
  if (args.lengths)
    return 0;
  void *state = aligned_alloc(64, (size_t)(m_state_bytes(B) + 127) / 64 * 64);
  void *workspace = aligned_alloc(64, (size_t)(m_workspace_bytes(1, B) + 127) / 64 * 64);
  REAL *y = aligned_alloc(64, (size_t)(B * M_OUTPUT_SIZE * real + 127) / 64 * 64);
  if (m_init_state(state, args.h_0, B))
    return 2;
  for (int64_t t = 0; t < T; ++t) {
    if (m_step(args.input + t * B * M_INPUT_SIZE, y, state, workspace, NULL, B))
      return 2;
    if (memcmp(y, args.output + t * B * M_OUTPUT_SIZE, (size_t)(B * M_OUTPUT_SIZE * real)))
      return 3;
  }
#endif
  return 0;
}
