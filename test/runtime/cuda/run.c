/*===- run.c - Runs on a GPU give what the plan says, for host memory -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * Where there is a GPU, on it, too: drivers map memory where ASan keeps a gap, and leak.
 * DEFINE: %{device} = env ASAN_OPTIONS=protect_shadow_gap=0:detect_leaks=0
 * DEFINE: %{flags} = GRUCC_MODEL_BIAS
 * DEFINE: %{directions} = 1
 * DEFINE: %{build} = clang -cc1 -triple nvptx64-nvidia-cuda -target-cpu sm_80 \
 * DEFINE:   -target-feature +ptx71 -O2 -ffp-contract=off -DDIRECTIONS=%{directions} \
 * DEFINE:   -S %S/Inputs/kernels.c -o %t/kernels.ptx && \
 * DEFINE:   clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall \
 * DEFINE:   -Wextra -Werror -Wno-c23-extensions --embed-dir=%t -I%source/runtime/include \
 * DEFINE:   '-DFLAGS=%{flags}' %s %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: %{build}
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin %t/test
 * RUN: %if gpu %{ %{device} %t/test %}
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_SEED=7 %t/test
 * REDEFINE: %{flags} = (GRUCC_MODEL_BIAS | GRUCC_MODEL_BIDIRECTIONAL | GRUCC_MODEL_BATCH_FIRST)
 * REDEFINE: %{directions} = 2
 * RUN: %{build}
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin %t/test
 * RUN: %if gpu %{ %{device} %t/test %}
 * REDEFINE: %{flags} = GRUCC_MODEL_BIDIRECTIONAL
 * RUN: %{build}
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin %t/test
 * RUN: %if gpu %{ %{device} %t/test %}
 */
#include "Inputs/run.h"

static example run;

/* Fewer steps than `scan` is for, as many, more rows than it is for, and none of either. */
static const int64_t sizes[][2] = {{1, 1}, {2, 3}, {3, 4}, {7, 1}, {5, 3},
                                   {4, 7}, {0, 3}, {3, 0}, {0, 0}, {9, 2}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static void runs(grucc_handle *handle) {
  for (int i = 0; i < SIZES; ++i)
    for (int kind = WHOLE; kind <= PACKED; ++kind)
      for (int has_h_0 = 0; has_h_0 < 2; ++has_h_0) {
        make_example(&run, sizes[i][0], sizes[i][1], (ragged)kind, has_h_0);
        grucc_call call =
            example_call(&run, run.input, has_h_0 ? run.h_0 : NULL, run.output, run.h_n);
        expect_success(handle, grucc_run(handle, &call));
        expect_results(&run, run.output, run.h_n);
        /* Nothing behind them is written. */
        expect(run.output[run.rows * WIDTH] != run.output[run.rows * WIDTH]);
        expect(run.h_n[STATES * run.batch * H] != run.h_n[STATES * run.batch * H]);
      }
}

static void begins_with_nothing(void) {
  grucc_handle *handle = open_encoder(&encoder_model);
  make_example(&run, 0, 0, WHOLE, 0);
  grucc_call call = example_call(&run, run.input, NULL, run.output, run.h_n);
  expect_success(handle, grucc_run(handle, &call));
  grucc_close(handle);
}

static void h_n_may_be_h_0(grucc_handle *handle) {
  make_example(&run, 5, 3, PADDED, 1);
  memcpy(run.h_n, run.h_0, state_bytes(&run));
  grucc_call call = example_call(&run, run.input, run.h_n, run.output, run.h_n);
  expect_success(handle, grucc_run(handle, &call));
  expect_results(&run, run.output, run.h_n);
}

/* [T, I] -> [T, D*H] is a batch of one. */
static void unbatched(grucc_handle *handle) {
  make_example(&run, 4, 1, WHOLE, 1);
  grucc_call call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  call.input = reals(run.input, 2, 4, I, 0);
  call.output = reals(run.output, 2, 4, WIDTH, 0);
  call.h_0 = reals(run.h_0, 2, STATES, H, 0);
  call.h_n = reals(run.h_n, 2, STATES, H, 0);
  expect_success(handle, grucc_run(handle, &call));
  expect_results(&run, run.output, run.h_n);
}

/* Shapes are checked as for a CPU, before anything happens. */
static void refuses_wrong_tensors(grucc_handle *handle) {
  make_example(&run, 4, 3, PADDED, 1);
  grucc_call call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  run.lengths[1] = 5;
  expect_failure(handle, grucc_run(handle, &call), GRUCC_ERROR_SHAPE,
                 "lengths: found 5 at row 1, expected 0 to 4");
  call.lengths.shape[0] = 2;
  expect_failure(handle, grucc_run(handle, &call), GRUCC_ERROR_SHAPE,
                 "lengths: found shape [2], expected [3]");
  run.lengths[1] = 4;
  call = example_call(&run, run.input, run.h_0, run.output, run.output);
  expect(grucc_run(handle, &call) == GRUCC_ERROR_UNSUPPORTED);
  expect_failure(handle, grucc_set_weights(handle, NULL, 0), GRUCC_ERROR_UNSUPPORTED,
                 "weights: found weights, expected none: the model has its own");
  expect_failure(handle, grucc_run(handle, NULL), GRUCC_ERROR_NULL,
                 "call: found NULL, expected the tensors of a run");
  make_example(&run, 4, 3, WHOLE, 1);
  call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  call.input.shape[0] = call.output.shape[0] = call.input.shape[1] = call.output.shape[1] =
      INT64_MAX / 1000;
  expect(grucc_run(handle, &call) == GRUCC_ERROR_SHAPE);
}

/* What a caller of the unchecked form may get wrong, as compiled models say it. */
static void checks_arguments(grucc_handle *handle) {
  make_example(&run, 4, 3, WHOLE, 1);
  const grucc_args whole = {.size = sizeof whole,
                            .seq_len = 4,
                            .batch = 3,
                            .input = run.input,
                            .h_0 = run.h_0,
                            .output = run.output,
                            .h_n = run.h_n};
  expect_success(handle, grucc_run_args(handle, &whole));
  expect_results(&run, run.output, run.h_n);
#define WRONG(change, status)                                                                      \
  do {                                                                                             \
    grucc_args args = whole;                                                                       \
    args.change;                                                                                   \
    expect(grucc_run_args(handle, &args) == (status));                                             \
  } while (0)
  int64_t lengths[] = {4, -1, 0}, grows[] = {2, 3, 0, 0};
  WRONG(size = 8, GRUCC_ERROR_ARGS_SIZE);
  WRONG(seq_len = -1, GRUCC_ERROR_SHAPE);
  WRONG(batch = -1, GRUCC_ERROR_SHAPE);
  WRONG(batch = INT64_MAX, GRUCC_ERROR_SHAPE);
  WRONG(lengths = lengths, GRUCC_ERROR_SHAPE);
  WRONG(batch_sizes = grows, GRUCC_ERROR_SHAPE);
  WRONG(input = NULL, GRUCC_ERROR_NULL);
  WRONG(output = NULL, GRUCC_ERROR_NULL);
  WRONG(h_n = NULL, GRUCC_ERROR_NULL);
  WRONG(dropout_mask = run.input, GRUCC_ERROR_UNSUPPORTED);
  expect(grucc_run_args(handle, NULL) == GRUCC_ERROR_ARGS_SIZE);
}

/* After reserve nothing grows, for no run that fits. */
static void reserves(void) {
  grucc_handle *handle = open_encoder(&encoder_model);
  expect_success(handle, grucc_reserve(handle, 4, 3));
  make_example(&run, 4, 3, PADDED, 1);
  grucc_call call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  expect_success(handle, grucc_run(handle, &call));
  expect_results(&run, run.output, run.h_n);
  make_example(&run, 5, 3, WHOLE, 1);
  call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  expect(grucc_run(handle, &call) == GRUCC_ERROR_MEMORY);
  expect(strstr(grucc_last_error(handle), "workspace: found seq_len 5, batch 3 (") != NULL);
  expect_failure(handle, grucc_reserve(handle, -1, 3), GRUCC_ERROR_SHAPE,
                 "reserve: found seq_len -1, batch 3, expected numbers that are not negative");
  expect(grucc_reserve(handle, INT64_MAX, INT64_MAX) == GRUCC_ERROR_SHAPE);
  expect_success(handle, grucc_reserve(handle, 5, 3));
  expect_success(handle, grucc_run(handle, &call));
  grucc_close(handle);
}

int main(void) {
  /* A part of its own for `step` is used by `step` alone: both kernels run. */
  grucc_handle *handle = open_encoder(&encoder_model);
  runs(handle);
  begins_with_nothing();
  h_n_may_be_h_0(handle);
  unbatched(handle);
  refuses_wrong_tensors(handle);
  checks_arguments(handle);
  reserves();
  grucc_close(handle);

  /* A model without `scan`. */
  grucc_cuda_model model = encoder_model;
  model.scan.name = NULL;
  model.scan_min_steps = 0;
  handle = open_encoder(&model);
  make_example(&run, 2, 7, PADDED, 1); /* by steps in the expectation, too */
  grucc_call call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  expect_success(handle, grucc_run(handle, &call));
  expect_results(&run, run.output, run.h_n);
  grucc_close(handle);
}
