/*===- no-driver.c - Without a driver or a GPU a model can be opened, and says so ===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t %t/none %t/empty
 * RUN: clang -cc1 -triple nvptx64-nvidia-cuda -target-cpu sm_80 -target-feature +ptx71 -O2 \
 * RUN:   -ffp-contract=off -DDIRECTIONS=1 -S %S/Inputs/kernels.c -o %t/kernels.ptx
 * RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -Wno-c23-extensions --embed-dir=%t -I%source/runtime/include %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 *
 * A file that is no library hides a driver that this machine may have.
 * RUN: echo none > %t/none/libcuda.so.1
 * RUN: env LD_LIBRARY_PATH=%t/none \
 * RUN:   %t/test "driver: found no libcuda.so.1, expected NVIDIA's driver"
 * RUN: echo "int none;" > %t/empty.c
 * RUN: clang -shared -fPIC -nostdlib %t/empty.c -o %t/empty/libcuda.so.1
 * RUN: env LD_LIBRARY_PATH=%t/empty \
 * RUN:   %t/test "driver: found no cuInit, expected CUDA 11.1 or newer"
 *
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_FAIL=cuInit:1:100 \
 * RUN:   %t/test "driver: found CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)"
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_VERSION=10020 \
 * RUN:   %t/test "driver: found CUDA 10.2, expected CUDA 11.1 or newer"
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_DEVICES=0 \
 * RUN:   %t/test "device: found CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)"
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_CAPABILITY=75 \
 * RUN:   %t/test "device: found Stand-in of compute capability 7.5, expected 8.0 or more"
 */
#include "Inputs/run.h"

static example run;

static void expect_beginning(grucc_handle *handle, const char *beginning) {
  if (strncmp(grucc_last_error(handle), beginning, strlen(beginning)) != 0)
    expect_text(grucc_last_error(handle), beginning);
}

int main(int count, char **arguments) {
  expect(count == 2);
  const char *text = arguments[1];
  grucc_handle *handle = open_encoder(&encoder_model);
  expect_text(grucc_descriptor(handle)->target, "sm_80");
  for (int i = 0; i < 2; ++i) { /* it is asked again every time */
    make_example(&run, 2, 3, WHOLE, 1);
    grucc_call call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
    expect(grucc_run(handle, &call) == GRUCC_ERROR_DEVICE);
    expect_beginning(handle, text);
    expect(grucc_run_on_stream(handle, &call, NULL) == GRUCC_ERROR_DEVICE);
    expect(grucc_reserve(handle, 1, 1) == GRUCC_ERROR_DEVICE);
    expect(grucc_set_device(handle, 0) == GRUCC_ERROR_DEVICE);
    expect_beginning(handle, text);
    grucc_device_facts facts;
    expect(grucc_describe_device(handle, &facts) == GRUCC_ERROR_DEVICE);
    expect_beginning(handle, text);
    grucc_state state;
    expect(grucc_new_state(handle, 1, &state) == GRUCC_ERROR_DEVICE);
    expect(!state.data);
    expect_beginning(handle, text);
  }
  /* What is wrong with the call is said first. */
  grucc_call call = example_call(&run, run.input, run.h_0, NULL, run.h_n);
  expect(grucc_run(handle, &call) == GRUCC_ERROR_NULL);
  grucc_close(handle);
}
