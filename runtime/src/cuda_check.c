/*===- cuda_check.c - Checks arguments and addresses of runs on a GPU -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>

/* lengths and batch_sizes decide which memory the kernels touch. */
static int check_counts(grucc_handle *handle, const grucc_args *args) {
  for (int64_t b = 0; args->lengths && b < args->batch; ++b)
    if (args->lengths[b] < 0 || args->lengths[b] > args->seq_len)
      return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                        "lengths: found %" PRId64 " at row %" PRId64 ", expected 0 to %" PRId64,
                        args->lengths[b], b, args->seq_len);
  int64_t limit = args->batch, sum = 0;
  for (int64_t t = 0; args->batch_sizes && t < args->seq_len; limit = args->batch_sizes[t++])
    if (args->batch_sizes[t] < 0 || args->batch_sizes[t] > limit ||
        __builtin_add_overflow(sum, args->batch_sizes[t], &sum))
      return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                        "batch_sizes: found %" PRId64 " at step %" PRId64
                        ", expected 0 to %" PRId64,
                        args->batch_sizes[t], t, limit);
  return GRUCC_OK;
}

int grucc_run_device_args(grucc_handle *handle, const grucc_args *args) {
  if (args->seq_len < 0 || args->batch < 0)
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "args: found seq_len %" PRId64 ", batch %" PRId64
                      ", expected numbers that are not negative",
                      args->seq_len, args->batch);
  if (args->dropout_mask || (args->lengths && args->batch_sizes))
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED, "args: found %s, expected none",
                      args->dropout_mask ? "a dropout mask" : "lengths beside batch_sizes");
  int has_rows = args->seq_len > 0 && args->batch > 0;
  if ((has_rows && (!args->input || !args->output)) || (args->batch > 0 && !args->h_n))
    return grucc_fail(handle, GRUCC_ERROR_NULL, "args: found NULL, expected input, output and h_n");
  int status = check_counts(handle, args);
  return status ? status : grucc_run_on(handle, args, GRUCC_ON_HOST, NULL);
}

int grucc_check_place(grucc_handle *handle, const char *name, const grucc_tensor *tensor,
                      grucc_place place) {
  int has_elements = tensor->data != NULL;
  for (int32_t i = 0; i < tensor->rank && i < GRUCC_MAX_RANK; ++i)
    has_elements &= tensor->shape[i] != 0;
  if (!has_elements)
    return GRUCC_OK;
  const struct grucc_device *device = handle->device;
  uint64_t address = (uint64_t)(uintptr_t)tensor->data;
  unsigned type = 0;
  int ordinal = 0;
  /* The driver knows nothing of memory that it has not made. */
  int is_device =
      !device->driver->get_pointer_attribute(&type, GRUCC_CU_POINTER_MEMORY_TYPE, address) &&
      type == GRUCC_CU_MEMORYTYPE_DEVICE;
  if (is_device != (place == GRUCC_ON_DEVICE))
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED, "%s: found memory of %s, expected %s", name,
                      is_device ? "a device" : "the host",
                      is_device ? "the host's" : "the device's");
  if (is_device &&
      !device->driver->get_pointer_attribute(&ordinal, GRUCC_CU_POINTER_DEVICE_ORDINAL, address) &&
      ordinal != device->ordinal)
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                      "%s: found memory of device %d, expected device %d", name, ordinal,
                      device->ordinal);
  return GRUCC_OK;
}
