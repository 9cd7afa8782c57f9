/*===- dynamic.c - Checks the dynamic section, symbols and relocations ----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "image.h"
#include <inttypes.h>
#include <string.h>

/* The relocation types that a model may hold: base + addend, and symbol + addend. */
static int is_relative(uint64_t type) {
#if defined(__x86_64__)
  return type == R_X86_64_RELATIVE;
#elif defined(__aarch64__)
  return type == R_AARCH64_RELATIVE;
#elif defined(__riscv)
  return type == R_RISCV_RELATIVE;
#else
  return type != type;
#endif
}

static int is_symbolic(uint64_t type) {
#if defined(__x86_64__)
  return type == R_X86_64_64 || type == R_X86_64_GLOB_DAT || type == R_X86_64_JUMP_SLOT;
#elif defined(__aarch64__)
  return type == R_AARCH64_ABS64 || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_JUMP_SLOT;
#elif defined(__riscv)
  return type == R_RISCV_64 || type == R_RISCV_JUMP_SLOT;
#else
  return type != type;
#endif
}

static const Elf64_Dyn *find(const grucc_image *image, int64_t tag) {
  for (uint64_t i = 0; i < image->dynamic_count; ++i)
    if (image->dynamic[i].d_tag == tag)
      return &image->dynamic[i];
  return NULL;
}

static uint64_t value(const grucc_image *image, int64_t tag) {
  const Elf64_Dyn *entry = find(image, tag);
  return entry ? entry->d_un.d_val : 0;
}

static int find_dynamic(grucc_image *image) {
  const Elf64_Phdr *found = NULL;
  for (int i = 0; i < image->segment_count; ++i)
    if (image->segments[i].p_type == PT_DYNAMIC) {
      if (found)
        return grucc_refuse(image, "dynamic section: found two, expected one");
      found = &image->segments[i];
    }
  if (!found)
    return grucc_refuse(image, "dynamic section: found none, expected one");
  image->dynamic = grucc_image_at(image, found->p_vaddr, found->p_filesz, 8);
  /* The loader may write addresses back into it. */
  if (!image->dynamic || !(found->p_flags & PF_W) || found->p_memsz != found->p_filesz ||
      !grucc_find_load(image, found->p_vaddr, found->p_filesz, PF_R | PF_W, 0))
    return grucc_refuse(image, "dynamic section: found it outside the data, expected it there");
  uint64_t capacity = found->p_filesz / sizeof(Elf64_Dyn);
  while (image->dynamic_count < capacity && image->dynamic[image->dynamic_count].d_tag != DT_NULL)
    ++image->dynamic_count;
  if (image->dynamic_count == capacity)
    return grucc_refuse(image, "dynamic section: found no end, expected DT_NULL");
  return GRUCC_OK;
}

/* DT_HASH: nbucket, nchain, buckets, chains; every chain must end, and no two share a symbol:
 * what looks at all of them takes as long as there are symbols. */
static int check_hash(grucc_image *image, uint64_t address) {
  const uint32_t *table = grucc_image_at(image, address, 8, 4);
  uint64_t words = table ? 2 + (uint64_t)table[0] + table[1] : 0;
  if (!table || table[0] == 0 || !(table = grucc_image_at(image, address, words * 4, 4)))
    return grucc_refuse(image, "DT_HASH: found it outside the file, expected a hash table");
  uint64_t buckets = table[0], count = table[1];
  const uint32_t *chains = table + 2 + buckets;
  for (uint64_t i = 0; i < buckets + count; ++i)
    if (table[2 + i] >= count)
      return grucc_refuse(image, "DT_HASH: found symbol %" PRIu32 ", expected less than %" PRIu64,
                          table[2 + i], count);
  uint64_t steps = 0;
  for (uint64_t bucket = 0; bucket < buckets; ++bucket)
    for (uint32_t symbol = table[2 + bucket]; symbol != STN_UNDEF; symbol = chains[symbol])
      if (++steps > count)
        return grucc_refuse(
            image, "DT_HASH: found a chain without end, expected %" PRIu64 " symbols at most",
            count);
  image->symbol_count = count;
  return GRUCC_OK;
}

/* DT_GNU_HASH: header, bloom filter, buckets, then one word for each symbol
 * from `first` on; bit 0 ends a chain. The last chain tells how many there are. */
static int check_gnu_hash(grucc_image *image, uint64_t address) {
  static const char outside[] = "DT_GNU_HASH: found it outside the file, expected a hash table";
  const uint32_t *table = grucc_image_at(image, address, 16, 8);
  if (!table)
    return grucc_refuse(image, outside);
  uint64_t buckets = table[0], first = table[1], bloom = table[2];
  if (buckets == 0 || bloom == 0 || (bloom & (bloom - 1)) || table[3] > 63)
    return grucc_refuse(image,
                        "DT_GNU_HASH: found %" PRIu64 " buckets, %" PRIu64
                        " filter words, expected a power of two",
                        buckets, bloom);
  uint64_t head = 16 + bloom * 8 + buckets * 4;
  if (!(table = grucc_image_at(image, address, head, 8)))
    return grucc_refuse(image, outside);
  const uint32_t *bucket = table + 4 + bloom * 2;
  uint64_t last = 0;
  for (uint64_t i = 0; i < buckets; ++i) {
    if (bucket[i] != 0 && bucket[i] < first)
      return grucc_refuse(image,
                          "DT_GNU_HASH: found symbol %" PRIu32 ", expected at least %" PRIu64,
                          bucket[i], first);
    last = bucket[i] > last ? bucket[i] : last;
  }
  for (uint64_t symbol = last; last != 0; ++symbol) {
    const uint32_t *word = grucc_image_at(image, address + head + (symbol - first) * 4, 4, 4);
    if (!word)
      return grucc_refuse(image, outside);
    if (*word & 1) {
      last = symbol;
      break;
    }
  }
  if (!image->symbol_count)
    image->symbol_count = last + 1;
  if (last >= image->symbol_count)
    return grucc_refuse(image, "DT_GNU_HASH: found symbol %" PRIu64 ", expected less than %" PRIu64,
                        last, image->symbol_count);
  return GRUCC_OK;
}

static int find_symbols(grucc_image *image) {
  image->strings_size = value(image, DT_STRSZ);
  image->strings = grucc_image_at(image, value(image, DT_STRTAB), image->strings_size, 1);
  if (!image->strings_size || !image->strings || image->strings[image->strings_size - 1] != '\0')
    return grucc_refuse(image,
                        "DT_STRTAB: found no strings, expected %" PRIu64 " bytes that end in 0",
                        image->strings_size);
  int status = GRUCC_OK;
  if (!find(image, DT_HASH) && !find(image, DT_GNU_HASH))
    status = grucc_refuse(image, "dynamic section: found no hash table, expected one");
  if (!status && find(image, DT_HASH))
    status = check_hash(image, value(image, DT_HASH));
  if (!status && find(image, DT_GNU_HASH))
    status = check_gnu_hash(image, value(image, DT_GNU_HASH));
  if (status)
    return status;
  image->symbols =
      grucc_image_at(image, value(image, DT_SYMTAB), image->symbol_count * sizeof(Elf64_Sym), 8);
  if (!image->symbols || value(image, DT_SYMENT) != sizeof(Elf64_Sym))
    return grucc_refuse(image, "DT_SYMTAB: found it outside the file, expected %" PRIu64 " symbols",
                        image->symbol_count);
  for (uint64_t i = 0; i < image->symbol_count; ++i)
    if (image->symbols[i].st_name >= image->strings_size)
      return grucc_refuse(
          image, "symbol %" PRIu64 ": found name at %" PRIu32 ", expected less than %" PRIu64, i,
          image->symbols[i].st_name, image->strings_size);
  return GRUCC_OK;
}

const Elf64_Sym *grucc_find_symbol(const grucc_image *image, const char *name) {
  for (uint64_t i = 1; i < image->symbol_count; ++i)
    if (image->symbols[i].st_shndx != SHN_UNDEF &&
        strcmp(image->strings + image->symbols[i].st_name, name) == 0)
      return &image->symbols[i];
  return NULL;
}

/* Every symbol is defined here, and is plain code or data. */
static int check_symbols(grucc_image *image) {
  for (uint64_t i = 1; i < image->symbol_count; ++i) {
    const Elf64_Sym *symbol = &image->symbols[i];
    const char *name = image->strings + symbol->st_name;
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    if (symbol->st_shndx == SHN_UNDEF)
      return grucc_refuse(image,
                          "symbol %.80s: found it undefined, expected a model that needs "
                          "nothing",
                          name);
    if (symbol->st_shndx >= SHN_LORESERVE || type > STT_FUNC ||
        !grucc_find_load(image, symbol->st_value, symbol->st_size, PF_R, 1))
      return grucc_refuse(
          image, "symbol %.80s: found type %u at %" PRIu64 ", expected code or data of the file",
          name, type, symbol->st_value);
  }
  return GRUCC_OK;
}

/* Tags that a model may have; all others make the loader do more. */
static int check_tags(grucc_image *image) {
  for (uint64_t i = 0; i < image->dynamic_count; ++i) {
    const Elf64_Dyn *entry = &image->dynamic[i];
    uint64_t v = entry->d_un.d_val;
    int fits = find(image, entry->d_tag) == entry; /* no tag twice */
    switch (entry->d_tag) {
    case DT_HASH:
    case DT_GNU_HASH:
    case DT_STRTAB:
    case DT_SYMTAB:
    case DT_RELA:
    case DT_JMPREL: /* read while relocations are written, and afterwards */
      fits &= !grucc_find_load(image, v, 1, PF_W, 1);
      break;
    case DT_STRSZ:
    case DT_SYMENT:
    case DT_RELASZ:
    case DT_RELACOUNT:
    case DT_PLTRELSZ:
    case DT_SYMBOLIC:
    case DT_BIND_NOW:
      break;
    case DT_SONAME:
      fits &= v < image->strings_size;
      break;
    case DT_RELAENT:
      fits &= v == sizeof(Elf64_Rela);
      break;
    case DT_PLTREL:
      fits &= v == DT_RELA;
      break;
    case DT_PLTGOT: /* three words, for the loader */
      fits &= v % 8 == 0 && grucc_find_load(image, v, 24, PF_R | PF_W, 1) != NULL;
      break;
    case DT_FLAGS:
      fits &= (v & ~(uint64_t)(DF_SYMBOLIC | DF_BIND_NOW)) == 0;
      break;
    case DT_FLAGS_1:
      fits &= (v & ~(uint64_t)DF_1_NOW) == 0;
      break;
    default:
      fits = 0;
    }
    if (!fits)
      return grucc_refuse(image,
                          "dynamic section: found entry %#" PRIx64 " with value %#" PRIx64
                          ", expected what compiled models have",
                          (uint64_t)entry->d_tag, v);
  }
  return GRUCC_OK;
}

/* Relocations write pointers into data (not the dynamic section), and point into the file. */
static int check_relocations(grucc_image *image, const char *name, uint64_t address, uint64_t bytes,
                             uint64_t relative_first) {
  const Elf64_Rela *table = grucc_image_at(image, address, bytes, 8);
  uint64_t count = bytes / sizeof *table;
  if (!table || bytes % sizeof *table || relative_first > count)
    return grucc_refuse(
        image, "%s: found %" PRIu64 " bytes at %" PRIu64 ", expected relocations inside the file",
        name, bytes, address);
  uint64_t dynamic = (uint64_t)((const unsigned char *)image->dynamic - image->data);
  uint64_t dynamic_end = dynamic + (image->dynamic_count + 1) * sizeof(Elf64_Dyn);
  for (uint64_t i = 0; i < count; ++i) {
    const Elf64_Rela *entry = &table[i];
    uint64_t type = ELF64_R_TYPE(entry->r_info), symbol = ELF64_R_SYM(entry->r_info);
    int fits = 0;
    if (is_relative(type))
      fits = symbol == 0 && grucc_find_load(image, (uint64_t)entry->r_addend, 0, PF_R, 1) != NULL;
    else if (is_symbolic(type) && i >= relative_first)
      fits = symbol > 0 && symbol < image->symbol_count && entry->r_addend == 0;
    const Elf64_Phdr *load = grucc_find_load(image, entry->r_offset, 8, PF_R | PF_W, 1);
    uint64_t offset = load ? entry->r_offset - load->p_vaddr + load->p_offset : 0;
    if (!fits || !load || entry->r_offset % 8 || (offset + 8 > dynamic && offset < dynamic_end))
      return grucc_refuse(image,
                          "%s: found relocation %" PRIu64 " of type %" PRIu64 " at %" PRIu64
                          ", expected a pointer in the data",
                          name, i, type, entry->r_offset);
  }
  return GRUCC_OK;
}

int grucc_check_dynamic(grucc_image *image) {
  int status = find_dynamic(image);
  if (!status)
    status = find_symbols(image);
  if (status)
    return status;
  image->entry = grucc_find_symbol(image, "grucc_model_entry");
  if (!image->entry)
    return grucc_refuse(image,
                        "grucc_model_entry: found no such symbol, expected a compiled model");
  status = check_tags(image);
  if (!status)
    status = check_symbols(image);
  /* The loader reads the others of a group without asking whether they are there. */
  static const int64_t groups[][3] = {{DT_RELA, DT_RELASZ, DT_RELAENT},
                                      {DT_JMPREL, DT_PLTRELSZ, DT_PLTREL},
                                      {DT_SYMTAB, DT_SYMENT, DT_STRTAB},
                                      {DT_STRTAB, DT_STRSZ, DT_SYMTAB}};
  for (size_t i = 0; !status && i < sizeof groups / sizeof *groups; ++i) {
    int found = 0;
    for (int j = 0; j < 3; ++j)
      found += find(image, groups[i][j]) != NULL;
    if (found != 0 && found != 3)
      status = grucc_refuse(image,
                            "dynamic section: found %d of the entries %#" PRIx64 ", %#" PRIx64
                            ", %#" PRIx64 ", expected all or none",
                            found, (uint64_t)groups[i][0], (uint64_t)groups[i][1],
                            (uint64_t)groups[i][2]);
  }
  if (!status && find(image, DT_RELACOUNT) && !find(image, DT_RELA))
    status = grucc_refuse(image, "dynamic section: found DT_RELACOUNT, expected DT_RELA with it");
  if (!status && find(image, DT_RELA))
    status = check_relocations(image, "DT_RELA", value(image, DT_RELA), value(image, DT_RELASZ),
                               value(image, DT_RELACOUNT));
  if (!status && find(image, DT_JMPREL))
    status = check_relocations(image, "DT_JMPREL", value(image, DT_JMPREL),
                               value(image, DT_PLTRELSZ), 0);
  return status;
}
