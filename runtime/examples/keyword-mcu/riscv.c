/*===- riscv.c - From reset to C on a RISC-V ------------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "board.h"
#include "keyword.h"

__attribute__((section(".stack"))) _Alignas(
    16) char stack[(KEYWORD_STACK_BYTES + STACK_FOR_MAIN + 15) / 16 * 16];
const uint32_t STACK_BYTES = sizeof stack;

/* Floating point is off at reset (mstatus.FS), and a C function may save its registers with its
 * first instruction: it has to be on before there is any. */
__asm__(".section .vectors, \"ax\"\n"
        ".globl reset\n.type reset, @function\n"
        "reset:\n"
        "  la t0, trap\n"
        "  csrw mtvec, t0\n"
        "  la sp, stack\n"
        "  lw t0, STACK_BYTES\n"
        "  add sp, sp, t0\n"
        "  li t0, 0x2000\n" /* FS: initial */
        "  csrs mstatus, t0\n"
        "  csrw fcsr, zero\n"
        "  j start\n"
        "  .balign 4\n"
        "trap:\n"
        "  j fault\n"
        ".size reset, . - reset\n"
        ".text\n");

/* The CPU's own counter of instructions. */
const uint32_t TICKS_RANGE = 0;
const uint32_t TICK_QUARTERS = 4;

void start_ticks(void) {}

uint32_t ticks(void) {
  uint32_t count;
  __asm__ volatile("csrr %0, minstret" : "=r"(count)::"memory");
  return count;
}

void turn(uint32_t turns) { __asm__ volatile("1: addi %0, %0, -1\n  bnez %0, 1b" : "+r"(turns)); }
