/*===- faults.c - Every call of the driver may fail, and nothing leaks ----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: clang -cc1 -triple nvptx64-nvidia-cuda -target-cpu sm_80 -target-feature +ptx71 -O2 \
 * RUN:   -ffp-contract=off -DDIRECTIONS=1 -S %S/Inputs/kernels.c -o %t/kernels.ptx
 * RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -Wno-c23-extensions --embed-dir=%t -I%source/runtime/include %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t/test
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin %t/test
 */
#include "Inputs/run.h"
#include "Inputs/standin.h"

static example run;
static char message[GRUCC_MESSAGE_SIZE];

/* Everything that a program does with a model: the first status that is no success. */
static int use(grucc_handle *handle) {
  make_example(&run, 4, 3, PADDED, 1);
  grucc_call call = example_call(&run, run.input, run.h_0, run.output, run.h_n);
  float y[2 * WIDTH];
  grucc_tensor x = reals(run.input, 2, 2, I, 0), out = reals(y, 2, 2, WIDTH, 0),
               h_n = reals(run.expected_h_n, 3, STATES, 2, H);
  grucc_state state = {NULL, 0, 0, 0};
  int status = grucc_run(handle, &call);
  if (!status)
    expect_results(&run, run.output, run.h_n);
  else if (!strstr(grucc_last_error(handle), "to copy the results out"))
    for (int64_t i = 0; i < run.rows * WIDTH; ++i)
      expect(run.output[i] != run.output[i]); /* not written */
  make_example(&run, 6, 3, WHOLE, 0);         /* a larger workspace */
  call = example_call(&run, run.input, NULL, run.output, run.h_n);
  if (!status)
    status = grucc_run(handle, &call);
  if (!status)
    status = grucc_new_state(handle, 2, &state);
  if (!status)
    status = grucc_step(handle, &state, &x, &out);
  if (!status)
    status = grucc_read_state(handle, &state, &h_n);
  if (status)
    snprintf(message, sizeof message, "%s", grucc_last_error(handle));
  grucc_free_state(&state);
  return status;
}

/* With a handle of its own. */
static int open_and_use(void) {
  grucc_handle *handle = open_encoder(&encoder_model);
  int status = use(handle);
  grucc_close(handle);
  return status;
}

static void every_call_may_fail(void) {
  long start = standin.calls();
  expect(open_and_use() == GRUCC_OK);
  long calls = standin.calls() - start, seen = 0;
  expect(calls > 40);
  for (long i = 1; i <= calls; ++i)
    for (int result = 2; result <= 719; result += 717) { /* out of memory; a failed launch */
      message[0] = '\0';
      standin.fail("any", i, result);
      int status = open_and_use();
      standin.fail("", 0, 0);
      expect(standin.live() == 0);
      standin.repair();
      if (!status)
        continue; /* asked while everything is freed anyway */
      ++seen;
      expect(status == (result == 2 ? GRUCC_ERROR_MEMORY : GRUCC_ERROR_DEVICE));
      expect(strstr(message, result == 2 ? ": found CUDA_ERROR_OUT_OF_MEMORY (out of memory), "
                                           "expected "
                                         : ": found CUDA_ERROR_LAUNCH_FAILED (unspecified launch "
                                           "failure), expected ") != NULL);
    }
  expect(seen > calls); /* more than every second call */
  expect(open_and_use() == GRUCC_OK);
}

/* The same handle works on when the cause has gone. */
static void works_after_a_failure(void) {
  grucc_handle *handle = open_encoder(&encoder_model);
  const char *const calls[] = {"cuModuleLoadDataEx", "cuMemAlloc_v2",       "cuMemcpyHtoDAsync_v2",
                               "cuLaunchKernel",     "cuStreamSynchronize", "cuMemcpyDtoHAsync_v2",
                               "cuMemsetD8Async",    "cuCtxPushCurrent_v2"};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; ++i) {
    standin.fail(calls[i], 1, 1);
    expect(use(handle) == GRUCC_ERROR_DEVICE);
    expect(strstr(message, "found CUDA_ERROR_INVALID_VALUE (invalid argument)") != NULL);
    standin.fail("", 0, 0);
    expect_success(handle, use(handle));
  }
  grucc_close(handle);
  expect(standin.live() == 0);
}

#define refused_with(text)                                                                         \
  do {                                                                                             \
    expect(open_and_use() != GRUCC_OK);                                                            \
    standin.fail("", 0, 0);                                                                        \
    expect_text(message, text);                                                                    \
    expect(standin.live() == 0);                                                                   \
  } while (0)

static void says_what_failed(void) {
  standin.fail("cuModuleGetFunction", 3, 500);
  refused_with("kernels: found CUDA_ERROR_NOT_FOUND (named symbol not found), expected to find "
               "encoder_scan");
  standin.fail("cuFuncSetAttribute", 1, 1);
  refused_with("device: found CUDA_ERROR_INVALID_VALUE (invalid argument), expected 50000 bytes of "
               "shared memory for encoder_scan");
  standin.fail("cuMemAlloc_v2", 1, 2);
  refused_with("weights: found CUDA_ERROR_OUT_OF_MEMORY (out of memory), expected 5120 bytes of "
               "the device");
  standin.fail("cuLaunchKernel", 2, 701);
  refused_with("run: found an unknown error (without a text), expected to launch encoder_scan");
  standin.fail("cuStreamSynchronize", 1, 719);
  refused_with("run: found CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure), expected the "
               "kernels to end");
}

/* A run whose kernels crash breaks the device, which the driver says from then on. */
static void survives_a_crash(void) {
  grucc_cuda_layer broken[4];
  memcpy(broken, layers, sizeof broken);
  grucc_cuda_model model = encoder_model;
  model.scan.shared_bytes = 4; /* too little for two threads */
  grucc_handle *handle = open_encoder(&model), *other = open_encoder(&encoder_model);
  expect_success(other, use(other));
  expect(use(handle) == GRUCC_ERROR_DEVICE);
  expect_text(message, "run: found CUDA_ERROR_LAUNCH_FAILED (unspecified launch failure), expected "
                       "the kernels to end");
  expect(use(other) == GRUCC_ERROR_DEVICE);
  grucc_close(handle);
  grucc_close(other);
  expect(standin.live() == 0);
  standin.repair();
}

/* Text that the driver does not compile: its log is in the message. */
static void says_why_text_is_refused(void) {
  grucc_cuda_model model = encoder_model;
  model.kernels = ".version 7.1\n.target sm_80\n.address_size 64\n.visible .entry x() { frob; }\n";
  model.kernels_bytes = (int64_t)strlen(model.kernels);
  grucc_handle *handle = open_encoder(&model);
  expect(grucc_set_device(handle, 0) == GRUCC_ERROR_DEVICE);
  const char *text = grucc_last_error(handle);
  expect(strstr(text, "kernels: found CUDA_ERROR_INVALID_PTX (a PTX JIT compilation failed), "
                      "expected the driver to load them: ptxas application line 4: ") == text);
  expect(strstr(text, "frob") != NULL);
  grucc_close(handle);
  /* A cubin goes to the driver as it is; this one is for no device. */
  static const char cubin[] = "\x7f"
                              "ELF for no device";
  model.kernels = cubin;
  model.kernels_bytes = sizeof cubin - 1;
  handle = open_encoder(&model);
  expect_failure(handle, grucc_set_device(handle, 0), GRUCC_ERROR_DEVICE,
                 "kernels: found CUDA_ERROR_INVALID_IMAGE (device kernel image is invalid), "
                 "expected the driver to load them");
  grucc_close(handle);
  expect(standin.live() == 0);
}

/* Kernels and weights are loaded once for all handles on a model. */
static void handles_share(void) {
  grucc_handle *one = open_encoder(&encoder_model), *two = open_encoder(&encoder_model);
  expect_success(one, grucc_set_device(one, 0));
  long live = standin.live();
  expect_success(two, grucc_set_device(two, 0));
  expect(standin.live() == live + 1); /* its stream */
  grucc_close(one);
  expect_success(two, use(two));
  grucc_close(two);
  expect(standin.live() == 0);
}

int main(void) {
  find_standin();
  every_call_may_fail();
  works_after_a_failure();
  says_what_failed();
  survives_a_crash();
  says_why_text_is_refused();
  handles_share();
}
