/*===- image.c - Checks the header and the segments of an ELF file --------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "image.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
static const Elf64_Half host_machine = EM_X86_64;
#elif defined(__aarch64__)
static const Elf64_Half host_machine = EM_AARCH64;
#elif defined(__riscv)
static const Elf64_Half host_machine = EM_RISCV;
#else
static const Elf64_Half host_machine = EM_NONE;
#endif

int grucc_map_image(const char *path, grucc_image *image) {
  /* O_NONBLOCK: a named pipe must be refused, not waited for. */
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  if (file < 0 || fstat(file, &facts) != 0) {
    int reason = errno;
    if (file >= 0)
      close(file);
    return grucc_refuse(image, "file: found %s, expected a readable shared library",
                        strerror(reason));
  }
  int status = GRUCC_OK;
  if (!S_ISREG(facts.st_mode))
    status = grucc_refuse(image, "file: found %s, expected a regular file",
                          S_ISDIR(facts.st_mode) ? "a directory" : "a device or pipe");
  else if (facts.st_size < (off_t)sizeof(Elf64_Ehdr))
    status = grucc_refuse(image, "file: found %" PRIdMAX " bytes, expected an ELF header of %zu",
                          (intmax_t)facts.st_size, sizeof(Elf64_Ehdr));
  if (!status) {
    void *data = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED) {
      status = grucc_refuse(image, "file: found %s, expected to map it", strerror(errno));
    } else {
      image->data = data;
      image->size = (uint64_t)facts.st_size;
      image->inode = (uint64_t)facts.st_ino;
    }
  }
  close(file);
  return status;
}

void grucc_unmap_image(grucc_image *image) {
  if (image->data)
    munmap((void *)(uintptr_t)image->data, (size_t)image->size);
  image->data = NULL;
}

static int holds(uint64_t start, uint64_t size, uint64_t address, uint64_t bytes) {
  return address >= start && bytes <= size && address - start <= size - bytes;
}

const Elf64_Phdr *grucc_find_load(const grucc_image *image, uint64_t address, uint64_t bytes,
                                  uint32_t flags, int in_memory) {
  for (int i = 0; i < image->segment_count; ++i) {
    const Elf64_Phdr *load = &image->segments[i];
    if (load->p_type == PT_LOAD && (load->p_flags & flags) == flags &&
        holds(load->p_vaddr, in_memory ? load->p_memsz : load->p_filesz, address, bytes))
      return load;
  }
  return NULL;
}

const void *grucc_image_at(const grucc_image *image, uint64_t address, uint64_t bytes,
                           uint64_t alignment) {
  const Elf64_Phdr *load = grucc_find_load(image, address, bytes, PF_R, 0);
  if (!load)
    return NULL;
  const unsigned char *at = image->data + load->p_offset + (address - load->p_vaddr);
  return (uintptr_t)at % alignment || address % alignment ? NULL : at;
}

static int check_header(grucc_image *image, const Elf64_Ehdr *header) {
  const unsigned char *ident = header->e_ident;
  if (memcmp(ident, ELFMAG, SELFMAG) != 0)
    return grucc_refuse(image, "file: found no ELF magic, expected a shared library");
  if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
      ident[EI_VERSION] != EV_CURRENT || header->e_version != EV_CURRENT)
    return grucc_refuse(image,
                        "file: found ELF class %d, data %d, version %d, expected a 64-bit "
                        "little-endian file (2, 1, 1)",
                        ident[EI_CLASS], ident[EI_DATA], ident[EI_VERSION]);
  if (header->e_type != ET_DYN)
    return grucc_refuse(image, "file: found ELF type %d, expected %d, a shared library",
                        header->e_type, ET_DYN);
  if (header->e_machine != host_machine)
    return grucc_refuse(image, "file: found code for ELF machine %d, expected %d, this machine",
                        header->e_machine, host_machine);
  if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
      header->e_phnum > GRUCC_MAX_SEGMENTS)
    return grucc_refuse(
        image, "program headers: found %d of %d bytes, expected 1 to %d of %zu bytes",
        header->e_phnum, header->e_phentsize, GRUCC_MAX_SEGMENTS, sizeof(Elf64_Phdr));
  uint64_t bytes = (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);
  if (header->e_phoff % 8 || !holds(0, image->size, header->e_phoff, bytes))
    return grucc_refuse(image,
                        "program headers: found them at %" PRIu64 ", expected them inside the "
                        "file's %" PRIu64 " bytes",
                        header->e_phoff, image->size);
  /* The loader does not read the sections; they tell a file that has been cut. */
  uint64_t sections = (uint64_t)header->e_shnum * header->e_shentsize;
  if (header->e_shoff && !holds(0, image->size, header->e_shoff, sections))
    return grucc_refuse(image,
                        "section headers: found %" PRIu64 " bytes at %" PRIu64
                        ", expected them inside the file's %" PRIu64 " bytes",
                        sections, header->e_shoff, image->size);
  return GRUCC_OK;
}

/* PT_LOADs ascend, share no page, and agree with their place in the file. */
static int check_load(grucc_image *image, int index, uint64_t page, uint64_t *free_from) {
  const Elf64_Phdr *load = &image->segments[index];
  if (load->p_align < page || load->p_vaddr % load->p_align != load->p_offset % load->p_align)
    return grucc_refuse(image,
                        "segment %d: found alignment %" PRIu64 ", address %" PRIu64
                        ", offset %" PRIu64 ", expected whole pages of %" PRIu64 " bytes",
                        index, load->p_align, load->p_vaddr, load->p_offset, page);
  uint64_t end = load->p_vaddr + load->p_memsz, limit = 1ull << 46;
  if (load->p_vaddr > limit || load->p_memsz > limit || load->p_vaddr / page * page < *free_from)
    return grucc_refuse(image,
                        "segment %d: found address %" PRIu64 " and %" PRIu64
                        " bytes, expected it behind the segment before it",
                        index, load->p_vaddr, load->p_memsz);
  if ((load->p_flags & (PF_W | PF_X)) == (PF_W | PF_X) ||
      (load->p_memsz > load->p_filesz && !(load->p_flags & PF_W)))
    return grucc_refuse(image, "segment %d: found flags %" PRIu32 ", expected %s", index,
                        load->p_flags,
                        load->p_flags & PF_X ? "code that is not writable"
                                             : "zero-initialised data to be writable");
  *free_from = (end + page - 1) / page * page;
  return GRUCC_OK;
}

int grucc_check_segments(grucc_image *image) {
  Elf64_Ehdr header;
  memcpy(&header, image->data, sizeof header);
  int status = check_header(image, &header);
  if (status)
    return status;
  image->segment_count = header.e_phnum;
  memcpy(image->segments, image->data + header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr));

  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), free_from = 0;
  for (int i = 0; !status && i < image->segment_count; ++i) {
    const Elf64_Phdr *segment = &image->segments[i];
    if (!holds(0, image->size, segment->p_offset, segment->p_filesz))
      return grucc_refuse(image,
                          "segment %d: found %" PRIu64 " bytes at %" PRIu64
                          ", expected them inside the file's %" PRIu64 " bytes",
                          i, segment->p_filesz, segment->p_offset, image->size);
    if (segment->p_filesz > segment->p_memsz)
      return grucc_refuse(image,
                          "segment %d: found %" PRIu64 " bytes in the file, expected at most the "
                          "%" PRIu64 " in memory",
                          i, segment->p_filesz, segment->p_memsz);
    if (segment->p_align & (segment->p_align - 1))
      return grucc_refuse(image, "segment %d: found alignment %" PRIu64 ", expected a power of two",
                          i, segment->p_align);
    if (segment->p_type == PT_LOAD)
      status = check_load(image, i, page, &free_from);
  }
  /* Everything else that has bytes must be part of what is loaded. */
  for (int i = 0; !status && i < image->segment_count; ++i) {
    const Elf64_Phdr *part = &image->segments[i];
    if (part->p_type == PT_LOAD || part->p_memsz == 0)
      continue;
    const Elf64_Phdr *load = grucc_find_load(image, part->p_vaddr, part->p_memsz, PF_R, 1);
    if (!load || part->p_vaddr - load->p_vaddr != part->p_offset - load->p_offset)
      status = grucc_refuse(image,
                            "segment %d: found address %" PRIu64 " and %" PRIu64
                            " bytes, expected it inside a loaded segment",
                            i, part->p_vaddr, part->p_memsz);
  }
  return status;
}

/* Notes: each is a name and a descriptor, and all fit their segment. */
static int check_notes(grucc_image *image, const Elf64_Phdr *segment) {
  uint64_t at = segment->p_offset, left = segment->p_filesz;
  uint64_t align = segment->p_align == 8 ? 8 : 4;
  while (left > 0) {
    Elf64_Nhdr note;
    if (left < sizeof note)
      return grucc_refuse(image, "note: found %" PRIu64 " bytes, expected a header of %zu", left,
                          sizeof note);
    memcpy(&note, image->data + at, sizeof note);
    uint64_t bytes = sizeof note + ((uint64_t)note.n_namesz + 3) / 4 * 4;
    bytes = (bytes + align - 1) / align * align + note.n_descsz;
    if (bytes > left)
      return grucc_refuse(image, "note: found %" PRIu64 " bytes, expected at most %" PRIu64, bytes,
                          left);
    bytes = (bytes + align - 1) / align * align;
    bytes = bytes < left ? bytes : left;
    at += bytes;
    left -= bytes;
  }
  return GRUCC_OK;
}

int grucc_check_segment_kinds(grucc_image *image) {
  Elf64_Ehdr header;
  memcpy(&header, image->data, sizeof header);
  int stack_seen = 0, status = GRUCC_OK;
  for (int i = 0; !status && i < image->segment_count; ++i) {
    const Elf64_Phdr *segment = &image->segments[i];
    switch (segment->p_type) {
    case PT_LOAD:
    case PT_DYNAMIC:
    case PT_GNU_EH_FRAME:
      break;
    case PT_PHDR: /* lld counts a segment of code here that it leaves out when there is none */
      if (segment->p_offset != header.e_phoff ||
          segment->p_filesz < image->segment_count * sizeof(Elf64_Phdr) ||
          segment->p_memsz != segment->p_filesz)
        status =
            grucc_refuse(image, "segment %d: found another place, expected the program headers", i);
      break;
    case PT_NOTE:
    case PT_GNU_PROPERTY:
      if (segment->p_filesz != segment->p_memsz)
        status =
            grucc_refuse(image, "segment %d: found %" PRIu64 " bytes in memory, expected %" PRIu64,
                         i, segment->p_memsz, segment->p_filesz);
      else
        status = check_notes(image, segment);
      break;
    case PT_GNU_RELRO:
      if (segment->p_memsz && !grucc_find_load(image, segment->p_vaddr, segment->p_memsz, PF_W, 1))
        status = grucc_refuse(image, "segment %d: found it read-only, expected writable data", i);
      break;
    case PT_GNU_STACK:
      stack_seen = 1;
      if (segment->p_flags & PF_X)
        status = grucc_refuse(image, "stack: found it executable, expected it not to be");
      break;
    default:
      status = grucc_refuse(
          image, "segment %d: found type %#" PRIx32 ", expected a kind that compiled models have",
          i, segment->p_type);
    }
  }
  if (!status && !stack_seen)
    status = grucc_refuse(image, "stack: found no PT_GNU_STACK, expected one");
  return status;
}
