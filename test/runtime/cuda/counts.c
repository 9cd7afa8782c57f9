/*===- counts.c - Lengths that a driver reads when their turn has come ----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: clang -cc1 -triple nvptx64-nvidia-cuda -target-cpu sm_80 -target-feature +ptx71 -O2 \
 * RUN:   -ffp-contract=off -DDIRECTIONS=1 -S %S/Inputs/kernels.c -o %t/kernels.ptx
 * RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -Wno-c23-extensions --embed-dir=%t -I%source/runtime/include %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_LATE=1 %t/test
 */
#include "Inputs/run.h"
#include "Inputs/standin.h"

/* More than the runtime has memory for at a time. */
enum { RUNS = 11 };

static struct {
  example run;
  uint64_t input, h_0, output, h_n;
} all[RUNS];

static void *on_device(uint64_t address) { return (void *)(uintptr_t)address; }

/* Each run has lengths of its own, and none waits for the one before: what each was called with is
 * no more there when the first copy is done. */
static void runs_keep_their_lengths(grucc_handle *handle, void *stream) {
  for (int i = 0; i < RUNS; ++i) {
    example *run = &all[i].run;
    make_example(run, 3 + i % 4, 2 + i % 5, i % 3 ? PADDED : PACKED, 1);
    expect(standin.allocate(&all[i].input, sizeof run->input) == 0);
    expect(standin.allocate(&all[i].h_0, sizeof run->h_0) == 0);
    expect(standin.allocate(&all[i].output, sizeof run->output) == 0);
    expect(standin.allocate(&all[i].h_n, sizeof run->h_n) == 0);
    expect(standin.copy_in(all[i].input, run->input, sizeof run->input, stream) == 0);
    expect(standin.copy_in(all[i].h_0, run->h_0, sizeof run->h_0, stream) == 0);
  }
  for (int i = 0; i < RUNS; ++i) {
    example *run = &all[i].run;
    grucc_call call = example_call(run, on_device(all[i].input), on_device(all[i].h_0),
                                   on_device(all[i].output), on_device(all[i].h_n));
    expect_success(handle, grucc_run_on_stream(handle, &call, stream));
    memset(run->lengths, 0xff, sizeof run->lengths);
    memset(run->batch_sizes, 0xff, sizeof run->batch_sizes);
  }
  for (int i = 0; i < RUNS; ++i) {
    example *run = &all[i].run;
    expect(standin.copy_out(run->output, all[i].output, output_bytes(run), stream) == 0);
    expect(standin.copy_out(run->h_n, all[i].h_n, state_bytes(run), stream) == 0);
    expect_results(run, run->output, run->h_n);
    expect(standin.free(all[i].input) == 0 && standin.free(all[i].h_0) == 0);
    expect(standin.free(all[i].output) == 0 && standin.free(all[i].h_n) == 0);
  }
}

int main(void) {
  find_standin();
  void *context, *stream;
  expect(standin.init(0) == 0);
  expect(standin.retain(&context, 100) == 0 && standin.push(context) == 0);
  expect(standin.make_stream(&stream, 1) == 0);
  grucc_handle *handle = open_encoder(&encoder_model);
  runs_keep_their_lengths(handle, stream); /* of which some make the memory grow */
  expect_success(handle, grucc_reserve(handle, MOST_STEPS, MOST_BATCH));
  runs_keep_their_lengths(handle, stream);
  grucc_close(handle);
  expect(standin.free_stream(stream) == 0);
  expect(standin.pop(&context) == 0 && standin.release(100) == 0);
  expect(standin.live() == 0);
}
