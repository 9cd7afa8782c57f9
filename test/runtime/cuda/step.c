/*===- step.c - Streams on a GPU: the state stays there -------------------===*\
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

static example run;

/* T steps of one row each are T runs of one step: by `step`, which has weights of its own. */
static void make_steps(int64_t seq_len, int64_t batch, int has_h_0) {
  make_example(&run, seq_len, batch, WHOLE, has_h_0);
  memcpy(run.expected_h_n, run.h_0, sizeof run.h_0);
  for (int64_t t = 0; t < seq_len; ++t)
    for (int64_t b = 0; b < batch; ++b) {
      float h[STATES * H];
      for (int64_t s = 0; s < STATES; ++s)
        memcpy(h + s * H, run.expected_h_n + (s * batch + b) * H, H * sizeof *h);
      expected_row(run.input + (t * batch + b) * I, run.expected_output + (t * batch + b) * WIDTH,
                   h, 1, /*scans=*/0);
      for (int64_t s = 0; s < STATES; ++s)
        memcpy(run.expected_h_n + (s * batch + b) * H, h + s * H, H * sizeof *h);
    }
}

static void steps(grucc_handle *handle, int64_t batch, int has_h_0) {
  make_steps(6, batch, has_h_0);
  grucc_state state;
  expect_success(handle, grucc_new_state(handle, batch, &state));
  grucc_tensor h_0 = reals(run.h_0, 3, STATES, batch, H), h_n = reals(run.h_n, 3, STATES, batch, H);
  if (has_h_0)
    expect_success(handle, grucc_init_state(handle, &state, &h_0));
  for (int64_t t = 0; t < 6; ++t) {
    grucc_tensor x = reals(run.input + t * batch * I, 2, batch, I, 0),
                 y = reals(run.output + t * batch * WIDTH, 2, batch, WIDTH, 0);
    expect_success(handle, grucc_step(handle, &state, &x, &y));
  }
  expect_success(handle, grucc_read_state(handle, &state, &h_n));
  expect_results(&run, run.output, run.h_n);
  /* And back to the beginning. */
  expect_success(handle, grucc_init_state(handle, &state, NULL));
  expect_success(handle, grucc_read_state(handle, &state, &h_n));
  for (int64_t i = 0; i < STATES * batch * H; ++i)
    expect(run.h_n[i] == 0);
  grucc_free_state(&state);
  grucc_free_state(&state);
}

/* On a caller's stream; reading the state waits for it, also by another handle. */
static void steps_on_a_stream(grucc_handle *handle) {
  enum { batch = 2 };
  make_steps(3, batch, 0);
  grucc_state state;
  expect_success(handle, grucc_new_state(handle, batch, &state));
  void *context, *stream;
  uint64_t input, output;
  expect(standin.retain(&context, 100) == 0 && standin.push(context) == 0);
  expect(standin.make_stream(&stream, 1) == 0);
  expect(standin.allocate(&input, sizeof run.input) == 0);
  expect(standin.allocate(&output, sizeof run.output) == 0);
  expect(standin.copy_in(input, run.input, sizeof run.input, stream) == 0);
  for (uint64_t t = 0; t < 3; ++t) {
    uint64_t x_at = input + t * batch * I * 4, y_at = output + t * batch * WIDTH * 4;
    grucc_tensor x = reals((void *)(uintptr_t)x_at, 2, batch, I, 0),
                 y = reals((void *)(uintptr_t)y_at, 2, batch, WIDTH, 0);
    expect_success(handle, grucc_step_on_stream(handle, &state, &x, &y, stream));
    grucc_tensor host = reals(run.input, 2, batch, I, 0);
    expect_failure(handle, grucc_step_on_stream(handle, &state, &host, &y, stream),
                   GRUCC_ERROR_UNSUPPORTED, "x: found memory of the host, expected the device's");
  }
  grucc_handle *other = open_encoder(&encoder_model);
  grucc_tensor h_n = reals(run.h_n, 3, STATES, batch, H);
  expect_success(other, grucc_read_state(other, &state, &h_n));
  grucc_close(other);
  expect(standin.copy_out(run.output, output, output_bytes(&run), stream) == 0);
  expect_results(&run, run.output, run.h_n);
  grucc_free_state(&state);
  expect(standin.free(input) == 0 && standin.free(output) == 0);
  expect(standin.free_stream(stream) == 0);
  expect(standin.pop(&context) == 0 && standin.release(100) == 0);
}

/* One state, stepped on a stream, and then by another handle: on another stream, on the host's
 * memory, and only read. */
static void steps_of_two_handles(grucc_handle *handle) {
  enum { batch = 2 };
  void *context, *streams[2];
  uint64_t input, output;
  expect(standin.retain(&context, 100) == 0 && standin.push(context) == 0);
  expect(standin.make_stream(&streams[0], 1) == 0 && standin.make_stream(&streams[1], 1) == 0);
  expect(standin.allocate(&input, sizeof run.input) == 0);
  expect(standin.allocate(&output, sizeof run.output) == 0);
  /* The first step, and the second one, are on these; -1: on the host's memory. */
  const int on[][2] = {{0, 1}, {1, 0}, {0, 0}, {0, -1}};
  for (int kind = 0; kind < 4; ++kind) {
    grucc_handle *other = open_encoder(&encoder_model);
    make_steps(2, batch, 1);
    grucc_state state;
    grucc_tensor h_0 = reals(run.h_0, 3, STATES, batch, H),
                 h_n = reals(run.h_n, 3, STATES, batch, H);
    expect_success(handle, grucc_new_state(handle, batch, &state));
    expect_success(handle, grucc_init_state(handle, &state, &h_0));
    expect(standin.copy_in(input, run.input, sizeof run.input, streams[0]) == 0);
    expect(standin.synchronize(streams[0]) == 0);
    for (uint64_t t = 0; t < 2; ++t) {
      uint64_t x_at = input + t * batch * I * 4, y_at = output + t * batch * WIDTH * 4;
      grucc_tensor x = reals((void *)(uintptr_t)x_at, 2, batch, I, 0),
                   y = reals((void *)(uintptr_t)y_at, 2, batch, WIDTH, 0);
      grucc_handle *user = t ? other : handle;
      if (on[kind][t] >= 0) {
        expect_success(user, grucc_step_on_stream(user, &state, &x, &y, streams[on[kind][t]]));
      } else {
        x = reals(run.input + t * batch * I, 2, batch, I, 0);
        y = reals(run.output + t * batch * WIDTH, 2, batch, WIDTH, 0);
        expect_success(user, grucc_step(user, &state, &x, &y));
      }
    }
    expect_success(handle, grucc_read_state(handle, &state, &h_n));
    expect(memcmp(run.h_n, run.expected_h_n, state_bytes(&run)) == 0);
    size_t copied = kind == 3 ? output_bytes(&run) / 2 : output_bytes(&run);
    expect(standin.copy_out(run.output, output, copied, streams[0]) == 0);
    expect_results(&run, run.output, run.h_n);
    grucc_free_state(&state);
    grucc_close(other);
  }
  expect(standin.free(input) == 0 && standin.free(output) == 0);
  expect(standin.free_stream(streams[0]) == 0 && standin.free_stream(streams[1]) == 0);
  expect(standin.pop(&context) == 0 && standin.release(100) == 0);
}

/* Rows of zeros, once steps on a caller's stream have ended; the others keep their bits. */
static void resets_rows(grucc_handle *handle) {
  enum { batch = 4 };
  static const int64_t rows[] = {3, 1, 3}, wrong[] = {0, 4}, negative[] = {-1};
  make_steps(1, batch, 1);
  grucc_state state;
  grucc_tensor h_0 = reals(run.h_0, 3, STATES, batch, H), h_n = reals(run.h_n, 3, STATES, batch, H);
  expect_success(handle, grucc_new_state(handle, batch, &state));
  expect_success(handle, grucc_init_state(handle, &state, &h_0));
  void *context, *stream;
  uint64_t input, output;
  expect(standin.retain(&context, 100) == 0 && standin.push(context) == 0);
  expect(standin.make_stream(&stream, 1) == 0);
  expect(standin.allocate(&input, sizeof run.input) == 0);
  expect(standin.allocate(&output, sizeof run.output) == 0);
  expect(standin.copy_in(input, run.input, sizeof run.input, stream) == 0);
  grucc_tensor x = reals((void *)(uintptr_t)input, 2, batch, I, 0),
               y = reals((void *)(uintptr_t)output, 2, batch, WIDTH, 0);
  expect_success(handle, grucc_step_on_stream(handle, &state, &x, &y, stream));
  expect_failure(handle, grucc_reset_state(handle, &state, wrong, 2), GRUCC_ERROR_SHAPE,
                 "rows: found 4 at entry 1, expected 0 or more, below the batch of 4");
  expect_failure(handle, grucc_reset_state(handle, &state, negative, 1), GRUCC_ERROR_SHAPE,
                 "rows: found -1 at entry 0, expected 0 or more, below the batch of 4");
  expect_success(handle, grucc_reset_state(handle, &state, NULL, 0));
  expect_success(handle, grucc_reset_state(handle, &state, rows, 3));
  expect_success(handle, grucc_read_state(handle, &state, &h_n));
  for (int64_t s = 0; s < STATES; ++s)
    for (int64_t i = 0; i < batch * H; ++i)
      if (i / H == 1 || i / H == 3)
        run.expected_h_n[s * batch * H + i] = 0;
  expect(memcmp(run.h_n, run.expected_h_n, state_bytes(&run)) == 0);
  standin.fail("cuMemsetD8Async", 3, 719);
  expect_failure(handle, grucc_reset_state(handle, &state, rows, 3), GRUCC_ERROR_DEVICE,
                 "state: found CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure), expected to "
                 "reset its rows");
  standin.fail("", 0, 0);
  grucc_free_state(&state);
  expect(standin.free(input) == 0 && standin.free(output) == 0);
  expect(standin.free_stream(stream) == 0);
  expect(standin.pop(&context) == 0 && standin.release(100) == 0);
}

static void refuses(grucc_handle *handle) {
  static _Alignas(64) char memory[256];
  grucc_state state, host = {memory, 1, 0, 0};
  float x[I] = {0}, y[H];
  grucc_tensor in = reals(x, 1, I, 0, 0), out = reals(y, 1, H, 0, 0);
  expect_failure(handle, grucc_place_state(handle, memory, sizeof memory, 1, &state),
                 GRUCC_ERROR_UNSUPPORTED,
                 "state: found memory for it, expected grucc_new_state, which makes it on the "
                 "device");
  expect_failure(handle, grucc_step(handle, &host, &in, &out), GRUCC_ERROR_UNSUPPORTED,
                 "state: found one in the host's memory, expected one of grucc_new_state");
  expect_failure(handle, grucc_new_state(handle, -1, &state), GRUCC_ERROR_SHAPE,
                 "state: found batch -1, expected 0 or more, whose state fits the address space");
  expect(grucc_new_state(handle, INT64_MAX / 2, &state) == GRUCC_ERROR_SHAPE);
  expect_success(handle, grucc_new_state(handle, 1, &state));
  out.shape[0] = 3;
  expect_failure(handle, grucc_step(handle, &state, &in, &out), GRUCC_ERROR_SHAPE,
                 "y: found shape [3], expected [2]");
  out.shape[0] = H;
  expect_success(handle, grucc_set_device(handle, 1));
  expect_failure(handle, grucc_step(handle, &state, &in, &out), GRUCC_ERROR_UNSUPPORTED,
                 "state: found one of another model or device, expected one of this handle");
  expect_success(handle, grucc_set_device(handle, 0));
  expect_success(handle, grucc_step(handle, &state, &in, &out));
  grucc_free_state(&state);
}

/* A state needs no handle to be freed. */
static void state_outlives_the_handle(void) {
  grucc_handle *handle = open_encoder(&encoder_model);
  grucc_state state, none;
  expect_success(handle, grucc_new_state(handle, 2, &state));
  expect_success(handle, grucc_new_state(handle, 0, &none));
  grucc_close(handle);
  expect(standin.live() == 4);
  grucc_free_state(&state);
  grucc_free_state(&none);
  expect(standin.live() == 0);
}

int main(void) {
  find_standin();
  grucc_handle *handle = open_encoder(&encoder_model);
  steps(handle, 1, 0);
  steps(handle, 3, 1);
  steps(handle, 0, 0);
  steps_on_a_stream(handle);
  steps_of_two_handles(handle);
  resets_rows(handle);
  refuses(handle);
  grucc_close(handle);
  state_outlives_the_handle();

  grucc_cuda_model model = encoder_model;
  model.model.flags |= GRUCC_MODEL_BIDIRECTIONAL;
  model.model.weights_count *= 2;
  handle = open_encoder(&model);
  grucc_state state;
  expect_failure(handle, grucc_new_state(handle, 1, &state), GRUCC_ERROR_UNSUPPORTED,
                 "step: found a bidirectional network, expected one that can stream");
  grucc_close(handle);
}
