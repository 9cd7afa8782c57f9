/*===- weights.c - Weights given at run time ------------------------------===*\
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
#define FLAGS (GRUCC_MODEL_BIAS | GRUCC_MODEL_EXTERNAL_WEIGHTS)
#include "Inputs/expect.h"
#include "Inputs/model.c"
#include "grucc/runtime.h"

static grucc_handle *handle;
static float values[TENSORS][3 * H * I];
static grucc_tensor tensors[TENSORS];

static void names_and_shapes_are_torchs(void) {
  static const char *const names[] = {"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
                                      "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1"};
  for (int i = 0; i < TENSORS; ++i) {
    char name[32];
    expect(grucc_describe_weight(handle, i, name, sizeof name, &tensors[i]) == GRUCC_OK);
    expect_text(name, names[i]);
    expect(tensors[i].rank == (i % 4 < 2 ? 2 : 1) && tensors[i].shape[0] == 3 * H);
    tensors[i].data = values[i];
    values[i][0] = (float)i;
  }
  expect(tensors[0].shape[1] == I && tensors[1].shape[1] == H && tensors[4].shape[1] == H);
  grucc_tensor none;
  expect(grucc_describe_weight(handle, TENSORS, NULL, 0, &none) == GRUCC_ERROR_SHAPE);
  expect(grucc_describe_weight(handle, -1, NULL, 0, &none) == GRUCC_ERROR_SHAPE);
}

/* A bidirectional network without bias, by its descriptor alone. */
static void reverse_directions_come_second(void) {
  grucc_model model = encoder_model;
  model.flags = GRUCC_MODEL_BIDIRECTIONAL;
  model.weights_count = 2 * 2 * L;
  model.step = NULL;
  grucc_handle *other = NULL;
  expect(grucc_open_model(&model, &other, NULL, 0) == GRUCC_OK);
  char name[32];
  grucc_tensor shape;
  expect(grucc_describe_weight(other, 6, name, sizeof name, &shape) == GRUCC_OK);
  expect_text(name, "weight_ih_l1_reverse");
  expect(shape.rank == 2 && shape.shape[0] == 3 * H && shape.shape[1] == 2 * H);
  grucc_close(other);
}

static int run(void) {
  static float input[I], output[H], h_n[L * H];
  grucc_call call;
  memset(&call, 0, sizeof call);
  call.input = grucc_tensor_of(GRUCC_FLOAT32, input, 2, 1, I);
  call.output = grucc_tensor_of(GRUCC_FLOAT32, output, 2, 1, H);
  call.h_n = grucc_tensor_of(GRUCC_FLOAT32, h_n, 2, L, H);
  return grucc_run(handle, &call);
}

static void a_run_needs_weights(void) {
  grucc_state state;
  expect_failure(handle, run(), GRUCC_ERROR_NULL,
                 "weights: found none, expected grucc_set_weights before the first run");
  expect_success(handle, grucc_new_state(handle, 0, &state));
  grucc_tensor x = grucc_tensor_of(GRUCC_FLOAT32, NULL, 2, 0, I);
  grucc_tensor y = grucc_tensor_of(GRUCC_FLOAT32, NULL, 2, 0, H);
  expect(grucc_step(handle, &state, &x, &y) == GRUCC_ERROR_NULL);
  grucc_free_state(&state);
}

static void refuses_wrong_weights(void) {
  expect_failure(handle, grucc_set_weights(handle, tensors, 7), GRUCC_ERROR_SHAPE,
                 "weights: found 7 tensors, expected 8");
  expect_failure(handle, grucc_set_weights(handle, NULL, 8), GRUCC_ERROR_NULL,
                 "weights: found NULL, expected tensors");
  tensors[4].shape[1] = I;
  expect_failure(handle, grucc_set_weights(handle, tensors, 8), GRUCC_ERROR_SHAPE,
                 "weight_ih_l1: found shape [6, 3], expected [6, 2]");
  tensors[4].shape[1] = H;
  tensors[7].dtype = GRUCC_FLOAT64;
  expect_failure(handle, grucc_set_weights(handle, tensors, 8), GRUCC_ERROR_UNSUPPORTED,
                 "bias_hh_l1: found float64, expected float32");
  tensors[7].dtype = GRUCC_FLOAT32;
  tensors[7].data = NULL;
  expect_failure(handle, grucc_set_weights(handle, tensors, 8), GRUCC_ERROR_NULL,
                 "bias_hh_l1: found NULL, expected 24 bytes");
  tensors[7].data = values[7];
}

static void packs_and_runs(void) {
  static _Alignas(GRUCC_ALIGNMENT) float packed[TENSORS + 16];
  expect_success(handle, grucc_set_weights(handle, tensors, TENSORS));
  expect_success(handle, run());
  expect_success(handle, grucc_set_weights(handle, tensors, TENSORS));
  expect_failure(handle, grucc_set_packed_weights(handle, NULL, 32), GRUCC_ERROR_NULL,
                 "weights: found NULL, expected packed weights");
  expect_failure(handle, grucc_set_packed_weights(handle, packed, 31), GRUCC_ERROR_SHAPE,
                 "weights: found 31 bytes, expected 32");
  expect(grucc_set_packed_weights(handle, packed + 1, 32) == GRUCC_ERROR_ALIGNMENT);
  expect_success(handle, grucc_set_packed_weights(handle, packed, 32));
  expect_success(handle, run());
  expect_success(handle, grucc_set_weights(handle, tensors, TENSORS));
}

/* Nothing that a call writes may be in the caller's packed weights, which are as they were then. */
static void packed_weights_are_not_written(void) {
  static _Alignas(GRUCC_ALIGNMENT) float packed[TENSORS], memory[16];
  float x[I] = {0}, y[H], apart[L * H];
  const float *const before = packed;
  memset(packed, 0x55, sizeof packed);
  expect_success(handle, grucc_set_packed_weights(handle, packed, sizeof packed));
#define SHARED_WITH_WEIGHTS(name, call)                                                            \
  do {                                                                                             \
    expect_failure(handle, call, GRUCC_ERROR_UNSUPPORTED,                                          \
                   name ": found memory shared with weights, expected memory of its own");         \
    for (int i = 0; i < TENSORS; ++i)                                                              \
      expect(before[i] == before[0]);                                                              \
  } while (0)
  grucc_tensor in = grucc_tensor_of(GRUCC_FLOAT32, x, 2, 1, I);
  grucc_tensor out = grucc_tensor_of(GRUCC_FLOAT32, packed + TENSORS - 1, 2, 1, H);
  grucc_tensor h_n = grucc_tensor_of(GRUCC_FLOAT32, apart, 2, L, H);
  grucc_call call = {.input = in, .output = out, .h_n = h_n};
  SHARED_WITH_WEIGHTS("output", grucc_run(handle, &call));
  call.output.data = y, call.h_n.data = packed;
  SHARED_WITH_WEIGHTS("h_n", grucc_run(handle, &call));

  grucc_state state = {0}, placed = {0};
  SHARED_WITH_WEIGHTS("state", grucc_place_state(handle, packed, sizeof packed, 1, &placed));
  expect(placed.data == NULL);
  expect_success(handle, grucc_place_state(handle, memory, sizeof memory, 1, &state));
  SHARED_WITH_WEIGHTS("y", grucc_step(handle, &state, &in, &out));
  h_n = grucc_tensor_of(GRUCC_FLOAT32, packed, 3, L, 1, H);
  SHARED_WITH_WEIGHTS("h_n", grucc_read_state(handle, &state, &h_n));
  /* Weights that come after the state. */
  expect_success(handle, grucc_set_packed_weights(handle, memory, sizeof packed));
  out.data = y;
  SHARED_WITH_WEIGHTS("state", grucc_step(handle, &state, &in, &out));
  SHARED_WITH_WEIGHTS("state", grucc_init_state(handle, &state, NULL));
  grucc_free_state(&state);
  expect_success(handle, grucc_set_weights(handle, tensors, TENSORS));
}

static void baked_weights_stay(void) {
  grucc_model model = encoder_model;
  model.flags &= ~GRUCC_MODEL_EXTERNAL_WEIGHTS;
  grucc_handle *other = NULL;
  expect(grucc_open_model(&model, &other, NULL, 0) == GRUCC_OK);
  expect_failure(other, grucc_set_weights(other, tensors, TENSORS), GRUCC_ERROR_UNSUPPORTED,
                 "weights: found weights, expected none: the model has its own");
  expect_failure(other, grucc_set_packed_weights(other, values, 32), GRUCC_ERROR_UNSUPPORTED,
                 "weights: found weights, expected none: the model has its own");
  grucc_close(other);
}

int main(void) {
  expect(grucc_open_model(&encoder_model, &handle, NULL, 0) == GRUCC_OK);
  names_and_shapes_are_torchs();
  reverse_directions_come_second();
  a_run_needs_weights();
  refuses_wrong_weights();
  packs_and_runs();
  packed_weights_are_not_written();
  baked_weights_stay();
  grucc_close(handle);
}
