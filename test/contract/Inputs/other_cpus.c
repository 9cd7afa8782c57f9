/*===- other_cpus.c - One network's calls, from standard input ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* T, B, whether there are h_0 and lengths, and the threads; the input, h_0, lengths, and where
 * weights are not in the object each tensor behind its size in bytes. Output and h_n come out.
 * Where the network streams, steps must have given the same bits. `shared` on standard error:
 * threads took part. */
#include "m.h"
#include <pthread.h>
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

/* One thread for each of the bodies, which may meet. */
struct team {
  void (*body)(void *, int64_t);
  void *argument;
  int took_part;
  pthread_barrier_t barrier;
};
struct member {
  struct team *team;
  int64_t index;
};

static void *start(void *member) {
  struct member *own = member;
  own->team->body(own->team->argument, own->index);
  return NULL;
}

static void parallel_for(void *context, int64_t count, void (*body)(void *, int64_t),
                         void *argument) {
  struct team *team = context;
  pthread_t threads[8];
  struct member members[8];
  if (count > 8)
    exit(4);
  team->body = body, team->argument = argument;
  team->took_part |= count > 1;
  pthread_barrier_init(&team->barrier, NULL, (unsigned)count);
  for (int64_t i = 0; i < count; ++i) {
    members[i] = (struct member){team, i};
    if (pthread_create(threads + i, NULL, start, members + i))
      exit(4);
  }
  for (int64_t i = 0; i < count; ++i)
    pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&team->barrier);
}

static void meet(void *context) { pthread_barrier_wait(&((struct team *)context)->barrier); }

int main(void) {
  int64_t *head = take(5 * sizeof *head), T = head[0], B = head[1];
  int64_t real = sizeof(REAL), states = M_STATES * B * M_HIDDEN_SIZE * real;
  int64_t input = T * B * M_INPUT_SIZE * real, output = T * B * M_OUTPUT_SIZE * real;
  m_args args = {.size = sizeof args, .seq_len = T, .batch = B, .input = take(input)};
  args.h_0 = head[2] ? take(states) : NULL;
  args.lengths = head[3] ? take(B * 8) : NULL;
  args.output = aligned_alloc(64, (size_t)(output + 127) / 64 * 64);
  args.h_n = aligned_alloc(64, (size_t)(states + 127) / 64 * 64);
#ifdef M_WEIGHTS_COUNT
  const REAL *tensors[M_WEIGHTS_COUNT];
  for (int i = 0; i < M_WEIGHTS_COUNT; ++i)
    tensors[i] = take(*(int64_t *)take(sizeof(int64_t)));
  void *weights = aligned_alloc(64, (M_WEIGHTS_BYTES + 63) / 64 * 64);
  if (m_pack(tensors, weights))
    return 2;
  args.weights = weights;
#else
  void *weights = NULL;
#endif
  struct team team = {0};
  if (head[4] > 1) {
    args.threads = head[4], args.parallel_for = parallel_for;
    args.barrier = meet, args.parallel_context = &team;
  }
  int64_t bytes = m_workspace_bytes(T, B);
  args.workspace = aligned_alloc(64, (size_t)(bytes + 127) / 64 * 64);
  if (!m_supported() || m_run(&args))
    return 2;
  if (team.took_part && write(2, "shared", 6) != 6)
    return 4;
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
    if (m_step(args.input + t * B * M_INPUT_SIZE, y, state, workspace, weights, B))
      return 2;
    if (memcmp(y, args.output + t * B * M_OUTPUT_SIZE, (size_t)(B * M_OUTPUT_SIZE * real)))
      return 3;
  }
#endif
  return 0;
}
