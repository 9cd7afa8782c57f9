/*===- board.c - What all boards of the keyword program do alike ----------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "board.h"
#include "semihost.h"

/* Of sections.ld. */
extern uint32_t data_in_flash[], data_begins[], data_ends[], bss_begins[], bss_ends[];

/* Volatile, so that no compiler makes calls to memcpy and memset of the loops. */
void start(void) {
  const uint32_t *from = data_in_flash;
  for (volatile uint32_t *to = data_begins; to < data_ends;)
    *to++ = *from++;
  for (volatile uint32_t *to = bss_begins; to < bss_ends;)
    *to++ = 0;
  start_ticks();
  finish(main());
}

void fault(void) {
  print("error: a fault\n");
  finish(1);
}

void finish(int status) {
  const long application_exit[] = {0x20026, status};
  semihost(0x20 /* SYS_EXIT_EXTENDED */, application_exit);
  for (;;)
    ;
}

void print(const char *text) { semihost(0x04 /* SYS_WRITE0 */, text); }

void print_number(uint32_t number, unsigned base) {
  char digits[11], *at = digits + 10;
  *at = '\0';
  do {
    *--at = "0123456789abcdef"[number % base];
    number /= base;
  } while (number);
  print(at);
}

uint32_t instructions_since(uint32_t began) {
  uint32_t passed = ticks() - began;
  if (TICKS_RANGE)
    passed &= TICKS_RANGE - 1;
  return passed / 4 * TICK_QUARTERS + passed % 4 * TICK_QUARTERS / 4;
}
