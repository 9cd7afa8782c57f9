/*===- probes.h - How fast this machine computes and reads ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_PROBE_PROBES_H
#define GRUCC_PROBE_PROBES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From 1, 2, 4 and 8 places side by side. */
enum { probe_stream_counts = 4 };

/* One level of the machine's memory, read by one core. */
typedef struct read_probe {
  double bytes;       /* of the level, as one core sees it; 0 for memory */
  double probe_bytes; /* what was read over and over */
  double gb_s;        /* 10^9 bytes a second, from as many places as is fastest; 0: there is no such
                         level, or it was not measured */
  double gb_s_by[probe_stream_counts]; /* from 1, 2, 4 and 8 places */
} read_probe;

/* What is beyond L2, by how much is read over and over: all but 9/10 of L2 comes from there. */
enum { far_probe_count = 9 };
extern const double far_probe_mib[far_probe_count];

/* One core's speed with the vectors of a target; 0: not measured. */
typedef struct probes {
  double vector_bits;
  double float32_gflops, float64_gflops; /* peak; a multiply-add is two operations */
  double cycle_ns;      /* a chain of multiplications of whole numbers, 3 cycles each */
  double fma_cycles;    /* a multiply-add that waits for another; a product and a sum where there
                           is no fused one */
  double divide_cycles; /* a division of a vector of float32, among others */
  double ops_per_cycle; /* vector operations of any kind */
  double gate_cycles;   /* the gates of a vector of float32 units, among others */
  read_probe l1, l2, l3, memory;
  double l2_pair_gb_s;              /* of L2, two blocks of a panel side by side */
  double far_gb_s[far_probe_count]; /* of so many MiB, from as many places as is fastest; 0 where it
                                       is not far beyond L2, or more than was asked for */
  double l3_near_bytes; /* the most that was read at half or more of the speed of four times L2 */
  double start_ns;      /* what it takes a thread that sleeps to begin */
  double meeting_ns;    /* what it takes two threads to meet */
} probes;

/* A number's name in JSON and where it is. */
typedef struct probe_field {
  const char *name;
  size_t offset;
} probe_field;

extern const probe_field probe_fields[];
extern const int probe_field_count;

/* What is asked of a machine: GRUCC_CPU_* of the code that will run, whether it computes in
 * float64, and how many bytes it reads over and over at the most. */
typedef struct probe_request {
  uint64_t features;
  int is_float64;
  double bytes;
} probe_request;

/* Measures this machine in about a second, or, `whole`, also how much of L3 is fast; NULL, or what
 * is wrong with it. */
const char *measure_probes(const probe_request *asked, int whole, probes *measured);

#ifdef __cplusplus
}
#endif

#endif /* GRUCC_PROBE_PROBES_H */
