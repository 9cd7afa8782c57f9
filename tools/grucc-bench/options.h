/*===- options.h - The command line of grucc-bench ------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_OPTIONS_H
#define GRUCC_BENCH_OPTIONS_H

#include <stdint.h>

typedef struct options {
  const char *model;  /* path of a shared library */
  const char *probes; /* path of probes to take instead of measuring, or NULL */
  int64_t seq_len;    /* T of run, or the steps of a stream */
  int64_t batch;      /* B of run and step */
  int64_t samples;    /* times that the clock is read for each of them */
  int64_t threads;    /* of run, at most; no more than CPUs that it may use */
  int is_step_only;
  int is_steady;    /* streams alone, step by step */
  int is_unlimited; /* neither probes nor limits */
  int is_json;
  int is_help;
} options;

/* Reads the command line; says what is wrong with it and returns 0. */
int read_options(int argc, char **argv, options *read);

void print_help(void);

/* grucc-bench: error: `argument`: found `found`, expected `expected` */
void print_error(const char *argument, const char *found, const char *expected);

#endif /* GRUCC_BENCH_OPTIONS_H */
