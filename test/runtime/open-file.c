/*===- open-file.c - What grucc_open_file accepts and refuses -------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* DEFINE: %{model} = clang -std=c11 -O1 -DSHARED -shared -ffreestanding -fPIC -fvisibility=hidden \
 * DEFINE:   -fuse-ld=lld -Wl,-Bsymbolic,--entry=grucc_model_entry,--build-id=none \
 * DEFINE:   -I%source/runtime/include %S/Inputs/model.c
 * RUN: rm -rf %t && mkdir %t && cd %t
 * RUN: %{model} -nostdlib -o encoder.so
 * RUN: %{model} -nostdlib -DFIRST=2 -o other-weights.so
 * RUN: %{model} -nostdlib -DABI=9 -o abi.so
 * RUN: %{model} -nostdlib '-DCPU=1ull<<50' -o cpu.so
 * RUN: %{model} -nostdlib -Wl,-rpath,/somewhere -o runpath.so
 * RUN: %{model} -o libc.so
 * RUN: %{model} -nostdlib -include %S/Inputs/constructor.h -o constructor.so
 * RUN: %python -B %S/Inputs/checksum.py encoder.so other-weights.so cpu.so runpath.so libc.so \
 * RUN:   constructor.so
 * RUN: echo "" > empty.c
 * RUN: clang -shared -nostdlib -fPIC -fuse-ld=lld -Wl,--build-id=none empty.c -o empty.so
 * RUN: clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include %s %build/lib/libgrucc_runtime_sanitized.a -o test
 * RUN: ./test
 */
#define _GNU_SOURCE
#include "Inputs/expect.h"
#include "grucc/runtime.h"
#include <link.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of this system's files. */
enum { IS_WIDE = sizeof(void *) == 8 };

static char message[GRUCC_MESSAGE_SIZE];

static int open_and_close(const char *path) {
  grucc_handle *handle = NULL;
  message[0] = '\0';
  int status = grucc_open_file(path, &handle, message, sizeof message);
  expect((status == 0) == (handle != NULL) && (status == 0) == (message[0] == '\0'));
  grucc_close(handle);
  return status;
}

static void expect_refused(const char *path, int status, const char *start) {
  expect(open_and_close(path) == status);
  if (strncmp(message, start, strlen(start)) != 0)
    expect_text(message, start);
}

/* Two steps of ones; the last output of the first and of the second step. */
static void run_ones(grucc_handle *handle, float first, float second) {
  float input[2 * 3] = {1, 1, 1, 1, 1, 1}, output[2 * 2], h_n[2 * 2];
  grucc_call call;
  memset(&call, 0, sizeof call);
  call.input = grucc_tensor_of(GRUCC_FLOAT32, input, 3, 2, 1, 3);
  call.output = grucc_tensor_of(GRUCC_FLOAT32, output, 3, 2, 1, 2);
  call.h_n = grucc_tensor_of(GRUCC_FLOAT32, h_n, 3, 2, 1, 2);
  expect_success(handle, grucc_run(handle, &call));
  expect(output[1] == first && output[3] == second);
}

static grucc_handle *open_file(const char *path) {
  grucc_handle *handle = NULL;
  if (grucc_open_file(path, &handle, message, sizeof message))
    expect_text(message, "");
  expect_text(grucc_descriptor(handle)->name, "encoder");
  return handle;
}

static void opens_and_runs(const char *path) {
  grucc_handle *handle = open_file(path), *again = open_file(path);
  run_ones(handle, 18, 36);
  run_ones(again, 18, 36);
  grucc_close(handle);
  run_ones(again, 18, 36);
  grucc_close(again);
}

/* The loader knows libraries by name: a new file under an old name is still new. */
static void a_replaced_file_is_another_model(void) {
  grucc_handle *old = open_file("encoder.so");
  expect(rename("encoder.so", "first.so") == 0 && rename("other-weights.so", "encoder.so") == 0);
  grucc_handle *new = open_file("encoder.so");
  run_ones(old, 18, 36);
  run_ones(new, 45, 90);
  grucc_close(old);
  run_ones(new, 45, 90);
  grucc_close(new);
  expect(rename("first.so", "encoder.so") == 0);
}

static void write_file(const char *path, const char *data, size_t size) {
  FILE *file = fopen(path, "wb");
  expect(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

static void refuses_what_is_no_model(void) {
  grucc_handle *handle = NULL;
  expect(grucc_open_file(NULL, &handle, message, sizeof message) == GRUCC_ERROR_NULL);
  expect(grucc_open_file("encoder.so", NULL, message, sizeof message) == GRUCC_ERROR_NULL);
  expect_refused("missing.so", GRUCC_ERROR_FILE,
                 "file: found No such file or directory, expected a readable shared library");
  expect_refused(".", GRUCC_ERROR_FILE, "file: found a directory, expected a regular file");
  expect_refused("/dev/null", GRUCC_ERROR_FILE,
                 "file: found a device or pipe, expected a regular file");
  expect_refused("/dev/zero", GRUCC_ERROR_FILE,
                 "file: found a device or pipe, expected a regular file");
  expect(mkfifo("pipe", 0600) == 0);
  expect_refused("pipe", GRUCC_ERROR_FILE, "file: found a device or pipe, expected a regular file");
  write_file("zero.so", "", 0);
  expect_refused("zero.so", GRUCC_ERROR_FILE,
                 IS_WIDE ? "file: found 0 bytes, expected an ELF header of 64"
                         : "file: found 0 bytes, expected an ELF header of 52");
  char text[100];
  memset(text, 'x', sizeof text);
  write_file("text.so", text, sizeof text);
  expect_refused("text.so", GRUCC_ERROR_FILE, "file: found no ELF magic");
  static const char none[] = "file: found a library without a model at its entry point, expected "
                             "one as grucc writes it";
  expect_refused("empty.so", GRUCC_ERROR_FILE, none);
  expect_refused("/proc/self/exe", GRUCC_ERROR_FILE, "segment ");
  expect_refused("libc.so", GRUCC_ERROR_FILE, "dynamic section: found entry 0x1 ");
  expect_refused("runpath.so", GRUCC_ERROR_FILE, "dynamic section: found entry 0x1d ");
  expect_refused("constructor.so", GRUCC_ERROR_FILE, "dynamic section: found entry 0x19 ");
  expect_refused("abi.so", GRUCC_ERROR_ABI, "model: found binary interface 9 ");
  expect_refused("cpu.so", GRUCC_ERROR_CPU, "cpu: found ");
  expect(strstr(message, ", expected bit 50"));
}

/* A header field of encoder.so set to another value. */
static void refuses_other_machines(const char *data, size_t size) {
  char *copy = malloc(size);
#define OFFSET(field) offsetof(ElfW(Ehdr), field)
  enum { LAST = sizeof(ElfW(Off)) - 1 }; /* byte of an offset, far away */
  const struct {
    size_t offset;
    char value;
    const char *start, *narrow; /* NULL: the same there */
  } cases[] = {{EI_CLASS, IS_WIDE ? 1 : 2, "file: found ELF class 1, data 1, version 1",
                "file: found ELF class 2, data 1, version 1"},
               {EI_DATA, 2, "file: found ELF class 2, data 2, version 1",
                "file: found ELF class 1, data 2, version 1"},
               {EI_VERSION, 0, "file: found ELF class 2, data 1, version 0",
                "file: found ELF class 1, data 1, version 0"},
               {OFFSET(e_type), 2, "file: found ELF type 2, expected 3, a shared library", NULL},
               {OFFSET(e_machine), 8, "file: found code for ELF machine ", NULL},
               {OFFSET(e_phentsize), 55, "program headers: found ", NULL},
               {OFFSET(e_phnum), 0,
                "program headers: found 0 of 56 bytes at 64, expected 1 to 32 of 56 bytes",
                "program headers: found 0 of 32 bytes at 52, expected 1 to 32 of 32 bytes"},
               {OFFSET(e_phoff), 65, "program headers: found ", NULL},
               {OFFSET(e_phoff) + LAST, 1, "program headers: found ", NULL},
               {OFFSET(e_shnum), 0x7f, "section headers: found ", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    memcpy(copy, data, size);
    copy[cases[i].offset] = cases[i].value;
    write_file("other.so", copy, size);
    expect_refused("other.so", GRUCC_ERROR_FILE,
                   IS_WIDE || !cases[i].narrow ? cases[i].start : cases[i].narrow);
  }
  free(copy);
}

int main(void) {
  opens_and_runs("encoder.so"); /* not looked for in the library path */
  opens_and_runs("./encoder.so");
  a_replaced_file_is_another_model();
  refuses_what_is_no_model();

  static char data[1 << 14];
  FILE *file = fopen("encoder.so", "rb");
  size_t size = fread(data, 1, sizeof data, file);
  fclose(file);
  expect(size > 0 && size < sizeof data);
  refuses_other_machines(data, size);
}
