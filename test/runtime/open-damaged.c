/*===- open-damaged.c - No damage to a model's file kills the program -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: clang -std=c11 -O1 -DSHARED -shared -nostdlib -ffreestanding -fPIC -fvisibility=hidden \
 * RUN:   -fuse-ld=lld -Wl,-Bsymbolic,--entry=grucc_model_entry,--build-id=none,--hash-style=both \
 * RUN:   -I%source/runtime/include %S/Inputs/model.c -o %t/encoder.so
 * RUN: %python -B %S/Inputs/checksum.py %t/encoder.so
 * RUN: clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include -I%source/runtime/src %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: cd %t && ./test
 */
#define _GNU_SOURCE
#include "Inputs/expect.h"
#include "image.h"
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#if defined(__arm__)
#define ENTRY_BYTES_TAG "0x13"
#else
#define ENTRY_BYTES_TAG "0x9"
#endif

/* Where no library is, in 64 and in 32 bits of addresses, and the last page. */
static const ElfW(Addr) nowhere = (ElfW(Addr))1 << (8 * sizeof(ElfW(Addr)) - 2);
static const ElfW(Addr) last_page = ~(ElfW(Addr))4095;

/* encoder.so as it is, and a copy to damage, with pointers into the copy. */
static char data[1 << 14];
static _Alignas(16) char copy[1 << 14];
static size_t size;
static grucc_elf_header *header;
static grucc_elf_segment *segments, *load[3], *dynamic_segment, *relro, *stack, *unwinding;
static grucc_elf_entry *dynamic;
static grucc_relocation *relocations;
static grucc_model *model;

static char message[GRUCC_MESSAGE_SIZE];
static int file;

static int open_and_close(void) {
  grucc_handle *handle = NULL;
  message[0] = '\0';
  int status = grucc_open_file("damaged.so", &handle, message, sizeof message);
  expect((status == 0) == (handle != NULL) && (status == 0) == (message[0] == '\0'));
  grucc_close(handle);
  return status;
}

static int open_copy(void) {
  expect(pwrite(file, copy, size, 0) == (ssize_t)size);
  return open_and_close();
}

/* What the loader maps of the copy, as its segments say now. */
static uint64_t loaded_bytes(void) {
  uint64_t loaded = 0;
  for (int i = 0; i < 3; ++i)
    if (load[i]->p_offset + load[i]->p_filesz > loaded && load[i]->p_offset < size)
      loaded = load[i]->p_offset + load[i]->p_filesz;
  return loaded < size ? loaded : size;
}

/* What has to be in the file: RISC-V has a segment behind what is loaded. */
static size_t end_of_segments(void) {
  size_t end = 0;
  for (int i = 0; i < header->e_phnum; ++i)
    if (segments[i].p_offset + segments[i].p_filesz > end)
      end = (size_t)(segments[i].p_offset + segments[i].p_filesz);
  return end;
}

/* As somebody does who means it: no damage, for the checksum. */
static void write_checksum(void) {
  uint64_t field = (uint64_t)((char *)&model->checksum - copy);
  model->checksum = grucc_checksum_of((unsigned char *)copy, loaded_bytes(), field);
}

/* In this file addresses below the first gap are offsets: all tables are in load[0]. */
static grucc_elf_entry *tag(int64_t wanted) {
  grucc_elf_entry *entry = dynamic;
  while (entry->d_tag != wanted && entry->d_tag != DT_NULL)
    ++entry;
  return entry;
}

static void find_tables(void) {
  header = (grucc_elf_header *)copy;
  segments = (grucc_elf_segment *)(copy + header->e_phoff);
  int loads = 0;
  for (int i = 0; i < header->e_phnum; ++i) {
    grucc_elf_segment *segment = &segments[i];
    if (segment->p_type == PT_LOAD)
      load[loads++] = segment;
    if (segment->p_type == PT_DYNAMIC)
      dynamic_segment = segment;
    if (segment->p_type == PT_GNU_RELRO)
      relro = segment;
    if (segment->p_type == PT_GNU_STACK)
      stack = segment;
#if defined(__arm__)
    if (segment->p_type == PT_ARM_EXIDX)
      unwinding = segment;
#endif
  }
  expect(loads == 3 && load[0]->p_vaddr == 0 && dynamic_segment && relro && stack);
  dynamic = (grucc_elf_entry *)(copy + dynamic_segment->p_offset);
  relocations = (grucc_relocation *)(copy + tag(GRUCC_TABLE)->d_un.d_val);
  model = (grucc_model *)(copy + header->e_entry - load[2]->p_vaddr + load[2]->p_offset);
}

/* Refused for what it is, whatever its checksum says. */
#define refused(change, start)                                                                     \
  do {                                                                                             \
    memcpy(copy, data, size);                                                                      \
    change;                                                                                        \
    write_checksum();                                                                              \
    int status_ = open_copy();                                                                     \
    if (strncmp(message, start, strlen(start)) != 0 || status_ != GRUCC_ERROR_FILE)                \
      fprintf(stderr, "status %d after %s\n", status_, #change);                                   \
    if (strncmp(message, start, strlen(start)) != 0)                                               \
      expect_text(message, start);                                                                 \
    expect(status_ == GRUCC_ERROR_FILE);                                                           \
  } while (0)

static void foreign_segments(void) {
  refused(load[1]->p_offset += 1 << 20, "segment 2: found ");
  refused(load[1]->p_offset = last_page, "segment 2: found ");
  refused(load[2]->p_filesz += 1 << 20, "segment 3: found ");
  refused(load[2]->p_memsz = 1, "segment 3: found address ");
  refused(load[2]->p_memsz = -1, "segment 3: found address ");
  refused(load[1]->p_align = 3, "segment 2: found alignment 3, expected a power of two");
  refused(load[1]->p_align = 1, "segment 2: found alignment 1, ");
  refused(load[1]->p_vaddr += 16, "segment 2: found alignment 4096, ");
  refused(load[1]->p_vaddr -= 4096, "segment 2: found address ");
  refused(load[2]->p_vaddr += nowhere, "segment 3: found address ");
  refused(load[1]->p_flags = 7, "segment 2: found flags 7, expected code that is not writable");
  refused(dynamic_segment->p_vaddr += 16, "segment 4: found address ");
  refused(relro->p_memsz += 1 << 20, "segment 5: found address ");
  refused(stack->p_flags |= PF_X, "stack: found it executable");
  refused(stack->p_type = PT_NULL, "segment 6: found type 0,");
  refused(stack->p_type = PT_TLS, "segment 6: found type 0x7,");
  refused(stack->p_type = PT_PHDR, "stack: found no PT_GNU_STACK");
  if (unwinding)
    refused(unwinding->p_vaddr += 1 << 20, "segment 7: found address ");
}

static void foreign_models(void) {
  static const char none[] = "file: found a library without a model at its entry point, expected ";
  refused(header->e_entry = 0, none);
  refused(header->e_entry = load[1]->p_vaddr, none);
  refused(header->e_entry += 4, none);
  refused(header->e_entry = load[2]->p_vaddr + load[2]->p_filesz - 64, none);
  refused(header->e_entry = nowhere, none);
  memcpy(copy, data, size);
  model->checksum = 0;
  expect(open_copy() == GRUCC_ERROR_FILE);
  expect_text(message, "checksum: found none, expected that of a library as grucc has written it");
}

/* What would load or run something else than the model. */
static void foreign_dynamic_sections(void) {
  refused(dynamic_segment->p_type = PT_PHDR, "dynamic section: found none");
  refused(relro->p_type = PT_DYNAMIC, "dynamic section: found two");
  refused(load[2]->p_flags = PF_R, "dynamic section: found it outside the data");
  refused(dynamic_segment->p_memsz -= sizeof *dynamic, "dynamic section: found no end");
  static const struct {
    int64_t tag;
    const char *start;
  } tags[] = {{DT_NEEDED, "dynamic section: found entry 0x1 "},
              {DT_RUNPATH, "dynamic section: found entry 0x1d "},
              {DT_RPATH, "dynamic section: found entry 0xf "},
              {DT_INIT, "dynamic section: found entry 0xc "},
              {DT_FINI, "dynamic section: found entry 0xd "},
              {DT_INIT_ARRAY, "dynamic section: found entry 0x19 "},
              {DT_FINI_ARRAY, "dynamic section: found entry 0x1a "},
              {DT_TEXTREL, "dynamic section: found entry 0x16 "},
              {DT_JMPREL, "dynamic section: found entry 0x17 "},
              {DT_AUXILIARY, "dynamic section: found entry 0x7ffffffd "},
              {DT_FILTER, "dynamic section: found entry 0x7fffffff "},
              {DT_AUDIT, "dynamic section: found entry 0x6ffffefc "},
              {DT_VERNEED, "dynamic section: found entry 0x6ffffffe "}};
  for (size_t i = 0; i < sizeof tags / sizeof *tags; ++i)
    refused(tag(DT_HASH)->d_tag = tags[i].tag, tags[i].start);
  refused(tag(DT_HASH)->d_tag = DT_GNU_HASH, "dynamic section: found entry 0x6ffffef5 ");
  refused(tag(GRUCC_TABLE_ENTRY)->d_un.d_val = 16,
          "dynamic section: found entry " ENTRY_BYTES_TAG " ");
  refused(tag(DT_FLAGS)->d_un.d_val |= DF_TEXTREL, "dynamic section: found entry 0x1e ");
  refused(tag(DT_HASH)->d_un.d_val = DF_1_NODELETE;
          tag(DT_HASH)->d_tag = DT_FLAGS_1, "dynamic section: found entry 0x6ffffffb ");
}

static void foreign_relocations(void) {
  refused(tag(GRUCC_TABLE)->d_un.d_val = 1 << 20, GRUCC_TABLE_NAME ": found ");
  refused(tag(GRUCC_TABLE)->d_un.d_val = load[2]->p_vaddr, GRUCC_TABLE_NAME ": found ");
  refused(tag(GRUCC_TABLE_BYTES)->d_un.d_val -= 1, GRUCC_TABLE_NAME ": found ");
  refused(tag(GRUCC_TABLE_BYTES)->d_un.d_val = 0, GRUCC_TABLE_NAME ": found ");
  refused(relocations[0].r_offset = nowhere, GRUCC_TABLE_NAME ": found relocation 0 ");
  refused(relocations[0].r_offset = last_page, GRUCC_TABLE_NAME ": found relocation 0 ");
  refused(relocations[0].r_offset = load[1]->p_vaddr, GRUCC_TABLE_NAME ": found relocation 0 ");
  refused(relocations[1].r_info = R_X86_64_IRELATIVE,
          GRUCC_TABLE_NAME ": found relocation 1 of type 37 ");
  /* The first symbol's, by type 1. */
  refused(relocations[1].r_info = sizeof(ElfW(Addr)) == 8 ? ELF64_R_INFO(1, 1) : ELF32_R_INFO(1, 1),
          GRUCC_TABLE_NAME ": found relocation 1 of type 1 ");
}

/* Cut anywhere, and longer than it was; with its section headers, and as strip would leave it. */
static void every_length_is_an_error(void) {
  memcpy(copy, data, size);
  for (int stripped = 0; stripped < 2; ++stripped) {
    size_t end = stripped ? end_of_segments() : size;
    expect(pwrite(file, copy, size, 0) == (ssize_t)size);
    expect(ftruncate(file, (off_t)end) == 0 && open_and_close() == GRUCC_OK);
    for (off_t more = 1; more < 100; more += 7)
      expect(ftruncate(file, (off_t)end + more) == 0 && open_and_close() == GRUCC_ERROR_FILE);
    for (size_t length = end; length-- > 0;)
      expect(ftruncate(file, (off_t)length) == 0 && open_and_close() == GRUCC_ERROR_FILE);
    header->e_shoff = header->e_shentsize = header->e_shnum = header->e_shstrndx = 0;
  }
}

/* No bit of what is loaded may be another one. The sections behind it are not looked at, beyond
 * where they are. */
static void every_byte_is_checked(void) {
  static const unsigned char patterns[] = {1, 128, 255};
  memcpy(copy, data, size);
  expect(open_copy() == GRUCC_OK);
  size_t loaded = loaded_bytes(), names = offsetof(grucc_elf_header, e_shstrndx), opened = 0;
  for (size_t at = 0; at < size; ++at)
    for (size_t i = 0; i < sizeof patterns; ++i) {
      char byte = (char)(data[at] ^ patterns[i]);
      expect(pwrite(file, &byte, 1, (off_t)at) == 1);
      int is_opened = open_and_close() == GRUCC_OK,
          is_string_table = at - names < sizeof header->e_shstrndx;
      expect(pwrite(file, &data[at], 1, (off_t)at) == 1);
      expect(is_opened == (at >= loaded || is_string_table));
      opened += (size_t)is_opened;
    }
  expect(opened == (size - loaded + 2) * sizeof patterns);
}

/* One to four words that a generator picks, in what is loaded. */
static void random_words_are_noticed(void) {
  memcpy(copy, data, size);
  size_t loaded = loaded_bytes();
  unsigned long long seed = 1;
  for (int round = 0; round < 2000; ++round) {
    memcpy(copy, data, size);
    for (int i = 0; i < 1 + round % 4; ++i) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      size_t at = (size_t)(seed >> 33) % (loaded - 8) / 8 * 8;
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      unsigned long long word = seed >> (seed >> 58);
      memcpy(copy + at, &word, 8);
    }
    expect(memcmp(copy, data, loaded) == 0 || open_copy() != GRUCC_OK);
  }
}

int main(void) {
  FILE *original = fopen("encoder.so", "rb");
  size = fread(data, 1, sizeof data, original);
  fclose(original);
  expect(size > 0 && size < sizeof data);
  memcpy(copy, data, size);
  find_tables();
  uint64_t sum = model->checksum;
  write_checksum();
  expect(model->checksum == sum);
  file = open("damaged.so", O_RDWR | O_CREAT, 0600);
  foreign_segments();
  foreign_models();
  foreign_dynamic_sections();
  foreign_relocations();
  every_length_is_an_error();
  every_byte_is_checked();
  random_words_are_noticed();
  close(file);
}
