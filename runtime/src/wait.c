/*===- wait.c - Spins, then sleeps ----------------------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE /* sched_getcpu */
#include "wait.h"
#include <sched.h>
#include <time.h>

static int make_condition(pthread_cond_t *condition) {
  pthread_condattr_t attributes;
  if (pthread_condattr_init(&attributes))
    return 0;
  int status = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  if (!status)
    status = pthread_cond_init(condition, &attributes);
  pthread_condattr_destroy(&attributes);
  return status == 0;
}

int grucc_make_sleepers(grucc_sleepers *sleepers, int64_t doze) {
  atomic_init(&sleepers->count, 0);
  sleepers->doze = doze;
  if (pthread_mutex_init(&sleepers->mutex, NULL))
    return 0;
  if (make_condition(&sleepers->woken))
    return 1;
  pthread_mutex_destroy(&sleepers->mutex);
  return 0;
}

void grucc_free_sleepers(grucc_sleepers *sleepers) {
  pthread_cond_destroy(&sleepers->woken);
  pthread_mutex_destroy(&sleepers->mutex);
}

void grucc_wake(grucc_sleepers *sleepers) {
  if (!atomic_load(&sleepers->count))
    return;
  pthread_mutex_lock(&sleepers->mutex);
  pthread_cond_broadcast(&sleepers->woken);
  pthread_mutex_unlock(&sleepers->mutex);
}

int64_t grucc_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
  __asm__ volatile("yield");
#endif
}

static int reached(const _Atomic uint64_t *number, uint64_t least) {
  return atomic_load_explicit(number, memory_order_acquire) >= least;
}

static void sleep_until(const _Atomic uint64_t *number, uint64_t least, grucc_sleepers *sleepers) {
  pthread_mutex_lock(&sleepers->mutex);
  /* A sleeper counts itself before it looks at the number for the last time. */
  atomic_fetch_add(&sleepers->count, 1);
  while (atomic_load(number) < least) {
    if (!sleepers->doze) {
      pthread_cond_wait(&sleepers->woken, &sleepers->mutex);
      continue;
    }
    int64_t until = grucc_now() + sleepers->doze;
    struct timespec end = {(time_t)(until / 1000000000), (long)(until % 1000000000)};
    pthread_cond_timedwait(&sleepers->woken, &sleepers->mutex, &end);
  }
  atomic_fetch_sub(&sleepers->count, 1);
  pthread_mutex_unlock(&sleepers->mutex);
}

int64_t grucc_wait(const _Atomic uint64_t *number, uint64_t least, grucc_sleepers *sleepers,
                   int64_t patience, const _Atomic int *cpu) {
  /* A processor's pause can take longer than the wait: the first looks do without. */
  for (int look = 0; look < 4000; ++look)
    if (reached(number, least))
      return 0;
  int64_t start = grucc_now();
  for (;;) {
    for (int look = 0; look < 8; ++look) {
      if (reached(number, least))
        return grucc_now() - start;
      relax();
    }
    if (grucc_now() - start >= patience)
      break;
    if (cpu && atomic_load_explicit(cpu, memory_order_relaxed) == sched_getcpu())
      sched_yield();
  }
  sleep_until(number, least, sleepers);
  return grucc_now() - start;
}
