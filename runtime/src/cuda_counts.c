/*===- cuda_counts.c - Lengths and packed offsets, on their way to a GPU --===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * A copy into the device may read the host's memory long after the call that
 * enqueued it, when the runs before it on the stream are done. So runs take turns
 * between a few pieces of memory, and one waits only where the driver has not yet
 * read what the run four before it had there.
 */
#include "device.h"
#include <inttypes.h>
#include <stdlib.h>

void grucc_free_counts(struct grucc_device *device, int has_context) {
  for (int i = 0; i < grucc_counts_turns; ++i)
    if (has_context && device->counts.was_read[i])
      device->driver->free_event(device->counts.was_read[i]);
  free(device->counts.memory);
  device->counts = (grucc_counts){0};
}

int grucc_need_counts(grucc_handle *handle, int64_t count) {
  struct grucc_device *device = handle->device;
  grucc_counts *counts = &device->counts;
  for (int i = 0; i < grucc_counts_turns; ++i) {
    int result = GRUCC_CU_SUCCESS;
    if (!counts->was_read[i])
      result = device->driver->make_event(&counts->was_read[i], GRUCC_CU_EVENT_DISABLE_TIMING);
    if (result) {
      counts->was_read[i] = NULL;
      return grucc_driver_fail(handle, device->driver, result, "workspace", "an event");
    }
  }
  int64_t words;
  int64_t *grown = NULL;
  if (!__builtin_mul_overflow(count + 1, grucc_counts_turns * (int64_t)sizeof *grown, &words) &&
      grucc_fits(words))
    grown = malloc((size_t)words);
  if (!grown)
    return grucc_fail(handle, GRUCC_ERROR_MEMORY,
                      "workspace: found no memory, expected %" PRId64 " lengths", count);
  free(counts->memory);
  counts->memory = grown;
  counts->capacity = count;
  return GRUCC_OK;
}

/* Writes lengths [B] and, packed, offsets [T] right behind them; returns how many they are. */
static int64_t write_counts(const grucc_args *args, int64_t *lengths) {
  int64_t *offsets = lengths + args->batch, offset = 0, rows = args->batch;
  for (int64_t b = 0; b < args->batch; ++b)
    lengths[b] = args->lengths ? args->lengths[b] : 0;
  if (!args->batch_sizes)
    return args->batch;
  for (int64_t t = 0; t < args->seq_len; ++t) {
    /* Rows that end before step t. */
    for (; rows > args->batch_sizes[t]; --rows)
      lengths[rows - 1] = t;
    offsets[t] = offset;
    offset += args->batch_sizes[t];
  }
  for (; rows > 0; --rows)
    lengths[rows - 1] = args->seq_len;
  return args->batch + args->seq_len;
}

int grucc_upload_counts(grucc_handle *handle, const grucc_args *args, grucc_sequence *run,
                        uint64_t to, void *stream) {
  if (!args->lengths && !args->batch_sizes)
    return GRUCC_OK;
  grucc_counts *counts = &handle->device->counts;
  const grucc_driver *driver = handle->device->driver;
  void *was_read = counts->was_read[counts->turn];
  int result = driver->synchronize_event(was_read);
  if (result)
    return grucc_driver_fail(handle, driver, result, "run", "the runs before this one to begin");
  int64_t *memory = counts->memory + counts->turn * (counts->capacity + 1);
  size_t bytes = (size_t)write_counts(args, memory) * sizeof *memory;
  run->lengths = to;
  if (args->batch_sizes)
    run->offsets = to + (uint64_t)args->batch * sizeof *memory;
  counts->turn = (counts->turn + 1) % grucc_counts_turns;
  result = driver->copy_in(to, memory, bytes, stream);
  if (!result) {
    result = driver->record_event(was_read, stream);
    if (result) /* nobody will know when */
      driver->synchronize_stream(stream);
  }
  return result ? grucc_driver_fail(handle, driver, result, "run", "to copy the lengths in")
                : GRUCC_OK;
}
