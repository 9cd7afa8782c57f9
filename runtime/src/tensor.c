/*===- tensor.c - Checks a tensor against the shape that the model expects ===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "handle.h"
#include <inttypes.h>

static const struct {
  const char *name;
  int64_t bytes;
} dtypes[] = {[GRUCC_FLOAT32] = {"float32", 4},
              [GRUCC_FLOAT64] = {"float64", 8},
              [GRUCC_INT64] = {"int64", 8},
              [GRUCC_UINT8] = {"uint8", 1}};

static int is_dtype(int32_t dtype) {
  return dtype >= 0 && dtype < (int32_t)(sizeof dtypes / sizeof *dtypes);
}

const char *grucc_dtype_name(int32_t dtype) {
  return is_dtype(dtype) ? dtypes[dtype].name : "an unknown dtype";
}

int32_t grucc_real_dtype(const grucc_model *model) {
  return model->flags & GRUCC_MODEL_FLOAT64 ? GRUCC_FLOAT64 : GRUCC_FLOAT32;
}

int grucc_is_none(const grucc_tensor *tensor) { return !tensor->data && tensor->rank == 0; }

static void append_found(grucc_text *text, const grucc_tensor *tensor) {
  if (tensor->rank < 0 || tensor->rank > GRUCC_MAX_RANK) {
    grucc_append(text, "rank %" PRId32, tensor->rank);
    return;
  }
  grucc_append(text, "shape [");
  for (int32_t i = 0; i < tensor->rank; ++i)
    grucc_append(text, "%s%" PRId64, i ? ", " : "", tensor->shape[i]);
  grucc_append(text, "]");
}

static void append_expected(grucc_text *text, int32_t rank, const grucc_extent *expected) {
  grucc_append(text, "[");
  for (int32_t i = 0; i < rank; ++i) {
    if (expected[i].value < 0)
      grucc_append(text, "%s%s", i ? ", " : "", expected[i].letter);
    else
      grucc_append(text, "%s%" PRId64, i ? ", " : "", expected[i].value);
  }
  grucc_append(text, "]");
}

int grucc_check_tensor(grucc_handle *handle, const char *name, const grucc_tensor *tensor,
                       int32_t dtype, int32_t rank, const grucc_extent *expected) {
  if (grucc_is_none(tensor)) {
    grucc_text text = grucc_text_at(handle->message, sizeof handle->message);
    grucc_append(&text, "%s: found none, expected shape ", name);
    append_expected(&text, rank, expected);
    return GRUCC_ERROR_NULL;
  }
  int fits = tensor->rank == rank;
  int64_t bytes = dtypes[dtype].bytes, elements_given = 1;
  for (int32_t i = 0; fits && i < rank; ++i) {
    int64_t extent = tensor->shape[i];
    fits = extent >= 0 && (expected[i].value < 0 || expected[i].value == extent);
    elements_given &= extent != 0;
  }
  if (!fits) {
    grucc_text text = grucc_text_at(handle->message, sizeof handle->message);
    grucc_append(&text, "%s: found ", name);
    append_found(&text, tensor);
    grucc_append(&text, ", expected ");
    append_expected(&text, rank, expected);
    return GRUCC_ERROR_SHAPE;
  }
  if (tensor->dtype != dtype)
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED, "%s: found %s, expected %s", name,
                      grucc_dtype_name(tensor->dtype), grucc_dtype_name(dtype));
  if (!elements_given)
    return GRUCC_OK;
  for (int32_t i = 0; i < rank; ++i)
    if (__builtin_mul_overflow(bytes, tensor->shape[i], &bytes) || !grucc_fits(bytes)) {
      grucc_text text = grucc_text_at(handle->message, sizeof handle->message);
      grucc_append(&text, "%s: found ", name);
      append_found(&text, tensor);
      grucc_append(&text, ", expected a size that fits %d bits", 8 * (int)sizeof(ptrdiff_t) - 1);
      return GRUCC_ERROR_SHAPE;
    }
  if (!tensor->data)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "%s: found NULL, expected %" PRId64 " bytes", name,
                      bytes);
  if ((uintptr_t)tensor->data % (uintptr_t)dtypes[dtype].bytes)
    return grucc_fail(handle, GRUCC_ERROR_ALIGNMENT,
                      "%s: found address %p, expected a multiple of %" PRId64, name, tensor->data,
                      dtypes[dtype].bytes);
  return GRUCC_OK;
}

int64_t grucc_tensor_bytes(const grucc_tensor *tensor) {
  int64_t bytes = dtypes[tensor->dtype].bytes;
  for (int32_t i = 0; i < tensor->rank; ++i)
    if (tensor->shape[i] == 0)
      return 0;
  for (int32_t i = 0; i < tensor->rank; ++i)
    bytes *= tensor->shape[i]; /* cannot overflow: grucc_check_tensor */
  return bytes;
}

grucc_tensor grucc_memory(const void *data, int64_t bytes) {
  return grucc_make_tensor(GRUCC_UINT8, data, data ? 1 : 0, bytes, 0, 0, 0);
}

int grucc_check_apart(grucc_handle *handle, const char *name, const grucc_tensor *written,
                      const char *other_name, const grucc_tensor *other) {
  if (grucc_is_none(written) || grucc_is_none(other) || !grucc_tensor_bytes(written) ||
      !grucc_tensor_bytes(other))
    return GRUCC_OK;
  uintptr_t a = (uintptr_t)written->data, b = (uintptr_t)other->data;
  if (a < b ? b - a >= (uint64_t)grucc_tensor_bytes(written)
            : a - b >= (uint64_t)grucc_tensor_bytes(other))
    return GRUCC_OK;
  return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                    "%s: found memory shared with %s, expected memory of its own", name,
                    other_name);
}

/* Nothing is ever read from or written to the place that stands for no elements. */
void *grucc_data(const grucc_tensor *tensor) {
  static _Alignas(GRUCC_ALIGNMENT) char nothing[GRUCC_ALIGNMENT];
  return tensor->data ? tensor->data : nothing;
}
