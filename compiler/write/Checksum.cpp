//===- Checksum.cpp - What tells that a shared library is damaged -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace grucc;

/// offsetof(grucc_model, checksum) of runtime/include/grucc/model.h, which says what it is. No
/// pointer stands before it.
static constexpr uint64_t checksumOffset = 224;

template <typename Elf> static Error write(MutableArrayRef<char> library) {
  StringRef bytes(library.data(), library.size());
  Expected<object::ELFFile<Elf>> file = object::ELFFile<Elf>::create(bytes);
  if (!file)
    return file.takeError();
  auto segments = file->program_headers();
  if (!segments)
    return segments.takeError();
  uint64_t model = file->getHeader().e_entry, field = 0, loaded = 0;
  for (const typename Elf::Phdr &segment : *segments) {
    if (segment.p_type != ELF::PT_LOAD)
      continue;
    loaded = std::max<uint64_t>(loaded, segment.p_offset + segment.p_filesz);
    if (model >= segment.p_vaddr && model - segment.p_vaddr < segment.p_filesz)
      field = model - segment.p_vaddr + segment.p_offset + checksumOffset;
  }
  if (!field || field + sizeof(uint64_t) > loaded)
    return createStringError("found no descriptor at the entry point, expected grucc_model_entry");

  auto *header = reinterpret_cast<typename Elf::Ehdr *>(library.data());
  const typename Elf::Ehdr kept = *header;
  header->e_shoff = 0;
  header->e_shentsize = 0;
  header->e_shnum = 0;
  header->e_shstrndx = 0;
  support::endian::write64le(library.data() + field, 0);
  uint64_t sum = xxHash64(bytes.take_front(loaded));
  *header = kept;
  support::endian::write64le(library.data() + field, sum ? sum : 1);
  return Error::success();
}

Error grucc::writeChecksum(MutableArrayRef<char> library) {
  bool isWide =
      object::getElfArchType(StringRef(library.data(), library.size())).first == ELF::ELFCLASS64;
  return isWide ? write<object::ELF64LE>(library) : write<object::ELF32LE>(library);
}
