/*===- run.c - Every tensor of a run is checked, and the run is right -----===*\
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

enum { T = 5, B = 3, DL = D * L };

static float input[T * B * I + 8], h_0[DL * B * H], output[T * B * WIDTH], h_n[DL * B * H];
static int64_t lengths[B], batch_sizes[T];

static grucc_tensor f32(const void *data, int rank, int64_t a, int64_t b, int64_t c) {
  return grucc_make_tensor(GRUCC_FLOAT32, data, rank, a, b, c, 0);
}

static grucc_call whole_call(void) {
  grucc_call call;
  memset(&call, 0, sizeof call);
  call.input = f32(input, 3, T, B, I);
  call.h_0 = f32(h_0, 3, DL, B, H);
  call.output = f32(output, 3, T, B, WIDTH);
  call.h_n = f32(h_n, 3, DL, B, H);
  return call;
}

static grucc_handle *open_with_flags(uint32_t flags) {
  static grucc_model models[16];
  static int count;
  grucc_model *model = &models[count++];
  *model = encoder_model;
  model->flags |= flags;
  grucc_handle *handle = NULL;
  expect(grucc_open_model(model, &handle, NULL, 0) == GRUCC_OK);
  return handle;
}

#define refused(change, status, text)                                                              \
  do {                                                                                             \
    grucc_call call = whole_call();                                                                \
    change;                                                                                        \
    expect_failure(handle, grucc_run(handle, &call), status, text);                                \
  } while (0)
#define SHAPE(change, text) refused(change, GRUCC_ERROR_SHAPE, text)

static void fill(void) {
  for (int i = 0; i < T * B * I; ++i)
    input[i] = (float)(i % 7 - 3);
  for (int i = 0; i < DL * B * H; ++i)
    h_0[i] = (float)(i % 5 - 2);
}

/* The stand-in's arithmetic, all rows alike. */
static void computes(void) {
  grucc_handle *handle = open_with_flags(0);
  for (int i = 0; i < T * B * I; ++i)
    input[i] = 1;
  grucc_call call = whole_call();
  memset(&call.h_0, 0, sizeof call.h_0);
  expect_success(handle, grucc_run(handle, &call));
  /* layer 0: h = 3, 6 then 4.5, 9; layer 1: 9, 18 then 4.5 + 13.5, 9 + 27. */
  for (int b = 0; b < B; ++b) {
    expect(output[b * WIDTH] == 9 && output[b * WIDTH + 1] == 18);
    expect(output[(B + b) * WIDTH] == 18 && output[(B + b) * WIDTH + 1] == 36);
    expect(memcmp(&output[((T - 1) * B + b) * WIDTH], &h_n[(B + b) * H], H * 4) == 0);
  }
  grucc_close(handle);
}

#if UINTPTR_MAX == UINT32_MAX
#define FITS "expected a size that fits 31 bits"
#else
#define FITS "expected a size that fits 63 bits"
#endif

static void refuses_every_wrong_shape(void) {
  grucc_handle *handle = open_with_flags(0);
  SHAPE(call.input.shape[2] = 9, "input: found shape [5, 3, 9], expected [T, B, 3]");
  SHAPE(call.input.rank = 4, "input: found shape [5, 3, 3, 0], expected [T, B, 3]");
  SHAPE(call.input.rank = 1, "input: found shape [5], expected [T, B, 3]");
  SHAPE(call.input.rank = 5, "input: found rank 5, expected [T, B, 3]");
  SHAPE(call.input.rank = -1, "input: found rank -1, expected [T, B, 3]");
  SHAPE(call.input.shape[0] = -1, "input: found shape [-1, 3, 3], expected [T, B, 3]");
  SHAPE(call.input.shape[1] = -1, "input: found shape [5, -1, 3], expected [T, B, 3]");
  SHAPE(call.input.shape[0] = INT64_MAX, "input: found shape [9223372036854775807, 3, 3], " FITS);
  if (sizeof(void *) == 4) /* cut to 32 bits these would be the bytes that are there */
    SHAPE(call.input.shape[0] = (1 << 30) + T, "input: found shape [1073741829, 3, 3], " FITS);
  SHAPE(call.h_0.shape[0] = 1, "h_0: found shape [1, 3, 2], expected [2, 3, 2]");
  SHAPE(call.h_0.shape[1] = 4, "h_0: found shape [2, 4, 2], expected [2, 3, 2]");
  SHAPE(call.h_0.shape[2] = 3, "h_0: found shape [2, 3, 3], expected [2, 3, 2]");
  SHAPE(call.h_0.rank = 2, "h_0: found shape [2, 3], expected [2, 3, 2]");
  SHAPE(call.output.shape[0] = 4, "output: found shape [4, 3, 2], expected [5, 3, 2]");
  SHAPE(call.output.shape[1] = 2, "output: found shape [5, 2, 2], expected [5, 3, 2]");
  SHAPE(call.output.shape[2] = 4, "output: found shape [5, 3, 4], expected [5, 3, 2]");
  SHAPE(call.output.rank = 2, "output: found shape [5, 3], expected [5, 3, 2]");
  SHAPE(call.h_n.shape[0] = 4, "h_n: found shape [4, 3, 2], expected [2, 3, 2]");
  SHAPE(call.h_n.shape[1] = 1, "h_n: found shape [2, 1, 2], expected [2, 3, 2]");
  SHAPE(call.h_n.rank = 2, "h_n: found shape [2, 3], expected [2, 3, 2]");
  SHAPE(call.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, 4),
        "lengths: found shape [4], expected [3]");
  SHAPE(lengths[1] = 6; call.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, B),
                        "lengths: found 6 at row 1, expected 0 to 5");
  SHAPE(lengths[1] = -1; call.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, B),
                         "lengths: found -1 at row 1, expected 0 to 5");
  grucc_close(handle);
}

static void refuses_every_other_wrong_tensor(void) {
  grucc_handle *handle = open_with_flags(0);
  expect_failure(handle, grucc_run(handle, NULL), GRUCC_ERROR_NULL,
                 "call: found NULL, expected the tensors of a run");
#define NONE(change, text) refused(change, GRUCC_ERROR_NULL, text)
  NONE(memset(&call.input, 0, sizeof call.input), "input: found none, expected shape [T, B, 3]");
  NONE(call.input.data = NULL, "input: found NULL, expected 180 bytes");
  NONE(memset(&call.output, 0, sizeof call.output), "output: found none, expected shape [5, 3, 2]");
  NONE(call.output.data = NULL, "output: found NULL, expected 120 bytes");
  NONE(memset(&call.h_n, 0, sizeof call.h_n), "h_n: found none, expected shape [2, 3, 2]");
  NONE(call.h_0.data = NULL, "h_0: found NULL, expected 48 bytes");
#define NOT(change, text) refused(change, GRUCC_ERROR_UNSUPPORTED, text)
  NOT(call.input.dtype = GRUCC_FLOAT64, "input: found float64, expected float32");
  NOT(call.input.dtype = 77, "input: found an unknown dtype, expected float32");
  NOT(call.input.dtype = -1, "input: found an unknown dtype, expected float32");
  NOT(call.lengths = f32(input, 1, B, 0, 0), "lengths: found float32, expected int64");
  NOT(call.dropout_mask = grucc_tensor_of(GRUCC_UINT8, input, 4, 1, T, B, WIDTH),
      "dropout_mask: found a mask, expected a model compiled for training");
  NOT(call.output.data = call.input.data,
      "output: found memory shared with input, expected memory of its own");
  NOT(call.output.data = &input[T * B * I - 1],
      "output: found memory shared with input, expected memory of its own");
  NOT(call.h_n.data = output, "output: found memory shared with h_n, expected memory of its own");
  NOT(call.output.data = h_0, "output: found memory shared with h_0, expected memory of its own");
  NOT(call.h_0.data = h_n + 1, "h_n: found memory shared with h_0, expected memory of its own");
  grucc_call call = whole_call();
  call.input.data = (char *)input + 2;
  expect(grucc_run(handle, &call) == GRUCC_ERROR_ALIGNMENT);
  expect(strstr(grucc_last_error(handle), "expected a multiple of 4"));
  grucc_close(handle);
}

static void checks_packed_sequences(void) {
  grucc_handle *handle = open_with_flags(0);
  const int64_t sizes[T] = {3, 3, 2, 1, 1};
#define PACKED(change, status, text)                                                               \
  refused(memcpy(batch_sizes, sizes, sizeof sizes);                                                \
          call.batch_sizes = grucc_tensor_of(GRUCC_INT64, batch_sizes, 1, T);                      \
          call.input = f32(input, 2, 10, I, 0); call.output = f32(output, 2, 10, WIDTH, 0);        \
          change, status, text)
  /* The stand-in is not compiled for packed sequences: the call itself was right. */
  PACKED((void)0, GRUCC_ERROR_UNSUPPORTED,
         "encoder_run: found status 5, the model was not compiled for this argument, "
         "expected success");
  PACKED(batch_sizes[1] = 4, GRUCC_ERROR_SHAPE, "batch_sizes: found 4 at step 1, expected 0 to 3");
  PACKED(batch_sizes[4] = -1, GRUCC_ERROR_SHAPE,
         "batch_sizes: found -1 at step 4, expected 0 to 1");
  PACKED(call.input.shape[0] = 9, GRUCC_ERROR_SHAPE,
         "input: found 9 rows, expected 10, the sum of batch_sizes");
  PACKED(call.input.rank = 3, GRUCC_ERROR_SHAPE,
         "input: found shape [10, 3, 0], expected [sum of batch_sizes, 3]");
  PACKED(call.output.shape[0] = 9, GRUCC_ERROR_SHAPE,
         "output: found shape [9, 2], expected [10, 2]");
  PACKED(call.h_n.rank = 2, GRUCC_ERROR_SHAPE, "h_n: found shape [2, 3], expected [2, B, 2]");
  PACKED(call.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, B), GRUCC_ERROR_UNSUPPORTED,
         "lengths: found lengths and batch_sizes, expected one of them");
  grucc_close(handle);
}

static void unbatched_is_a_batch_of_one(void) {
  grucc_handle *handle = open_with_flags(0);
  float other[T * WIDTH], other_h[DL * H];
  fill();
  grucc_call call = whole_call();
  call.input = f32(input, 3, T, 1, I);
  call.h_0.shape[1] = call.h_n.shape[1] = call.output.shape[1] = 1;
  expect_success(handle, grucc_run(handle, &call));
  call.input = f32(input, 2, T, I, 0);
  call.h_0 = f32(h_0, 2, DL, H, 0);
  call.output = f32(other, 2, T, WIDTH, 0);
  call.h_n = f32(other_h, 2, DL, H, 0);
  expect_success(handle, grucc_run(handle, &call));
  expect(memcmp(other, output, sizeof other) == 0 && memcmp(other_h, h_n, sizeof other_h) == 0);
  call.h_n = f32(h_n, 3, DL, 1, H);
  expect_failure(handle, grucc_run(handle, &call), GRUCC_ERROR_SHAPE,
                 "h_n: found shape [2, 1, 2], expected [2, 2]");
  grucc_close(handle);
}

static void lengths_and_empty_sequences(void) {
  grucc_handle *handle = open_with_flags(0);
  fill();
  grucc_call call = whole_call();
  lengths[0] = 0, lengths[1] = 2, lengths[2] = T;
  call.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, B);
  expect_success(handle, grucc_run(handle, &call));
  expect(output[0] == 0 && memcmp(&h_n[0], &h_0[0], H * 4) == 0);
  memset(&call.lengths, 0, sizeof call.lengths);
  call.h_n.data = call.h_0.data; /* the one allowed alias */
  expect_success(handle, grucc_run(handle, &call));

  memcpy(h_n, h_0, sizeof h_n);
  memset(h_n, 7, sizeof h_n);
  call = whole_call();
  call.input = f32(NULL, 3, 0, B, I);
  call.output = f32(NULL, 3, 0, B, WIDTH);
  expect_success(handle, grucc_run(handle, &call));
  expect(memcmp(h_n, h_0, sizeof h_n) == 0);

  call.input = f32(NULL, 3, T, 0, I);
  call.output = f32(NULL, 3, T, 0, WIDTH);
  call.h_0 = call.h_n = f32(NULL, 3, DL, 0, H);
  expect_success(handle, grucc_run(handle, &call));
  grucc_close(handle);
}

static void a_batch_first_model_has_another_order(void) {
  grucc_handle *handle = open_with_flags(GRUCC_MODEL_BATCH_FIRST);
  SHAPE(call.input = f32(input, 3, B, T, 9), "input: found shape [3, 5, 9], expected [B, T, 3]");
  SHAPE(call.input = f32(input, 3, B, T, I), "output: found shape [5, 3, 2], expected [3, 5, 2]");
  grucc_close(handle);
}

static void a_bidirectional_model_is_twice_as_wide(void) {
  grucc_model model = encoder_model;
  model.flags |= GRUCC_MODEL_BIDIRECTIONAL;
  model.weights_count *= 2;
  model.step = NULL;
  grucc_handle *handle = NULL;
  expect(grucc_open_model(&model, &handle, NULL, 0) == GRUCC_OK);
  SHAPE((void)0, "h_0: found shape [2, 3, 2], expected [4, 3, 2]");
  SHAPE(memset(&call.h_0, 0, sizeof call.h_0), "output: found shape [5, 3, 2], expected [5, 3, 4]");
  grucc_close(handle);
}

static void a_float64_model_takes_doubles(void) {
  grucc_handle *handle = open_with_flags(GRUCC_MODEL_FLOAT64);
  NOT((void)0, "input: found float32, expected float64");
  grucc_close(handle);
}

static void a_reserved_workspace_never_grows(void) {
  grucc_handle *handle = open_with_flags(0);
  expect_success(handle, grucc_reserve(handle, 4, B));
  fill();
  grucc_call call = whole_call();
  expect_failure(handle, grucc_run(handle, &call), GRUCC_ERROR_MEMORY,
                 "workspace: found seq_len 5, batch 3 (60 bytes), expected at most the 48 bytes "
                 "reserved");
  call.input.shape[0] = call.output.shape[0] = 4;
  expect_success(handle, grucc_run(handle, &call));
  expect_failure(handle, grucc_reserve(handle, -1, 1), GRUCC_ERROR_SHAPE,
                 "reserve: found seq_len -1, batch 1, expected numbers that are not negative");
  expect_failure(handle, grucc_reserve(handle, 1ll << 21, 1), GRUCC_ERROR_SHAPE,
                 "workspace: found seq_len 2097152, batch 1, expected sizes whose workspace fits "
                 "the address space");
  if (sizeof(void *) == 4)
    expect_failure(handle, grucc_reserve(handle, 1 << 20, 1 << 12), GRUCC_ERROR_SHAPE,
                   "workspace: found seq_len 1048576, batch 4096, expected sizes whose workspace "
                   "fits the address space");
  grucc_close(handle);
}

int main(void) {
  computes();
  refuses_every_wrong_shape();
  refuses_every_other_wrong_tensor();
  checks_packed_sequences();
  unbatched_is_a_batch_of_one();
  lengths_and_empty_sequences();
  a_batch_first_model_has_another_order();
  a_bidirectional_model_is_twice_as_wide();
  a_float64_model_takes_doubles();
  a_reserved_workspace_never_grows();
}
