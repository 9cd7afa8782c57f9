/*===- cortex_m.c - From reset to C on a Cortex-M -------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "board.h"
#include "keyword.h"

__attribute__((section(".stack"))) static _Alignas(
    8) char stack[(KEYWORD_STACK_BYTES + STACK_FOR_MAIN + 7) / 8 * 8];

void reset(void);

/* What the CPU finds at address 0. Interrupts are never enabled. */
__attribute__((section(".vectors"), used)) static const struct {
  char *stack;
  void (*handlers[15])(void);
} vectors = {stack + sizeof stack,
             {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
              fault, fault, fault}};

/* The floating-point unit (and with it MVE) is off at reset, and a C function may save its
 * registers with its first instruction: it has to be on before there is any. The barriers make the
 * instructions that follow see it. */
__asm__(".syntax unified\n.thumb\n.text\n.balign 4\n"
        ".globl reset\n.type reset, %function\n.thumb_func\n"
        "reset:\n"
        "  ldr r0, =0xe000ed88\n" /* CPACR */
        "  ldr r1, [r0]\n"
        "  orr r1, r1, #0xf00000\n" /* full access to CP10 and CP11 */
        "  str r1, [r0]\n"
        "  dsb\n"
        "  isb\n"
        "  b start\n"
        "  .ltorg\n"
        ".size reset, . - reset\n");

/* SysTick, by the CPU's clock, from 2^24 - 1 down. */
#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)

const uint32_t TICKS_RANGE = 1 << 24;
const uint32_t TICK_QUARTERS = 4000 / CLOCK_MHZ;

void start_ticks(void) {
  SYST_RVR = TICKS_RANGE - 1;
  SYST_CVR = 0;
  SYST_CSR = 5; /* counting, by the CPU's clock, without an interrupt */
}

uint32_t ticks(void) { return TICKS_RANGE - 1 - SYST_CVR; }

void turn(uint32_t turns) { __asm__ volatile("1: subs %0, %0, #1\n  bne 1b" : "+r"(turns)::"cc"); }
