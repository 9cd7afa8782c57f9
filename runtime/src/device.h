/*===- device.h - A model on a GPU inside the runtime ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_RUNTIME_SRC_DEVICE_H
#define GRUCC_RUNTIME_SRC_DEVICE_H

#include "cuda_driver.h"
#include "grucc/cuda.h"

/* Where the tensors of a run are, and what it runs on. */
typedef enum grucc_place { GRUCC_ON_HOST, GRUCC_ON_DEVICE } grucc_place;

/* A model's kernels and weights on one device: the same for all handles on that model. */
typedef struct grucc_loaded {
  const grucc_cuda_model *model;
  int ordinal;
  int64_t users; /* handles */
  struct grucc_loaded *next;
  int device; /* CUdevice; its primary context is retained once for this */
  void *context, *module;
  uint64_t weights;
  void *project_input, *project_above, *scan, *step; /* NULL: the model has none */
} grucc_loaded;

/* Work on a caller's stream that may not have ended. */
typedef struct grucc_pending {
  int is_there;
  void *stream;
} grucc_pending;

/* Lengths [B] and offsets [T] of a few runs, which the driver may still have to read. */
enum { grucc_counts_turns = 4 };
typedef struct grucc_counts {
  int64_t *memory; /* [grucc_counts_turns, capacity + 1] */
  int64_t capacity;
  int turn;                           /* of the next run */
  void *was_read[grucc_counts_turns]; /* CUevents behind the copies */
} grucc_counts;

/* What a handle on a model for a GPU owns. */
struct grucc_device {
  const grucc_cuda_model *model;
  int ordinal;                /* of the device, chosen or 0 */
  const grucc_driver *driver; /* once `loaded` is there */
  grucc_loaded *loaded;       /* NULL until the first need */
  void *stream;               /* of runs on host memory */
  uint64_t workspace;         /* device memory; grows until reserved */
  int64_t workspace_bytes;
  grucc_counts counts;
  grucc_pending pending; /* runs that use the workspace */
};

/* cuda_model.c: damage to what follows a grucc_model, in the words of open.c. */
int grucc_check_cuda_model(const grucc_model *model, char *message, size_t message_size);

/* cuda_device.c: refuses what only a model for a GPU has: "name: found a model for a CPU, …". */
int grucc_check_is_device(grucc_handle *handle, const char *name);

/* cuda_load.c */

/* The handle's device with kernels and weights on it, current on this thread until grucc_leave. */
int grucc_enter(grucc_handle *handle);
void grucc_leave(grucc_handle *handle);
/* Frees what is on the device; the handle can begin again, there or on another one. */
void grucc_leave_device(grucc_handle *handle);
/* At close: waits, and frees everything. */
void grucc_free_device(grucc_handle *handle);

/* cuda_stream.c, both with the context current */

/* Waits for the work, so that memory it uses can be freed or changed. */
int grucc_finish(grucc_handle *handle, grucc_pending *pending);
/* What is enqueued next, on `stream` or on the handle's own for host memory, follows the work. */
int grucc_follow(grucc_handle *handle, grucc_pending *pending, grucc_place place, void *stream);

/* cuda_run.c */

/* A run whose shapes have been checked, counts included. Its tensors are at `place`, lengths and
 * batch_sizes are in host memory. On the device: only enqueued on `stream`. */
int grucc_run_on(grucc_handle *handle, const grucc_args *args, grucc_place place, void *stream);
/* The same from a state to another, both [D*L, B, H] in device memory, for h_0 and h_n. */
int grucc_run_between(grucc_handle *handle, const grucc_args *args, grucc_place place, void *stream,
                      uint64_t h_0, uint64_t h_n);
/* Room for runs of up to seq_len steps of batch rows. */
int grucc_reserve_device(grucc_handle *handle, int64_t seq_len, int64_t batch);

/* cuda_check.c: what must hold before anything is launched. */

/* grucc_run_args for a GPU: checks the arguments as compiled models do, then runs on the host's
 * memory. */
int grucc_run_device_args(grucc_handle *handle, const grucc_args *args);
/* The tensor `name` is where it is said to be: on the handle's device, or not on any. */
int grucc_check_place(grucc_handle *handle, const char *name, const grucc_tensor *tensor,
                      grucc_place place);

/* cuda_launch.c */

/* One run in device memory; 0 stands for none. */
typedef struct grucc_sequence {
  int64_t seq_len, batch, rows;
  int64_t step_rows, batch_rows;
  uint64_t input, h_0, output, h_n, lengths, offsets;
  int keeps_states;           /* h_0 and h_n are no tensors of the caller's */
  uint64_t gates, between[2]; /* of the workspace */
} grucc_sequence;

/* Enqueues all layers of a run. */
int grucc_launch_layers(grucc_handle *handle, const grucc_sequence *run, void *stream);

/* cuda_counts.c, with the context current */

/* Room for `count` lengths and offsets of a run; the driver has read those of all before. */
int grucc_need_counts(grucc_handle *handle, int64_t count);
/* lengths and, packed, offsets, on the device; `run` learns where. */
int grucc_upload_counts(grucc_handle *handle, const grucc_args *args, grucc_sequence *run,
                        uint64_t to, void *stream);
/* Once nothing is pending; events go with the context where it cannot be made current. */
void grucc_free_counts(struct grucc_device *device, int has_context);

/* cuda_state.c: states in device memory. */

/* Bytes of what a stream remembers, old and new; -1: too large. */
int64_t grucc_device_state_bytes(const grucc_model *model, int64_t batch);
int grucc_new_device_state(grucc_handle *handle, int64_t batch, grucc_state *state);
int grucc_init_device_state(grucc_handle *handle, grucc_state *state, const void *h_0);
int grucc_read_device_state(grucc_handle *handle, const grucc_state *state, void *h_n);
int grucc_reset_device_state(grucc_handle *handle, grucc_state *state, const int64_t *rows,
                             int64_t count);
int grucc_step_device(grucc_handle *handle, grucc_state *state, const void *x, void *y,
                      grucc_place place, void *stream);
void grucc_free_device_state(void *data);

#endif /* GRUCC_RUNTIME_SRC_DEVICE_H */
