/*===- runtime.h - Opens compiled models and runs them with checked shapes --===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * A model (model.h) can be called directly: it needs nothing, and it trusts the
 * shapes that its caller has in mind. The runtime adds what a careful program
 * wants around it: it opens a linked-in descriptor or a shared library, checks
 * the binary interface, the CPU and the shape of every tensor, and owns the
 * workspace, the packed weights and, if asked, the state.
 *
 *   grucc_handle *encoder;
 *   char message[GRUCC_MESSAGE_SIZE];
 *   if (grucc_open_file("encoder.so", &encoder, message, sizeof message))
 *     die(message);
 *   grucc_call call = {0};
 *   call.input = grucc_tensor_of(GRUCC_FLOAT32, input, 3, T, B, 10);
 *   call.output = grucc_tensor_of(GRUCC_FLOAT32, output, 3, T, B, 20);
 *   call.h_n = grucc_tensor_of(GRUCC_FLOAT32, h_n, 3, 2, B, 20);
 *   if (grucc_run(encoder, &call))
 *     die(grucc_last_error(encoder));
 *   grucc_close(encoder);
 *
 * Letters, as in model.h: T steps, B batch, I input_size, H hidden_size,
 * D directions, L num_layers. `real` is float, or double for float64 models.
 *
 * Every function that can fail returns a grucc_status (model.h); 0 is success.
 * After a failure nothing has been written to the caller's tensors, unless the
 * model itself refused an argument half way, which none does, or a GPU failed while
 * its results were copied out.
 *
 * Threads: one handle serves one call at a time, since it owns one workspace.
 * Open one handle per thread; handles on the same descriptor share its weights. A
 * call runs on the thread that makes it, and on more after grucc_set_threads.
 *
 * A model compiled for a GPU (cuda.h) is opened and called in the same way, with
 * tensors in the host's memory. NVIDIA's driver, libcuda.so.1, is loaded when the
 * first call needs it, so that a model can be opened and asked for its facts
 * without one; from then on every call may also return
 *   GRUCC_ERROR_DEVICE  no driver or none that is new enough, no such device or
 *                       one of too low a compute capability, or an error of the
 *                       driver, whose name and text are in grucc_last_error
 * and GRUCC_ERROR_MEMORY when the device's memory is full. Tensors in the
 * device's memory are for the functions that end in _on_stream.
 */
#ifndef GRUCC_RUNTIME_H
#define GRUCC_RUNTIME_H

#include "grucc/model.h"
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define GRUCC_API __attribute__((visibility("default")))
#else
#define GRUCC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that hold every message of the runtime with its final NUL. */
#define GRUCC_MESSAGE_SIZE 512

/*===-- Tensors -----------------------------------------------------------===*/

typedef enum grucc_dtype {
  GRUCC_FLOAT32 = 0,
  GRUCC_FLOAT64 = 1,
  GRUCC_INT64 = 2,
  GRUCC_UINT8 = 3
} grucc_dtype;

#define GRUCC_MAX_RANK 4

/* A contiguous, row-major tensor of the caller's, aligned to its elements.
 * Rank 0 with data NULL says "none". A tensor without elements (an extent is 0)
 * may have data NULL. Tensors given as inputs are never written. */
typedef struct grucc_tensor {
  void *data;
  int32_t dtype; /* grucc_dtype */
  int32_t rank;  /* 0 .. GRUCC_MAX_RANK */
  int64_t shape[GRUCC_MAX_RANK];
} grucc_tensor;

/* The tensor at `data` with `rank` extents, each an int64_t or an int that the
 * macro widens: grucc_tensor_of(GRUCC_FLOAT32, x, 2, B, 10). */
#define grucc_tensor_of(dtype, data, rank, ...)                                                    \
  grucc_make_tensor((dtype), (data), (rank), GRUCC_EXTENTS_(__VA_ARGS__, 0, 0, 0, 0))
#ifdef __cplusplus
#define GRUCC_EXTENT_(a) static_cast<int64_t>(a)
#else
#define GRUCC_EXTENT_(a) ((int64_t)(a))
#endif
#define GRUCC_EXTENTS_(a, b, c, d, ...)                                                            \
  GRUCC_EXTENT_(a), GRUCC_EXTENT_(b), GRUCC_EXTENT_(c), GRUCC_EXTENT_(d)

static inline grucc_tensor grucc_make_tensor(int32_t dtype, const void *data, int32_t rank,
                                             int64_t a, int64_t b, int64_t c, int64_t d) {
  grucc_tensor tensor;
#ifdef __cplusplus
  tensor.data = const_cast<void *>(data);
#else
  tensor.data = (void *)(uintptr_t)data;
#endif
  tensor.dtype = dtype;
  tensor.rank = rank;
  tensor.shape[0] = a;
  tensor.shape[1] = b;
  tensor.shape[2] = c;
  tensor.shape[3] = d;
  return tensor;
}

/*===-- Opening and closing -----------------------------------------------===*/

/* An open model: the descriptor, the workspace, the packed weights and the last
 * error. Made by grucc_open_*, freed by grucc_close. */
typedef struct grucc_handle grucc_handle;

/* Opens the descriptor of a model that is linked into the program (NAME_model);
 * it must outlive the handle. Of several levels in one artifact it takes the best
 * for this CPU, once, as the other functions that open do; grucc_descriptor says
 * which. On failure *handle is NULL and `message` (of
 * `message_size` bytes; may be NULL) says why.
 *   GRUCC_ERROR_NULL    model or handle is NULL
 *   GRUCC_ERROR_ABI     another ABI version, or a damaged descriptor
 *   GRUCC_ERROR_CPU     this CPU lacks a feature that the model requires
 *   GRUCC_ERROR_MEMORY  out of memory */
GRUCC_API int grucc_open_model(const grucc_model *model, grucc_handle **handle, char *message,
                               size_t message_size);

/* Opens a shared library as grucc writes it. The file, a regular one, is copied to where nobody
 * can change it any more: a sealed memfd or, where the system has or takes none, a private file in
 * $TMPDIR or /tmp that is gone when this returns. The copy is checked, by structure and by its
 * checksum (grucc_model.checksum), and the copy is loaded, so that the file may be written to,
 * replaced and deleted afterwards. A truncated, damaged or foreign file is an error and not a
 * signal, and nothing of a refused file runs: a library that would run code when it is loaded, or
 * needs another one, is refused, too.
 *
 * The weights are in memory in every copy: handles that shall share them are opened by
 * grucc_open_model on the descriptor of the first one, which is closed last; other processes have
 * their own. A file descriptor stays open with the handle. As grucc_open_model, and:
 *   GRUCC_ERROR_FILE    the file cannot be read, is damaged, or is no model for this machine */
GRUCC_API int grucc_open_file(const char *path, grucc_handle **handle, char *message,
                              size_t message_size);

/* The same without the copy: the file itself is checked and loaded, and its pages, weights
 * included, are in memory once for all processes and handles that open it so. Only for files in a
 * folder that nobody writes to whom this process does not trust: the file must not be written to
 * while it is open (replacing it by rename and deleting it are fine), since what is written to it
 * runs here, and a file that is cut ends this process. It needs /proc, and a file system that may
 * hold code. */
GRUCC_API int grucc_open_mapped(const char *path, grucc_handle **handle, char *message,
                                size_t message_size);

/* The open file that holds the bytes which were checked and loaded, for pread, sendfile and the
 * like; the handle's, closed with it. -1: a linked-in model. */
GRUCC_API int grucc_loaded_file(const grucc_handle *handle);

/* Frees what the handle owns (not the states) and unloads its file. NULL: nothing. */
GRUCC_API void grucc_close(grucc_handle *handle);

/* The descriptor: sizes, flags, provenance. Lives as long as the handle. */
GRUCC_API const grucc_model *grucc_descriptor(const grucc_handle *handle);

/* What went wrong in the last call on the handle that failed, such as
 * "input: found shape [5, 3, 9], expected [T, B, 10]"; "" at first. The
 * handle's, overwritten by its next failure. */
GRUCC_API const char *grucc_last_error(const grucc_handle *handle);

/* One line of English for a status. Never NULL. */
GRUCC_API const char *grucc_status_text(int status);

/* Word 0 .. GRUCC_FEATURE_WORDS - 1 of the GRUCC_CPU_* bits that this CPU and system have, as far
 * as the calling thread may use them; 0 for other words. */
GRUCC_API uint64_t grucc_cpu_features(int32_t word);

/*===-- Weights given at run time (--weights=external) --------------------===*/

/* Name and shape of tensor `index`, in 0 .. descriptor's weights_count - 1, in
 * torch's order: "weight_ih_l0" [3H, I], ... `shape` is written with rank 1 or
 * 2 and data NULL; `name` (of `name_size` bytes) may be NULL. */
GRUCC_API int grucc_describe_weight(const grucc_handle *handle, int64_t index, char *name,
                                    size_t name_size, grucc_tensor *shape);

/* Packs `count` torch tensors (caller's, read during the call) into memory that
 * the handle owns; later calls run with them. May be called again.
 *   GRUCC_ERROR_UNSUPPORTED  the model's weights are baked in
 *   GRUCC_ERROR_SHAPE        wrong count or shape */
GRUCC_API int grucc_set_weights(grucc_handle *handle, const grucc_tensor *tensors, int64_t count);

/* Runs with weights that the model's pack wrote earlier: `bytes` bytes, aligned as
 * the descriptor says, the caller's, needed until the handle is closed. */
GRUCC_API int grucc_set_packed_weights(grucc_handle *handle, const void *weights, int64_t bytes);

/*===-- Sequences: run ----------------------------------------------------===*/

/* The tensors of one run; all are the caller's. Start from {0}. */
typedef struct grucc_call {
  grucc_tensor input;        /* real [T, B, I]; [B, T, I] when batch first; [T, I] unbatched;
                                [sum of batch_sizes, I] packed */
  grucc_tensor h_0;          /* real [D*L, B, H]; [D*L, H] unbatched; or none: zeros */
  grucc_tensor lengths;      /* int64 [B], each in 0..T; or none: T everywhere */
  grucc_tensor batch_sizes;  /* int64 [T], descending; or none: input is not packed */
  grucc_tensor output;       /* as input, with D*H for I; written */
  grucc_tensor h_n;          /* as h_0, required; written; may be h_0's memory */
  grucc_tensor dropout_mask; /* training only: uint8 [L-1, T, B, D*H], 0 drops; or none:
                                drawn from the seed. B is in packed order when packed */
  uint64_t dropout_seed;     /* training only */
} grucc_call;

/* Checks every tensor against the descriptor, then runs the network.
 *   GRUCC_ERROR_NULL         a required tensor is none, or no weights are set yet
 *   GRUCC_ERROR_SHAPE        found and expected shapes are in grucc_last_error
 *   GRUCC_ERROR_UNSUPPORTED  another dtype, overlapping tensors (h_n may be h_0), one that is
 *                            written in packed weights of the caller's, or an argument that
 *                            the model was not compiled for
 *   GRUCC_ERROR_ALIGNMENT    a tensor is not aligned to its elements
 *   GRUCC_ERROR_MEMORY       out of memory, or more than was reserved */
GRUCC_API int grucc_run(grucc_handle *handle, const grucc_call *call);

/* Allocates the workspace for every run up to seq_len steps of batch rows and
 * every step of up to batch rows. From then on no run and no step allocates:
 * larger ones return GRUCC_ERROR_MEMORY. Without it the workspace grows when a
 * run needs more. */
GRUCC_API int grucc_reserve(grucc_handle *handle, int64_t seq_len, int64_t batch);

/* More than one thread for one call. */
#define GRUCC_PIN_THREADS (1u << 0)

/* Runs on up to `threads` threads from now on, the calling one among them; 1, the default, is the
 * calling one alone; there are never more than CPUs that it may use. The others are started here,
 * sleep between calls, and end with the handle or with the next grucc_set_threads. Results are the
 * same to the bit: the others round as the calling thread does when it makes the call, and take
 * subnormal numbers as zeros where it does. They trap on no floating-point exception, and what they
 * raise is not in its flags. They block all signals but those of a fault of their own (SIGSEGV and
 * the like): no other handler of the program's runs on them. The model decides how many parts a run
 * is worth: small runs stay on one thread. A step has threads where it is large
 * (grucc_model.step_rows) and follows another such step, or a run on threads, at once: else these
 * would sleep, and a step is done before they wake up. A call that mostly waited for CPUs that
 * others use is followed by some on one thread. In a child of fork(2) the handle runs
 * on one thread. A model for a GPU starts none.
 *
 *   GRUCC_PIN_THREADS        each thread beside the calling one stays on one CPU: the second,
 *                            third, ... that the calling thread may use; it is best on the first
 *   GRUCC_ERROR_SHAPE        threads is not in 1..1024
 *   GRUCC_ERROR_UNSUPPORTED  an unknown flag
 *   GRUCC_ERROR_MEMORY       no memory or no thread to be had: one thread */
GRUCC_API int grucc_set_threads(grucc_handle *handle, int64_t threads, uint32_t flags);

/* The model's own run (model.h), without checks of shapes, on the handle's threads, for callers
 * that have a workspace and packed weights themselves: whatever args say of threads is not looked
 * at. Returns what the model returns. On a GPU the workspace is the handle's, and what went wrong
 * is in grucc_last_error. */
GRUCC_API int grucc_run_args(grucc_handle *handle, const grucc_args *args);

/* The model's own step (model.h) in the same way: x is real [B, I], y real [B, H] and written,
 * `state` of state_bytes(B) bytes, `workspace` of workspace_bytes(1, B), both 64-byte aligned; all
 * are the caller's. GRUCC_ERROR_UNSUPPORTED: the model cannot stream, or is for a GPU. */
GRUCC_API int grucc_step_args(grucc_handle *handle, const void *x, void *y, void *state,
                              void *workspace, const void *weights, int64_t batch);

/*===-- Streams: step -----------------------------------------------------===*/

/* The state of a stream of `batch` independent rows. A bidirectional network and
 * one with dropout in training have no streams: GRUCC_ERROR_UNSUPPORTED. The same
 * is returned where a call's tensors share memory with each other or with its
 * state, or where what it writes is in packed weights of the caller's. */
typedef struct grucc_state {
  void *data;    /* 64-byte aligned; opaque */
  int64_t batch; /* B */
  int32_t owned; /* not 0: grucc_free_state frees data; 0: data is the caller's */
  int32_t reserved;
} grucc_state;

/* Allocates a state and sets it to zeros. Free it with grucc_free_state. That of a model for a GPU
 * is in the device's memory, needs no handle to be freed, and is for handles on that device. */
GRUCC_API int grucc_new_state(grucc_handle *handle, int64_t batch, grucc_state *state);

/* Makes a state of zeros in the caller's memory: `bytes` >= the descriptor's
 * state_bytes(batch), 64-byte aligned, needed as long as the state is used.
 *   GRUCC_ERROR_UNSUPPORTED  the model is one for a GPU: grucc_new_state places its states */
GRUCC_API int grucc_place_state(grucc_handle *handle, void *memory, int64_t bytes, int64_t batch,
                                grucc_state *state);

/* Sets the state to h_0: real [D*L, B, H], or NULL for zeros. */
GRUCC_API int grucc_init_state(grucc_handle *handle, grucc_state *state, const grucc_tensor *h_0);

/* Sets some rows of the state to zeros, in all layers: rows of int64 [count], the caller's, each in
 * 0 .. B-1, in any order and as often as one likes. The others keep their bits.
 *   GRUCC_ERROR_SHAPE  a row that the batch does not have, or a negative count; nothing is written
 *   GRUCC_ERROR_NULL   rows is NULL and count is not 0 */
GRUCC_API int grucc_reset_state(grucc_handle *handle, grucc_state *state, const int64_t *rows,
                                int64_t count);

/* Reads the state into h_n: real [D*L, B, H], written. */
GRUCC_API int grucc_read_state(grucc_handle *handle, const grucc_state *state,
                               const grucc_tensor *h_n);

/* One time step: x: real [B, I] -> y: real [B, H], written; [I] -> [H] when the
 * state's batch is 1. The state moves on by one step. */
GRUCC_API int grucc_step(grucc_handle *handle, grucc_state *state, const grucc_tensor *x,
                         const grucc_tensor *y);

/* Frees a state of grucc_new_state; forgets one of grucc_place_state. */
GRUCC_API void grucc_free_state(grucc_state *state);

/*===-- GPUs --------------------------------------------------------------===*/

/* Takes GPU number `device`, as the driver counts them, for all calls from now on, and loads the
 * model there; without it the first call that needs one takes device 0. What was reserved or
 * loaded on another device is freed; states stay where they are.
 *   GRUCC_ERROR_SHAPE        device is negative
 *   GRUCC_ERROR_UNSUPPORTED  the model is one for a CPU */
GRUCC_API int grucc_set_device(grucc_handle *handle, int device);

/* The GPU of a handle. */
typedef struct grucc_device_facts {
  char name[128];     /* as the driver says it: "NVIDIA H100 80GB HBM3" */
  int32_t device;     /* its number */
  int32_t capability; /* 90 for 9.0 */
  int32_t driver;     /* what of CUDA the driver has: 12040 for 12.4 */
  int32_t reserved;
} grucc_device_facts;

/* What calls on the handle run on, which has the model loaded from then on.
 *   GRUCC_ERROR_UNSUPPORTED  the model is one for a CPU
 *   GRUCC_ERROR_DEVICE       no driver, or no device that runs it */
GRUCC_API int grucc_describe_device(grucc_handle *handle, grucc_device_facts *facts);

/* As grucc_run, for tensors in the device's memory: input, h_0, output and h_n, shaped as there
 * and contiguous, the caller's; lengths and batch_sizes are in the host's memory, read during the
 * call, which waits for the fourth run with such before this one to begin. The run is enqueued on
 * the caller's stream (a CUstream or cudaStream_t of the device's primary context; NULL: the legacy
 * default stream) and may end after the return: the caller synchronises, and finds what the kernels
 * themselves do wrong there. The tensors and the stream have to stay until then: a new stream may
 * get the value of one that was destroyed. Runs of one handle use one workspace: a run on another
 * stream than the last one waits for the device first, and so does every one on
 * CU_STREAM_PER_THREAD, which is another in every thread. Without grucc_reserve the workspace grows
 * when a run needs more, which waits, too; after it nothing is allocated here.
 *   GRUCC_ERROR_UNSUPPORTED  the model is one for a CPU, or a tensor is not in the memory that it
 *                            has to be in, or on another device */
GRUCC_API int grucc_run_on_stream(grucc_handle *handle, const grucc_call *call, void *stream);

/* As grucc_step, for x and y in the device's memory, enqueued as grucc_run_on_stream does.
 * grucc_init_state and grucc_read_state, whose tensors are the host's, and grucc_reset_state wait
 * for it, and so does a step on the host's memory or on another stream, whichever handle they and
 * it are given. */
GRUCC_API int grucc_step_on_stream(grucc_handle *handle, grucc_state *state, const grucc_tensor *x,
                                   const grucc_tensor *y, void *stream);

#ifdef __cplusplus
}
#endif

#endif /* GRUCC_RUNTIME_H */
