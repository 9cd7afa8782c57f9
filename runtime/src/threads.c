/*===- threads.c - How many threads a handle runs on ----------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE /* CPU sets */
#include "device.h"
#include "pool.h"
#include <inttypes.h>
#include <sched.h>

enum { most_threads = 1024 };

/* A run that lost its time to CPUs that others use is followed by runs on one thread, for so many
 * times what it lost: trying again costs little. */
static const int64_t rest_after_loss = 16;

/* CPUs that the calling thread may use, or INT64_MAX when it cannot be told. */
static int64_t count_cpus(void) {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof cpus, &cpus) ? INT64_MAX : CPU_COUNT(&cpus);
}

int grucc_set_threads(grucc_handle *handle, int64_t threads, uint32_t flags) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (threads < 1 || threads > most_threads)
    return grucc_fail(handle, GRUCC_ERROR_SHAPE, "threads: found %" PRId64 ", expected 1 to %d",
                      threads, most_threads);
  if (flags & ~(uint32_t)GRUCC_PIN_THREADS)
    return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                      "threads: found flags %#" PRIx32 ", expected only GRUCC_PIN_THREADS", flags);
  grucc_free_pool(handle->pool);
  handle->pool = NULL;
  handle->alone_until = 0;
  int64_t cpus = count_cpus();
  if (threads > cpus)
    threads = cpus; /* two that share a CPU would wait for each other at every step */
  if (threads == 1 || handle->device)
    return GRUCC_OK;
  const char *reason;
  handle->pool = grucc_make_pool((int)threads, (flags & GRUCC_PIN_THREADS) != 0, &reason);
  if (!handle->pool)
    return grucc_fail(handle, GRUCC_ERROR_MEMORY, "threads: found %s, expected %" PRId64, reason,
                      threads);
  return GRUCC_OK;
}

/* Whether a call may have the handle's threads. The clock is read only where it must be: it would
 * be felt in small runs. */
static int has_threads(grucc_handle *handle) {
  if (!handle->pool || !grucc_pool_lives(handle->pool))
    return 0;
  if (handle->alone_until && grucc_now() >= handle->alone_until)
    handle->alone_until = 0;
  return !handle->alone_until;
}

static int run_on_threads(grucc_handle *handle, grucc_args *args) {
  grucc_pool *pool = handle->pool;
  args->parallel_for = grucc_pool_for;
  args->parallel_context = pool;
  args->threads = pool->threads;
  args->barrier = grucc_pool_meet;
  pool->began = 0;
  int status = handle->model->run(args);
  if (!pool->began) /* the model found it too small */
    return status;
  pool->ended = grucc_now();
  if (pool->lost > (pool->ended - pool->began) / 4)
    handle->alone_until = pool->ended + rest_after_loss * pool->lost;
  return status;
}

int grucc_run_args(grucc_handle *handle, const grucc_args *args) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (!args || args->size != sizeof *args)
    return GRUCC_ERROR_ARGS_SIZE;
  if (handle->device)
    return grucc_run_device_args(handle, args);
  grucc_args own = *args;
  if (has_threads(handle))
    return run_on_threads(handle, &own);
  own.parallel_for = NULL;
  own.parallel_context = NULL;
  own.threads = 1;
  own.barrier = NULL;
  return handle->model->run(&own);
}

int grucc_step_args(grucc_handle *handle, const void *x, void *y, void *state, void *workspace,
                    const void *weights, int64_t batch) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  const grucc_model *model = handle->model;
  if (!model->step)
    return GRUCC_ERROR_UNSUPPORTED;
  int is_large = model->step_rows && batch >= model->step_rows;
  if (!handle->pool || !is_large)
    return model->step(x, y, state, workspace, weights, batch);
  /* Steps that do not follow each other find the threads asleep: they are done before these wake
   * up. Whatever is wrong with the arguments, the model's step says. */
  int64_t bytes = -1;
  int follows = grucc_now() - handle->pool->ended < grucc_idle_patience;
  if (follows && has_threads(handle) && state && grucc_is_aligned(handle->model, state))
    bytes = model->state_bytes(batch);
  if (!grucc_fits(bytes)) {
    int status = model->step(x, y, state, workspace, weights, batch);
    handle->pool->ended = grucc_now();
    return status;
  }
  /* A run of one step, from one half of the state to the other (model.h). */
  int64_t *half = state, half_bytes = (bytes - handle->model->alignment) / 2, now = *half & 1;
  char *halves = (char *)state + handle->model->alignment;
  grucc_args args = {.size = sizeof args,
                     .seq_len = 1,
                     .batch = batch,
                     .input = x,
                     .h_0 = halves + now * half_bytes,
                     .output = y,
                     .h_n = halves + !now * half_bytes,
                     .workspace = workspace,
                     .weights = weights};
  int status = run_on_threads(handle, &args);
  if (!status)
    *half = !now;
  return status;
}
