/*===- kernels.c - Kernels of a stand-in for a compiled model -------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * Compiled to PTX by clang. They take the parameters and write the tensors that grucc/cuda.h says,
 * with arithmetic that a test can repeat (model.h): no GRU, but every weight, bias, state and
 * length counts, and nothing is written that should not be.
 */
typedef long long int64;

enum { H = 2, G = 3 * H };
enum { project_rows = 4, project_columns = 2, scan_rows = 2 };

extern __attribute__((address_space(3))) float shared[];

static int64 block(void) { return __nvvm_read_ptx_sreg_ctaid_x(); }
static int64 thread(void) { return __nvvm_read_ptx_sreg_tid_x(); }

/* Thread i: row i of the block; column c: gates c, c + 2, ... */
static void project(const float *x, int64 depth, const float *w_ih, const float *bias, float *gates,
                    int64 rows, const int64 *lengths, int64 inner, int64 inner_is_step) {
  int64 row = block() * project_rows + thread();
  if (row >= rows)
    return;
  if (lengths) {
    int64 step = inner_is_step ? row % inner : row / inner;
    int64 sequence = inner_is_step ? row / inner : row % inner;
    if (step >= lengths[sequence])
      return;
  }
  for (int64 g = __nvvm_read_ptx_sreg_ctaid_y(); g < G; g += project_columns) {
    float sum = bias ? bias[g] : 0;
    for (int64 k = 0; k < depth; ++k)
      sum += x[row * depth + k] * w_ih[g * depth + k];
    gates[row * G + g] = sum;
  }
}

#define PROJECT(name, depth)                                                                       \
  __attribute__((nvptx_kernel)) void name(const float *x, const float *w_ih, const float *bias,    \
                                          float *gates, int64 rows, const int64 *lengths,          \
                                          int64 inner, int64 inner_is_step) {                      \
    project(x, depth, w_ih, bias, gates, rows, lengths, inner, inner_is_step);                     \
  }
PROJECT(encoder_project_input, 3)
PROJECT(encoder_project_above, DIRECTIONS *H)

/* Row g of the gates with the old state's part. */
static float gate(int64 g, const float *gates, const float *w_hh, const float *old) {
  float sum = gates[g];
#pragma unroll
  for (int64 j = 0; j < H; ++j)
    sum += w_hh[g * H + j] * old[j];
  return sum;
}

/* One unit of the new state. */
static float unit(int64 u, const float *gates, const float *w_hh, const float *b_hn,
                  const float *old) {
  float n = gate(2 * H + u, gates, w_hh, old) + (b_hn ? b_hn[u] : 0);
  float r = gate(u, gates, w_hh, old), z = gate(H + u, gates, w_hh, old);
  return (r + 2 * z - n) * 0.125f + (u ? old[1] : old[0]) * 0.5f;
}

static int64 row_of(const int64 *offsets, int64 t, int64 b, int64 step_rows, int64 batch_rows) {
  return (offsets ? offsets[t] : t * step_rows) + b * batch_rows;
}

#define SEQUENCE                                                                                   \
  const float *gates, const float *w_hh, const float *b_hn, const float *h_0, float *output,       \
      int64 output_stride, float *h_n, const int64 *lengths, const int64 *offsets, int64 seq_len,  \
      int64 batch, int64 step_rows, int64 batch_rows, int64 reverse

/* Thread i: sequence i of the block, its old state in shared memory. */
__attribute__((nvptx_kernel)) void encoder_scan(SEQUENCE) {
  int64 b = block() * scan_rows + thread();
  if (b >= batch)
    return;
  float old[H], new[H];
#pragma unroll
  for (int64 u = 0; u < H; ++u)
    shared[thread() * H + u] = h_0 ? h_0[b * H + u] : 0;
  int64 length = lengths ? lengths[b] : seq_len;
  for (int64 i = 0; i < seq_len; ++i) {
    int64 t = reverse ? seq_len - 1 - i : i;
    int64 row = row_of(offsets, t, b, step_rows, batch_rows);
    if (t >= length) {
#pragma unroll
      for (int64 u = 0; u < H && !offsets; ++u)
        output[row * output_stride + u] = 0;
      continue;
    }
#pragma unroll
    for (int64 u = 0; u < H; ++u)
      old[u] = shared[thread() * H + u];
#pragma unroll
    for (int64 u = 0; u < H; ++u)
      new[u] = unit(u, gates + row * G, w_hh, b_hn, old);
#pragma unroll
    for (int64 u = 0; u < H; ++u)
      output[row * output_stride + u] = shared[thread() * H + u] = new[u];
  }
#pragma unroll
  for (int64 u = 0; u < H; ++u)
    h_n[b * H + u] = shared[thread() * H + u];
}

/* Thread i: sequence i of the block; column u: its unit u. */
__attribute__((nvptx_kernel)) void encoder_step(SEQUENCE, int64 t) {
  int64 b = block() * scan_rows + thread(), u = __nvvm_read_ptx_sreg_ctaid_y();
  if (b >= batch)
    return;
  int64 length = lengths ? lengths[b] : seq_len, before = reverse ? t + 1 : t - 1;
  if (length == 0 && t == (reverse ? seq_len - 1 : 0))
    h_n[b * H + u] = h_0 ? h_0[b * H + u] : 0;
  int64 row = row_of(offsets, t, b, step_rows, batch_rows);
  if (t >= length) {
    if (!offsets)
      output[row * output_stride + u] = 0;
    return;
  }
  float old[H];
#pragma unroll
  for (int64 j = 0; j < H; ++j)
    old[j] = before >= 0 && before < length
                 ? output[row_of(offsets, before, b, step_rows, batch_rows) * output_stride + j]
             : h_0 ? h_0[b * H + j]
                   : 0;
  float new = unit(u, gates + row * G, w_hh, b_hn, old);
  output[row * output_stride + u] = new;
  if (t == (reverse ? 0 : length - 1))
    h_n[b * H + u] = new;
}
