/*===- pool.c - Hands the bodies of a job to threads ----------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * Body i of a job is member i's. One whose member has not come yet, because it
 * sleeps or has no CPU, is taken by the caller once it is done with its own: a late
 * thread costs nothing. Bodies that meet cannot end before all have begun, so
 * each of those has a thread of its own.
 */
#define _GNU_SOURCE /* CPU sets, sched_getcpu */
#include "pool.h"
#include "environment.h"
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Members of a job wait for each other longer than a system's time slice. A thread that sleeps
 * gets its CPU back only after others' slices, and two that wake each other in turn would go one
 * step a slice; threads that spin run side by side half of the time. */
static const int64_t meeting_patience = 20 * 1000 * 1000;
static const int64_t busy_doze = 1000 * 1000;
/* A wait beyond this is for a thread that has lost its CPU. */
static const int64_t moment = 50 * 1000;
/* Or, where calls follow each other, while a sleeping worker wakes up: once, and not again. */
static const int64_t waking_moment = 1000 * 1000;

static const uint64_t the_end = UINT64_MAX;

/* Which member the thread is; the caller of a pool is 0 in each. */
static _Thread_local int self __attribute__((tls_model("initial-exec")));

/*===-- Processes that fork -----------------------------------------------===*/

static _Atomic unsigned generation;
static void in_child(void) { atomic_fetch_add(&generation, 1); }
static int watching; /* 0, or why forks are not seen */
static void watch_forks(void) { watching = pthread_atfork(NULL, NULL, in_child); }

int grucc_pool_lives(const grucc_pool *pool) {
  return pool->generation == atomic_load_explicit(&generation, memory_order_relaxed);
}

/*===-- Jobs --------------------------------------------------------------===*/

static void note_cpu(grucc_member *member) {
  atomic_store_explicit(&member->cpu, sched_getcpu(), memory_order_relaxed);
}

/* Takes and runs body `index` of a job unless someone has. */
static void run_body(grucc_pool *pool, uint64_t job, int64_t index) {
  uint64_t open = 2 * job;
  if (!atomic_compare_exchange_strong(&pool->members[index].claim, &open, 2 * job + 1))
    return;
  /* The job cannot end before this body: what it says stays. */
  if (self != 0)
    grucc_set_environment(pool->environment);
  pool->members[self].turn = pool->turn;
  note_cpu(&pool->members[self]);
  pool->body(pool->body_context, index);
  atomic_fetch_add(&pool->done, 1);
  grucc_wake(&pool->busy);
}

static void *work(void *argument) {
  grucc_member *member = argument;
  grucc_pool *pool = member->pool;
  self = member->index;
  for (uint64_t job = 0;;) {
    grucc_wait(&pool->job, job + 1, &pool->idle, grucc_idle_patience, NULL);
    job = atomic_load(&pool->job);
    if (job == the_end)
      return NULL;
    run_body(pool, job, member->index);
  }
}

static void wait_for_others(grucc_pool *pool, const _Atomic uint64_t *number, uint64_t least,
                            const _Atomic int *cpu) {
  int64_t waited = grucc_wait(number, least, &pool->busy, meeting_patience, cpu);
  if (self != 0)
    return;
  int64_t free_of_charge = pool->wakes ? waking_moment : moment;
  if (waited > free_of_charge)
    pool->lost += waited - free_of_charge;
  pool->wakes = 0;
}

void grucc_pool_for(void *context, int64_t count, void (*body)(void *, int64_t),
                    void *body_context) {
  grucc_pool *pool = context;
  uint64_t job = atomic_load_explicit(&pool->job, memory_order_relaxed) + 1;
  uint64_t done = atomic_load_explicit(&pool->done, memory_order_relaxed) + (uint64_t)count;
  pool->count = count;
  pool->body = body;
  pool->body_context = body_context;
  /* A body's numbers do not depend on the thread that comes to take it. */
  pool->environment = grucc_get_environment();
  pool->turn = pool->members[0].turn; /* member 0 comes to every meeting */
  for (int64_t i = 0; i < count; ++i)
    atomic_store_explicit(&pool->members[i].claim, 2 * job, memory_order_release);
  if (!pool->began) { /* the first job of a call */
    pool->began = grucc_now();
    pool->lost = 0;
    /* More sleep than those without a body. */
    int sleeping = (int64_t)atomic_load(&pool->idle.count) > pool->threads - count;
    pool->wakes = sleeping && pool->began - pool->ended < grucc_idle_patience;
  }
  atomic_store(&pool->job, job);
  grucc_wake(&pool->idle);
  for (int64_t i = 0; i < count; ++i)
    run_body(pool, job, i);
  wait_for_others(pool, &pool->done, done, NULL);
}

void grucc_pool_meet(void *context) {
  grucc_pool *pool = context;
  grucc_member *member = &pool->members[self];
  uint64_t turn = ++member->turn;
  note_cpu(member);
  /* No stronger: the look at the others' numbers would wait until all processors have seen it. */
  atomic_store_explicit(&member->met, turn, memory_order_release);
  grucc_wake(&pool->busy);
  for (int64_t i = 0; i < pool->count; ++i)
    if (i != self)
      wait_for_others(pool, &pool->members[i].met, turn, &pool->members[i].cpu);
}

/*===-- Threads -----------------------------------------------------------===*/

/* Puts worker `index` on the index-th of the CPUs that the caller may use. */
static void pin_thread(pthread_t thread, int index) {
  cpu_set_t all, one;
  if (sched_getaffinity(0, sizeof all, &all) || CPU_COUNT(&all) == 0)
    return;
  int skip = index % CPU_COUNT(&all), cpu = 0;
  while (!CPU_ISSET(cpu, &all) || skip-- > 0)
    ++cpu;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  pthread_setaffinity_np(thread, sizeof one, &one);
}

static int start_worker(grucc_pool *pool, int index, int pin) {
  grucc_member *member = &pool->members[index];
  if (pthread_create(&member->thread, NULL, work, member))
    return 0;
  if (pin)
    pin_thread(member->thread, index);
  return 1;
}

/* False when one of them cannot be had. Signals are for the program's own threads: a worker begins
 * with all of them blocked, so that no handler runs on it, but for those of an instruction of its
 * own, which end the process unseen where they are blocked: a crash reporter wants to hear of them.
 */
static int start_workers(grucc_pool *pool, int pin) {
  sigset_t all, before;
  sigfillset(&all);
  const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
  for (size_t i = 0; i < sizeof own / sizeof *own; ++i)
    sigdelset(&all, own[i]);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pool->started = 1;
  while (pool->started < pool->threads && start_worker(pool, pool->started, pin))
    ++pool->started;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pool->started == pool->threads;
}

grucc_pool *grucc_make_pool(int threads, int pin, const char **reason) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch_forks);
  size_t bytes = sizeof(grucc_pool) + (size_t)threads * sizeof(grucc_member);
  grucc_pool *pool =
      aligned_alloc(GRUCC_APART, (bytes + GRUCC_APART - 1) / GRUCC_APART * GRUCC_APART);
  *reason = "no memory";
  if (watching != 0 || !pool) {
    free(pool);
    return NULL;
  }
  memset(pool, 0, bytes);
  if (!grucc_make_sleepers(&pool->idle, 0)) {
    free(pool);
    return NULL;
  }
  if (!grucc_make_sleepers(&pool->busy, busy_doze)) {
    grucc_free_sleepers(&pool->idle);
    free(pool);
    return NULL;
  }
  pool->threads = threads;
  pool->generation = atomic_load(&generation);
  for (int i = 0; i < threads; ++i) {
    pool->members[i].pool = pool;
    pool->members[i].index = i;
  }
  if (start_workers(pool, pin))
    return pool;
  *reason = "no thread";
  grucc_free_pool(pool);
  return NULL;
}

void grucc_free_pool(grucc_pool *pool) {
  if (!pool)
    return;
  if (grucc_pool_lives(pool)) { /* else the workers were the parent's */
    atomic_store(&pool->job, the_end);
    grucc_wake(&pool->idle);
    for (int i = 1; i < pool->started; ++i)
      pthread_join(pool->members[i].thread, NULL);
    grucc_free_sleepers(&pool->idle);
    grucc_free_sleepers(&pool->busy);
  }
  free(pool);
}
