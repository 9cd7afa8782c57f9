/*===- bare_machines.c - One network's calls, without a system ---------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "m.h"
#include "semihosting.h"
#include <stdlib.h>
#include <string.h>

extern const char given[];
static const char *next = given;

static const void *take(int64_t bytes) {
  const char *at = next;
  next += (bytes + 63) / 64 * 64;
  return at;
}
static void *room(int64_t bytes) {
  void *at = aligned_alloc(64, (size_t)(bytes + 127) / 64 * 64);
  if (!at)
    end(5);
  return at;
}

int main(void) {
  const int64_t *head = take(5 * sizeof *head);
  int64_t T = head[0], B = head[1];
  int64_t real = sizeof(REAL), states = M_STATES * B * M_HIDDEN_SIZE * real;
  int64_t input = T * B * M_INPUT_SIZE * real, output = T * B * M_OUTPUT_SIZE * real;
  m_args args = {.size = sizeof args, .seq_len = T, .batch = B, .input = take(input)};
  args.h_0 = head[2] ? take(states) : NULL;
  args.lengths = head[3] ? take(B * 8) : NULL;
  args.output = room(output);
  args.h_n = room(states);
  const void *weights = NULL;
#ifdef M_WEIGHTS_COUNT
  const REAL *tensors[M_WEIGHTS_COUNT];
  for (int i = 0; i < M_WEIGHTS_COUNT; ++i)
    tensors[i] = take(*(const int64_t *)take(sizeof(int64_t)));
  void *packed = room(M_WEIGHTS_BYTES);
  if (m_pack(tensors, packed))
    end(2);
  args.weights = weights = packed;
#endif
  args.workspace = room(m_workspace_bytes(T, B));
  if (!m_supported() || m_run(&args))
    end(2);
  give(args.output, output);
  give(args.h_n, states);
#ifdef STREAMS
  if (!args.lengths) {
    void *state = room(m_state_bytes(B)), *workspace = room(m_workspace_bytes(1, B));
    REAL *y = room(B * M_OUTPUT_SIZE * real);
    if (m_init_state(state, args.h_0, B))
      end(2);
    for (int64_t t = 0; t < T; ++t) {
      if (m_step(args.input + t * B * M_INPUT_SIZE, y, state, workspace, weights, B))
        end(2);
      if (memcmp(y, args.output + t * B * M_OUTPUT_SIZE, (size_t)(B * M_OUTPUT_SIZE * real)))
        end(3);
    }
  }
#endif
  end(0);
}
