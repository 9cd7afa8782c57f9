/*===- board.h - What the keyword program asks of a board -----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* cortex_m.c and riscv.c define what is declared here; board.c is for both. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

enum {
  STACK_FOR_MAIN = 512 /* bytes, beside what the network takes */
};

/* The program, called with a stack, .data and .bss as C wants them. */
int main(void);

/* What the reset code jumps to: fills .data and .bss, calls main and ends. */
_Noreturn void start(void);

/* Ends with "error: a fault": an instruction that the CPU does not take. */
_Noreturn void fault(void);

/* Ends the emulator with this exit code. */
_Noreturn void finish(int status);

void print(const char *text);
void print_number(uint32_t number, unsigned base);

/* Instructions are counted by a timer: in qemu under -icount shift=0 one takes a nanosecond. */
void start_ticks(void);
uint32_t ticks(void);                /* goes up, modulo TICKS_RANGE */
extern const uint32_t TICKS_RANGE;   /* a power of two; 0: 2^32 */
extern const uint32_t TICK_QUARTERS; /* of a nanosecond, in one tick */

/* A loop of two instructions a turn. */
void turn(uint32_t turns);

/* Instructions since `began`, a value of ticks(): right to a tick. */
uint32_t instructions_since(uint32_t began);

#endif /* BOARD_H */
