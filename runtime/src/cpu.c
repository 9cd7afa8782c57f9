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
#elif defined(__linux__)
#include <sys/auxv.h>
#include <sys/prctl.h>
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

/*===-- What code for each architecture may require, and what there is of it ==*/

typedef struct feature {
  uint64_t bit;
  const char *name;
} feature;

#if defined(__x86_64__)

static const feature known[] = {{GRUCC_CPU_SSE4_2, "SSE4.2"},
                                {GRUCC_CPU_AVX2, "AVX2"},
                                {GRUCC_CPU_FMA, "FMA"},
                                {GRUCC_CPU_AVX512, "AVX-512"}};

static uint64_t find_features(void) {
  grucc_cpuid id = {0, 0, 0, 0};
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
  return grucc_decode_cpuid(&id);
}

#elif defined(__riscv)

static const feature known[] = {{GRUCC_CPU_RISCV_GC, "rv64gc"}, {GRUCC_CPU_RISCV_V, "V"}};

static uint64_t find_features(void) {
  /* The system's word has a bit for every letter. */
  const unsigned long hwcap = getauxval(AT_HWCAP);
  const char *const base = "IMAFDC";
  uint64_t found = GRUCC_CPU_RISCV_GC;
  for (const char *letter = base; *letter; ++letter)
    if (!(hwcap >> (*letter - 'A') & 1))
      found = 0;
  return found | (hwcap >> ('V' - 'A') & 1 ? GRUCC_CPU_RISCV_V : 0);
}

#elif defined(__aarch64__)

static const feature known[] = {{GRUCC_CPU_AARCH64_NEON, "NEON"},
                                {GRUCC_CPU_AARCH64_SVE128, "SVE of 128 bits"},
                                {GRUCC_CPU_AARCH64_SVE256, "SVE of 256 bits"},
                                {GRUCC_CPU_AARCH64_SVE512, "SVE of 512 bits"}};

static uint64_t find_features(void) {
  uint64_t found = GRUCC_CPU_AARCH64_NEON;
#if defined(__linux__)
  /* HWCAP_ASIMD, HWCAP_SVE, PR_SVE_GET_VL, PR_SVE_VL_LEN_MASK: some systems' headers are older. */
  enum { ASIMD = 1 << 1, SVE = 1 << 22, GET_LENGTH = 51, LENGTH_MASK = 0xffff };
  const unsigned long hwcap = getauxval(AT_HWCAP);
  if (!(hwcap & ASIMD))
    return 0;
  const int length = hwcap & SVE ? prctl(GET_LENGTH) : 0; /* this thread's, with flags */
  const int bytes = length < 0 ? 0 : length & LENGTH_MASK;
  found |= bytes == 16 ? GRUCC_CPU_AARCH64_SVE128 : 0;
  found |= bytes == 32 ? GRUCC_CPU_AARCH64_SVE256 : 0;
  found |= bytes == 64 ? GRUCC_CPU_AARCH64_SVE512 : 0;
#endif
  return found;
}

#elif defined(__arm__)

static const feature known[] = {{GRUCC_CPU_ARM_VFP4, "VFPv4"}, {GRUCC_CPU_ARM_NEON, "NEON"}};

static uint64_t find_features(void) {
  uint64_t found = 0;
#if defined(__linux__)
  /* HWCAP_VFPv4, which only ARMv7 and later have, some of them without HWCAP_IDIVA; HWCAP_NEON,
   * which fuses only beside it. */
  const unsigned long hwcap = getauxval(AT_HWCAP), vfp4 = 1ul << 16 | 1ul << 17, neon = 1ul << 12;
  if ((hwcap & vfp4) == vfp4)
    found = GRUCC_CPU_ARM_VFP4 | (hwcap & neon ? GRUCC_CPU_ARM_NEON : 0);
#endif
  return found;
}

#else

static const feature known[] = {{0, "none"}};

static uint64_t find_features(void) { return 0; }

#endif

/*===----------------------------------------------------------------------===*/

uint64_t grucc_cpu_features(int32_t word) {
  return word == 0 ? find_features() : 0; /* no more is known */
}

void grucc_append_features(grucc_text *text, const uint64_t features[GRUCC_FEATURE_WORDS]) {
  const char *space = "";
  for (int bit = 0; bit < 64 * GRUCC_FEATURE_WORDS; ++bit) {
    if (!(features[bit / 64] >> bit % 64 & 1))
      continue;
    const char *name = NULL;
    for (size_t i = 0; bit < 64 && i < sizeof known / sizeof *known; ++i)
      if (known[i].bit == 1ull << bit)
        name = known[i].name;
    if (name)
      grucc_append(text, "%s%s", space, name);
    else
      grucc_append(text, "%sbit %d", space, bit);
    space = " ";
  }
  if (!*space)
    grucc_append(text, "none");
}
