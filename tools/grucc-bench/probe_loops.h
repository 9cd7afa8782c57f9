/*===- probe_loops.h - Loops that a machine's speed is told by ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_PROBE_LOOPS_H
#define GRUCC_BENCH_PROBE_LOOPS_H

#include <stdint.h>

/* The loops for one width of vectors. A turn of `float32` and of `float64` is
 * probe_chains multiply-adds of a vector each, independent of one another; a turn of
 * `chain` is one that waits for the turn before. `read` reads all of `data`, aligned to
 * 64 bytes, `passes` times; `bytes` is a multiple of probe_granule. */
typedef struct probe_loops {
  int vector_bytes;
  void (*float32)(int64_t turns);
  void (*float64)(int64_t turns);
  void (*chain)(int64_t turns);
  void (*read)(const void *data, int64_t bytes, int64_t passes);
} probe_loops;

enum { probe_chains = 12, probe_granule = 1024 };

/* The loops for the vectors of a model with these GRUCC_CPU_*: AVX512 has 64 bytes, AVX2 32,
 * every other one 16. They execute what such a model executes. NULL where there are none for
 * this processor. */
const probe_loops *find_probe_loops(uint64_t features);

/* Takes `data` out of every cache. */
void flush_caches(const void *data, int64_t bytes);

#endif /* GRUCC_BENCH_PROBE_LOOPS_H */
