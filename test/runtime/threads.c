/*===- threads.c - A handle on several threads ----------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: grucc --input-size=3 --hidden-size=96 --num-layers=2 --init=uniform \
 * RUN:   --schedule=split=units,split_units=1,split_from=1 -o %t/units.so
 * RUN: grucc --input-size=3 --hidden-size=96 --num-layers=2 --init=uniform \
 * RUN:   --schedule=split=rows,split_rows=1,split_from=1 -o %t/rows.so
 * RUN: clang -std=c11 -D_GNU_SOURCE -g -fsanitize=address,undefined -fno-sanitize-recover=all \
 * RUN:   -Wall -Wextra -Werror -I%source/runtime/include %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t/test -lpthread
 * RUN: %t/test %t/units.so %t/rows.so
 */
#include "Inputs/expect.h"
#include "grucc/runtime.h"
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { T = 6, B = 5, I = 3, H = 96, L = 2 };

#ifndef FEWER /* on an emulator: one in so many of the rounds that take long */
#define FEWER 1
#endif

static float input[T * B * I], alone[T * B * H], alone_h_n[L * B * H];

static grucc_handle *open_file(const char *path) {
  grucc_handle *handle;
  char message[GRUCC_MESSAGE_SIZE] = "";
  if (grucc_open_file(path, &handle, message, sizeof message))
    expect_text(message, "");
  return handle;
}

static void run(grucc_handle *handle, float *output, float *h_n) {
  grucc_call call = {0};
  call.input = grucc_tensor_of(GRUCC_FLOAT32, input, 3, T, B, I);
  call.output = grucc_tensor_of(GRUCC_FLOAT32, output, 3, T, B, H);
  call.h_n = grucc_tensor_of(GRUCC_FLOAT32, h_n, 3, L, B, H);
  expect_success(handle, grucc_run(handle, &call));
}

static void same_as_alone(grucc_handle *handle) {
  static _Thread_local float output[T * B * H], h_n[L * B * H];
  memset(output, 0xff, sizeof output);
  run(handle, output, h_n);
  expect(memcmp(output, alone, sizeof output) == 0);
  expect(memcmp(h_n, alone_h_n, sizeof h_n) == 0);
}

static void counts(const char *path) {
  grucc_handle *handle = open_file(path);
  expect(grucc_reserve(handle, T, B) == GRUCC_OK); /* threads need no more */
  for (int64_t threads = 1; threads <= 8; threads += FEWER)
    for (uint32_t flags = 0; flags <= GRUCC_PIN_THREADS; ++flags) {
      expect_success(handle, grucc_set_threads(handle, threads, flags));
      for (int turn = 0; turn < 3; ++turn)
        same_as_alone(handle);
    }
  grucc_close(handle);
}

/* The calling thread rounds down, and takes subnormal numbers as zeros: so do all. */
static void environments(const char *path) {
#ifdef __x86_64__
  static float one[T * B * H], several[T * B * H], h_n[L * B * H];
  unsigned usual = __builtin_ia32_stmxcsr();
  grucc_handle *handle = open_file(path);
  for (int64_t threads = 1; threads <= 8; ++threads) {
    expect_success(handle, grucc_set_threads(handle, threads, 0));
    __builtin_ia32_ldmxcsr(usual | 0xa040);
    run(handle, threads == 1 ? one : several, h_n);
    __builtin_ia32_ldmxcsr(usual);
    expect(memcmp(one, alone, sizeof one) != 0);
    expect(threads == 1 || memcmp(one, several, sizeof one) == 0);
    same_as_alone(handle);
  }
  grucc_close(handle);
#endif
}

static void refusals(const char *path) {
  grucc_handle *handle = open_file(path);
  expect_success(handle, grucc_set_threads(handle, 2, 0));
  expect_failure(handle, grucc_set_threads(handle, 0, 0), GRUCC_ERROR_SHAPE,
                 "threads: found 0, expected 1 to 1024");
  expect_failure(handle, grucc_set_threads(handle, 1025, 0), GRUCC_ERROR_SHAPE,
                 "threads: found 1025, expected 1 to 1024");
  expect_failure(handle, grucc_set_threads(handle, 2, 6), GRUCC_ERROR_UNSUPPORTED,
                 "threads: found flags 0x6, expected only GRUCC_PIN_THREADS");
  expect(grucc_set_threads(NULL, 2, 0) == GRUCC_ERROR_NULL);
  expect(grucc_run_args(NULL, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_run_args(handle, NULL) == GRUCC_ERROR_ARGS_SIZE);
  grucc_args args = {.size = 8};
  expect(grucc_run_args(handle, &args) == GRUCC_ERROR_ARGS_SIZE);
  same_as_alone(handle); /* as before */
  grucc_close(handle);
}

static const grucc_model *real;
static int runs, steps;

static int counted_run(const grucc_args *args) {
  ++runs;
  return real->run(args);
}

static int counted_step(const void *x, void *y, void *state, void *workspace, const void *weights,
                        int64_t batch) {
  ++steps;
  return real->step(x, y, state, workspace, weights, batch);
}

enum { BURST = 40 / FEWER };

/* Steps one right after another: their outputs and the states that they leave. */
static void burst(grucc_handle *handle, int64_t rows, float y[][B * H], float *h_n) {
  static float h_0[L * B * H];
  for (int i = 0; i < L * B * H; ++i)
    h_0[i] = (float)(i % 11 - 5) / 8;
  grucc_tensor start = grucc_tensor_of(GRUCC_FLOAT32, h_0, 3, L, rows, H);
  grucc_tensor end = grucc_tensor_of(GRUCC_FLOAT32, h_n, 3, L, rows, H);
  grucc_state state;
  expect_success(handle, grucc_new_state(handle, rows, &state));
  expect_success(handle, grucc_init_state(handle, &state, &start));
  for (int t = 0; t < BURST; ++t) {
    grucc_tensor x = grucc_tensor_of(GRUCC_FLOAT32, input + t % T * B * I, 2, rows, I);
    grucc_tensor out = grucc_tensor_of(GRUCC_FLOAT32, y[t], 2, rows, H);
    expect_success(handle, grucc_step(handle, &state, &x, &out));
  }
  expect_success(handle, grucc_read_state(handle, &state, &end));
  grucc_free_state(&state);
}

/* Steps of as many rows as the model says are shared when they follow each other, and give the
 * bits of those that are not; the others never are. */
static void steps_of_enough_rows_are_shared(const char *path, uint32_t step_rows) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  expect(library != NULL);
  real = dlsym(library, "grucc_model_entry");
  expect(real != NULL && real->step_rows == step_rows); /* 1 x 96 units, or 2 rows */
  cpu_set_t cpus;
  expect(sched_getaffinity(0, sizeof cpus, &cpus) == 0);
  const struct {
    int64_t rows;
    uint32_t least;
  } cases[] = {{1, 1}, {2, 1}, {3, 4}, {4, 4}, {5, 4}, {5, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    int64_t rows = cases[i].rows;
    grucc_model model = *real;
    model.run = counted_run;
    model.step = counted_step;
    model.step_rows = cases[i].least;
    grucc_handle *handle;
    expect(grucc_open_model(&model, &handle, NULL, 0) == GRUCC_OK);
    static float y[2][BURST][B * H], h_n[2][L * B * H];
    runs = steps = 0;
    burst(handle, rows, y[0], h_n[0]);
    expect(runs == 0 && steps == BURST);
    expect_success(handle, grucc_set_threads(handle, 2, 0));
    int may = cases[i].least && rows >= cases[i].least && CPU_COUNT(&cpus) > 1;
    /* Another program can come between two steps, but not between all. */
    for (int bursts = 0, seen = 0; bursts < 5 || (may && !seen); ++bursts) {
      runs = steps = 0;
      burst(handle, rows, y[1], h_n[1]);
      expect(runs + steps == BURST && (may || runs == 0));
      seen |= runs > 0;
      expect(memcmp(y[0], y[1], sizeof y[0]) == 0 && memcmp(h_n[0], h_n[1], sizeof h_n[0]) == 0);
    }
    grucc_close(handle);
  }
  dlclose(library);
}

/* What the caller gives wrong is refused on threads as it is on one. */
static void steps_refuse_alike(const char *path) {
  static _Alignas(GRUCC_ALIGNMENT) char memory[1 << 16];
  float x[I] = {0}, y[H];
  for (int64_t threads = 1; threads <= 2; ++threads) {
    grucc_handle *handle = open_file(path);
    expect_success(handle, grucc_set_threads(handle, threads, 0));
    void *state = memory, *workspace = memory + (1 << 15);
#define STEP(x, y, state, workspace, batch)                                                        \
  grucc_step_args(handle, x, y, state, workspace, NULL, batch)
    expect(STEP(x, y, state, workspace, 1) == GRUCC_OK);
    expect(STEP(x, y, state, workspace, -1) == GRUCC_ERROR_SHAPE);
    expect(STEP(x, y, state, workspace, INT64_MAX) == GRUCC_ERROR_SHAPE);
    expect(STEP(NULL, y, state, workspace, 1) == GRUCC_ERROR_NULL);
    expect(STEP(x, NULL, state, workspace, 1) == GRUCC_ERROR_NULL);
    expect(STEP(x, y, NULL, workspace, 1) == GRUCC_ERROR_NULL);
    expect(STEP(x, y, state, NULL, 1) == GRUCC_ERROR_NULL);
    expect(STEP(x, y, memory + 8, workspace, 1) == GRUCC_ERROR_ALIGNMENT);
    expect(STEP(x, y, state, memory + 8, 1) == GRUCC_ERROR_ALIGNMENT);
    expect(grucc_step_args(handle, x, y, state, workspace, memory, 1) == GRUCC_ERROR_UNSUPPORTED);
    grucc_close(handle);
  }
  expect(grucc_step_args(NULL, x, y, memory, memory, NULL, 1) == GRUCC_ERROR_NULL);
}

/* A child of fork has no workers: it runs on its one thread. */
static void forks(const char *path) {
  grucc_handle *handle = open_file(path);
  expect_success(handle, grucc_set_threads(handle, 2, 0));
  same_as_alone(handle);
  pid_t child = fork();
  if (child == 0) {
    same_as_alone(handle);
    grucc_close(handle);
    _exit(0);
  }
  int status;
  expect(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  same_as_alone(handle);
  grucc_close(handle);
}

static const char *shared_path;

static void *own_handle(void *context) {
  (void)context;
  grucc_handle *handle = open_file(shared_path);
  expect_success(handle, grucc_set_threads(handle, 2, 0));
  for (int turn = 0; turn < 20 / FEWER; ++turn)
    same_as_alone(handle);
  grucc_close(handle);
  return NULL;
}

static _Atomic int done;

static void *burn(void *context) {
  (void)context;
  while (!atomic_load(&done))
    ;
  return NULL;
}

/* More threads than CPUs, all of them busy: the same results. */
static void oversubscribed(const char *path) {
  pthread_t threads[4];
  shared_path = path;
  atomic_store(&done, 0);
  for (int i = 0; i < 2; ++i)
    expect(pthread_create(&threads[i], NULL, burn, NULL) == 0);
  for (int i = 2; i < 4; ++i)
    expect(pthread_create(&threads[i], NULL, own_handle, NULL) == 0);
  for (int i = 2; i < 4; ++i)
    pthread_join(threads[i], NULL);
  atomic_store(&done, 1);
  for (int i = 0; i < 2; ++i)
    pthread_join(threads[i], NULL);
}

/* Never more threads than CPUs: with one of them, the caller's alone. */
static void one_cpu(const char *path) {
  cpu_set_t before, one;
  expect(sched_getaffinity(0, sizeof before, &before) == 0);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &before))
    ++cpu;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  expect(sched_setaffinity(0, sizeof one, &one) == 0);
  grucc_handle *handle = open_file(path);
  expect_success(handle, grucc_set_threads(handle, 8, 0));
  same_as_alone(handle);
  grucc_close(handle);
  expect(sched_setaffinity(0, sizeof before, &before) == 0);
}

static void never(void *context, int64_t count, void (*body)(void *, int64_t), void *own) {
  (void)context, (void)count, (void)body, (void)own;
  abort();
}

/* grucc_run_args takes the handle's threads, whatever the args say. */
static void own_threads_only(const char *path) {
  grucc_handle *handle = open_file(path);
  const grucc_model *model = grucc_descriptor(handle);
  static float output[T * B * H], h_n[L * B * H];
  size_t bytes = (size_t)model->workspace_bytes(T, B);
  void *workspace = aligned_alloc(GRUCC_ALIGNMENT, (bytes + 63) / 64 * 64);
  grucc_args args = {.size = sizeof args,
                     .seq_len = T,
                     .batch = B,
                     .input = input,
                     .output = output,
                     .h_n = h_n,
                     .workspace = workspace,
                     .parallel_for = never,
                     .threads = 4};
  for (int64_t threads = 1; threads <= 2; ++threads) {
    expect_success(handle, grucc_set_threads(handle, threads, 0));
    memset(output, 0xff, sizeof output);
    expect(grucc_run_args(handle, &args) == GRUCC_OK);
    expect(memcmp(output, alone, sizeof output) == 0);
  }
  args.size = 1;
  expect(grucc_run_args(handle, &args) == GRUCC_ERROR_ARGS_SIZE);
  expect(grucc_run_args(handle, NULL) == GRUCC_ERROR_ARGS_SIZE);
  free(workspace);
  grucc_close(handle);
}

int main(int count, char **paths) {
  expect(count == 3);
  for (int i = 0; i < T * B * I; ++i)
    input[i] = (float)(i % 13 - 6) / 4;
  grucc_handle *handle = open_file(paths[1]);
  run(handle, alone, alone_h_n);
  grucc_close(handle);
  for (int i = 1; i < count; ++i) {
    counts(paths[i]);
    environments(paths[i]);
    refusals(paths[i]);
    forks(paths[i]);
    oversubscribed(paths[i]);
    one_cpu(paths[i]);
    own_threads_only(paths[i]);
    steps_of_enough_rows_are_shared(paths[i], (uint32_t)i);
    steps_refuse_alike(paths[i]);
  }
  return 0;
}
