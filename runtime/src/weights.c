/*===- weights.c - Weights that are given at run time ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "handle.h"
#include <inttypes.h>
#include <stdlib.h>

int grucc_check_weights(grucc_handle *handle) {
  if (!(handle->model->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS) || handle->weights)
    return GRUCC_OK;
  return grucc_fail(handle, GRUCC_ERROR_NULL,
                    "weights: found none, expected grucc_set_weights before the first run");
}

static int check_external(grucc_handle *handle) {
  if (handle->model->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS)
    return GRUCC_OK;
  return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                    "weights: found weights, expected none: the model has its own");
}

int grucc_describe_weight(const grucc_handle *handle, int64_t index, char *name, size_t name_size,
                          grucc_tensor *shape) {
  if (!handle || !shape)
    return GRUCC_ERROR_NULL;
  static const char *const kinds[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
  const grucc_model *model = handle->model;
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t count = model->flags & GRUCC_MODEL_BIAS ? 4 : 2;
  if (index < 0 || index >= directions * count * model->num_layers)
    return GRUCC_ERROR_SHAPE;

  int64_t kind = index % count, layer = index / count / directions;
  int reverse = index / count % directions != 0;
  int64_t columns = kind == 1    ? model->hidden_size
                    : layer == 0 ? model->input_size
                                 : directions * model->hidden_size;
  *shape = grucc_make_tensor(grucc_real_dtype(model), NULL, kind < 2 ? 2 : 1,
                             3 * model->hidden_size, kind < 2 ? columns : 0, 0, 0);
  grucc_say(name, name_size, GRUCC_OK, "%s_l%" PRId64 "%s", kinds[kind], layer,
            reverse ? "_reverse" : "");
  return GRUCC_OK;
}

int grucc_set_weights(grucc_handle *handle, const grucc_tensor *tensors, int64_t count) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  const grucc_model *model = handle->model;
  int status = check_external(handle);
  if (!status && count != model->weights_count)
    status = grucc_fail(handle, GRUCC_ERROR_SHAPE,
                        "weights: found %" PRId64 " tensors, expected %" PRId64, count,
                        model->weights_count);
  if (!status && !tensors)
    status = grucc_fail(handle, GRUCC_ERROR_NULL, "weights: found NULL, expected tensors");
  for (int64_t i = 0; !status && i < count; ++i) {
    char name[64];
    grucc_tensor shape;
    status = grucc_describe_weight(handle, i, name, sizeof name, &shape);
    grucc_extent expected[] = {{shape.shape[0], NULL}, {shape.shape[1], NULL}};
    if (!status)
      status = grucc_check_tensor(handle, name, &tensors[i], shape.dtype, shape.rank, expected);
  }
  if (status)
    return status;

  void *packed = grucc_allocate(model, model->weights_bytes);
  const void **pointers = grucc_allocate(model, count * (int64_t)sizeof *pointers);
  if (!packed || !pointers) {
    status =
        grucc_fail(handle, GRUCC_ERROR_MEMORY,
                   "weights: found no memory, expected %" PRId64 " bytes", model->weights_bytes);
  } else {
    for (int64_t i = 0; i < count; ++i)
      pointers[i] = tensors[i].data;
    status = grucc_check_model(handle, "pack", model->pack(pointers, packed));
  }
  free(pointers);
  if (status) {
    free(packed);
    return status;
  }
  free(handle->owned_weights);
  handle->weights = handle->owned_weights = packed;
  return GRUCC_OK;
}

int grucc_set_packed_weights(grucc_handle *handle, const void *weights, int64_t bytes) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  int status = check_external(handle);
  if (status)
    return status;
  if (!weights)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "weights: found NULL, expected packed weights");
  if (bytes != handle->model->weights_bytes)
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "weights: found %" PRId64 " bytes, expected %" PRId64, bytes,
                      handle->model->weights_bytes);
  if (!grucc_is_aligned(handle->model, weights))
    return grucc_fail(handle, GRUCC_ERROR_ALIGNMENT,
                      "weights: found address %p, expected a multiple of %" PRIu32, weights,
                      handle->model->alignment);
  free(handle->owned_weights);
  handle->owned_weights = NULL;
  handle->weights = weights;
  return GRUCC_OK;
}

int grucc_check_apart_from_weights(grucc_handle *handle, const char *name,
                                   const grucc_tensor *written) {
  grucc_tensor weights = grucc_memory(handle->weights, handle->model->weights_bytes);
  return grucc_check_apart(handle, name, written, "weights", &weights);
}
