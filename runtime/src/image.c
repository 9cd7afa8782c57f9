/*===- image.c - What an ELF file consists of, and where its model is ------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "image.h"
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
static const uint16_t host_machine = EM_X86_64;
#elif defined(__aarch64__)
static const uint16_t host_machine = EM_AARCH64;
#elif defined(__riscv)
static const uint16_t host_machine = EM_RISCV;
#elif defined(__arm__)
static const uint16_t host_machine = EM_ARM;
#else
static const uint16_t host_machine = EM_NONE;
#endif

enum {
  IS_64_BIT = sizeof(ElfW(Addr)) == 8,
  HOST_CLASS = IS_64_BIT ? ELFCLASS64 : ELFCLASS32,
  TABLE_ALIGNMENT = sizeof(ElfW(Addr))
};

static int holds(uint64_t start, uint64_t size, uint64_t address, uint64_t bytes) {
  return address >= start && bytes <= size && address - start <= size - bytes;
}

const grucc_elf_segment *grucc_find_load(const grucc_image *image, uint64_t address, uint64_t bytes,
                                         uint32_t flags, int in_memory) {
  for (int i = 0; i < image->segment_count; ++i) {
    const grucc_elf_segment *load = &image->head.segments[i];
    if (load->p_type == PT_LOAD && (load->p_flags & flags) == flags &&
        holds(load->p_vaddr, in_memory ? load->p_memsz : load->p_filesz, address, bytes))
      return load;
  }
  return NULL;
}

const void *grucc_image_at(const grucc_image *image, uint64_t address, uint64_t bytes) {
  const grucc_elf_segment *load = grucc_find_load(image, address, bytes, PF_R, 0);
  return load && address % TABLE_ALIGNMENT == 0
             ? image->data + load->p_offset + (address - load->p_vaddr)
             : NULL;
}

static int check_header(grucc_image *image) {
  const grucc_elf_header *header = &image->head.header;
  const unsigned char *ident = header->e_ident;
  if (image->size < sizeof *header)
    return grucc_refuse(image, "file: found %" PRIu64 " bytes, expected an ELF header of %zu",
                        image->size, sizeof *header);
  if (memcmp(ident, ELFMAG, SELFMAG) != 0)
    return grucc_refuse(image, "file: found no ELF magic, expected a shared library");
  if (ident[EI_CLASS] != HOST_CLASS || ident[EI_DATA] != ELFDATA2LSB ||
      ident[EI_VERSION] != EV_CURRENT || header->e_version != EV_CURRENT)
    return grucc_refuse(image,
                        "file: found ELF class %d, data %d, version %d, expected a %d-bit "
                        "little-endian file (%d, 1, 1)",
                        ident[EI_CLASS], ident[EI_DATA], ident[EI_VERSION], IS_64_BIT ? 64 : 32,
                        HOST_CLASS);
  if (header->e_type != ET_DYN)
    return grucc_refuse(image, "file: found ELF type %d, expected %d, a shared library",
                        header->e_type, ET_DYN);
  if (header->e_machine != host_machine)
    return grucc_refuse(image, "file: found code for ELF machine %d, expected %d, this machine",
                        header->e_machine, host_machine);
  if (header->e_phentsize != sizeof(grucc_elf_segment) || header->e_phnum == 0 ||
      header->e_phnum > GRUCC_MAX_SEGMENTS || header->e_phoff != sizeof *header)
    return grucc_refuse(image,
                        "program headers: found %d of %d bytes at %" PRIu64
                        ", expected 1 to %d of %zu bytes at %zu",
                        header->e_phnum, header->e_phentsize, (uint64_t)header->e_phoff,
                        GRUCC_MAX_SEGMENTS, sizeof(grucc_elf_segment), sizeof *header);
  image->segment_count = header->e_phnum;
  return GRUCC_OK;
}

static uint64_t end_in_file(const grucc_elf_segment *segment) {
  return (uint64_t)segment->p_offset + segment->p_filesz;
}

/* A file that was cut is shorter than this, one that something was added to is longer. */
static int check_size(const grucc_image *image) {
  const grucc_elf_header *header = &image->head.header;
  uint64_t end = sizeof *header + (uint64_t)header->e_phnum * sizeof(grucc_elf_segment);
  uint64_t sections = (uint64_t)header->e_shnum * header->e_shentsize;
  for (int i = 0; i < image->segment_count; ++i) {
    const grucc_elf_segment *segment = &image->head.segments[i];
    if (!holds(0, image->size, segment->p_offset, segment->p_filesz))
      return grucc_refuse(image,
                          "segment %d: found %" PRIu64 " bytes at %" PRIu64
                          ", expected them inside the file's %" PRIu64 " bytes",
                          i, (uint64_t)segment->p_filesz, (uint64_t)segment->p_offset, image->size);
    if (end_in_file(segment) > end)
      end = end_in_file(segment);
  }
  if (header->e_shoff && !holds(0, image->size, header->e_shoff, sections))
    return grucc_refuse(image,
                        "section headers: found %" PRIu64 " bytes at %" PRIu64
                        ", expected them inside the file's %" PRIu64 " bytes",
                        sections, (uint64_t)header->e_shoff, image->size);
  if (header->e_shoff + sections > end)
    end = header->e_shoff + sections;
  if (end != image->size)
    return grucc_refuse(image,
                        "file: found %" PRIu64 " bytes, expected it to end after %" PRIu64
                        ", as its headers say",
                        image->size, end);
  return GRUCC_OK;
}

/* PT_LOADs ascend, share no page, and agree with their place in the file: the loader maps them
 * where they say, whatever is there. */
static int check_load(const grucc_image *image, int index, uint64_t page, uint64_t *free_from) {
  const grucc_elf_segment *load = &image->head.segments[index];
  if (load->p_align < page || load->p_vaddr % load->p_align != load->p_offset % load->p_align)
    return grucc_refuse(image,
                        "segment %d: found alignment %" PRIu64 ", address %" PRIu64
                        ", offset %" PRIu64 ", expected whole pages of %" PRIu64 " bytes",
                        index, (uint64_t)load->p_align, (uint64_t)load->p_vaddr,
                        (uint64_t)load->p_offset, page);
  const uint64_t limit = IS_64_BIT ? 1ull << 46 : 1ull << 30;
  if (load->p_vaddr > limit || load->p_memsz > limit || load->p_filesz > load->p_memsz ||
      load->p_vaddr / page * page < *free_from)
    return grucc_refuse(image,
                        "segment %d: found address %" PRIu64 " and %" PRIu64
                        " bytes, expected it behind the segment before it",
                        index, (uint64_t)load->p_vaddr, (uint64_t)load->p_memsz);
  if ((load->p_flags & (PF_W | PF_X)) == (PF_W | PF_X))
    return grucc_refuse(image,
                        "segment %d: found flags %" PRIu32 ", expected code that is not writable",
                        index, load->p_flags);
  *free_from = ((uint64_t)load->p_vaddr + load->p_memsz + page - 1) / page * page;
  return GRUCC_OK;
}

/* The extensions that code of RISC-V is for, which no loader reads: behind what is loaded. */
static int is_attributes(const grucc_elf_segment *segment) {
#if defined(__riscv)
  return segment->p_type == PT_LOPROC + 3;
#else
  (void)segment;
  return 0;
#endif
}

/* What compiled models have; the loader would do more for others. */
static int check_kind(const grucc_image *image, int index) {
  const grucc_elf_segment *segment = &image->head.segments[index];
  switch (segment->p_type) {
#if defined(__arm__)
  case PT_ARM_EXIDX: /* a table for unwinding, that no loader reads */
#endif
  case PT_LOAD:
  case PT_DYNAMIC:
  case PT_GNU_EH_FRAME:
  case PT_PHDR:
  case PT_GNU_RELRO:
    return GRUCC_OK;
  case PT_GNU_STACK:
    if (!(segment->p_flags & PF_X))
      return GRUCC_OK;
    return grucc_refuse(image, "stack: found it executable, expected it not to be");
  default:
    if (is_attributes(segment))
      return GRUCC_OK;
    return grucc_refuse(
        image, "segment %d: found type %#" PRIx32 ", expected a kind that compiled models have",
        index, segment->p_type);
  }
}

/* Whatever else has bytes must be part of what is loaded: the loader works on it in memory. */
static int check_part(const grucc_image *image, int index) {
  const grucc_elf_segment *part = &image->head.segments[index];
  if (part->p_type == PT_LOAD || part->p_memsz == 0 || is_attributes(part))
    return GRUCC_OK;
  const grucc_elf_segment *load = grucc_find_load(image, part->p_vaddr, part->p_memsz, PF_R, 1);
  if (load && part->p_vaddr - load->p_vaddr == part->p_offset - load->p_offset)
    return GRUCC_OK;
  return grucc_refuse(image,
                      "segment %d: found address %" PRIu64 " and %" PRIu64
                      " bytes, expected it inside a loaded segment",
                      index, (uint64_t)part->p_vaddr, (uint64_t)part->p_memsz);
}

/* What says to be larger than code and data for near calls can be, or has more behind them than
 * symbols and debug information, is not copied; nor what would not leave room for the copy and the
 * library in 32 bits of addresses. */
static int check_sizes(const grucc_image *image) {
  const uint64_t most = IS_64_BIT ? 1ull << 32 : 1ull << 30, most_behind = 1ull << 26;
  if (image->loaded <= most && image->size - image->loaded <= most_behind)
    return GRUCC_OK;
  return grucc_refuse(image,
                      "file: found %" PRIu64 " bytes to load and %" PRIu64
                      " behind them, expected at most %" PRIu64 " and %" PRIu64,
                      image->loaded, image->size - image->loaded, most, most_behind);
}

int grucc_check_head(grucc_image *image) {
  int status = check_header(image), stack_seen = 0;
  if (!status)
    status = check_size(image);
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), free_from = 0;
  for (int i = 0; !status && i < image->segment_count; ++i) {
    const grucc_elf_segment *segment = &image->head.segments[i];
    if (segment->p_align & (segment->p_align - 1))
      return grucc_refuse(image, "segment %d: found alignment %" PRIu64 ", expected a power of two",
                          i, (uint64_t)segment->p_align);
    status = check_kind(image, i);
    stack_seen |= segment->p_type == PT_GNU_STACK;
    if (segment->p_type != PT_LOAD)
      continue;
    if (!status)
      status = check_load(image, i, page, &free_from);
    if (end_in_file(segment) > image->loaded)
      image->loaded = end_in_file(segment);
  }
  if (!status)
    status = check_sizes(image);
  for (int i = 0; !status && i < image->segment_count; ++i)
    status = check_part(image, i);
  if (!status && !stack_seen)
    status = grucc_refuse(image, "stack: found no PT_GNU_STACK, expected one");
  return status;
}

int grucc_find_model(grucc_image *image) {
  const grucc_elf_header *header = &image->head.header;
  if (memcmp(image->data, header, sizeof *header) != 0 ||
      memcmp(image->data + sizeof *header, image->head.segments,
             (size_t)image->segment_count * sizeof(grucc_elf_segment)) != 0)
    return grucc_refuse(image, "file: found it changed while it was read, expected it to stay");
  image->model = grucc_image_at(image, header->e_entry, sizeof(grucc_model));
  if (!image->model || header->e_entry % _Alignof(grucc_model) ||
      grucc_find_load(image, header->e_entry, 1, PF_X, 0) ||
      (const unsigned char *)image->model < image->data + sizeof *header)
    return grucc_refuse(image, "file: found a library without a model at its entry point, expected "
                               "one as grucc writes it");
  return GRUCC_OK;
}
