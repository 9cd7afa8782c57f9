/*===- descriptor.c - No damage to a launch plan gets as far as a GPU -----===*\
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
 * RUN: %t/test
 */
#include "Inputs/run.h"

static char message[GRUCC_MESSAGE_SIZE];

static void expect_refused(const grucc_cuda_model *model, const char *text) {
  grucc_handle *handle = (grucc_handle *)message;
  int status = grucc_open_model(&model->model, &handle, message, sizeof message);
  expect_text(message, text);
  expect(status == GRUCC_ERROR_ABI && handle == NULL);
}

#define DAMAGED(change, text)                                                                      \
  do {                                                                                             \
    grucc_cuda_model model = encoder_model;                                                        \
    model.change;                                                                                  \
    expect_refused(&model, "model: found " text);                                                  \
  } while (0)

static void refuses_damaged_models(void) {
  DAMAGED(model.flags |= GRUCC_MODEL_FLOAT64, "flags 0x49, expected only bits of 0x47 for a GPU");
  DAMAGED(model.flags |= GRUCC_MODEL_EXTERNAL_WEIGHTS,
          "flags 0x51, expected only bits of 0x47 for a GPU");
  DAMAGED(model.flags |= GRUCC_MODEL_TRAINING, "flags 0x61, expected only bits of 0x47 for a GPU");
  DAMAGED(model.reset = GRUCC_RESET_BEFORE + 1,
          "a network that this runtime does not know, expected a variant of binary interface 4");
  DAMAGED(model.activations[1][0].kind = GRUCC_ACTIVATION_ELU + 1,
          "a network that this runtime does not know, expected a variant of binary interface 4");
  DAMAGED(model.provenance = NULL, "a NULL name or function, expected a whole descriptor");
  DAMAGED(kernels_bytes = -1, "-1 bytes of kernels without an end, expected PTX or a cubin");
  DAMAGED(kernels_bytes = 9, "9 bytes of kernels without an end, expected PTX or a cubin");
#define MISSING(field)                                                                             \
  DAMAGED(field = NULL, "no weights, layers or kernel, expected a whole descriptor")
  MISSING(weights);
  MISSING(layers);
  MISSING(project_input.name);
  MISSING(project_above.name);
  MISSING(step.name);
#define PLAN(change, capability, precision, steps, rows)                                           \
  DAMAGED(change, "capability " capability ", precision " precision ", scan from " steps           \
                  " steps up to " rows " rows, expected a plan")
  PLAN(capability = 0, "0", "0", "3", "4");
  PLAN(precision = 3, "80", "3", "3", "4");
  PLAN(precision = -1, "80", "-1", "3", "4");
  PLAN(scan_min_steps = -1, "80", "0", "-1", "4");
  PLAN(scan_max_batch = INT64_MIN, "80", "0", "3", "-9223372036854775808");
}

static void refuses_damaged_kernels(void) {
#define KERNEL(field, change, numbers)                                                             \
  DAMAGED(field.change, #field " with " numbers ", expected a kernel that a device can run")
  KERNEL(project_input, threads = 0, "0 threads, 0 bytes of shared memory, 4 rows and 2 columns");
  KERNEL(project_above, threads = 1025,
         "1025 threads, 0 bytes of shared memory, 4 rows and 2 columns");
  KERNEL(scan, shared_bytes = -4, "2 threads, -4 bytes of shared memory, 2 rows and 1 columns");
  KERNEL(scan, shared_bytes = INT32_MAX,
         "2 threads, 2147483647 bytes of shared memory, 2 rows and 1 columns");
  KERNEL(step, rows = 0, "2 threads, 0 bytes of shared memory, 0 rows and 2 columns");
  KERNEL(step, rows = INT32_MIN,
         "2 threads, 0 bytes of shared memory, -2147483648 rows and 2 columns");
  KERNEL(step, columns = 65536, "2 threads, 0 bytes of shared memory, 2 rows and 65536 columns");
}

static void refuses_damaged_layers(void) {
#define PART_OF(index, field, value, offset)                                                       \
  do {                                                                                             \
    grucc_cuda_layer damaged[4];                                                                   \
    memcpy(damaged, layers, sizeof damaged);                                                       \
    damaged[index].field = (value);                                                                \
    grucc_cuda_model model = encoder_model;                                                        \
    model.layers = damaged;                                                                        \
    expect_refused(&model, "model: found " #field " of layer " #index " at byte " offset           \
                           ", expected it inside the 5120 bytes of weights");                      \
  } while (0)
  PART_OF(0, w_ih, -1, "-1");
  PART_OF(0, w_ih, 5120, "5120");
  PART_OF(0, w_ih, 5120 - 71, "5049");
  PART_OF(1, w_ih, INT64_MAX - 3, "9223372036854775804");
  PART_OF(0, bias, -1, "-1");
  PART_OF(0, bias, INT64_MIN, "-9223372036854775808");
  PART_OF(1, b_hn, 5116, "5116");
  PART_OF(1, w_hh, 5120 - 44, "5076");
  PART_OF(1, w_hh_step, 6, "6");
  /* Sizes that no weights could have. */
  DAMAGED(model.hidden_size = INT64_MAX / 64,
          "w_ih of layer 0 at byte 0, expected it inside the 5120 bytes of weights");
  DAMAGED(model.input_size = 1 << 20,
          "w_ih of layer 0 at byte 0, expected it inside the 5120 bytes of weights");
  DAMAGED(model.weights_bytes = 64,
          "w_ih of layer 0 at byte 0, expected it inside the 64 bytes of weights");
}

/* What a plan may leave out. */
static void accepts_partial_plans(void) {
  grucc_cuda_layer without_scan[4];
  memcpy(without_scan, layers, sizeof without_scan);
  without_scan[0].w_hh = without_scan[1].w_hh = -1;
  grucc_cuda_model model = encoder_model;
  model.layers = without_scan;
  expect_refused(&model, "model: found w_hh of layer 0 at byte -1, expected it inside the 5120 "
                         "bytes of weights");
  model.scan.name = NULL;
  grucc_close(open_encoder(&model));
  model = encoder_model;
  model.model.num_layers = 1;
  model.model.weights_count = 4;
  model.project_above.name = NULL;
  grucc_close(open_encoder(&model));
}

int main(void) {
  refuses_damaged_models();
  refuses_damaged_kernels();
  refuses_damaged_layers();
  accepts_partial_plans();
}
