/*===- device.c - Runs on tensors in a GPU's memory, on a caller's stream -===*\
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
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_DEVICES=2 %t/test
 */
#include "Inputs/run.h"
#include "Inputs/standin.h"
#include <pthread.h>

static example run;
static uint64_t input, h_0, output, h_n;
static void *stream;

static void *on_device(uint64_t address) { return (void *)(uintptr_t)address; }

/* What a CUDA program of the caller's does: its own context, stream and memory. */
static void begin(int ordinal) {
  void *context;
  expect(standin.init(0) == 0);
  expect(standin.retain(&context, 100 + ordinal) == 0 && standin.push(context) == 0);
  expect(standin.make_stream(&stream, 1) == 0);
  expect(standin.allocate(&input, sizeof run.input) == 0);
  expect(standin.allocate(&h_0, sizeof run.h_0) == 0);
  expect(standin.allocate(&output, sizeof run.output) == 0);
  expect(standin.allocate(&h_n, sizeof run.h_n) == 0);
}

static void end(int ordinal) {
  void *context;
  expect(standin.synchronize(stream) == 0);
  expect(standin.free(input) == 0 && standin.free(h_0) == 0);
  expect(standin.free(output) == 0 && standin.free(h_n) == 0);
  expect(standin.free_stream(stream) == 0);
  expect(standin.pop(&context) == 0 && standin.release(100 + ordinal) == 0);
}

static void fill(void) {
  expect(standin.copy_in(input, run.input, sizeof run.input, stream) == 0);
  expect(standin.copy_in(h_0, run.h_0, sizeof run.h_0, stream) == 0);
  expect(standin.copy_in(output, run.output, sizeof run.output, stream) == 0);
  expect(standin.copy_in(h_n, run.h_n, sizeof run.h_n, stream) == 0);
}

static void check(void) {
  expect(standin.copy_out(run.output, output, sizeof run.output, stream) == 0);
  expect(standin.copy_out(run.h_n, h_n, sizeof run.h_n, stream) == 0);
  expect_results(&run, run.output, run.h_n);
}

static grucc_call device_call(int has_h_0) {
  return example_call(&run, on_device(input), has_h_0 ? on_device(h_0) : NULL, on_device(output),
                      on_device(h_n));
}

static void runs(grucc_handle *handle) {
  for (int kind = WHOLE; kind <= PACKED; ++kind)
    for (int has_h_0 = 0; has_h_0 < 2; ++has_h_0) {
      make_example(&run, 5, 3, (ragged)kind, has_h_0);
      fill();
      grucc_call call = device_call(has_h_0);
      expect_success(handle, grucc_run_on_stream(handle, &call, stream));
      /* The lengths have been read. */
      memset(run.lengths, 0xff, sizeof run.lengths);
      memset(run.batch_sizes, 0xff, sizeof run.batch_sizes);
      check();
    }
}

/* One after the other on one stream, with one workspace that grows, and host runs between. */
static void runs_in_order(grucc_handle *handle) {
  example other;
  for (int64_t seq_len = 0; seq_len < 12; seq_len += 3) {
    make_example(&run, seq_len, 4, PADDED, 1);
    fill();
    grucc_call call = device_call(1);
    expect_success(handle, grucc_run_on_stream(handle, &call, stream));
    expect_success(handle, grucc_run_on_stream(handle, &call, stream));
    make_example(&other, 3, 2, PADDED, 1);
    grucc_call host = example_call(&other, other.input, other.h_0, other.output, other.h_n);
    expect_success(handle, grucc_run(handle, &host));
    expect_results(&other, other.output, other.h_n);
    check();
  }
}

/* A run on another stream waits for the one before: they share a workspace. */
static void waits_on_another_stream(grucc_handle *handle) {
  make_example(&run, 5, 3, PADDED, 1);
  fill();
  grucc_call call = device_call(1);
  expect_success(handle, grucc_run_on_stream(handle, &call, stream));
  void *first = stream;
  expect(standin.make_stream(&stream, 1) == 0);
  make_example(&run, 4, 2, PADDED, 1);
  fill();
  call = device_call(1);
  expect_success(handle, grucc_run_on_stream(handle, &call, stream));
  check();
  expect(standin.synchronize(first) == 0);
  expect(standin.free_stream(stream) == 0);
  stream = first;
  check();
}

static void *run_on_thread_stream(void *handle) {
  void *context;
  expect(standin.retain(&context, 100) == 0 && standin.push(context) == 0);
  make_example(&run, 5, 3, PADDED, 1);
  fill();
  expect(standin.synchronize(stream) == 0);
  grucc_call call = device_call(1);
  expect_success(handle, grucc_run_on_stream(handle, &call, (void *)2));
  expect(standin.pop(&context) == 0 && standin.release(100) == 0);
  return NULL;
}

/* CU_STREAM_PER_THREAD has one value, and is another stream in each thread. */
static void waits_on_the_stream_of_another_thread(grucc_handle *handle) {
  pthread_t thread;
  expect(pthread_create(&thread, NULL, run_on_thread_stream, handle) == 0);
  expect(pthread_join(thread, NULL) == 0);
  make_example(&run, 4, 2, PADDED, 1);
  fill();
  expect(standin.synchronize(stream) == 0);
  grucc_call call = device_call(1);
  expect_success(handle, grucc_run_on_stream(handle, &call, (void *)2));
  expect(standin.synchronize((void *)2) == 0);
  example other = run;
  make_example(&other, 1, 1, WHOLE, 0);
  grucc_call host = example_call(&other, other.input, NULL, other.output, other.h_n);
  expect_success(handle, grucc_run(handle, &host)); /* all streams have ended */
  check();
}

static void h_n_may_be_h_0(grucc_handle *handle) {
  make_example(&run, 5, 3, PADDED, 1);
  memcpy(run.h_n, run.h_0, sizeof run.h_n);
  fill();
  grucc_call call =
      example_call(&run, on_device(input), on_device(h_n), on_device(output), on_device(h_n));
  expect_success(handle, grucc_run_on_stream(handle, &call, stream));
  check();
}

/* No driver call but those of the run itself; a larger run is refused. */
static void allocates_nothing_after_reserve(void) {
  grucc_handle *handle = open_encoder(&encoder_model);
  expect_success(handle, grucc_reserve(handle, 5, 3));
  make_example(&run, 5, 3, PADDED, 1);
  fill();
  grucc_call call = device_call(1);
  long live = standin.live();
  standin.fail("cuMemAlloc_v2", 1, 2);
  expect_success(handle, grucc_run_on_stream(handle, &call, stream));
  check();
  make_example(&run, 9, 3, PADDED, 1);
  call = device_call(1);
  expect(grucc_run_on_stream(handle, &call, stream) == GRUCC_ERROR_MEMORY);
  expect(standin.live() == live);
  standin.fail("", 0, 0);
  grucc_close(handle);
}

static void says_what_it_runs_on(grucc_handle *handle, int ordinal) {
  grucc_device_facts facts;
  memset(&facts, 0xff, sizeof facts);
  expect_success(handle, grucc_describe_device(handle, &facts));
  expect_text(facts.name, "Stand-in");
  expect(facts.device == ordinal && facts.capability == 80 && facts.driver == 13000);
  expect_failure(handle, grucc_describe_device(handle, NULL), GRUCC_ERROR_NULL,
                 "facts: found NULL, expected room for them");
}

static void refuses_memory_elsewhere(grucc_handle *handle) {
  make_example(&run, 5, 3, PADDED, 1);
  grucc_call call = device_call(1);
  call.input.data = run.input;
  expect_failure(handle, grucc_run_on_stream(handle, &call, stream), GRUCC_ERROR_UNSUPPORTED,
                 "input: found memory of the host, expected the device's");
  call = device_call(1);
  call.lengths.data = on_device(input);
  expect_failure(handle, grucc_run_on_stream(handle, &call, stream), GRUCC_ERROR_UNSUPPORTED,
                 "lengths: found memory of a device, expected the host's");
  call = device_call(1);
  call.output.data = on_device(output + 2);
  expect(grucc_run_on_stream(handle, &call, stream) == GRUCC_ERROR_ALIGNMENT);
  call = device_call(1);
  call.h_n.data = call.output.data;
  expect_failure(handle, grucc_run_on_stream(handle, &call, stream), GRUCC_ERROR_UNSUPPORTED,
                 "output: found memory shared with h_n, expected memory of its own");
  expect_failure(handle, grucc_run_on_stream(handle, NULL, stream), GRUCC_ERROR_NULL,
                 "call: found NULL, expected the tensors of a run");
}

int main(void) {
  find_standin();
  grucc_handle *handle = open_encoder(&encoder_model);
  begin(0);
  runs(handle);
  runs_in_order(handle);
  waits_on_another_stream(handle);
  waits_on_the_stream_of_another_thread(handle);
  h_n_may_be_h_0(handle);
  refuses_memory_elsewhere(handle);
  allocates_nothing_after_reserve();
  end(0);
  says_what_it_runs_on(handle, 0);

  /* The other device, with everything on it; and back. */
  expect_success(handle, grucc_set_device(handle, 1));
  begin(1);
  runs(handle);
  says_what_it_runs_on(handle, 1);
  end(1);
  expect_failure(handle, grucc_set_device(handle, 2), GRUCC_ERROR_DEVICE,
                 "device: found 2 devices, expected device 2");
  expect_failure(handle, grucc_set_device(handle, -1), GRUCC_ERROR_SHAPE,
                 "device: found -1, expected 0 or more");
  expect_success(handle, grucc_set_device(handle, 0));
  begin(0);
  runs(handle);
  end(0);
  grucc_close(handle);
  expect(standin.live() == 0);
}
