/*===- handle.h - What an open model is inside the runtime ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_RUNTIME_SRC_HANDLE_H
#define GRUCC_RUNTIME_SRC_HANDLE_H

#include "grucc/runtime.h"

/* grucc_state.owned of a state in a device's memory. */
enum { GRUCC_OWNED_BY_DEVICE = 2 };

struct grucc_device; /* device.h */

struct grucc_handle {
  const grucc_model *model;
  void *library;               /* dlopen's handle, or NULL for a linked-in model */
  int file;                    /* what `library` was loaded from, open; -1: none */
  void *workspace;             /* owned; grows until reserved */
  int64_t workspace_bytes;     /* allocated bytes of workspace */
  int reserved;                /* grucc_reserve was called: no run allocates */
  void *owned_weights;         /* what grucc_set_weights packed, or NULL */
  const void *weights;         /* passed to the model: owned, the caller's, or NULL */
  struct grucc_pool *pool;     /* owned threads, or NULL: one */
  struct grucc_device *device; /* what is on a GPU, or NULL: the model runs on the CPU */
  int64_t alone_until;         /* until then, as grucc_now counts, runs have one thread; or 0 */
  char message[GRUCC_MESSAGE_SIZE];
};

/* message.c: text that is cut, never overrun. */

/* A text of fixed capacity that is being written; always NUL-terminated. */
typedef struct grucc_text {
  char *data;
  size_t capacity, length;
} grucc_text;

grucc_text grucc_text_at(char *data, size_t capacity);
void grucc_append(grucc_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes the message for the caller of grucc_open_*, and returns status. */
int grucc_say(char *message, size_t size, int status, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Records the handle's last error, and returns status. */
int grucc_fail(grucc_handle *handle, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether something may have so many bytes: all counts have 64 bits, not all addresses. */
static inline int grucc_fits(int64_t bytes) { return (uint64_t)bytes <= (uint64_t)PTRDIFF_MAX; }

/* memory.c: blocks aligned as the model says; NULL when there is no memory. */
void *grucc_allocate(const grucc_model *model, int64_t bytes);
int grucc_is_aligned(const grucc_model *model, const void *memory);
/* At least `bytes` of workspace, growing it where that is allowed. */
int grucc_need_workspace(grucc_handle *handle, int64_t seq_len, int64_t batch);

/* tensor.c: shapes, checked and said. */

/* One extent of an expected shape: a number, or a letter for any number. */
typedef struct grucc_extent {
  int64_t value;      /* the number, or -1: any */
  const char *letter; /* "T", printed for any number */
} grucc_extent;

const char *grucc_dtype_name(int32_t dtype);
int32_t grucc_real_dtype(const grucc_model *model);
/* True when nothing was given: rank 0 and no data. */
int grucc_is_none(const grucc_tensor *tensor);
/* Checks rank, extents, dtype, data and alignment of the tensor named `name`. */
int grucc_check_tensor(grucc_handle *handle, const char *name, const grucc_tensor *tensor,
                       int32_t dtype, int32_t rank, const grucc_extent *expected);
/* Bytes of a tensor that grucc_check_tensor has passed. */
int64_t grucc_tensor_bytes(const grucc_tensor *tensor);
/* The written tensor `name` must share no memory with `other`. */
int grucc_check_apart(grucc_handle *handle, const char *name, const grucc_tensor *written,
                      const char *other_name, const grucc_tensor *other);
/* Bytes at `data` as a tensor, for grucc_check_apart; NULL: none. */
grucc_tensor grucc_memory(const void *data, int64_t bytes);
/* Says which status the model itself has returned; 0 stays 0. */
int grucc_check_model(grucc_handle *handle, const char *function, int status);
/* The packed weights must be there when the model has none of its own. */
int grucc_check_weights(grucc_handle *handle);
/* The written tensor `name` must share no memory with packed weights. */
int grucc_check_apart_from_weights(grucc_handle *handle, const char *name,
                                   const grucc_tensor *written);
/* The tensor's data; for a tensor without elements, some aligned address. */
void *grucc_data(const grucc_tensor *tensor);

/* cpu.c */

/* What cpuid and xgetbv say, so that the decoding can be tested anywhere. */
typedef struct grucc_cpuid {
  uint32_t leaf1_ecx, leaf7_ebx, extended1_ecx; /* leaves 1, 7.0 and 0x80000001 */
  uint64_t xcr0;                                /* 0 without OSXSAVE */
} grucc_cpuid;

uint64_t grucc_decode_cpuid(const grucc_cpuid *id);
/* What this library is compiled for: GRUCC_ARCHITECTURE_*, or 0 where grucc has no code. */
#if defined(__x86_64__)
#define GRUCC_HOST_ARCHITECTURE GRUCC_ARCHITECTURE_X86_64
#elif defined(__aarch64__)
#define GRUCC_HOST_ARCHITECTURE GRUCC_ARCHITECTURE_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define GRUCC_HOST_ARCHITECTURE GRUCC_ARCHITECTURE_RISCV64
#elif defined(__arm__)
#define GRUCC_HOST_ARCHITECTURE GRUCC_ARCHITECTURE_ARM
#else
#define GRUCC_HOST_ARCHITECTURE 0
#endif

/* Appends "SSE4.2 AVX2"; bits without a name as "bit 40", counted through all words; "none". */
void grucc_append_features(grucc_text *text, const uint64_t features[GRUCC_FEATURE_WORDS]);

#endif /* GRUCC_RUNTIME_SRC_HANDLE_H */
