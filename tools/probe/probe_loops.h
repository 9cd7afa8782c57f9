/*===- probe_loops.h - Loops that a machine's speed is told by ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_PROBE_PROBE_LOOPS_H
#define GRUCC_PROBE_PROBE_LOOPS_H

#include <stdint.h>

/* The loops for one width of vectors. A turn of `float32` and of `float64` is
 * probe_chains multiply-adds of a vector each, independent of one another; of `integers` as many
 * sums of integers, which any unit for vectors takes in one cycle; of `quotients` as many
 * divisions of float32. A turn of `chain` is a multiply-add that waits for the turn before.
 * A turn of `gates` is the gates of probe_gates vectors of units of a GRU, from memory in L1 to
 * memory in L1.
 * `read` reads all of `data`, aligned to 64 bytes, `passes` times, from `streams` places side by
 * side; `bytes` is a multiple of probe_granule. `read_pairs` reads it as the weights of one row are
 * read, k by k a vector of every gate, of two blocks of probe_block k side by side; `bytes` is a
 * multiple of two such blocks. */
typedef struct probe_loops {
  int vector_bytes;
  void (*float32)(int64_t turns);
  void (*float64)(int64_t turns);
  void (*integers)(int64_t turns);
  void (*quotients)(int64_t turns);
  void (*chain)(int64_t turns);
  void (*gates)(int64_t turns);
  void (*read)(const void *data, int64_t bytes, int64_t passes, int streams);
  void (*read_pairs)(const void *data, int64_t bytes, int64_t passes);
} probe_loops;

/* A granule has a whole number of turns of every number of streams. */
enum {
  probe_chains = 12,
  probe_gates = 12,
  probe_granule = 4096,
  probe_block = 64,
  probe_gate_count = 3
};

/* The loops for the vectors of a model with these GRUCC_CPU_*: AVX512 has 64 bytes, AVX2 32,
 * every other one 16. They execute what such a model executes. NULL where there are none for
 * this processor. */
const probe_loops *find_probe_loops(uint64_t features);

/* Cycles of multiplication_cycles each: products of whole numbers that wait for one another take
 * 3 on every x86-64 since Nehalem and Zen. */
void multiply_chain(int64_t turns);
enum { multiplication_cycles = 3 };

/* Of probe_gates.cpp. */
void grucc_gates_by_16(int64_t turns);
void grucc_gates_by_32(int64_t turns);
void grucc_gates_by_64(int64_t turns);

/* Takes `data` out of every cache. */
void flush_caches(const void *data, int64_t bytes);

#endif /* GRUCC_PROBE_PROBE_LOOPS_H */
