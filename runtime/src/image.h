/*===- image.h - A shared library as a file, before it is loaded ----------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The dynamic loader trusts the file that it maps: damage ends in a signal, and
 * a foreign library runs code when it is loaded. So the bytes are copied to where
 * nobody changes them any more, checked there, and loaded from there:
 *
 *   file.c      opens, copies or maps the file
 *   image.c     header and segments: what the file consists of, and its model
 *   checksum.c  no byte of what is loaded is damaged
 *   dynamic.c   nothing runs, and nothing else is loaded, when the file is
 *   load.c      the dynamic loader
 *
 * Damage is the checksum's matter alone. What else is checked makes sure of it
 * before the checksum is known, or refuses a file that only says to be a model.
 */
#ifndef GRUCC_RUNTIME_SRC_IMAGE_H
#define GRUCC_RUNTIME_SRC_IMAGE_H

#include "handle.h"
#include <link.h> /* ElfW: the ELF of this machine's width, the only one that it loads */
#include <sys/stat.h>

enum { GRUCC_MAX_SEGMENTS = 32 };

/* No two files have the same at a time. */
typedef struct grucc_file_number {
  uint64_t inode, device;
} grucc_file_number;

static inline grucc_file_number grucc_file_number_of(const struct stat *facts) {
  grucc_file_number number = {(uint64_t)facts->st_ino, (uint64_t)facts->st_dev};
  return number;
}

typedef ElfW(Ehdr) grucc_elf_header;
typedef ElfW(Phdr) grucc_elf_segment;

/* What a file begins with. */
typedef struct grucc_image_head {
  grucc_elf_header header;
  grucc_elf_segment segments[GRUCC_MAX_SEGMENTS];
} grucc_image_head;

typedef struct grucc_image {
  const char *path;
  int file;                 /* the one that is to be loaded, open for reading; -1: none */
  grucc_file_number number; /* of `file` */
  int mapped;               /* `data` is the file itself, which others may write to */
  uint64_t size;            /* bytes of the file */
  unsigned char *data;      /* all of them, in memory of our own; NULL before they are there */

  /* Filled by grucc_check_head: the first `segment_count` segments are there, and the file's
   * first `loaded` bytes hold everything that is loaded. */
  grucc_image_head head;
  int segment_count;
  uint64_t loaded;

  const grucc_model *model; /* in `data`, so that its pointers are not valid yet */

  char *message; /* the caller's, see grucc_open_file */
  size_t message_size;
} grucc_image;

/* file.c */

/* Opens path, a regular file, and reads its head. */
int grucc_open_image(const char *path, grucc_image *image);
/* Fills `data` with a copy, and `file` with the same where the system has sealed files. */
int grucc_copy_image(grucc_image *image);
/* Lets `data` map the file, which stays in `file`. */
int grucc_map_image(grucc_image *image);
/* Frees `data`, and closes `file` unless that has been taken away (-1). */
void grucc_free_image(grucc_image *image);

/* image.c */

/* Whether it is a shared library for this machine, of the size that it says. */
int grucc_check_head(grucc_image *image);
/* Finds the descriptor, which the entry point of the library names. */
int grucc_find_model(grucc_image *image);
/* The PT_LOAD with all of `flags` whose file part (or memory, when `in_memory`)
 * holds bytes at address; NULL when there is none. */
const grucc_elf_segment *grucc_find_load(const grucc_image *image, uint64_t address, uint64_t bytes,
                                         uint32_t flags, int in_memory);
/* The file's bytes that will be at address: readable, `bytes` long, aligned as ELF's tables are; or
 * NULL. */
const void *grucc_image_at(const grucc_image *image, uint64_t address, uint64_t bytes);

/* checksum.c */

/* XXH64 with the seed 0. */
uint64_t grucc_xxh64(const unsigned char *data, uint64_t size);
/* Of the first `loaded` bytes of a library whose grucc_model.checksum is at `field`: what model.h
 * says. The bytes are written to, and are what they were afterwards. */
uint64_t grucc_checksum_of(unsigned char *data, uint64_t loaded, uint64_t field);
int grucc_check_checksum(grucc_image *image);

/* dynamic.c: what the loader reads. */

typedef ElfW(Dyn) grucc_elf_entry;
/* The table of relocations, each with an addend beside it or, on ARM, in its place. */
#if defined(__arm__)
typedef ElfW(Rel) grucc_relocation;
#define GRUCC_TABLE_TAG(of) DT_REL##of
#define GRUCC_TABLE_NAME "DT_REL"
#else
typedef ElfW(Rela) grucc_relocation;
#define GRUCC_TABLE_TAG(of) DT_RELA##of
#define GRUCC_TABLE_NAME "DT_RELA"
#endif
enum {
  GRUCC_TABLE = GRUCC_TABLE_TAG(),
  GRUCC_TABLE_BYTES = GRUCC_TABLE_TAG(SZ),
  GRUCC_TABLE_ENTRY = GRUCC_TABLE_TAG(ENT),
  GRUCC_TABLE_COUNT = GRUCC_TABLE_TAG(COUNT) /* of relative ones */
};

int grucc_check_dynamic(const grucc_image *image);

/* load.c */

/* Loads `file`, or the bytes of `data` where the system cannot: what dlopen gives, and the
 * descriptor there. */
int grucc_load_image(grucc_image *image, void **library, const grucc_model **model);
/* Unloads a library, then closes its file. */
void grucc_unload(void *library, int file);

/* Writes the message; returns GRUCC_ERROR_FILE. */
#define grucc_refuse(image, ...)                                                                   \
  grucc_say((image)->message, (image)->message_size, GRUCC_ERROR_FILE, __VA_ARGS__)

#endif /* GRUCC_RUNTIME_SRC_IMAGE_H */
