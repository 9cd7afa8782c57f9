/*===- callers.h - Who runs the parts of a run ----------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* Three kinds of parallel_for; what includes this has a macro `expect`. */
#include <pthread.h>
#include <stdint.h>

typedef void (*body_function)(void *, int64_t);

/* What a caller has been asked for. */
typedef struct team {
  int64_t threads, most, calls;
  pthread_barrier_t barrier;
} team;

static void asked(team *team, int64_t count) {
  expect(count >= 1 && count <= team->threads);
  team->calls++;
  if (count > team->most)
    team->most = count;
}

/* The last part first, all on one thread. */
static void in_reverse(void *context, int64_t count, body_function body, void *body_context) {
  asked(context, count);
  while (count-- > 0)
    body(body_context, count);
}

typedef struct part {
  body_function body;
  void *body_context;
  int64_t index;
} part;

static void *run_part(void *argument) {
  part *own = argument;
  own->body(own->body_context, own->index);
  return NULL;
}

/* Each part on a thread of its own. */
static void at_once(void *context, int64_t count, body_function body, void *body_context) {
  part parts[8];
  pthread_t threads[8];
  asked(context, count);
  for (int64_t i = 0; i < count; ++i) {
    parts[i] = (part){body, body_context, i};
    expect(pthread_create(&threads[i], NULL, run_part, &parts[i]) == 0);
  }
  for (int64_t i = 0; i < count; ++i)
    pthread_join(threads[i], NULL);
}

static void together(void *context, int64_t count, body_function body, void *body_context) {
  team *own = context;
  pthread_barrier_init(&own->barrier, NULL, (unsigned)count);
  at_once(context, count, body, body_context);
  pthread_barrier_destroy(&own->barrier);
}

static void meet(void *context) { pthread_barrier_wait(&((team *)context)->barrier); }
