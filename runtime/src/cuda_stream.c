/*===- cuda_stream.c - Work on callers' streams, and what follows it ------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"

int grucc_finish(grucc_handle *handle, grucc_pending *pending) {
  if (!pending->is_there)
    return GRUCC_OK;
  const grucc_driver *driver = handle->device->driver;
  int result = driver->synchronize();
  if (result)
    return grucc_driver_fail(handle, driver, result, "device", "the runs before this one to end");
  pending->is_there = 0;
  return GRUCC_OK;
}

int grucc_follow(grucc_handle *handle, grucc_pending *pending, grucc_place place, void *stream) {
  /* Work on one stream is done in order; but each thread has a default stream of its own. */
  if (place == GRUCC_ON_DEVICE && stream == pending->stream &&
      (uintptr_t)stream != GRUCC_CU_STREAM_PER_THREAD)
    return GRUCC_OK;
  return grucc_finish(handle, pending);
}
