/*===- probe_loops.c - Loops that a machine's speed is told by ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "probe_loops.h"
#include "grucc/model.h"

#include <stddef.h>

#if defined(__x86_64__)
/* The compiler must not know the numbers, nor that a result is not used. They keep every
 * sum near 1. This file is compiled with -ffp-contract=fast: `a * b + c` is one
 * instruction wherever the target has it. */
static volatile double factor = 0.5, term = 0.5;

/* Twelve sums hide the four or five cycles of a multiply-add on two ports, and leave four
 * of sixteen registers. */
#define MULTIPLY_ADD(vector, real, chains, turns)                                                  \
  vector by = (vector){0} + (real)factor, plus = (vector){0} + (real)term, sums[chains];           \
  for (int chain = 0; chain < (chains); ++chain)                                                   \
    sums[chain] = plus + (real)chain;                                                              \
  for (int64_t turn = 0; turn < (turns); ++turn)                                                   \
    for (int chain = 0; chain < (chains); ++chain)                                                 \
      sums[chain] = sums[chain] * by + plus;                                                       \
  for (int chain = 1; chain < (chains); ++chain)                                                   \
    sums[0] += sums[chain];                                                                        \
  volatile vector used = sums[0];                                                                  \
  (void)used

/* Loops for vectors of `size` bytes; `features` is an attribute, or nothing. A read is a
 * load into a register that nothing waits for. */
#define LOOPS(size, features)                                                                      \
  typedef float float32_##size __attribute__((vector_size(size)));                                 \
  typedef double float64_##size __attribute__((vector_size(size)));                                \
  features static void float32_by_##size(int64_t turns) {                                          \
    MULTIPLY_ADD(float32_##size, float, probe_chains, turns);                                      \
  }                                                                                                \
  features static void float64_by_##size(int64_t turns) {                                          \
    MULTIPLY_ADD(float64_##size, double, probe_chains, turns);                                     \
  }                                                                                                \
  features static void chain_by_##size(int64_t turns) {                                            \
    MULTIPLY_ADD(float32_##size, float, 1, turns);                                                 \
  }                                                                                                \
  features static void read_by_##size(const void *data, int64_t bytes, int64_t passes) {           \
    enum { granule = probe_granule / (size) };                                                     \
    for (int64_t pass = 0; pass < passes; ++pass) {                                                \
      const float32_##size *vectors = data;                                                        \
      const float32_##size *end = vectors + bytes / (size);                                        \
      for (; vectors < end; vectors += granule)                                                    \
        for (int i = 0; i < granule; ++i)                                                          \
          __asm__ volatile("" : : "x"(vectors[i]));                                                \
    }                                                                                              \
  }                                                                                                \
  static const probe_loops by_##size = {size, float32_by_##size, float64_by_##size,                \
                                        chain_by_##size, read_by_##size}

#define BASELINE
LOOPS(16, BASELINE);
LOOPS(32, __attribute__((target("avx2,fma"))));
LOOPS(64, __attribute__((target("avx512f"))));

const probe_loops *find_probe_loops(uint64_t features) {
  return features & GRUCC_CPU_AVX512 ? &by_64 : features & GRUCC_CPU_AVX2 ? &by_32 : &by_16;
}

void flush_caches(const void *data, int64_t bytes) {
  for (int64_t at = 0; at < bytes; at += 64)
    __builtin_ia32_clflush((const char *)data + at);
  __builtin_ia32_mfence();
}
#else
const probe_loops *find_probe_loops(uint64_t features) {
  (void)features;
  return NULL;
}

void flush_caches(const void *data, int64_t bytes) {
  (void)data;
  (void)bytes;
}
#endif
