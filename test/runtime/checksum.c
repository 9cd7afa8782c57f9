/*===- checksum.c - The checksum is XXH64, of what is loaded --------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include -I%source/runtime/src %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t
 * RUN: %t > %t.sums && %python -B %S/Inputs/checksum_lengths.py > %t.expected
 * RUN: diff %t.expected %t.sums
 */
#include "Inputs/expect.h"
#include "image.h"
#include <inttypes.h>
#include <stddef.h>

/* Those that others publish. */
static void known_sums(void) {
  expect(grucc_xxh64((const unsigned char *)"", 0) == 0xEF46DB3751D8E999u);
  expect(grucc_xxh64((const unsigned char *)"abc", 3) == 0x44BC2CF5AD770999u);
}

/* Every number of bytes beside whole stripes, which may begin anywhere. */
static void every_length(void) {
  unsigned char data[131];
  for (size_t i = 0; i < sizeof data; ++i)
    data[i] = (unsigned char)(i * 37 + 11);
  for (size_t size = 0; size < 128; ++size)
    printf("%016" PRIx64 "\n", grucc_xxh64(data + size % 3, size));
}

/* The field and the place of the sections do not count, everything else does, and all stays. */
static void zeros_of_an_image(void) {
  enum { SIZE = 200, FIELD = 120 };
  const int wide = sizeof(void *) == 8, shoff = wide ? 40 : 32, shentsize = wide ? 58 : 46;
  unsigned char image[SIZE], before[SIZE];
  for (int i = 0; i < SIZE; ++i)
    before[i] = image[i] = (unsigned char)(i + 1);
  uint64_t sum = grucc_checksum_of(image, SIZE, FIELD);
  expect(memcmp(image, before, SIZE) == 0);
  for (int i = 0; i < SIZE; ++i) {
    image[i] ^= 0x80;
    int is_zero = (i >= shoff && i < shoff + (int)sizeof(void *)) ||
                  (i >= shentsize && i < shentsize + 6) || (i >= FIELD && i < FIELD + 8);
    expect((grucc_checksum_of(image, SIZE, FIELD) == sum) == is_zero);
    image[i] ^= 0x80;
  }
  expect(grucc_checksum_of(image, SIZE - 1, FIELD) != sum);
}

int main(void) {
  expect(offsetof(grucc_model, checksum) == 224);
  known_sums();
  every_length();
  zeros_of_an_image();
}
