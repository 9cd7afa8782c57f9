/*===- image.h - A shared library as a file, before it is loaded ----------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The dynamic loader trusts the file that it maps: a cut file ends in SIGBUS, a
 * damaged table in SIGSEGV. A model as grucc writes it is a very small subset
 * of ELF (no other library, no code that runs when loaded, no thread-local
 * data, no symbol versions), so everything that the loader will read can be
 * checked first, and everything else refused.
 */
#ifndef GRUCC_RUNTIME_SRC_IMAGE_H
#define GRUCC_RUNTIME_SRC_IMAGE_H

#include "handle.h"
#include <elf.h>

enum { GRUCC_MAX_SEGMENTS = 32 };

typedef struct grucc_image {
  const unsigned char *data; /* the whole file, mapped read-only */
  uint64_t size;
  uint64_t inode;
  Elf64_Phdr segments[GRUCC_MAX_SEGMENTS];
  int segment_count;

  /* Filled by grucc_check_dynamic; they point into data. */
  const Elf64_Dyn *dynamic;
  uint64_t dynamic_count; /* entries before DT_NULL */
  const Elf64_Sym *symbols;
  uint64_t symbol_count;
  const char *strings; /* its last byte is NUL */
  uint64_t strings_size;
  const Elf64_Sym *entry; /* grucc_model_entry */

  char *message; /* the caller's, see grucc_open_file */
  size_t message_size;
} grucc_image;

/* image.c: the file, its header and its segments. */
int grucc_map_image(const char *path, grucc_image *image);
void grucc_unmap_image(grucc_image *image);
int grucc_check_segments(grucc_image *image);
/* Only segments of a model; called last, so that a foreign library is told so. */
int grucc_check_segment_kinds(grucc_image *image);
/* The PT_LOAD with all of `flags` whose file part (or memory, when `in_memory`)
 * holds bytes at address; NULL when there is none. */
const Elf64_Phdr *grucc_find_load(const grucc_image *image, uint64_t address, uint64_t bytes,
                                  uint32_t flags, int in_memory);
/* The file's bytes that will be at address: readable, `bytes` long, aligned; or NULL. */
const void *grucc_image_at(const grucc_image *image, uint64_t address, uint64_t bytes,
                           uint64_t alignment);

/* dynamic.c: what the loader and dlsym read. */
int grucc_check_dynamic(grucc_image *image);
/* The defined symbol of that name, or NULL. */
const Elf64_Sym *grucc_find_symbol(const grucc_image *image, const char *name);

/* pointers.c */

/* What the descriptor, loaded with the image at base, points to lies inside the
 * file: a damaged pointer is found here and not by a jump to nowhere. */
int grucc_check_pointers(const grucc_image *image, uintptr_t base, const grucc_model *model);

/* Writes the message; returns GRUCC_ERROR_FILE. */
#define grucc_refuse(image, ...)                                                                   \
  grucc_say((image)->message, (image)->message_size, GRUCC_ERROR_FILE, __VA_ARGS__)

#endif /* GRUCC_RUNTIME_SRC_IMAGE_H */
