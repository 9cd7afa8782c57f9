/*===- wait.h - Waiting for a number that another thread writes -----------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_RUNTIME_SRC_WAIT_H
#define GRUCC_RUNTIME_SRC_WAIT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

/* Threads that have given up spinning. */
typedef struct grucc_sleepers {
  pthread_mutex_t mutex;
  pthread_cond_t woken;
  _Atomic int count;
  int64_t doze; /* nanoseconds after which a sleeper looks for itself; 0: never */
} grucc_sleepers;

/* 0 when there is no memory. */
int grucc_make_sleepers(grucc_sleepers *sleepers, int64_t doze);
void grucc_free_sleepers(grucc_sleepers *sleepers);

/* After writing what they wait for, wakes those who sleep. Who wrote with less than
 * memory_order_seq_cst may miss one that is just falling asleep: those must doze. */
void grucc_wake(grucc_sleepers *sleepers);

/* Returns when *number >= least: spins for `patience` nanoseconds, then sleeps. While it spins, it
 * lets others run as long as `cpu` (may be NULL), where the writer ran last, is the CPU that it
 * runs on itself. Returns the nanoseconds that it took, 0 when that was a moment. */
int64_t grucc_wait(const _Atomic uint64_t *number, uint64_t least, grucc_sleepers *sleepers,
                   int64_t patience, const _Atomic int *cpu);

/* Monotonic time in nanoseconds. */
int64_t grucc_now(void);

#endif /* GRUCC_RUNTIME_SRC_WAIT_H */
