/*===- open-file.c - Shared libraries of data alone, whole and damaged ----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: clang -cc1 -triple nvptx64-nvidia-cuda -target-cpu sm_80 -target-feature +ptx71 -O2 \
 * RUN:   -ffp-contract=off -DDIRECTIONS=1 -S %S/Inputs/kernels.c -o %t/kernels.ptx
 * RUN: clang -std=c11 -O1 -DSHARED -shared -nostdlib -ffreestanding -fPIC -fvisibility=hidden \
 * RUN:   -fuse-ld=lld -Wl,-Bsymbolic,--entry=grucc_model_entry,--build-id=none \
 * RUN:   -Wno-c23-extensions --embed-dir=%t -I%source/runtime/include -x c %S/Inputs/model.h \
 * RUN:   -o %t/encoder.so
 * RUN: %python -B %source/test/runtime/Inputs/checksum.py %t/encoder.so
 * RUN: clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall \
 * RUN:   -Wextra -Werror -Wno-c23-extensions --embed-dir=%t -I%source/runtime/include %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: cd %t && env LD_LIBRARY_PATH=%build/lib/standin ./test
 */
#define _GNU_SOURCE
#include "Inputs/run.h"
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

static example run;
static char message[GRUCC_MESSAGE_SIZE];
static _Alignas(16) unsigned char data[1 << 17];

static void runs_from_a_file(void) {
  grucc_handle *handle = NULL;
  int status = grucc_open_file("encoder.so", &handle, message, sizeof message);
  expect_text(message, "");
  expect(status == GRUCC_OK && grucc_descriptor(handle)->flags & GRUCC_MODEL_CUDA);
  make_example(&run, 5, 3, PADDED, 1);
  grucc_call call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  expect_success(handle, grucc_run(handle, &call));
  expect_results(&run, run.output, run.h_n);
  grucc_close(handle);
}

static int opens_damaged(void) {
  grucc_handle *handle = NULL;
  message[0] = '\0';
  int status = grucc_open_file("damaged.so", &handle, message, sizeof message);
  expect((status == 0) == (handle != NULL) && (status == 0) == (message[0] == '\0'));
  grucc_close(handle);
  return status == 0;
}

/* Kernels, weights, plan and descriptor are all of what is loaded. */
static void damage_is_noticed(void) {
  int from = open("encoder.so", O_RDONLY), file = open("damaged.so", O_RDWR | O_CREAT, 0700);
  ssize_t size = read(from, data, sizeof data), loaded = 0;
  expect(from >= 0 && file >= 0 && size > 0 && size < (ssize_t)sizeof data);
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)data;
  const Elf64_Phdr *segments = (const Elf64_Phdr *)(data + header->e_phoff);
  for (int i = 0; i < header->e_phnum; ++i)
    if (segments[i].p_type == PT_LOAD)
      loaded = (ssize_t)(segments[i].p_offset + segments[i].p_filesz);
  expect(pwrite(file, data, (size_t)size, 0) == size && opens_damaged());
  for (ssize_t at = 0; at < loaded; at += 7) {
    unsigned char byte = data[at] ^ (unsigned char)(1 << at % 8);
    expect(pwrite(file, &byte, 1, at) == 1);
    expect(opens_damaged() == (at == offsetof(Elf64_Ehdr, e_shstrndx) + 1)); /* nobody reads it */
    expect(pwrite(file, &data[at], 1, at) == 1);
  }
  for (ssize_t cut = 0; cut < size; cut += 97)
    expect(ftruncate(file, 0) == 0 && pwrite(file, data, (size_t)cut, 0) == cut &&
           !opens_damaged());
  close(from);
  close(file);
}

/* A model for a CPU has nothing on a device. */
int main(void) {
  runs_from_a_file();
  damage_is_noticed();
}
