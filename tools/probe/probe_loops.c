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

/* `chains` values x, independent of one another, go through `x = next` in every turn. Twelve
 * multiply-adds hide the four or five cycles of one on two ports, and leave four of sixteen
 * registers. */
#define CHAINS(vector, real, chains, turns, next)                                                  \
  vector by = (vector){0} + (real)factor, plus = (vector){0} + (real)term, all[chains];            \
  for (int chain = 0; chain < (chains); ++chain)                                                   \
    all[chain] = plus + (real)(chain + 1);                                                         \
  for (int64_t turn = 0; turn < (turns); ++turn)                                                   \
    for (int chain = 0; chain < (chains); ++chain) {                                               \
      vector x = all[chain];                                                                       \
      x = next;                                                                                    \
      __asm__ volatile("" : "+x"(x));                                                              \
      all[chain] = x;                                                                              \
    }                                                                                              \
  for (int chain = 1; chain < (chains); ++chain)                                                   \
    all[0] += all[chain];                                                                          \
  volatile vector used = all[0] + by + plus;                                                       \
  (void)used

/* Loops for vectors of `size` bytes; `features` is an attribute, or nothing. A read is a
 * load into a register that nothing waits for: of a line at a time and stream, two of each. */
#define LOOPS(size, features)                                                                      \
  typedef float float32_##size __attribute__((vector_size(size)));                                 \
  typedef double float64_##size __attribute__((vector_size(size)));                                \
  typedef int int32_##size __attribute__((vector_size(size)));                                     \
  features static void float32_by_##size(int64_t turns) {                                          \
    CHAINS(float32_##size, float, probe_chains, turns, x *by + plus);                              \
  }                                                                                                \
  features static void float64_by_##size(int64_t turns) {                                          \
    CHAINS(float64_##size, double, probe_chains, turns, x *by + plus);                             \
  }                                                                                                \
  features static void integers_by_##size(int64_t turns) {                                         \
    CHAINS(int32_##size, int, probe_chains, turns, x + by);                                        \
  }                                                                                                \
  features static void quotients_by_##size(int64_t turns) {                                        \
    CHAINS(float32_##size, float, probe_chains, turns, by / x);                                    \
  }                                                                                                \
  features static void chain_by_##size(int64_t turns) {                                            \
    CHAINS(float32_##size, float, 1, turns, x *by + plus);                                         \
  }                                                                                                \
  features static void read_by_##size(const void *data, int64_t bytes, int64_t passes,             \
                                      int streams) {                                               \
    enum { turn = 128 / (size) };                                                                  \
    int64_t part = bytes / streams / (size);                                                       \
    for (int64_t pass = 0; pass < passes; ++pass)                                                  \
      for (int64_t at = 0; at < part; at += turn)                                                  \
        for (int stream = 0; stream < streams; ++stream) {                                         \
          const float32_##size *vectors = (const float32_##size *)data + stream * part + at;       \
          for (int i = 0; i < turn; ++i)                                                           \
            __asm__ volatile("" : : "x"(vectors[i]));                                              \
        }                                                                                          \
  }                                                                                                \
  features static void read_one_by_##size(const void *data, int64_t bytes, int64_t passes) {       \
    enum { granule = 16 }; /* compilers unroll as many */                                          \
    for (int64_t pass = 0; pass < passes; ++pass) {                                                \
      const float32_##size *vectors = data;                                                        \
      const float32_##size *end = vectors + bytes / (size);                                        \
      for (; vectors < end; vectors += granule)                                                    \
        for (int i = 0; i < granule; ++i)                                                          \
          __asm__ volatile("" : : "x"(vectors[i]));                                                \
    }                                                                                              \
  }                                                                                                \
  features static void read_pairs_by_##size(const void *data, int64_t bytes, int64_t passes) {     \
    enum { block = probe_block * probe_gate_count };                                               \
    const float32_##size *end = (const float32_##size *)data + bytes / (size);                     \
    for (int64_t pass = 0; pass < passes; ++pass)                                                  \
      for (const float32_##size *first = data; first < end; first += 2 * block)                    \
        for (const float32_##size *at = first; at < first + block; at += probe_gate_count)         \
          for (int i = 0; i < probe_gate_count; ++i)                                               \
            __asm__ volatile("" : : "x"(at[i]), "x"(at[block + i]));                               \
  }                                                                                                \
  features static void read_from_by_##size(const void *data, int64_t bytes, int64_t passes,        \
                                           int streams) {                                          \
    if (streams == 1)                                                                              \
      read_one_by_##size(data, bytes, passes);                                                     \
    else                                                                                           \
      read_by_##size(data, bytes, passes, streams);                                                \
  }                                                                                                \
  static const probe_loops by_##size = {size,                                                      \
                                        float32_by_##size,                                         \
                                        float64_by_##size,                                         \
                                        integers_by_##size,                                        \
                                        quotients_by_##size,                                       \
                                        chain_by_##size,                                           \
                                        grucc_gates_by_##size,                                     \
                                        read_from_by_##size,                                       \
                                        read_pairs_by_##size}

#define BASELINE
LOOPS(16, BASELINE);
LOOPS(32, __attribute__((target("avx2,fma"))));
LOOPS(64, __attribute__((target("avx512f"))));

const probe_loops *find_probe_loops(uint64_t features) {
  return features & GRUCC_CPU_AVX512 ? &by_64 : features & GRUCC_CPU_AVX2 ? &by_32 : &by_16;
}

void multiply_chain(int64_t turns) {
  uint64_t x = (uint64_t)(factor * 6);
  for (int64_t turn = 0; turn < turns; ++turn) {
    x *= x;
    __asm__ volatile("" : "+r"(x));
  }
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

void multiply_chain(int64_t turns) { (void)turns; }

void flush_caches(const void *data, int64_t bytes) {
  (void)data;
  (void)bytes;
}
#endif
