/*===- threads-tsan.c - Threads of the runtime, seen by ThreadSanitizer ---===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* Two models, split by units and by rows, and all of the runtime, both instrumented: models for
 * x86-64-v2, since no vector is wider than what ThreadSanitizer follows. Not here: children of fork
 * (threads.c), which ThreadSanitizer does not follow either, and shared libraries, since an
 * instrumented one has undefined symbols.
 * REQUIRES: two-cpus
 * RUN: rm -rf %t && mkdir %t
 * DEFINE: %{sizes} = --input-size=3 --hidden-size=96 --num-layers=2 --init=uniform
 * RUN: grucc %{sizes} --target=x86-64-v2 --schedule=split=units,split_units=1,split_from=1 \
 * RUN:   -o %t/units.ll
 * RUN: grucc %{sizes} --target=x86-64-v2 --schedule=split=rows,split_rows=1,split_from=1 \
 * RUN:   -o %t/rows.ll
 * RUN: sed -i '/target-cpu/s/^attributes #[0-9]* = {/& sanitize_thread/' %t/units.ll %t/rows.ll
 * DEFINE: %{cc} = clang -g -O1 -fsanitize=thread -Wall -Wextra -Werror -Wno-override-module
 * DEFINE: %{c11} = -std=c11 -I%source/runtime/include -I%source/runtime/src
 * RUN: %{cc} -c %t/units.ll -o %t/units.o
 * RUN: %{cc} -c %t/rows.ll -o %t/rows.o
 * RUN: %{cc} %{c11} -c %s -o %t/test.o
 * RUN: %{cc} %t/test.o %t/units.o %t/rows.o %build/lib/libgrucc_runtime_tsan.a -o %t/test
 * RUN: %t/test
 *
 * Meetings that order nothing are seen.
 * RUN: sed s/memory_order_release/memory_order_relaxed/ %source/runtime/src/pool.c > %t/pool.c
 * RUN: sed s/memory_order_acquire/memory_order_relaxed/ %source/runtime/src/wait.c > %t/wait.c
 * RUN: %{cc} %{c11} %t/pool.c %t/wait.c %t/test.o %t/units.o %t/rows.o \
 * RUN:   %build/lib/libgrucc_runtime_tsan.a -o %t/planted
 * RUN: not %t/planted 2>&1 | FileCheck %s
 * CHECK: WARNING: ThreadSanitizer: data race
 */
#include "Inputs/expect.h"
#include "grucc/runtime.h"
#include <pthread.h>

enum { T = 6, B = 5, I = 3, H = 96, L = 2, STEPS = 20 };

extern const grucc_model units_model, rows_model;
static const grucc_model *const models[] = {&units_model, &rows_model};

typedef struct results {
  float output[T * B * H], h_n[L * B * H], y[STEPS][B * H], stepped[L * B * H];
} results;

static float input[T * B * I];
static results alone[2];

static grucc_handle *open_model(int model, int64_t threads, uint32_t flags) {
  grucc_handle *handle;
  expect(grucc_open_model(models[model], &handle, NULL, 0) == GRUCC_OK);
  expect_success(handle, grucc_set_threads(handle, threads, flags));
  return handle;
}

/* A run, with lengths or without, and steps right after each other, which are shared, too. */
static void call(grucc_handle *handle, results *found) {
  static const int64_t lengths[B] = {3, 6, 0, 1, 6};
  for (int ragged = 0; ragged < 2; ++ragged) {
    grucc_call run = {0};
    run.input = grucc_tensor_of(GRUCC_FLOAT32, input, 3, T, B, I);
    run.output = grucc_tensor_of(GRUCC_FLOAT32, found->output, 3, T, B, H);
    run.h_n = grucc_tensor_of(GRUCC_FLOAT32, found->h_n, 3, L, B, H);
    if (ragged)
      run.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, B);
    expect_success(handle, grucc_run(handle, &run));
  }
  grucc_state state;
  expect_success(handle, grucc_new_state(handle, B, &state));
  for (int t = 0; t < STEPS; ++t) {
    grucc_tensor x = grucc_tensor_of(GRUCC_FLOAT32, input + t % T * B * I, 2, B, I);
    grucc_tensor y = grucc_tensor_of(GRUCC_FLOAT32, found->y[t], 2, B, H);
    expect_success(handle, grucc_step(handle, &state, &x, &y));
  }
  grucc_tensor h_n = grucc_tensor_of(GRUCC_FLOAT32, found->stepped, 3, L, B, H);
  expect_success(handle, grucc_read_state(handle, &state, &h_n));
  grucc_free_state(&state);
}

static void calls_like_alone(grucc_handle *handle, int model, results *found) {
  for (int turn = 0; turn < 3; ++turn) {
    memset(found, 0xff, sizeof *found);
    call(handle, found);
    expect(memcmp(found, &alone[model], sizeof *found) == 0);
  }
}

/* Handles of their own in threads of the caller's, at the same time. */
static void *own_handles(void *context) {
  results *found = context;
  for (int model = 0; model < 2; ++model) {
    grucc_handle *handle = open_model(model, 2, 0);
    calls_like_alone(handle, model, found);
    grucc_close(handle);
  }
  return NULL;
}

int main(void) {
  for (int i = 0; i < T * B * I; ++i)
    input[i] = (float)(i % 13 - 6) / 4;
  static results found[3];
  for (int model = 0; model < 2; ++model) {
    grucc_handle *handle = open_model(model, 1, 0);
    call(handle, &alone[model]);
    for (int64_t threads = 2; threads <= 4; ++threads)
      for (uint32_t flags = 0; flags <= GRUCC_PIN_THREADS; ++flags) {
        expect_success(handle, grucc_set_threads(handle, threads, flags));
        calls_like_alone(handle, model, &found[0]);
      }
    grucc_close(handle);
  }
  pthread_t threads[3];
  for (int i = 0; i < 3; ++i)
    expect(pthread_create(&threads[i], NULL, own_handles, &found[i]) == 0);
  for (int i = 0; i < 3; ++i)
    pthread_join(threads[i], NULL);
  return 0;
}
