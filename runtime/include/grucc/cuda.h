/*===- cuda.h - What a model compiled for a GPU is, seen from C -------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * A model compiled with --target=sm_NN is data alone: the text of its kernels,
 * its packed weights, and the plan that says how to launch them. Its descriptor
 * is a grucc_cuda_model, which begins with the grucc_model of every model (its
 * functions are NULL, and the flag GRUCC_MODEL_CUDA says that more follows).
 * The runtime runs it through the driver library; whoever has a CUDA program
 * of his own can launch the kernels as the plan says.
 *
 * Letters as in model.h. Every tensor is float32 in device memory. A row is one
 * step of one sequence. Sequence b at step t is row
 *
 *   (offsets ? offsets[t] : t * step_rows) + b * batch_rows
 *
 * of inputs, gates and outputs alike: [T, B, ...] has step_rows = B and
 * batch_rows = 1; [B, T, ...] has step_rows = 1 and batch_rows = T; packed rows
 * have offsets[t] = the sum of batch_sizes before t, and batch_rows = 1.
 */
#ifndef GRUCC_CUDA_H
#define GRUCC_CUDA_H

#include "grucc/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One kernel, and the blocks that it is launched with: grid (ceil(n / rows), columns, 1) for n rows
 * (project: all rows of the sequence; scan and step: rows of the batch), `threads` threads a block,
 * `shared_bytes` of dynamic shared memory. */
typedef struct grucc_cuda_kernel {
  const char *name; /* entry in the text of kernels; NULL: the model has none */
  int32_t threads;
  int32_t shared_bytes;
  int32_t rows;
  int32_t columns;
} grucc_cuda_kernel;

/* Where the weights of one layer and direction stand: bytes from the start of the weights; -1: the
 * network has no bias. Parts are 256-byte aligned. */
typedef struct grucc_cuda_layer {
  int64_t w_ih;      /* packed for `project` */
  int64_t bias;      /* float32 [3H]: b_ir + b_hr, b_iz + b_hz, b_in */
  int64_t w_hh;      /* packed for `scan` */
  int64_t w_hh_step; /* packed for `step`; may be w_hh */
  int64_t b_hn;      /* float32 [H] */
} grucc_cuda_layer;

/*
 * The kernels' parameters, all of them 64 bits wide (device pointers or int64_t), in order:
 *
 * project, the input part of the gates for all rows; only rows of steps that take part are needed:
 *   x [rows, K], K = I in layer 0, D*H above; w_ih; bias or 0; gates [rows, 3H], written; rows;
 *   lengths [B] of int64_t or 0; inner; inner_is_step: with lengths and no offsets, row = outer *
 *   inner + i, and i is the step where inner_is_step is 1, else the sequence
 *
 * scan, all steps of one layer and direction, and step, one of them:
 *   gates [rows, 3H]; w_hh or w_hh_step; b_hn or 0; h_0 [B, H] or 0: zeros; output: element 0 of
 * the direction's part of row 0, written; output_stride: floats between rows (D*H); h_n [B, H],
 *   written; lengths [B] of int64_t or 0: seq_len everywhere; offsets [T] of int64_t or 0; seq_len;
 *   batch; step_rows; batch_rows; reverse: 1 for the reverse direction; and, `step` alone, t.
 *
 * `scan` writes every row of the output (0 where padded; no row where packed) and all of h_n.
 * `step` does so for step t: t = 0 .. T-1 are launched one after the other, in descending order
 * with reverse; it reads the old state from the output of the step before. The first of them writes
 * h_n of sequences of length 0. Neither is launched for T = 0. h_n must not be h_0.
 *
 * Where model.reset is GRUCC_RESET_BEFORE there is no `scan`, and a step is two launches, with 2 t
 * and then 2 t + 1 in place of t: the first leaves r and z in `gates`.
 */
typedef struct grucc_cuda_model {
  grucc_model
      model; /* flags has GRUCC_MODEL_CUDA; target is "sm_80"; size is that of grucc_model */
  const void *kernels;   /* PTX text with a final NUL, or a cubin */
  int64_t kernels_bytes; /* the NUL not counted */
  const void *weights;   /* model.weights_bytes bytes, 256-byte aligned */
  int32_t capability;    /* 80 for sm_80: the least that the device must have */
  int32_t
      precision; /* grucc_cuda_precision: what weights and the operands of products are kept in */
  int64_t scan_min_steps;          /* `scan` is the faster one from this T on ... */
  int64_t scan_max_batch;          /* ... up to this B; otherwise `step` */
  grucc_cuda_kernel project_input; /* layer 0 */
  grucc_cuda_kernel project_above; /* layers above; the same kernel when their input size is I */
  grucc_cuda_kernel scan;          /* name NULL where no block holds the weights */
  grucc_cuda_kernel step;
  const grucc_cuda_layer *layers; /* [L*D], index l*D + d */
} grucc_cuda_model;

typedef enum grucc_cuda_precision {
  GRUCC_CUDA_FLOAT32 = 0,
  GRUCC_CUDA_FLOAT16 = 1,
  GRUCC_CUDA_BFLOAT16 = 2
} grucc_cuda_precision;

#ifdef __cplusplus
}
#endif

#endif /* GRUCC_CUDA_H */
