/*===- dynamic.c - Nothing runs when the file is loaded -------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "image.h"
#include <inttypes.h>

/* The only one that a model has: the address of something of its own; -1: no model at all. */
#if defined(__x86_64__)
static const int64_t relative = R_X86_64_RELATIVE;
#elif defined(__aarch64__)
static const int64_t relative = R_AARCH64_RELATIVE;
#elif defined(__riscv)
static const int64_t relative = R_RISCV_RELATIVE;
#elif defined(__arm__)
static const int64_t relative = R_ARM_RELATIVE;
#else
static const int64_t relative = -1;
#endif

static int64_t type_of(const grucc_relocation *entry) {
  return sizeof(ElfW(Addr)) == 8 ? (int64_t)ELF64_R_TYPE(entry->r_info)
                                 : (int64_t)ELF32_R_TYPE(entry->r_info);
}

/* The entries before DT_NULL, in the image's data. */
typedef struct entries {
  const grucc_elf_entry *first;
  uint64_t count;
} entries;

static const grucc_elf_entry *find(entries entries, int64_t tag) {
  for (uint64_t i = 0; i < entries.count; ++i)
    if (entries.first[i].d_tag == tag)
      return &entries.first[i];
  return NULL;
}

static uint64_t value(entries entries, int64_t tag) {
  const grucc_elf_entry *entry = find(entries, tag);
  return entry ? entry->d_un.d_val : 0;
}

static int find_dynamic(const grucc_image *image, entries *entries) {
  const grucc_elf_segment *found = NULL;
  for (int i = 0; i < image->segment_count; ++i)
    if (image->head.segments[i].p_type == PT_DYNAMIC) {
      if (found)
        return grucc_refuse(image, "dynamic section: found two, expected one");
      found = &image->head.segments[i];
    }
  if (!found)
    return grucc_refuse(image, "dynamic section: found none, expected one");
  /* The loader takes what is in memory, whose size may be another, and may write to it. */
  const grucc_elf_segment *load =
      grucc_find_load(image, found->p_vaddr, found->p_memsz, PF_R | PF_W, 0);
  entries->first = load ? grucc_image_at(image, found->p_vaddr, found->p_memsz) : NULL;
  if (!entries->first)
    return grucc_refuse(image, "dynamic section: found it outside the data, expected it there");
  uint64_t capacity = found->p_memsz / sizeof(grucc_elf_entry);
  while (entries->count < capacity && entries->first[entries->count].d_tag != DT_NULL)
    ++entries->count;
  if (entries->count == capacity)
    return grucc_refuse(image, "dynamic section: found no end, expected DT_NULL");
  return GRUCC_OK;
}

/* What a model may have. All others make the loader load another library, run code, look symbols
 * up, or write where the file is read-only. */
static int is_known(const grucc_elf_entry *entry) {
  uint64_t v = entry->d_un.d_val;
  switch (entry->d_tag) {
  case DT_HASH:
  case DT_GNU_HASH:
  case DT_STRTAB:
  case DT_STRSZ:
  case DT_SYMTAB:
  case DT_SYMENT:
  case DT_SONAME:
  case GRUCC_TABLE:
  case GRUCC_TABLE_BYTES:
  case GRUCC_TABLE_COUNT:
  case DT_SYMBOLIC:
  case DT_BIND_NOW:
    return 1;
  case GRUCC_TABLE_ENTRY:
    return v == sizeof(grucc_relocation);
  case DT_FLAGS:
    return (v & ~(uint64_t)(DF_SYMBOLIC | DF_BIND_NOW)) == 0;
  case DT_FLAGS_1:
    return (v & ~(uint64_t)DF_1_NOW) == 0;
  default:
    return 0;
  }
}

static int check_tags(const grucc_image *image, entries entries) {
  for (uint64_t i = 0; i < entries.count; ++i) {
    const grucc_elf_entry *entry = &entries.first[i];
    /* Of two of a kind the loader takes the last one. */
    if (!is_known(entry) || find(entries, entry->d_tag) != entry)
      return grucc_refuse(image,
                          "dynamic section: found entry %#" PRIx64 " with %#" PRIx64
                          ", expected what compiled models have",
                          (uint64_t)entry->d_tag, (uint64_t)entry->d_un.d_val);
  }
  return GRUCC_OK;
}

/* Each writes an address of the library into its own data: none asks for a symbol or runs a
 * function to have its value, and none changes the table (on ARM, where addends stand in place,
 * only those of a file whose checksum is forged change each other's). */
static int check_relocations(const grucc_image *image, entries entries) {
  uint64_t address = value(entries, GRUCC_TABLE), bytes = value(entries, GRUCC_TABLE_BYTES);
  const grucc_relocation *table = grucc_image_at(image, address, bytes);
  uint64_t count = bytes / sizeof *table;
  if (!table || !count || bytes % sizeof *table || grucc_find_load(image, address, 1, PF_W, 1))
    return grucc_refuse(image,
                        GRUCC_TABLE_NAME ": found %" PRIu64 " bytes at %" PRIu64
                                         ", expected relocations in the read-only part of the file",
                        bytes, address);
  for (uint64_t i = 0; i < count; ++i)
    if (type_of(&table[i]) != relative ||
        !grucc_find_load(image, table[i].r_offset, sizeof(ElfW(Addr)), PF_W, 1))
      return grucc_refuse(image,
                          GRUCC_TABLE_NAME ": found relocation %" PRIu64 " of type %" PRId64
                                           " at %" PRIu64 ", expected an address in the data",
                          i, type_of(&table[i]), (uint64_t)table[i].r_offset);
  return GRUCC_OK;
}

int grucc_check_dynamic(const grucc_image *image) {
  entries entries = {NULL, 0};
  int status = find_dynamic(image, &entries);
  if (!status)
    status = check_tags(image, entries);
  return status ? status : check_relocations(image, entries);
}
