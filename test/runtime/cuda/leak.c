/*===- leak.c - What stays on a device is seen: the stand-in's own test ---===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: clang -cc1 -triple nvptx64-nvidia-cuda -target-cpu sm_80 -target-feature +ptx71 -O2 \
 * RUN:   -ffp-contract=off -DDIRECTIONS=1 -S %S/Inputs/kernels.c -o %t/kernels.ptx
 * RUN: clang -std=c11 -g -fsanitize=address,undefined -Wall -Wextra -Werror -Wno-c23-extensions \
 * RUN:   --embed-dir=%t -I%source/runtime/include %s %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: env ASAN_OPTIONS=detect_leaks=0 LD_LIBRARY_PATH=%build/lib/standin not %t/test 2>&1 | FileCheck %s
 * CHECK: standin: left at exit: 2 allocations, 1 modules, 1 streams, 0 events, 2 contexts
 */
#include "Inputs/run.h"

int main(void) {
  grucc_handle *handle = open_encoder(&encoder_model);
  grucc_state state;
  expect_success(handle, grucc_new_state(handle, 1, &state));
}
