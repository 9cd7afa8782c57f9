/*===- cpu-system.c - The features that the system says the CPU has -------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* Inputs/other_cpus.py knows what emulated CPUs have, and which models they open.
 * RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include -I%source/runtime/src %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t && %t | FileCheck %s
 * CHECK: 0x{{[1-9a-f][0-9a-f]*}} = {{.+}}
 */
#include "handle.h"
#include <inttypes.h>
#include <stdio.h>

int main(int count, char **paths) {
  uint64_t features[GRUCC_FEATURE_WORDS];
  char text[GRUCC_MESSAGE_SIZE];
  for (int32_t word = 0; word < GRUCC_FEATURE_WORDS; ++word)
    features[word] = grucc_cpu_features(word);
  grucc_text words = grucc_text_at(text, sizeof text);
  grucc_append_features(&words, features);
  printf("%#" PRIx64 " = %s\n", features[0], text);
  for (int i = 1; i < count; ++i) {
    grucc_handle *handle;
    int status = grucc_open_file(paths[i], &handle, text, sizeof text);
    printf("%s: %s%s\n", paths[i], status ? text : "opened ", status ? "" : handle->model->target);
    grucc_close(handle);
  }
}
