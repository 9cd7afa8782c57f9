/*===- step.c - Streams: states that the runtime or the caller owns -------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include %s %build/lib/libgrucc_runtime_sanitized.a \
 * RUN:   -o %t && %t
 */
#include "Inputs/expect.h"
#include "Inputs/model.c"
#include "grucc/runtime.h"

enum { T = 6, B = 3, STATE = L * B * H };

static float x[T * B * I], y[T * B * H], h_0[STATE], h_n[STATE], expected[T * B * H];
static grucc_handle *handle;

static grucc_tensor f32(const void *data, int rank, int64_t a, int64_t b, int64_t c) {
  return grucc_make_tensor(GRUCC_FLOAT32, data, rank, a, b, c, 0);
}

static int step(grucc_state *state, int t) {
  grucc_tensor in = f32(x + t * B * I, 2, B, I, 0), out = f32(y + t * B * H, 2, B, H, 0);
  return grucc_step(handle, state, &in, &out);
}

static void steps_equal_a_run(void) {
  grucc_tensor start = f32(h_0, 3, L, B, H), end = f32(h_n, 3, L, B, H);
  grucc_call call;
  memset(&call, 0, sizeof call);
  call.input = f32(x, 3, T, B, I);
  call.h_0 = start;
  call.output = f32(expected, 3, T, B, H);
  call.h_n = end;
  expect_success(handle, grucc_run(handle, &call));
  float run_h_n[STATE];
  memcpy(run_h_n, h_n, sizeof h_n);

  grucc_state state;
  expect_success(handle, grucc_new_state(handle, B, &state));
  expect_success(handle, grucc_init_state(handle, &state, &start));
  for (int t = 0; t < T; ++t)
    expect_success(handle, step(&state, t));
  memset(h_n, 0, sizeof h_n);
  expect_success(handle, grucc_read_state(handle, &state, &end));
  expect(memcmp(y, expected, sizeof y) == 0 && memcmp(h_n, run_h_n, sizeof h_n) == 0);

  /* NULL and none both set zeros, as a new state has them. */
  float first[B * H], again[B * H];
  grucc_tensor none;
  memset(&none, 0, sizeof none);
  grucc_state fresh;
  expect_success(handle, grucc_new_state(handle, B, &fresh));
  expect_success(handle, step(&fresh, 0));
  memcpy(first, y, sizeof first);
  expect_success(handle, grucc_init_state(handle, &state, NULL));
  expect_success(handle, step(&state, 0));
  memcpy(again, y, sizeof again);
  expect(memcmp(first, again, sizeof first) == 0);
  expect_success(handle, grucc_init_state(handle, &state, &none));
  expect_success(handle, step(&state, 0));
  expect(memcmp(first, y, sizeof first) == 0);
  grucc_free_state(&state);
  grucc_free_state(&fresh);
  expect(state.data == NULL);
  grucc_free_state(&state);
}

/* Rows are reset alone, and go on as those of a new state do. */
static void rows_begin_again(void) {
  grucc_state state, fresh;
  grucc_tensor start = f32(h_0, 3, L, B, H), end = f32(h_n, 3, L, B, H);
  expect_success(handle, grucc_new_state(handle, B, &state));
  expect_success(handle, grucc_init_state(handle, &state, &start));
  float before[STATE], reset[B * H];
  expect_success(handle, step(&state, 0));
  expect_success(handle, grucc_read_state(handle, &state, &end));
  memcpy(before, h_n, sizeof before);
  const int64_t rows[] = {2, 0, 2};
  expect_success(handle, grucc_reset_state(handle, &state, rows, 3));
  expect_success(handle, grucc_reset_state(handle, &state, NULL, 0));
  expect_success(handle, grucc_read_state(handle, &state, &end));
  for (int i = 0; i < STATE; ++i)
    expect(h_n[i] == (i / H % B == 1 ? before[i] : 0));
  expect_success(handle, step(&state, 1));
  memcpy(reset, y + B * H, sizeof reset);
  expect_success(handle, grucc_new_state(handle, B, &fresh));
  expect_success(handle, step(&fresh, 1));
  expect(memcmp(reset, y + B * H, H * sizeof *y) == 0 && reset[H] != y[B * H + H]);
  expect(memcmp(reset + 2 * H, y + B * H + 2 * H, H * sizeof *y) == 0);

  /* Nothing is written where one of the rows is not there. */
  expect_success(handle, grucc_read_state(handle, &state, &end));
  memcpy(before, h_n, sizeof before);
  const int64_t beyond[] = {1, 3}, negative[] = {0, 1, -1};
#define ROWS(status, text, rows, count)                                                            \
  expect_failure(handle, grucc_reset_state(handle, &state, rows, count), status, "rows: " text)
  ROWS(GRUCC_ERROR_SHAPE, "found 3 at entry 1, expected 0 or more, below the batch of 3", beyond,
       2);
  ROWS(GRUCC_ERROR_SHAPE, "found -1 at entry 2, expected 0 or more, below the batch of 3", negative,
       3);
  ROWS(GRUCC_ERROR_SHAPE, "found shape [-1], expected [count]", rows, -1);
  ROWS(GRUCC_ERROR_NULL, "found NULL, expected 16 bytes", NULL, 2);
  int64_t *inside = state.data;
  *inside = 0; /* a row of its own state */
  before[0] = before[1] = 0;
  expect_failure(handle, grucc_reset_state(handle, &state, inside, 1), GRUCC_ERROR_UNSUPPORTED,
                 "state: found memory shared with rows, expected memory of its own");
  expect_failure(handle, grucc_reset_state(handle, NULL, rows, 1), GRUCC_ERROR_NULL,
                 "state: found none, expected a state");
  expect_success(handle, grucc_read_state(handle, &state, &end));
  expect(memcmp(h_n, before, sizeof before) == 0);
  grucc_free_state(&state);
  grucc_free_state(&fresh);
}

static void a_row_alone_may_be_unbatched(void) {
  static _Alignas(GRUCC_ALIGNMENT) char memory[64];
  grucc_state state;
  expect_success(handle, grucc_place_state(handle, memory, sizeof memory, 1, &state));
  expect(state.data == memory && !state.owned);
  grucc_tensor in = f32(x, 1, I, 0, 0), out = f32(y, 1, H, 0, 0);
  expect_success(handle, grucc_step(handle, &state, &in, &out));
  grucc_free_state(&state); /* forgets the caller's memory */
  expect(state.data == NULL);
}

static void an_empty_batch_steps(void) {
  grucc_state state;
  expect_success(handle, grucc_new_state(handle, 0, &state));
  grucc_tensor in = f32(NULL, 2, 0, I, 0), out = f32(NULL, 2, 0, H, 0);
  expect_success(handle, grucc_step(handle, &state, &in, &out));
  grucc_free_state(&state);
}

static void refuses_what_does_not_fit(void) {
  static _Alignas(GRUCC_ALIGNMENT) char memory[512];
  grucc_state state;
  expect_failure(handle, grucc_new_state(handle, -1, &state), GRUCC_ERROR_SHAPE,
                 "state: found batch -1, expected 0 or more, whose state fits the address space");
  expect(state.data == NULL);
  expect_failure(handle, grucc_new_state(handle, INT64_MAX, &state), GRUCC_ERROR_SHAPE,
                 "state: found batch 9223372036854775807, expected 0 or more, whose state fits "
                 "the address space");
  if (sizeof(void *) == 4) /* cut to 32 bits this would be the state of B rows */
    expect_failure(handle, grucc_new_state(handle, (1 << 28) + B, &state), GRUCC_ERROR_SHAPE,
                   "state: found batch 268435459, expected 0 or more, whose state fits the address "
                   "space");
  expect_failure(handle, grucc_new_state(handle, 1, NULL), GRUCC_ERROR_NULL,
                 "state: found NULL, expected a state");
  expect_failure(handle, grucc_place_state(handle, NULL, 512, 1, &state), GRUCC_ERROR_NULL,
                 "state: found NULL, expected memory and a state");
  expect_failure(handle, grucc_place_state(handle, memory, 47, B, &state), GRUCC_ERROR_SHAPE,
                 "state: found 47 bytes, expected 48");
  expect(grucc_place_state(handle, memory + 8, 504, B, &state) == GRUCC_ERROR_ALIGNMENT);
  expect_success(handle, grucc_place_state(handle, memory, 48, B, &state));

  grucc_tensor h = f32(h_0, 3, L, B, 9);
  expect_failure(handle, grucc_init_state(handle, &state, &h), GRUCC_ERROR_SHAPE,
                 "h_0: found shape [2, 3, 9], expected [2, 3, 2]");
  expect_failure(handle, grucc_read_state(handle, &state, &h), GRUCC_ERROR_SHAPE,
                 "h_n: found shape [2, 3, 9], expected [2, 3, 2]");
  expect_failure(handle, grucc_read_state(handle, &state, NULL), GRUCC_ERROR_NULL,
                 "h_n: found NULL, expected a tensor");
  expect_failure(handle, grucc_init_state(handle, NULL, NULL), GRUCC_ERROR_NULL,
                 "state: found none, expected a state");

  grucc_tensor in = f32(x, 2, B, I, 0), out = f32(y, 2, B, H, 0), wrong;
  wrong = f32(x, 2, B, 4, 0);
  expect_failure(handle, grucc_step(handle, &state, &wrong, &out), GRUCC_ERROR_SHAPE,
                 "x: found shape [3, 4], expected [3, 3]");
  wrong = f32(x, 2, 2, I, 0);
  expect_failure(handle, grucc_step(handle, &state, &wrong, &out), GRUCC_ERROR_SHAPE,
                 "x: found shape [2, 3], expected [3, 3]");
  wrong = f32(x, 1, I, 0, 0);
  expect_failure(handle, grucc_step(handle, &state, &wrong, &out), GRUCC_ERROR_SHAPE,
                 "x: found shape [3], expected [3, 3]");
  wrong = f32(y, 2, B, 4, 0);
  expect_failure(handle, grucc_step(handle, &state, &in, &wrong), GRUCC_ERROR_SHAPE,
                 "y: found shape [3, 4], expected [3, 2]");
  wrong = f32(x, 2, B, H, 0);
  expect_failure(handle, grucc_step(handle, &state, &in, &wrong), GRUCC_ERROR_UNSUPPORTED,
                 "y: found memory shared with x, expected memory of its own");
  wrong = in, wrong.dtype = GRUCC_UINT8;
  expect_failure(handle, grucc_step(handle, &state, &wrong, &out), GRUCC_ERROR_UNSUPPORTED,
                 "x: found uint8, expected float32");
  expect_failure(handle, grucc_step(handle, &state, NULL, &out), GRUCC_ERROR_NULL,
                 "x: found NULL, expected a tensor");
  expect_failure(handle, grucc_step(handle, &state, &in, NULL), GRUCC_ERROR_NULL,
                 "y: found NULL, expected a tensor");
  expect_failure(handle, grucc_step(handle, NULL, &in, &out), GRUCC_ERROR_NULL,
                 "state: found none, expected a state");
}

/* No tensor may be in the memory of the state, which is as it was then; nor may the tensor be in
 * part. */
static void refuses_tensors_in_the_state(void) {
  static _Alignas(GRUCC_ALIGNMENT) char memory[512], before[512];
  enum { bytes = STATE * sizeof(float) };
  grucc_state state;
  expect_success(handle, grucc_place_state(handle, memory + 64, bytes, B, &state));
  grucc_tensor h = f32(h_0, 3, L, B, H), in = f32(x, 2, B, I, 0), out = f32(y, 2, B, H, 0);
  expect_success(handle, grucc_init_state(handle, &state, &h));
  memcpy(before, memory, sizeof memory);
  const int shared[] = {64, 64 + 4, 64 + bytes - 4, 64 - 4}; /* where the tensor begins */
  for (size_t i = 0; i < sizeof shared / sizeof *shared; ++i) {
    grucc_tensor here;
#define SHARED(name, other, call)                                                                  \
  expect_failure(handle, call, GRUCC_ERROR_UNSUPPORTED,                                            \
                 name ": found memory shared with " other ", expected memory of its own")
    here = out, here.data = memory + shared[i];
    SHARED("y", "state", grucc_step(handle, &state, &in, &here));
    here = in, here.data = memory + shared[i];
    SHARED("state", "x", grucc_step(handle, &state, &here, &out));
    here = h, here.data = memory + shared[i];
    SHARED("h_n", "state", grucc_read_state(handle, &state, &here));
    SHARED("state", "h_0", grucc_init_state(handle, &state, &here));
    expect(memcmp(memory, before, sizeof memory) == 0);
  }
  /* Right beside it is well. */
  h.data = memory + 64 + bytes;
  expect_success(handle, grucc_read_state(handle, &state, &h));
  expect_success(handle, grucc_init_state(handle, &state, &h));
  in.data = memory, in.shape[1] = I;
  expect(sizeof(float[B][I]) <= 64);
  out.data = memory + 64 + bytes;
  expect_success(handle, grucc_step(handle, &state, &in, &out));
}

static void a_reservation_covers_steps(void) {
  grucc_handle *small = NULL;
  expect(grucc_open_model(&encoder_model, &small, NULL, 0) == GRUCC_OK);
  expect_success(small, grucc_reserve(small, 0, 2));
  grucc_state state;
  expect_success(small, grucc_new_state(small, 3, &state));
  grucc_tensor in = f32(x, 2, B, I, 0), out = f32(y, 2, B, H, 0);
  expect_failure(small, grucc_step(small, &state, &in, &out), GRUCC_ERROR_MEMORY,
                 "workspace: found seq_len 1, batch 3 (12 bytes), expected at most the 8 bytes "
                 "reserved");
  grucc_free_state(&state);
  expect_success(small, grucc_new_state(small, 2, &state));
  in.shape[0] = out.shape[0] = 2;
  expect_success(small, grucc_step(small, &state, &in, &out));
  grucc_free_state(&state);
  grucc_close(small);
}

static void expect_no_stream(uint32_t flag, const char *text) {
  grucc_model model = encoder_model;
  model.flags |= flag;
  model.weights_count *= flag == GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  model.step = NULL;
  model.state_bytes = NULL;
  model.init_state = NULL;
  model.read_state = NULL;
  model.reset_state = NULL;
  grucc_handle *other = NULL;
  grucc_state state;
  _Alignas(GRUCC_ALIGNMENT) float memory[STATE];
  expect(grucc_open_model(&model, &other, NULL, 0) == GRUCC_OK);
  expect_failure(other, grucc_new_state(other, 1, &state), GRUCC_ERROR_UNSUPPORTED, text);
  expect_failure(other, grucc_place_state(other, memory, sizeof memory, 1, &state),
                 GRUCC_ERROR_UNSUPPORTED, text);
  grucc_close(other);
}

static void a_bidirectional_network_has_no_stream(void) {
  expect_no_stream(GRUCC_MODEL_BIDIRECTIONAL,
                   "step: found a bidirectional network, expected one that can stream");
}

static void a_model_for_training_has_no_stream(void) {
  expect_no_stream(GRUCC_MODEL_TRAINING, "step: found a model compiled for training with dropout, "
                                         "expected one without that can stream");
}

int main(void) {
  for (int i = 0; i < T * B * I; ++i)
    x[i] = (float)(i % 7 - 3);
  for (int i = 0; i < STATE; ++i)
    h_0[i] = (float)(i % 5 - 2);
  expect(grucc_open_model(&encoder_model, &handle, NULL, 0) == GRUCC_OK);
  steps_equal_a_run();
  rows_begin_again();
  a_row_alone_may_be_unbatched();
  an_empty_batch_steps();
  refuses_what_does_not_fit();
  refuses_tensors_in_the_state();
  a_reservation_covers_steps();
  a_bidirectional_network_has_no_stream();
  a_model_for_training_has_no_stream();
  grucc_close(handle);
}
