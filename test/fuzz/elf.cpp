//===- elf.cpp - Any bytes as a shared library ----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The runtime's checks of an image, without the dynamic loader, and those of what
// the loader would have made of it.
//
//===----------------------------------------------------------------------===//

extern "C" {
#include "runtime/src/image.h"
}
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

/// The PT_LOADs as they stand in memory, from address 0, with their relative relocations.
static std::vector<uint64_t> load(const grucc_image &image, uint64_t end) {
  std::vector<uint64_t> memory(end / 8 + 1);
  char *base = reinterpret_cast<char *>(memory.data());
  for (int i = 0; i < image.segment_count; ++i) {
    const Elf64_Phdr &segment = image.segments[i];
    if (segment.p_type == PT_LOAD)
      std::copy_n(image.data + segment.p_offset, segment.p_filesz, base + segment.p_vaddr);
  }
  uint64_t table = 0, bytes = 0;
  for (uint64_t i = 0; i < image.dynamic_count; ++i) {
    if (image.dynamic[i].d_tag == DT_RELA)
      table = image.dynamic[i].d_un.d_val;
    if (image.dynamic[i].d_tag == DT_RELASZ)
      bytes = image.dynamic[i].d_un.d_val;
  }
  for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= bytes; at += sizeof(Elf64_Rela)) {
    Elf64_Rela entry;
    std::memcpy(&entry, base + table + at, sizeof entry);
    uint64_t value = reinterpret_cast<uint64_t>(base) + static_cast<uint64_t>(entry.r_addend);
    if (ELF64_R_SYM(entry.r_info) != 0)
      value = reinterpret_cast<uint64_t>(base) + image.symbols[ELF64_R_SYM(entry.r_info)].st_value;
    std::memcpy(base + entry.r_offset, &value, sizeof value);
  }
  return memory;
}

static void checkLoaded(const grucc_image &image) {
  uint64_t end = 0, most = 1 << 20;
  for (int i = 0; i < image.segment_count; ++i)
    if (image.segments[i].p_type == PT_LOAD)
      end = std::max(end, image.segments[i].p_vaddr + image.segments[i].p_memsz);
  uint64_t entry = image.entry->st_value;
  if (end > most || entry % 8 || !grucc_find_load(&image, entry, sizeof(grucc_model), PF_R, 0))
    return;
  std::vector<uint64_t> memory = load(image, end);
  const char *base = reinterpret_cast<const char *>(memory.data());
  grucc_check_pointers(&image, reinterpret_cast<uintptr_t>(base),
                       reinterpret_cast<const grucc_model *>(base + entry));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < sizeof(Elf64_Ehdr)) // grucc_map_image has refused it
    return 0;
  std::vector<uint8_t> bytes(data, data + size); // aligned as every allocation is
  char message[GRUCC_MESSAGE_SIZE] = "";
  grucc_image image = {};
  image.data = bytes.data();
  image.size = size;
  image.message = message;
  image.message_size = sizeof message;
  int status = grucc_check_segments(&image);
  if (!status)
    status = grucc_check_dynamic(&image);
  if (!status)
    status = grucc_check_segment_kinds(&image);
  if ((status == GRUCC_OK) != (message[0] == '\0'))
    std::abort(); // what is refused says why
  if (!status)
    checkLoaded(image);
  return 0;
}
