/*===- soft-fma.c - Multiply-adds in whole numbers, beside C's ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* So many random multiply-adds by both functions; what has another bit than fmaf's is named. Of
 * what is no number the bits are of no account. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

float whole(float a, float b, float c);
float halves(float a, float b, float c);

static uint32_t random_bits(void) {
  static uint64_t state = 88172645463325252u;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (uint32_t)(state >> 16);
}

static float number(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static float any_number(void) {
  static const uint32_t special[] = {0,          0x80000000, 0x7f800000, 0xff800000, 0x7fc00000,
                                     1,          0x80000001, 0x7f7fffff, 0x00800000, 0x007fffff,
                                     0x3f800000, 0xbf800000, 0x7f000000};
  uint32_t bits = random_bits(), sign = bits & 0x80000000, exponent = random_bits() % 256;
  switch (random_bits() % 7) {
  case 0: /* any bits */
    return number(bits);
  case 1: /* of about one size, as products and sums of a network are */
    return number((bits & 0x807fffff) | (120 + exponent % 16) << 23);
  case 2: /* of few bits, which lie halfway between two */
    return number(sign | (100 + exponent % 40) << 23 | (bits & 7) << 20 | (bits >> 8 & 1));
  case 3: /* subnormal */
    return number(bits & 0x807fffff);
  case 4: /* powers of two, and the last before them */
    return number(sign | exponent << 23 | (bits & 1 ? 0x7fffff : 0));
  case 5:
    return number(special[bits % (sizeof special / sizeof *special)]);
  default: /* small exponents of sums and products */
    return number((bits & 0x807fffff) | (40 + exponent % 60) << 23);
  }
}

static int compare(const char *name, float (*multiply_add)(float, float, float), long count) {
  long differ = 0, compared = 0;
  for (long i = 0; i < count; ++i) {
    float a = any_number(), b = any_number(), c = any_number();
    if (random_bits() % 4 == 0) /* a sum of which little is left */
      c = number(bits_of(-a * b) + random_bits() % 5 - 2);
    float expected = fmaf(a, b, c), got = multiply_add(a, b, c);
    if (isnan(expected) ? isnan(got) : bits_of(got) == bits_of(expected)) {
      compared += !isnan(expected);
      continue;
    }
    if (differ++ < 5)
      printf("%s: %a * %a + %a: found %a, expected %a\n", name, a, b, c, got, expected);
  }
  printf("%s: %ld of %ld numbers, %ld differ\n", name, compared, count, differ);
  return differ > 0 || compared < count / 2;
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 0;
  return compare("whole", whole, count) + compare("halves", halves, count);
}
