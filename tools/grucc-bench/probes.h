/*===- probes.h - How fast this machine computes and reads ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_PROBES_H
#define GRUCC_BENCH_PROBES_H

#include "grucc/model.h"
#include <stddef.h>

/* One level of the machine's memory, read by one core. */
typedef struct read_probe {
  double bytes;       /* of the level, as one core sees it; 0 for memory */
  double probe_bytes; /* what was read over and over */
  double gb_s;        /* 10^9 bytes a second; 0: there is no such level, or it was not measured */
} read_probe;

/* One core's speed with the vectors of a model's target; 0: not measured. */
typedef struct probes {
  double vector_bits;
  double float32_gflops, float64_gflops; /* peak; a multiply-add is two operations */
  double cycle_ns; /* a chain of multiply-adds, each waiting for the last: 4 cycles each */
  read_probe l1, l2, l3, memory;
} probes;

/* A number's name in JSON and where it is. */
typedef struct probe_field {
  const char *name;
  size_t offset;
} probe_field;

extern const probe_field probe_fields[];
enum { probe_field_count = 15 };

/* Measures, in about half a second, what the limit of `model` asks for; NULL, or what
 * is wrong with this machine. */
const char *measure_probes(const grucc_model *model, probes *measured);

/* Reads a file of JSON with what measure_probes would have measured, as --json prints it
 * under "probes"; prints what is wrong with it and returns 0. */
int read_probes(const char *path, const grucc_model *model, probes *read);

#endif /* GRUCC_BENCH_PROBES_H */
