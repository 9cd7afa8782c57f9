/*===- subject.h - A model and what its functions are called with ---------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_SUBJECT_H
#define GRUCC_BENCH_SUBJECT_H

#include "grucc/runtime.h"

/* Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers;
 * `real` is float, or double for float64 models. */
typedef struct subject {
  grucc_handle *handle; /* the caller's */
  int64_t threads;      /* that it has, and calls take: check_subject */
  const grucc_model *model;
  int64_t seq_len, batch;
  void *input;  /* real [T, B, I], or [B, T, I]: uniform in [-1, 1), never silence */
  void *output; /* real [T, B, D*H], or [B, T, D*H] */
  void *h_n;    /* real [D*L, B, H] */
  void *y;      /* real [B, H] */
  void *workspace, *state, *weights; /* aligned; weights NULL when baked; of a CPU */
  grucc_state on_device;             /* the state of a model for a GPU */
  int64_t next;                      /* the row of `input` that the next step takes */
} subject;

/* Fills a subject for T steps of B rows of an open model; NULL, or what is wrong with it.
 * Either way it is to be freed, before the handle is closed. */
const char *make_subject(subject *made, grucc_handle *handle, int64_t seq_len, int64_t batch);

void free_subject(subject *made);

/* NULL when T steps give the bits of a run over T, or what is wrong. A model without
 * steps, or for a GPU, must give the same bits twice. All that is on one thread; with more,
 * `threads`, a run and steps must give the same bits again, and so many are there for the calls
 * after them. */
const char *check_subject(subject *checked, int64_t threads);

/* One call each, on the threads of the handle; the status that it returned. call_run is the one
 * place that a run is called from. */
int call_run(subject *called);
int call_step(subject *called);

/* Whether the model has steps. */
int can_step(const grucc_model *model);

/* Threads that a step of so many rows may have, where there are `threads`. */
int64_t step_threads(const grucc_model *model, int64_t batch, int64_t threads);

/* Whether it runs on a GPU: by the runtime, with the tensors in the host's memory. */
int is_for_gpu(const grucc_model *model);

/* Whether it keeps weights as they are, so that every kernel gives the same bits. */
int has_exact_weights(const grucc_model *model);

/* Back to a state of zeros; the status. */
int begin_steps(subject *called);

/* A step on given values: x: real [B, I]. */
int call_step_on(subject *called, const void *x);

/* At least one byte of zeros, aligned for a model, for `count` elements; NULL when there
 * is no such memory. */
void *allocate(int64_t count, int64_t element_bytes);

/* Bytes of a real. */
int64_t real_bytes_of(const grucc_model *model);

#endif /* GRUCC_BENCH_SUBJECT_H */
