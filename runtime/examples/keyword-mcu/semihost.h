/*===- semihost.h - A call to the debugger or emulator --------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef SEMIHOST_H
#define SEMIHOST_H

/* What it does for a Cortex-M or RISC-V that has no system: prints, writes files, ends. */
static inline long semihost(long operation, const void *argument) {
#ifdef __riscv
  /* The three instructions are those by which a debugger knows the call, in one page and
   * uncompressed. */
  register long a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = argument;
  __asm__ volatile(".balign 16\n.option push\n.option norvc\nslli zero, zero, 0x1f\nebreak\n"
                   "srai zero, zero, 7\n.option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
  return a0;
#else
  register long r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
#endif
}

#endif /* SEMIHOST_H */
