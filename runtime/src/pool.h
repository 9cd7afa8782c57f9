/*===- pool.h - Threads that work on one run together ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_RUNTIME_SRC_POOL_H
#define GRUCC_RUNTIME_SRC_POOL_H

#include "wait.h"
#include <pthread.h>

/* Two lines: processors fetch them in pairs. */
#define GRUCC_APART 128

/* A worker looks for the next job for so many nanoseconds before it sleeps: calls that come one
 * after another. */
enum { grucc_idle_patience = 50 * 1000 };

/* What one thread of a pool writes, apart from the others'. */
typedef struct grucc_member {
  _Alignas(GRUCC_APART) _Atomic uint64_t met;   /* meetings that it has come to */
  _Atomic int cpu;                              /* where it ran when it came */
  uint64_t turn;                                /* its own count of meetings */
  _Alignas(GRUCC_APART) _Atomic uint64_t claim; /* 2 job: its body is free; 2 job + 1: taken */
  struct grucc_pool *pool;
  int index;
  pthread_t thread;
} grucc_member;

/* The threads of one handle: the caller is member 0. */
typedef struct grucc_pool {
  _Alignas(GRUCC_APART) _Atomic uint64_t job; /* number of the last job; all bits: end */
  int64_t count;                              /* of the job, as what follows */
  void (*body)(void *body_context, int64_t index);
  void *body_context;
  uint64_t environment;                        /* the caller's: what each body runs in */
  uint64_t turn;                               /* meetings before the job */
  _Alignas(GRUCC_APART) _Atomic uint64_t done; /* bodies of all jobs that have ended */
  grucc_sleepers idle, busy;                   /* without a job; in a meeting, or at its end */
  int64_t lost;                                /* nanoseconds that member 0 waited in vain */
  int64_t began, ended;                        /* a call with a job, or 0; the one before it */
  int wakes;                                   /* member 0 has not met those that slept */
  int threads, started;
  unsigned generation; /* of the process: a child of fork has no workers */
  grucc_member members[];
} grucc_pool;

/* `threads` members, of which threads - 1 begin to wait for jobs; each on a CPU of its own when
 * `pin`. NULL, and *reason, when there is no memory or no thread to be had. */
grucc_pool *grucc_make_pool(int threads, int pin, const char **reason);
/* Ends and joins the workers. NULL: nothing. */
void grucc_free_pool(grucc_pool *pool);
/* Whether the workers are in this process. */
int grucc_pool_lives(const grucc_pool *pool);
/* As model.h says; the context is the pool. The caller is always the same thread at a time. */
void grucc_pool_for(void *context, int64_t count, void (*body)(void *, int64_t),
                    void *body_context);
void grucc_pool_meet(void *context);

#endif /* GRUCC_RUNTIME_SRC_POOL_H */
