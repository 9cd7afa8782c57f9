/*===- checksum.c - Whether what will be loaded is what grucc wrote -------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "image.h"
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/*===-- XXH64 -------------------------------------------------------------===*/

/* Four words at a time, each in a lane of its own: as fast as memory, without any table. */
enum { LANES = 4, STRIPE = LANES * 8 };

static const uint64_t prime_1 = 0x9E3779B185EBCA87u, prime_2 = 0xC2B2AE3D27D4EB4Fu,
                      prime_3 = 0x165667B19E3779F9u, prime_4 = 0x85EBCA77C2B2AE63u,
                      prime_5 = 0x27D4EB2F165667C5u;

static uint64_t rotated(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

/* Words are little-endian, as the libraries are that this machine runs. */
static uint64_t word_at(const unsigned char *data) {
  uint64_t word;
  memcpy(&word, data, sizeof word);
  return word;
}

static uint64_t half_word_at(const unsigned char *data) {
  uint32_t word;
  memcpy(&word, data, sizeof word);
  return word;
}

static uint64_t with_word(uint64_t lane, uint64_t word) {
  return rotated(lane + word * prime_2, 31) * prime_1;
}

/* What the lanes hold after all whole stripes; data is moved behind them. */
static uint64_t sum_of_stripes(const unsigned char **data, uint64_t count) {
  uint64_t lanes[LANES] = {prime_1 + prime_2, prime_2, 0, 0 - prime_1};
  for (uint64_t i = 0; i < count; ++i, *data += STRIPE)
    for (int lane = 0; lane < LANES; ++lane)
      lanes[lane] = with_word(lanes[lane], word_at(*data + lane * 8));
  uint64_t sum =
      rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
  for (int lane = 0; lane < LANES; ++lane)
    sum = (sum ^ with_word(0, lanes[lane])) * prime_1 + prime_4;
  return sum;
}

uint64_t grucc_xxh64(const unsigned char *data, uint64_t size) {
  uint64_t left = size % STRIPE;
  uint64_t sum = size < STRIPE ? prime_5 : sum_of_stripes(&data, size / STRIPE);
  sum += size;
  for (; left >= 8; left -= 8, data += 8)
    sum = rotated(sum ^ with_word(0, word_at(data)), 27) * prime_1 + prime_4;
  for (; left >= 4; left -= 4, data += 4)
    sum = rotated(sum ^ half_word_at(data) * prime_1, 23) * prime_2 + prime_3;
  for (; left > 0; --left, ++data)
    sum = rotated(sum ^ *data * prime_5, 11) * prime_1;
  sum = (sum ^ sum >> 33) * prime_2;
  sum = (sum ^ sum >> 29) * prime_3;
  return sum ^ sum >> 32;
}

/*===-- Of an image -------------------------------------------------------===*/

enum { MOST_ZEROS = 8 };

static void exchange(unsigned char *data, unsigned char *other, uint64_t bytes) {
  for (uint64_t i = 0; i < bytes; ++i) {
    unsigned char byte = data[i];
    data[i] = other[i];
    other[i] = byte;
  }
}

uint64_t grucc_checksum_of(unsigned char *data, uint64_t loaded, uint64_t field) {
  /* The sum's own field, and where the section table is, which strip moves: e_shoff, and
   * e_shentsize, e_shnum and e_shstrndx, the last of the header. */
  const struct {
    uint64_t at, bytes;
  } zeros[] = {{offsetof(grucc_elf_header, e_shoff), sizeof(ElfW(Off))},
               {offsetof(grucc_elf_header, e_shentsize), 3 * sizeof(ElfW(Half))},
               {field, sizeof(uint64_t)}};
  enum { COUNT = sizeof zeros / sizeof *zeros };
  unsigned char kept[COUNT][MOST_ZEROS] = {{0}};
  for (int i = 0; i < COUNT; ++i)
    exchange(data + zeros[i].at, kept[i], zeros[i].bytes);
  uint64_t sum = grucc_xxh64(data, loaded);
  for (int i = 0; i < COUNT; ++i)
    exchange(data + zeros[i].at, kept[i], zeros[i].bytes);
  return sum ? sum : 1; /* 0 says that there is none */
}

int grucc_check_checksum(grucc_image *image) {
  if (!image->model->checksum)
    return grucc_refuse(image, "checksum: found none, expected that of a library as grucc has "
                               "written it");
  uint64_t field = (uint64_t)((const unsigned char *)image->model - image->data) +
                   offsetof(grucc_model, checksum);
  uint64_t sum = grucc_checksum_of(image->data, image->loaded, field);
  if (sum != image->model->checksum)
    return grucc_refuse(image,
                        "checksum: found %016" PRIx64 ", expected %016" PRIx64
                        ", which the undamaged file has",
                        sum, image->model->checksum);
  return GRUCC_OK;
}
