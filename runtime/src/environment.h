/*===- environment.h - How a thread rounds, and what it takes as zero -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The part of the floating-point environment that results depend on: rounding, and
 * subnormal numbers as zeros. <fenv.h> would need libm, and says nothing of the
 * latter. On other processors a thread keeps what it has from the one that made it.
 */
#ifndef GRUCC_RUNTIME_SRC_ENVIRONMENT_H
#define GRUCC_RUNTIME_SRC_ENVIRONMENT_H

#include <stdint.h>

#if defined(__x86_64__)
/* MXCSR: rounding in bits 13 and 14; results (15) and operands (6) that are flushed to zero; bits 7
 * to 12 mask the exceptions. The x87's word is not looked at: models do not use it. */
enum { grucc_results_depend_on = 0xe040, grucc_masked_exceptions = 0x1f80 };
#elif defined(__arm__) && defined(__ARM_FP)
/* FPSCR: the half-precision format, one NaN for all, subnormal numbers as zeros, rounding. */
enum { grucc_results_depend_on = 0x07c00000 };
#endif

/* That of the calling thread. */
static inline uint64_t grucc_get_environment(void) {
#if defined(__x86_64__)
  return __builtin_ia32_stmxcsr() & grucc_results_depend_on;
#elif defined(__aarch64__)
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control & ~UINT64_C(0x9f00); /* bits that trap */
#elif defined(__arm__) && defined(__ARM_FP)
  return __builtin_arm_get_fpscr() & grucc_results_depend_on;
#else
  return 0;
#endif
}

/* Gives it to the calling thread, with no exception raised and none that traps. */
static inline void grucc_set_environment(uint64_t environment) {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((uint32_t)environment | grucc_masked_exceptions);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(environment));
#elif defined(__arm__) && defined(__ARM_FP)
  __builtin_arm_set_fpscr((uint32_t)environment);
#else
  (void)environment;
#endif
}

#endif /* GRUCC_RUNTIME_SRC_ENVIRONMENT_H */
