/*===- cuda_model.c - Checks what the descriptor of a model for a GPU adds ===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>

#define damaged(...) grucc_say(message, size, GRUCC_ERROR_ABI, "model: found " __VA_ARGS__)

static int check_kernel(const grucc_cuda_kernel *kernel, const char *what, char *message,
                        size_t size) {
  if (!kernel->name || (kernel->threads >= 1 && kernel->threads <= 1024 && kernel->rows >= 1 &&
                        kernel->shared_bytes >= 0 && kernel->shared_bytes <= 1 << 20 &&
                        kernel->columns >= 1 && kernel->columns <= 65535))
    return GRUCC_OK;
  return damaged("%s with %" PRId32 " threads, %" PRId32 " bytes of shared memory, %" PRId32
                 " rows and %" PRId32 " columns, expected a kernel that a device can run",
                 what, kernel->threads, kernel->shared_bytes, kernel->rows, kernel->columns);
}

/* `numbers` times `each` bytes at `offset` lie inside the weights. */
static int fits(const grucc_model *model, int64_t offset, int64_t rows, int64_t columns,
                int64_t bytes) {
  return offset >= 0 && offset % 4 == 0 && !__builtin_mul_overflow(bytes, rows, &bytes) &&
         !__builtin_mul_overflow(bytes, columns, &bytes) && offset <= model->weights_bytes &&
         bytes <= model->weights_bytes - offset;
}

static int check_layer(const grucc_cuda_model *cuda, int64_t index, char *message, size_t size) {
  const grucc_model *model = &cuda->model;
  const grucc_cuda_layer *layer = &cuda->layers[index];
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t gates = 3 * model->hidden_size, weight = cuda->precision == GRUCC_CUDA_FLOAT32 ? 4 : 2;
  int64_t columns = index < directions ? model->input_size : directions * model->hidden_size;
  int bias = (model->flags & GRUCC_MODEL_BIAS) != 0;
  const struct {
    const char *name;
    int64_t offset;
    int fits;
  } parts[] = {
      {"w_ih", layer->w_ih, fits(model, layer->w_ih, gates, columns, weight)},
      {"w_hh", layer->w_hh,
       !cuda->scan.name || fits(model, layer->w_hh, gates, model->hidden_size, weight)},
      {"w_hh_step", layer->w_hh_step,
       fits(model, layer->w_hh_step, gates, model->hidden_size, weight)},
      {"bias", layer->bias, bias ? fits(model, layer->bias, gates, 1, 4) : layer->bias == -1},
      {"b_hn", layer->b_hn,
       bias ? fits(model, layer->b_hn, model->hidden_size, 1, 4) : layer->b_hn == -1}};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i)
    if (!parts[i].fits)
      return damaged("%s of layer %" PRId64 " at byte %" PRId64 ", expected it inside the %" PRId64
                     " bytes of weights",
                     parts[i].name, index, parts[i].offset, model->weights_bytes);
  return GRUCC_OK;
}

int grucc_check_cuda_model(const grucc_model *model, char *message, size_t size) {
  const uint32_t known =
      GRUCC_MODEL_BIAS | GRUCC_MODEL_BATCH_FIRST | GRUCC_MODEL_BIDIRECTIONAL | GRUCC_MODEL_CUDA;
  if (model->flags & ~known)
    return damaged("flags %#" PRIx32 ", expected only bits of %#" PRIx32 " for a GPU", model->flags,
                   known);
  const grucc_cuda_model *cuda = (const grucc_cuda_model *)model;
  const char *text = cuda->kernels;
  if (!text || cuda->kernels_bytes < 4 || !grucc_fits(cuda->kernels_bytes) ||
      text[cuda->kernels_bytes])
    return damaged("%" PRId64 " bytes of kernels without an end, expected PTX or a cubin",
                   cuda->kernels_bytes);
  if (!cuda->weights || !cuda->layers || !cuda->project_input.name || !cuda->step.name ||
      (model->num_layers > 1 && !cuda->project_above.name))
    return damaged("no weights, layers or kernel, expected a whole descriptor");
  if (cuda->capability < 1 || cuda->capability > 999 || cuda->precision < GRUCC_CUDA_FLOAT32 ||
      cuda->precision > GRUCC_CUDA_BFLOAT16 || cuda->scan_min_steps < 0 || cuda->scan_max_batch < 0)
    return damaged("capability %" PRId32 ", precision %" PRId32 ", scan from %" PRId64
                   " steps up to %" PRId64 " rows, expected a plan",
                   cuda->capability, cuda->precision, cuda->scan_min_steps, cuda->scan_max_batch);
  const struct {
    const char *what;
    const grucc_cuda_kernel *kernel;
  } kernels[] = {{"project_input", &cuda->project_input},
                 {"project_above", &cuda->project_above},
                 {"scan", &cuda->scan},
                 {"step", &cuda->step}};
  int status = GRUCC_OK;
  for (size_t i = 0; !status && i < sizeof kernels / sizeof *kernels; ++i)
    status = check_kernel(kernels[i].kernel, kernels[i].what, message, size);
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  for (int64_t i = 0; !status && i < directions * model->num_layers; ++i)
    status = check_layer(cuda, i, message, size);
  return status;
}
