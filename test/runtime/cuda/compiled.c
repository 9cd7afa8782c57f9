/*===- compiled.c - Compiled models give a CPU's bits on a GPU ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* REQUIRES: x86-64-v3
 * RUN: rm -rf %t && mkdir %t
 * RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include %s %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * DEFINE: %{network} =
 * DEFINE: %{compile} = grucc %{network} --init=uniform --seed=5 --name=net
 * DEFINE: %{build} = %{compile} -o %t/cpu.so && \
 * DEFINE:   %{compile} --target=sm_80 -o %t/gpu.so
 * DEFINE: %{standin} = env LD_LIBRARY_PATH=%build/lib/standin
 * DEFINE: %{device} = env ASAN_OPTIONS=protect_shadow_gap=0:detect_leaks=0
 *
 * The state in one block, a network of every kind, and one whose steps take a launch each.
 * REDEFINE: %{network} = --input-size=10 --hidden-size=20 --num-layers=3
 * RUN: %{build}
 * RUN: %{standin} %t/test %t/cpu.so %t/gpu.so
 * RUN: %{standin} STANDIN_SEED=3 %t/test %t/cpu.so %t/gpu.so
 * RUN: %if gpu %{ %{device} %t/test %t/cpu.so %t/gpu.so %}
 * REDEFINE: %{network} = --input-size=7 --hidden-size=33 --num-layers=2 --bidirectional \
 * REDEFINE:   --batch-first --no-bias
 * RUN: %{build}
 * RUN: %{standin} %t/test %t/cpu.so %t/gpu.so
 * RUN: %{standin} STANDIN_SEED=4 %t/test %t/cpu.so %t/gpu.so
 * RUN: %if gpu %{ %{device} %t/test %t/cpu.so %t/gpu.so %}
 * REDEFINE: %{network} = --input-size=3 --hidden-size=300
 * RUN: %{build}
 * RUN: %{standin} %t/test %t/cpu.so %t/gpu.so
 * RUN: %if gpu %{ %{device} %t/test %t/cpu.so %t/gpu.so %}
 */
#include "../Inputs/expect.h"
#include "grucc/runtime.h"

static grucc_handle *cpu, *gpu;
static int64_t input_size, width, states, hidden_size;
static int batch_first;

static float *draw(int64_t count) {
  static unsigned state = 1;
  float *data = malloc((size_t)(count + 1) * sizeof *data);
  expect(data != NULL);
  for (int64_t i = 0; i < count; ++i)
    data[i] = (float)((state = state * 1103515245u + 12345u) >> 8) / (1 << 23) - 1;
  return data;
}

static grucc_tensor reals(const void *data, int32_t rank, int64_t a, int64_t b, int64_t c) {
  return grucc_make_tensor(GRUCC_FLOAT32, data, rank, a, b, c, 0);
}

static void expect_same(const float *a, const float *b, int64_t count) {
  expect(memcmp(a, b, (size_t)count * sizeof *a) == 0);
}

/* kind 0: all T steps; 1: lengths; 2: packed. */
static void runs(int64_t seq_len, int64_t batch, int kind, int has_h_0) {
  int64_t lengths[16], batch_sizes[16] = {0}, rows = seq_len * batch;
  for (int64_t b = 0; b < batch; ++b) {
    lengths[b] = kind == 1 ? (b * 5 + 2) % (seq_len + 1) : seq_len * (batch - b) / batch;
    for (int64_t t = 0; t < lengths[b]; ++t)
      ++batch_sizes[t];
  }
  if (kind == 2)
    for (int64_t t = rows = 0; t < seq_len; ++t)
      rows += batch_sizes[t];
  float *input = draw(rows * input_size), *h_0 = draw(states * batch * hidden_size);
  float *output[2], *h_n[2];
  for (int i = 0; i < 2; ++i) {
    output[i] = draw(rows * width);
    h_n[i] = draw(states * batch * hidden_size);
    int64_t first = batch_first ? batch : seq_len, second = batch_first ? seq_len : batch;
    grucc_call call;
    memset(&call, 0, sizeof call);
    call.input = reals(input, 3, first, second, input_size);
    call.output = reals(output[i], 3, first, second, width);
    if (kind == 2) {
      call.input = reals(input, 2, rows, input_size, 0);
      call.output = reals(output[i], 2, rows, width, 0);
      call.batch_sizes = grucc_tensor_of(GRUCC_INT64, batch_sizes, 1, seq_len);
    }
    if (kind == 1)
      call.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, batch);
    if (has_h_0)
      call.h_0 = reals(h_0, 3, states, batch, hidden_size);
    call.h_n = reals(h_n[i], 3, states, batch, hidden_size);
    grucc_handle *handle = i ? gpu : cpu;
    expect_success(handle, grucc_run(handle, &call));
  }
  expect_same(output[0], output[1], rows * width);
  expect_same(h_n[0], h_n[1], states * batch * hidden_size);
  for (int i = 0; i < 2; ++i) {
    free(output[i]);
    free(h_n[i]);
  }
  free(input);
  free(h_0);
}

static void steps(int64_t batch) {
  grucc_state state[2];
  float *h_0 = draw(states * batch * hidden_size), *x = draw(batch * input_size);
  float *y[2] = {draw(batch * hidden_size), draw(batch * hidden_size)};
  grucc_tensor h = reals(h_0, 3, states, batch, hidden_size);
  for (int i = 0; i < 2; ++i) {
    grucc_handle *handle = i ? gpu : cpu;
    expect_success(handle, grucc_new_state(handle, batch, &state[i]));
    expect_success(handle, grucc_init_state(handle, &state[i], &h));
  }
  for (int t = 0; t < 4; ++t) {
    for (int i = 0; i < 2; ++i) {
      grucc_handle *handle = i ? gpu : cpu;
      grucc_tensor in = reals(x, 2, batch, input_size, 0),
                   out = reals(y[i], 2, batch, hidden_size, 0);
      expect_success(handle, grucc_step(handle, &state[i], &in, &out));
    }
    expect_same(y[0], y[1], batch * hidden_size);
    for (int64_t i = 0; i < batch * input_size; ++i)
      x[i] = y[0][i % hidden_size] * 2;
  }
  for (int i = 0; i < 2; ++i) {
    grucc_free_state(&state[i]);
    free(y[i]);
  }
  free(h_0);
  free(x);
}

int main(int count, char **files) {
  char message[GRUCC_MESSAGE_SIZE] = "";
  expect(count == 3);
  grucc_open_file(files[1], &cpu, message, sizeof message);
  expect_text(message, "");
  grucc_open_file(files[2], &gpu, message, sizeof message);
  expect_text(message, "");
  const grucc_model *model = grucc_descriptor(gpu);
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  input_size = model->input_size;
  hidden_size = model->hidden_size;
  width = directions * hidden_size;
  states = directions * model->num_layers;
  batch_first = (model->flags & GRUCC_MODEL_BATCH_FIRST) != 0;
  const int64_t sizes[][2] = {{1, 1}, {5, 3}, {0, 2}, {3, 9}, {2, 1}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
    for (int kind = 0; kind < 3; ++kind)
      runs(sizes[i][0], sizes[i][1], kind, (int)(i + (size_t)kind) % 2);
  if (directions == 1)
    for (int64_t batch = 1; batch < 4; batch += 2)
      steps(batch);
  grucc_close(cpu);
  grucc_close(gpu);
}
