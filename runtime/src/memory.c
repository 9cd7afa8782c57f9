/*===- memory.c - Aligned blocks, and the workspace that a handle owns ----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>
#include <stdlib.h>

int grucc_is_aligned(const grucc_model *model, const void *memory) {
  return (uintptr_t)memory % model->alignment == 0;
}

void *grucc_allocate(const grucc_model *model, int64_t bytes) {
  size_t line = model->alignment;
  if (!grucc_fits(bytes) || (size_t)bytes > (size_t)PTRDIFF_MAX - line)
    return NULL;
  /* aligned_alloc wants a multiple; a model may ask for 0 bytes and still wants a pointer. */
  return aligned_alloc(line, ((size_t)bytes + line) / line * line);
}

int grucc_need_workspace(grucc_handle *handle, int64_t seq_len, int64_t batch) {
  int64_t bytes = handle->model->workspace_bytes(seq_len, batch);
  if (!grucc_fits(bytes))
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "workspace: found seq_len %" PRId64 ", batch %" PRId64
                      ", expected sizes whose workspace fits the address space",
                      seq_len, batch);
  if (handle->workspace && bytes <= handle->workspace_bytes)
    return GRUCC_OK;
  if (handle->reserved)
    return grucc_fail(handle, GRUCC_ERROR_MEMORY,
                      "workspace: found seq_len %" PRId64 ", batch %" PRId64 " (%" PRId64
                      " bytes), expected at most the %" PRId64 " bytes reserved",
                      seq_len, batch, bytes, handle->workspace_bytes);
  void *workspace = grucc_allocate(handle->model, bytes);
  if (!workspace)
    return grucc_fail(handle, GRUCC_ERROR_MEMORY,
                      "workspace: found no memory, expected %" PRId64 " bytes", bytes);
  free(handle->workspace);
  handle->workspace = workspace;
  handle->workspace_bytes = bytes;
  return GRUCC_OK;
}

int grucc_reserve(grucc_handle *handle, int64_t seq_len, int64_t batch) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (seq_len < 0 || batch < 0)
    return grucc_fail(handle, GRUCC_ERROR_SHAPE,
                      "reserve: found seq_len %" PRId64 ", batch %" PRId64
                      ", expected numbers that are not negative",
                      seq_len, batch);
  handle->reserved = 0;
  if (handle->device) {
    int device_status = grucc_reserve_device(handle, seq_len, batch);
    handle->reserved = !device_status;
    return device_status;
  }
  int status = grucc_need_workspace(handle, seq_len, batch);
  /* A step is a run of one step: it needs its own workspace even when seq_len is 0. */
  if (!status)
    status = grucc_need_workspace(handle, 1, batch);
  handle->reserved = !status;
  return status;
}
