/*===- subject.h - A model and what its functions are called with ---------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_SUBJECT_H
#define GRUCC_BENCH_SUBJECT_H

#include "grucc/model.h"

/* Letters: T steps, B batch, I input_size, H hidden_size, L num_layers. */
typedef struct subject {
  const grucc_model *model;
  int64_t seq_len, batch;
  float *input;  /* [T, B, I], or [B, T, I]: uniform in [-1, 1), never silence */
  float *output; /* [T, B, H], or [B, T, H] */
  float *h_n;    /* [L, B, H] */
  float *y;      /* [B, H] */
  void *workspace, *state, *weights; /* aligned; weights NULL when baked */
  int64_t next;                      /* the row of `input` that the next step takes */
} subject;

/* Fills a subject for T steps of B rows; NULL, or what is wrong with it. Either
 * way it is to be freed. */
const char *make_subject(subject *made, const grucc_model *model, int64_t seq_len, int64_t batch);

void free_subject(subject *made);

/* NULL when T steps give the bits of a run over T, or what is wrong. */
const char *check_subject(subject *checked);

/* One call each; the status that it returned. */
int call_run(subject *called);
int call_step(subject *called);

#endif /* GRUCC_BENCH_SUBJECT_H */
