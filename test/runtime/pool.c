/*===- pool.c - Jobs and meetings, seen by sanitizers ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: clang -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -fsanitize=thread -Wall -Wextra -Werror \
 * RUN:   -I%source/runtime/include -I%source/runtime/src %s %source/runtime/src/pool.c \
 * RUN:   %source/runtime/src/wait.c -o %t.tsan -lpthread && %t.tsan
 * RUN: clang -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -fsanitize=address,undefined \
 * RUN:   -fno-sanitize-recover=all -Wall -Wextra -Werror -I%source/runtime/include \
 * RUN:   -I%source/runtime/src %s %source/runtime/src/pool.c %source/runtime/src/wait.c \
 * RUN:   -o %t.asan -lpthread && %t.asan
 */
#include "pool.h"
#include "Inputs/expect.h"
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 8, STEPS = 40 };

typedef struct job {
  grucc_pool *pool;
  int64_t count;
  int runs[MOST];             /* how often each body ran */
  int64_t cells[2][MOST][16]; /* what each wrote in the last two steps */
} job;

static void count_body(void *context, int64_t index) {
  job *own = context;
  own->runs[index]++;
}

/* Each step reads what all wrote in the one before: no atomics, only meetings. */
static void step_body(void *context, int64_t index) {
  job *own = context;
  own->runs[index]++;
  for (int64_t step = 0; step < STEPS; ++step) {
    int64_t sum = step;
    for (int64_t i = 0; step && i < own->count; ++i)
      sum += own->cells[(step + 1) % 2][i][0];
    own->cells[step % 2][index][0] = sum % 1000003 + index;
    grucc_pool_meet(own->pool);
  }
}

/* The same on one thread. */
static int64_t expected_cell(int64_t count, int64_t index) {
  int64_t last = 0, first = 0; /* sum of the last step's cells; its first cell */
  for (int64_t step = 0; step < STEPS; ++step) {
    first = (step + last) % 1000003;
    last = count * first + count * (count - 1) / 2;
  }
  return first + index;
}

static void run_jobs(grucc_pool *pool, int64_t threads) {
  for (int64_t count = 1; count <= threads; ++count) {
    job own = {.pool = pool, .count = count};
    grucc_pool_for(pool, count, count_body, &own);
    grucc_pool_for(pool, count, step_body, &own);
    for (int64_t i = 0; i < MOST; ++i)
      expect(own.runs[i] == (i < count ? 2 : 0));
    for (int64_t i = 0; i < count; ++i)
      expect(own.cells[(STEPS - 1) % 2][i][0] == expected_cell(count, i));
  }
}

static void rest(void) {
  struct timespec time = {0, 80 * 1000 * 1000};
  nanosleep(&time, NULL);
}

int main(void) {
  const char *reason;
  for (int threads = 2; threads <= MOST; threads += threads < 4 ? 1 : 4)
    for (int pin = 0; pin < 2; ++pin) {
      grucc_pool *pool = grucc_make_pool(threads, pin, &reason);
      expect(pool && grucc_pool_lives(pool));
      run_jobs(pool, threads);
      rest(); /* the workers fall asleep */
      run_jobs(pool, threads);
      grucc_free_pool(pool);
    }
  grucc_free_pool(NULL);
  grucc_pool *unused = grucc_make_pool(3, 0, &reason);
  pid_t child = fork();
  if (child == 0) { /* the workers stay with the parent */
    int lives = grucc_pool_lives(unused);
    grucc_free_pool(unused);
    _exit(lives);
  }
  int status;
  expect(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  expect(grucc_pool_lives(unused));
  grucc_free_pool(unused);
  return 0;
}
