/*===- probe_threads.c - What it costs to have a second thread ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "probe_threads.h"
#include "clock.h"
#include "median.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/* Each writes on lines of its own; what a meeting brings over is a turn's line and one of data. */
typedef struct side {
  _Alignas(128) atomic_int turn;
  _Alignas(128) double data;
} side;

typedef struct meeting {
  side sides[2];
  pthread_mutex_t lock;
  pthread_cond_t wakes;
  int is_called, turns;
  atomic_int awake; /* how often the other one was */
} meeting;

enum { calls = 24, turns = 2000, meetings = 12 };

/* Waits for the other side's turn, then takes its own. */
static void take_turns(meeting *shared, int own, int first, int end) {
  side *here = &shared->sides[own], *there = &shared->sides[1 - own];
  for (int turn = first; turn < end; ++turn) {
    while (atomic_load_explicit(&there->turn, memory_order_acquire) < turn + own)
      ;
    here->data = there->data + 1;
    atomic_store_explicit(&here->turn, turn + 1, memory_order_release);
  }
}

static void *answer(void *argument) {
  meeting *shared = argument;
  for (int call = 0; call < calls + meetings; ++call) {
    pthread_mutex_lock(&shared->lock);
    while (!shared->is_called)
      pthread_cond_wait(&shared->wakes, &shared->lock);
    shared->is_called = 0;
    pthread_mutex_unlock(&shared->lock);
    atomic_fetch_add(&shared->awake, 1);
    if (call >= calls)
      take_turns(shared, 1, (call - calls) * turns, (call - calls + 1) * turns);
  }
  return NULL;
}

static void call(meeting *shared, int number) {
  pthread_mutex_lock(&shared->lock);
  shared->is_called = 1;
  pthread_cond_signal(&shared->wakes);
  pthread_mutex_unlock(&shared->lock);
  while (atomic_load(&shared->awake) <= number)
    ;
}

static void sleep_a_little(void) {
  struct timespec pause = {.tv_sec = 0, .tv_nsec = 300000};
  nanosleep(&pause, NULL);
}

int time_threads(double *start_ns, double *meeting_ns) {
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) || CPU_COUNT(&cpus) < 2)
    return 0;
  meeting shared = {.lock = PTHREAD_MUTEX_INITIALIZER, .wakes = PTHREAD_COND_INITIALIZER};
  pthread_t other;
  if (pthread_create(&other, NULL, answer, &shared))
    return 0;
  double taken[calls];
  for (int number = 0; number < calls; ++number) {
    sleep_a_little(); /* it sleeps again, too */
    double start = read_clock();
    call(&shared, number);
    taken[number] = read_clock() - start;
  }
  *start_ns = take_median(taken, calls) * 1e3;
  *meeting_ns = -1;
  for (int round = 0; round < meetings; ++round) {
    call(&shared, calls + round);
    double start = read_clock();
    take_turns(&shared, 0, round * turns, (round + 1) * turns);
    double each = (read_clock() - start) * 1e3 / turns / 2;
    if (*meeting_ns < 0 || each < *meeting_ns)
      *meeting_ns = each;
  }
  pthread_join(other, NULL);
  return 1;
}
