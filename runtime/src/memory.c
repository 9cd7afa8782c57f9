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

void *grucc_allocate(int64_t bytes) {
  if (bytes < 0 || (uint64_t)bytes > SIZE_MAX - GRUCC_ALIGNMENT)
    return NULL;
  /* aligned_alloc wants a multiple; a model may ask for 0 bytes and still wants a pointer. */
  size_t rounded = ((size_t)bytes + GRUCC_ALIGNMENT) / GRUCC_ALIGNMENT * GRUCC_ALIGNMENT;
  return aligned_alloc(GRUCC_ALIGNMENT, rounded);
}

int grucc_need_workspace(grucc_handle *handle, int64_t seq_len, int64_t batch) {
  int64_t bytes = handle->model->workspace_bytes(seq_len, batch);
  if (bytes < 0)
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
  void *workspace = grucc_allocate(bytes);
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
