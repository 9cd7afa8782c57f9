/*===- cpu.c - The features of this CPU that a model may require ----------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "handle.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__riscv)
#include <sys/auxv.h>
#endif

static int has(uint32_t value, uint32_t bits) { return (value & bits) == bits; }

uint64_t grucc_decode_cpuid(const grucc_cpuid *id) {
  enum { XMM = 1u << 1, YMM = 1u << 2, ZMM = 7u << 5 }; /* XCR0: state that the system saves */
  const uint32_t v2 = 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 |
                      1u << 23; /* SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT */
  const uint32_t v3 = 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29; /* MOVBE, OSXSAVE, AVX, F16C */
  const uint32_t v3_leaf7 = 1u << 3 | 1u << 5 | 1u << 8;         /* BMI1, AVX2, BMI2 */
  const uint32_t lzcnt = 1u << 5;
  const uint32_t v4_leaf7 =
      1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31; /* AVX-512 F, DQ, CD, BW, VL */

  uint64_t features = 0;
  if (has(id->leaf1_ecx, v2))
    features |= GRUCC_CPU_SSE4_2;
  int avx = has(id->leaf1_ecx, v3) && (id->xcr0 & (XMM | YMM)) == (XMM | YMM);
  if (avx && has(id->leaf7_ebx, v3_leaf7) && has(id->extended1_ecx, lzcnt))
    features |= GRUCC_CPU_AVX2;
  if (avx && has(id->leaf1_ecx, 1u << 12))
    features |= GRUCC_CPU_FMA;
  if (avx && has(id->leaf7_ebx, v4_leaf7) && (id->xcr0 & ZMM) == ZMM)
    features |= GRUCC_CPU_AVX512;
  return features;
}

uint64_t grucc_cpu_features(int32_t word) {
  if (word != 0)
    return 0; /* no more is known */
#if defined(__riscv)
  /* The system's word has a bit for every letter. */
  const unsigned long known = getauxval(AT_HWCAP);
  const char *const base = "IMAFDC";
  uint64_t found = GRUCC_CPU_RISCV_GC;
  for (const char *letter = base; *letter; ++letter)
    if (!(known >> (*letter - 'A') & 1))
      found = 0;
  return found | (known >> ('V' - 'A') & 1 ? GRUCC_CPU_RISCV_V : 0);
#else
  grucc_cpuid id = {0, 0, 0, 0};
#if defined(__x86_64__)
  unsigned eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx))
    id.leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
    id.leaf7_ebx = ebx;
  if (__get_cpuid(0x80000001u, &eax, &ebx, &ecx, &edx))
    id.extended1_ecx = ecx;
  if (id.leaf1_ecx & 1u << 27) { /* OSXSAVE: xgetbv may be executed */
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    id.xcr0 = (uint64_t)high << 32 | low;
  }
#endif
  return grucc_decode_cpuid(&id);
#endif
}

void grucc_append_features(grucc_text *text, const uint64_t features[GRUCC_FEATURE_WORDS]) {
  static const struct {
    uint64_t bit;
    const char *name;
  } names[] = {
#if defined(__riscv)
      {GRUCC_CPU_RISCV_GC, "rv64gc"}, {GRUCC_CPU_RISCV_V, "V"}
#elif defined(__x86_64__)
      {GRUCC_CPU_SSE4_2, "SSE4.2"},
      {GRUCC_CPU_AVX2, "AVX2"},
      {GRUCC_CPU_FMA, "FMA"},
      {GRUCC_CPU_AVX512, "AVX-512"}
#else
      {0, "none"} /* no code asks for any */
#endif
  };
  const char *space = "";
  for (int bit = 0; bit < 64 * GRUCC_FEATURE_WORDS; ++bit) {
    if (!(features[bit / 64] >> bit % 64 & 1))
      continue;
    const char *name = NULL;
    for (size_t i = 0; bit < 64 && i < sizeof names / sizeof *names; ++i)
      if (names[i].bit == 1ull << bit)
        name = names[i].name;
    if (name)
      grucc_append(text, "%s%s", space, name);
    else
      grucc_append(text, "%sbit %d", space, bit);
    space = " ";
  }
  if (!*space)
    grucc_append(text, "none");
}
