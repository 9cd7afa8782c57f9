//===- elf.cpp - Any bytes as a shared library ----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime's checks of an image, without the dynamic loader. Each gets a right checksum first,
// so that this stops nothing; what passes is relocated as the loader would do it, in bounds.
//
//===----------------------------------------------------------------------===//

extern "C" {
#include "runtime/src/image.h"
}
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <vector>

/// The addresses that the loader writes, in memory from address 0 on.
static void relocate(const grucc_image &image) {
  uint64_t end = 0, most = 1 << 20;
  for (int i = 0; i < image.segment_count; ++i)
    if (image.head.segments[i].p_type == PT_LOAD)
      end = std::max(end, image.head.segments[i].p_vaddr + image.head.segments[i].p_memsz);
  if (end > most)
    return;
  std::vector<char> memory(end);
  uint64_t table = 0, bytes = 0;
  for (int i = 0; i < image.segment_count; ++i) {
    const Elf64_Phdr &segment = image.head.segments[i];
    if (segment.p_type == PT_LOAD)
      std::copy_n(image.data + segment.p_offset, segment.p_filesz, &memory[segment.p_vaddr]);
    if (segment.p_type != PT_DYNAMIC)
      continue;
    const auto *entry =
        static_cast<const Elf64_Dyn *>(grucc_image_at(&image, segment.p_vaddr, segment.p_memsz));
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_RELA)
        table = entry->d_un.d_val;
      if (entry->d_tag == DT_RELASZ)
        bytes = entry->d_un.d_val;
    }
  }
  // A relocation changes none after it, or they would be others than those that were checked.
  std::vector<char> before(memory.begin() + table, memory.begin() + table + bytes);
  for (uint64_t at = 0; at < bytes; at += sizeof(Elf64_Rela)) {
    Elf64_Rela relocation;
    std::memcpy(&relocation, &memory[table + at], sizeof relocation);
    std::memcpy(&memory.at(relocation.r_offset), &relocation.r_addend, sizeof(uint64_t));
  }
  if (!std::equal(before.begin(), before.end(), memory.begin() + table))
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::vector<uint64_t> words(size / sizeof(uint64_t) + 1); // aligned as a mapped file is
  char message[GRUCC_MESSAGE_SIZE] = "";
  grucc_image image = {};
  image.file = -1;
  image.data = reinterpret_cast<unsigned char *>(words.data());
  std::copy_n(data, size, image.data);
  std::copy_n(data, std::min(size, sizeof image.head), reinterpret_cast<char *>(&image.head));
  image.size = size;
  image.message = message;
  image.message_size = sizeof message;
  int status = grucc_check_head(&image);
  if (!status)
    status = grucc_find_model(&image);
  if (!status) {
    unsigned char *field = image.data +
                           (reinterpret_cast<const unsigned char *>(image.model) - image.data) +
                           offsetof(grucc_model, checksum);
    uint64_t sum =
        grucc_checksum_of(image.data, image.loaded, static_cast<uint64_t>(field - image.data));
    std::memcpy(field, &sum, sizeof sum);
    status = grucc_check_checksum(&image);
    if (status)
      std::abort(); // the sum does not depend on itself
    status = grucc_check_dynamic(&image);
  }
  if ((status == GRUCC_OK) != (message[0] == '\0'))
    std::abort(); // what is refused says why
  if (!status)
    relocate(image);
  return 0;
}
