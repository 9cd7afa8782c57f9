/*===- small_machines.c - So many steps of a network, without a system -------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* As many rounds of gru_steps.h's steps as the address `rounds` is. out.bin: the deepest bytes of
 * stack below a call of grucc's functions, 0 of plain C, and below the compiler's own helpers, 0
 * where there are none. Exit code: 0, 1 for a status or an output that no GRU has. */
#include "semihosting.h"
#include <stdint.h>
#include <stdlib.h>

static void fail(void) { end(1); }
#include "gru_steps.h"

extern char rounds[]; /* the linker's */

#ifdef __riscv
#define READ_SP "mv %0, sp"
#else
#define READ_SP "mov %0, sp"
#endif
enum { WORDS = 2048 };
static const uint32_t paint = 0xa5c35a3c;
static int32_t deepest[2];

/* What the call below wrote last, seen from here: all words are painted, and looked at, by a
 * function whose own frame stays as it is. */
#define MEASURE(at, call)                                                                          \
  do {                                                                                             \
    volatile uint32_t *top;                                                                        \
    __asm__ volatile(READ_SP : "=r"(top));                                                         \
    for (int i = 1; i <= WORDS; ++i)                                                               \
      top[-i] = paint;                                                                             \
    call;                                                                                          \
    int words = WORDS;                                                                             \
    while (words > 0 && top[-words] == paint)                                                      \
      --words;                                                                                     \
    if (words == WORDS)                                                                            \
      end(3);                                                                                      \
    if (words * 4 > deepest[at])                                                                   \
      deepest[at] = words * 4;                                                                     \
  } while (0)

/* Arithmetic that a CPU without floating point has from the compiler's library. */
static volatile float one = 1, three = 3, result;
static volatile int integer, compared;

static __attribute__((noinline)) void measure_helpers(void) {
  MEASURE(1, result = one + three);
  MEASURE(1, result = one - three);
  MEASURE(1, result = one * three);
  MEASURE(1, result = one / three);
  MEASURE(1, compared = one < three);
  MEASURE(1, compared = one == three);
  MEASURE(1, compared = one >= three);
  MEASURE(1, integer = (int)three);
  MEASURE(1, result = (float)integer);
}

static __attribute__((noinline)) void measure_model(void) {
#ifndef PLAIN
  const int64_t rows[] = {0};
  MEASURE(0, m_init_state(state, NULL, 1));
  MEASURE(0, m_step(input[0], y, state, workspace, NULL, 1));
  MEASURE(0, m_read_state(state, y, 1));
  MEASURE(0, m_init_state(state, y, 1));
  MEASURE(0, m_reset_state(state, rows, 1, 1));
#endif
}

int main(void) {
  fill(input[0], ROWS * INPUT, 1);
  prepare();
  measure_model();
  measure_helpers();
  give(deepest, sizeof deepest);
  steps((long)rounds);
  end(!is_output());
}
