/*===- open-damaged.c - No damage to a model's file kills the program -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: clang -std=c11 -O1 -DSHARED -shared -nostdlib -ffreestanding -fPIC -fvisibility=hidden \
 * RUN:   -fuse-ld=lld -Wl,-Bsymbolic,--hash-style=both -I%source/runtime/include \
 * RUN:   %S/Inputs/model.c -o %t/encoder.so
 * RUN: clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include %s %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: cd %t && ./test
 */
#define _GNU_SOURCE
#include "Inputs/expect.h"
#include "grucc/runtime.h"
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

/* encoder.so as it is, and a copy to damage, with pointers into the copy. */
static char data[1 << 14];
static _Alignas(16) char copy[1 << 14];
static size_t size;
static Elf64_Ehdr *header;
static Elf64_Phdr *segments, *load[3], *dynamic_segment, *relro, *stack, *note;
static Elf64_Dyn *dynamic;
static Elf64_Sym *symbols;
static Elf64_Rela *relocations;
static uint32_t *hash, *gnu_hash;

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

/* In this file addresses below the first gap are offsets: all tables are in load[0]. */
static Elf64_Dyn *tag(int64_t wanted) {
  Elf64_Dyn *entry = dynamic;
  while (entry->d_tag != wanted && entry->d_tag != DT_NULL)
    ++entry;
  return entry;
}

static void find_tables(void) {
  header = (Elf64_Ehdr *)copy;
  segments = (Elf64_Phdr *)(copy + header->e_phoff);
  int loads = 0;
  for (int i = 0; i < header->e_phnum; ++i) {
    Elf64_Phdr *segment = &segments[i];
    if (segment->p_type == PT_LOAD)
      load[loads++] = segment;
    if (segment->p_type == PT_DYNAMIC)
      dynamic_segment = segment;
    if (segment->p_type == PT_GNU_RELRO)
      relro = segment;
    if (segment->p_type == PT_GNU_STACK)
      stack = segment;
    if (segment->p_type == PT_NOTE)
      note = segment;
  }
  expect(loads == 3 && load[0]->p_vaddr == 0 && dynamic_segment && relro && stack && note);
  dynamic = (Elf64_Dyn *)(copy + dynamic_segment->p_offset);
  symbols = (Elf64_Sym *)(copy + tag(DT_SYMTAB)->d_un.d_val);
  relocations = (Elf64_Rela *)(copy + tag(DT_RELA)->d_un.d_val);
  hash = (uint32_t *)(copy + tag(DT_HASH)->d_un.d_val);
  gnu_hash = (uint32_t *)(copy + tag(DT_GNU_HASH)->d_un.d_val);
}

#define damaged(change, start)                                                                     \
  do {                                                                                             \
    memcpy(copy, data, size);                                                                      \
    change;                                                                                        \
    int status_ = open_copy();                                                                     \
    if (strncmp(message, start, strlen(start)) != 0 || status_ != GRUCC_ERROR_FILE)                \
      fprintf(stderr, "status %d after %s\n", status_, #change);                                   \
    if (strncmp(message, start, strlen(start)) != 0)                                               \
      expect_text(message, start);                                                                 \
    expect(status_ == GRUCC_ERROR_FILE);                                                           \
  } while (0)

static void damaged_segments(void) {
  damaged(load[1]->p_offset += 1 << 20, "segment 2: found ");
  damaged(load[1]->p_offset = -4096ull, "segment 2: found ");
  damaged(load[2]->p_filesz += 1 << 20, "segment 3: found ");
  damaged(load[1]->p_filesz += 16, "segment 2: found ");
  damaged(load[2]->p_memsz = 1, "segment 3: found ");
  damaged(load[2]->p_memsz = -1ull, "segment 3: found address ");
  damaged(load[1]->p_align = 3, "segment 2: found alignment 3, expected a power of two");
  damaged(load[1]->p_align = 1, "segment 2: found alignment 1, ");
  damaged(load[1]->p_vaddr += 16, "segment 2: found alignment 4096, ");
  damaged(load[1]->p_vaddr -= 4096, "segment 2: found address ");
  damaged(load[2]->p_vaddr += 1ull << 47, "segment 3: found address ");
  damaged(load[1]->p_flags = 7, "segment 2: found flags 7, expected code that is not writable");
  damaged(load[0]->p_memsz += 16, "segment 1: found flags 4, expected zero-initialised data");
  damaged(load[0]->p_flags = 0, "segment 0: found address 64");
  damaged(dynamic_segment->p_vaddr += 16, "segment 4: found address ");
  damaged(note->p_memsz += 4096, "segment 7: found address ");
  damaged(segments[0].p_filesz -= 56, "segment 0: found another place");
  damaged(note->p_memsz += 4, "segment 7: found ");
  damaged(((Elf64_Nhdr *)(copy + note->p_offset))->n_descsz = 1 << 30, "note: found ");
  damaged(((Elf64_Nhdr *)(copy + note->p_offset))->n_namesz = -1u, "note: found ");
  damaged(relro->p_vaddr = relro->p_offset = 0, "segment 5: found ");
  damaged(stack->p_flags |= PF_X, "stack: found it executable");
  damaged(stack->p_type = PT_NOTE, "stack: found no PT_GNU_STACK");
  damaged(stack->p_type = PT_TLS, "segment 6: found type 0x7");
  damaged(load[2]->p_flags = PF_R, "segment 3: found flags 4, ");
}

static void damaged_dynamic_sections(void) {
  damaged(dynamic_segment->p_type = PT_NOTE, "dynamic section: found none");
  damaged(note->p_type = PT_DYNAMIC, "dynamic section: found two");
  damaged(dynamic_segment->p_flags = PF_R, "dynamic section: found it outside the data");
  damaged(dynamic_segment->p_filesz -= 16;
          dynamic_segment->p_memsz -= 16, "dynamic section: found no end");
  damaged(tag(DT_STRTAB)->d_un.d_val = 1 << 20, "DT_STRTAB: found no strings");
  damaged(tag(DT_STRSZ)->d_un.d_val -= 1, "DT_STRTAB: found no strings");
  damaged(tag(DT_STRSZ)->d_un.d_val = 0, "DT_STRTAB: found no strings");
  damaged(tag(DT_SYMTAB)->d_un.d_val += 4, "DT_SYMTAB: found it outside");
  damaged(tag(DT_SYMTAB)->d_un.d_val = -8ull, "DT_SYMTAB: found it outside");
  damaged(tag(DT_SYMENT)->d_un.d_val = 16, "DT_SYMTAB: found it outside");
  damaged(tag(DT_SYMENT)->d_tag = DT_SONAME, "DT_SYMTAB: found it outside");
  damaged(tag(DT_HASH)->d_un.d_val = 1 << 20, "DT_HASH: found it outside");
  damaged(hash[0] = 0, "DT_HASH: found it outside");
  damaged(hash[1] = -1u, "DT_HASH: found it outside");
  damaged(hash[2] = hash[1], "DT_HASH: found symbol ");
  damaged(hash[2 + hash[0] + 1] = 1; hash[2] = 1, "DT_HASH: found a chain without end");
  /* Every bucket with the same two symbols: a larger file would keep the check busy for hours. */
  damaged(for (uint32_t i = 0; i < hash[0]; ++i) hash[2 + i] = 1; hash[2 + hash[0] + 1] = 2;
          hash[2 + hash[0] + 2] = 0, "DT_HASH: found a chain without end");
  damaged(tag(DT_GNU_HASH)->d_un.d_val = 1 << 20, "DT_GNU_HASH: found it outside");
  damaged(gnu_hash[0] = 0, "DT_GNU_HASH: found 0 buckets");
  damaged(gnu_hash[2] = 3, "DT_GNU_HASH: found ");
  damaged(gnu_hash[0] = -1u, "DT_GNU_HASH: found it outside");
  damaged(gnu_hash[4 + 2 * gnu_hash[2]] = -1u, "DT_GNU_HASH: found it outside");
  damaged(gnu_hash[1] = 5, "DT_GNU_HASH: found symbol ");
  damaged(hash[1] -= 1; hash[0] = 1; hash[2] = 1;
          memset(hash + 3, 0, 60), "DT_GNU_HASH: found symbol ");
  damaged(tag(DT_HASH)->d_tag = DT_SONAME;
          tag(DT_GNU_HASH)->d_tag = DT_BIND_NOW, "dynamic section: found no hash table");
  damaged(tag(DT_HASH)->d_tag = DT_NEEDED, "dynamic section: found entry 0x1 ");
  damaged(tag(DT_HASH)->d_tag = DT_INIT, "dynamic section: found entry 0xc ");
  damaged(tag(DT_HASH)->d_tag = DT_TEXTREL, "dynamic section: found entry 0x16 ");
  damaged(tag(DT_HASH)->d_tag = DT_GNU_HASH, "dynamic section: found entry 0x6ffffef5 ");
  damaged(tag(DT_HASH)->d_tag = DT_SONAME;
          tag(DT_SONAME)->d_un.d_val = 1 << 20, "dynamic section: found entry 0xe ");
  damaged(tag(DT_HASH)->d_tag = DT_PLTGOT, "dynamic section: found entry 0x3 ");
  damaged(tag(DT_HASH)->d_tag = DT_PLTREL;
          tag(DT_PLTREL)->d_un.d_val = DT_RELA, "dynamic section: found 1 of the entries ");
  damaged(tag(DT_RELASZ)->d_tag = DT_SYMBOLIC, "dynamic section: found 2 of the entries ");
  damaged(tag(DT_RELAENT)->d_un.d_val = 16, "dynamic section: found entry 0x9 ");
  /* All tables where relocations may write: the loader reads them afterwards. */
  damaged(load[0]->p_flags = PF_R | PF_W, "dynamic section: found entry 0x");
}

static void damaged_symbols_and_relocations(void) {
  damaged(symbols[1].st_name = 1 << 20, "symbol 1: found name at 1048576");
  damaged(symbols[1].st_shndx = SHN_UNDEF; symbols[1].st_name = 0, "symbol : found it undefined");
  damaged(symbols[1].st_value = 1ull << 40, "symbol ");
  damaged(symbols[1].st_size = -1ull, "symbol ");
  damaged(symbols[1].st_info = ELF64_ST_INFO(STB_GLOBAL, STT_GNU_IFUNC), "symbol ");
  damaged(for (int i = 1; i < 9; ++i) symbols[i].st_name = 0, "grucc_model_entry: found no such");
  damaged(tag(DT_RELA)->d_un.d_val = 1 << 20, "DT_RELA: found ");
  damaged(tag(DT_RELASZ)->d_un.d_val -= 1, "DT_RELA: found ");
  damaged(tag(DT_RELACOUNT)->d_un.d_val = 99, "DT_RELA: found ");
  damaged(relocations[0].r_offset = 1ull << 40, "DT_RELA: found relocation 0 ");
  damaged(relocations[0].r_offset = 0, "DT_RELA: found relocation 0 ");
  damaged(relocations[0].r_offset = dynamic_segment->p_vaddr, "DT_RELA: found relocation 0 ");
  damaged(relocations[0].r_offset += 1, "DT_RELA: found relocation 0 ");
  damaged(relocations[0].r_info = 99, "DT_RELA: found relocation 0 of type 99 ");
  damaged(relocations[0].r_addend = 1ull << 40, "DT_RELA: found relocation 0 ");
}

/* The three texts come first, then run, step and the others, in the descriptor's order. */
static void damaged_descriptors(void) {
  damaged(relocations[3].r_addend += 1, "model: found another function, expected the symbol ");
  damaged(relocations[4].r_addend = relocations[3].r_addend,
          "model: found another function, expected the symbol encoder_step");
  damaged(relocations[0].r_addend += 1, "model: found another function, expected the symbol ncode");
  memcpy(copy, data, size);
  relocations[1].r_offset = relocations[0].r_offset; /* target stays NULL */
  expect(open_copy() == GRUCC_ERROR_ABI);
}

/* The file without its section headers, so that only the segments say how long it is. */
static void every_cut_is_an_error(void) {
  memcpy(copy, data, size);
  for (int stripped = 0; stripped < 2; ++stripped) {
    expect(open_copy() == GRUCC_OK);
    size_t end = stripped ? load[2]->p_offset + load[2]->p_filesz : size;
    expect(ftruncate(file, (off_t)end) == 0 && open_and_close() == GRUCC_OK);
    for (size_t length = end; length-- > 0;)
      expect(ftruncate(file, (off_t)length) == 0 && open_and_close() == GRUCC_ERROR_FILE);
    header->e_shoff = header->e_shnum = 0;
  }
}

/* Any outcome but a signal is right; damaged.so is there after one. */
static void random_damage_never_kills(void) {
  static const unsigned char patterns[] = {1, 2, 4, 8, 16, 32, 64, 128, 255};
  memcpy(copy, data, size);
  expect(open_copy() == GRUCC_OK);
  for (size_t at = 0; at < size; ++at)
    for (size_t i = 0; i < sizeof patterns; ++i) {
      char byte = (char)(data[at] ^ patterns[i]);
      expect(pwrite(file, &byte, 1, (off_t)at) == 1);
      open_and_close();
      expect(pwrite(file, &data[at], 1, (off_t)at) == 1);
    }
  /* One to four words that a generator picks. */
  unsigned long long seed = 1;
  for (int round = 0; round < 10000; ++round) {
    memcpy(copy, data, size);
    for (int i = 0; i < 1 + round % 4; ++i) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      size_t at = (size_t)(seed >> 33) % (size - 8) / 8 * 8;
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      unsigned long long word = seed >> (seed >> 58);
      memcpy(copy + at, &word, 8);
    }
    open_copy();
  }
}

int main(void) {
  FILE *original = fopen("encoder.so", "rb");
  size = fread(data, 1, sizeof data, original);
  fclose(original);
  expect(size > 0 && size < sizeof data);
  memcpy(copy, data, size);
  find_tables();
  file = open("damaged.so", O_RDWR | O_CREAT, 0600);
  damaged_segments();
  damaged_dynamic_sections();
  damaged_symbols_and_relocations();
  damaged_descriptors();
  every_cut_is_an_error();
  random_damage_never_kills();
  close(file);
}
