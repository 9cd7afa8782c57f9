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
#include <float.h>
#include <signal.h>
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

/* What a thread computes depends on its environment, and so does whether it is interrupted. */
typedef struct surroundings {
  grucc_pool *pool;
  float third[MOST], tiny[MOST];
  int is_blocked[MOST];
} surroundings;

static void look_around(void *context, int64_t index) {
  surroundings *own = context;
  volatile float one = 1, three = 3, least = FLT_MIN, half = 0.5f;
  own->third[index] = one / three;
  own->tiny[index] = least * half;
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  own->is_blocked[index] = sigismember(&mask, SIGUSR1) == 1 && sigismember(&mask, SIGTERM) == 1 &&
                           sigismember(&mask, SIGSEGV) == 0 && sigismember(&mask, SIGBUS) == 0;
  grucc_pool_meet(own->pool); /* each on its own thread */
}

/* The register that says so: the bits that round down, and that take subnormal numbers as zeros;
 * and those that tell what was computed. */
#if defined(__x86_64__)
#define HAS_CONTROL 1
enum { DOWN = 0x2000, FLUSH = 0x8040, RAISED = 0x3f };
static unsigned get_control(void) { return __builtin_ia32_stmxcsr(); }
static void set_control(unsigned control) { __builtin_ia32_ldmxcsr(control); }
#elif defined(__aarch64__)
#define HAS_CONTROL 1
enum { DOWN = 2 << 22, FLUSH = 1 << 24, RAISED = 0 };
static unsigned get_control(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return (unsigned)control;
}
static void set_control(unsigned control) {
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)control));
}
#elif defined(__ARM_FP)
#define HAS_CONTROL 1
enum { DOWN = 2 << 22, FLUSH = 1 << 24, RAISED = (int)0xf800009f };
static unsigned get_control(void) { return __builtin_arm_get_fpscr(); }
static void set_control(unsigned control) { __builtin_arm_set_fpscr(control); }
#endif

/* The calling thread rounds in another direction, or flushes subnormal numbers to zero, before or
 * after it makes the pool: each body computes as it does, then as always again. */
static void workers_compute_as_their_caller(void) {
#if HAS_CONTROL
  const unsigned usual = get_control(), others[] = {usual, usual | DOWN, usual | FLUSH, usual};
  for (size_t first = 0; first < 3; ++first) {
    set_control(others[first]);
    const char *reason;
    grucc_pool *pool = grucc_make_pool(MOST, 0, &reason);
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i) {
      surroundings own = {.pool = pool};
      set_control(others[i]);
      grucc_pool_for(pool, MOST, look_around, &own);
      unsigned now = get_control();
      set_control(usual);
      expect((now & ~(unsigned)RAISED) == (others[i] & ~(unsigned)RAISED));
      for (int index = 0; index < MOST; ++index) {
        expect(own.third[index] == (i == 1 ? 0x1.555554p-2f : 0x1.555556p-2f));
        expect(own.tiny[index] == (i == 2 ? 0 : FLT_MIN / 2));
      }
    }
    grucc_free_pool(pool);
  }
#endif
}

static pthread_t caller;
static volatile sig_atomic_t interrupted; /* by SIGUSR1; -1: on another thread than the caller */

static void note_signal(int number) {
  (void)number;
  interrupted = pthread_equal(pthread_self(), caller) ? 1 : -1;
}

/* A signal to the process is for the caller, which keeps its mask. */
static void workers_take_no_signals(void) {
  struct sigaction noted = {.sa_handler = note_signal};
  sigset_t one, mask, pending;
  caller = pthread_self();
  expect(sigaction(SIGUSR1, &noted, NULL) == 0);
  const char *reason;
  surroundings own = {.pool = grucc_make_pool(MOST, 0, &reason)};
  expect(pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0 && !sigismember(&mask, SIGUSR1));
  sigemptyset(&one);
  sigaddset(&one, SIGUSR1);
  expect(pthread_sigmask(SIG_BLOCK, &one, NULL) == 0);
  expect(kill(getpid(), SIGUSR1) == 0);
  grucc_pool_for(own.pool, MOST, look_around, &own);
  for (int index = 1; index < MOST; ++index)
    expect(own.is_blocked[index]);
  expect(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) && interrupted == 0);
  expect(pthread_sigmask(SIG_UNBLOCK, &one, NULL) == 0);
  rest();
  expect(interrupted == 1);
  grucc_free_pool(own.pool);
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
  workers_compute_as_their_caller();
  workers_take_no_signals();
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
