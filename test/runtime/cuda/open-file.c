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
 * RUN:   -fuse-ld=lld -Wl,-Bsymbolic -Wno-c23-extensions --embed-dir=%t \
 * RUN:   -I%source/runtime/include -x c %S/Inputs/model.h -o %t/encoder.so
 * RUN: clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall \
 * RUN:   -Wextra -Werror -Wno-c23-extensions --embed-dir=%t -I%source/runtime/include %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: cd %t && env LD_LIBRARY_PATH=%build/lib/standin ./test
 */
#define _GNU_SOURCE
#include "Inputs/run.h"
#include <fcntl.h>
#include <unistd.h>

static example run;
static char message[GRUCC_MESSAGE_SIZE];
static unsigned char data[1 << 17], copy[1 << 17];

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

/* Any 8 bytes of the descriptor and of what relocates it, and any byte of the rest. */
static void damage_never_kills(void) {
  int from = open("encoder.so", O_RDONLY), file = open("damaged.so", O_RDWR | O_CREAT, 0700);
  ssize_t size = read(from, data, sizeof data);
  expect(from >= 0 && file >= 0 && size > 0 && size < (ssize_t)sizeof data);
  unsigned state = 1;
  int refused = 0, opened = 0;
  for (int i = 0; i < 4000; ++i) {
    memcpy(copy, data, sizeof copy);
    state = state * 1103515245u + 12345u;
    ssize_t at = (ssize_t)(state >> 4) % (size - 8);
    uint64_t value = i % 4 == 0   ? UINT64_MAX
                     : i % 4 == 1 ? 1ull << (state % 64)
                     : i % 4 == 2 ? (uint64_t)state << 20
                                  : 0;
    /* Words of tables and descriptor are at multiples of 8. */
    memcpy(copy + (i % 2 ? at : at / 8 * 8), &value, sizeof value);
    expect(pwrite(file, copy, (size_t)size, 0) == size);
    grucc_handle *handle = NULL;
    message[0] = '\0';
    int status = grucc_open_file("damaged.so", &handle, message, sizeof message);
    expect((status == 0) == (handle != NULL) && (status == 0) == (message[0] == '\0'));
    ++*(status ? &refused : &opened);
    grucc_close(handle);
  }
  expect(refused > 20 && opened > 20);
  for (ssize_t cut = 0; cut < size; cut += 97) {
    expect(ftruncate(file, 0) == 0 && pwrite(file, data, (size_t)cut, 0) == cut);
    grucc_handle *handle = NULL;
    expect(grucc_open_file("damaged.so", &handle, message, sizeof message) == GRUCC_ERROR_FILE);
  }
  close(from);
  close(file);
}

/* A model for a CPU has nothing on a device. */
int main(void) {
  runs_from_a_file();
  damage_never_kills();
}
