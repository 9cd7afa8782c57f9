/*===- exchange.h - DLPack's exchange of tensors, as far as it is used here ---===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The C functions that a class of tensors has in its attribute __dlpack_c_exchange_api__:
 * DLPack 1.3, whose structures stay as they are in all versions 1.x. torch has them since 2.10.
 */
#ifndef GRUCC_PYTHON_EXCHANGE_H
#define GRUCC_PYTHON_EXCHANGE_H

#include <stdint.h>

#define EXCHANGE_ATTRIBUTE "__dlpack_c_exchange_api__"
#define EXCHANGE_CAPSULE "dlpack_exchange_api"
enum { DLPACK_MAJOR = 1, DLPACK_MINOR = 3, DLPACK_CPU = 1, DLPACK_FLOAT = 2 };

typedef struct {
  uint32_t major, minor;
} DLPackVersion;

typedef struct {
  void *data;
  struct {
    int32_t type, id;
  } device;
  int32_t ndim;
  struct {
    uint8_t code, bits;
    uint16_t lanes;
  } dtype;
  int64_t *shape;
  int64_t *strides; /* of elements */
  uint64_t byte_offset;
} DLTensor;

typedef struct DLManagedTensorVersioned {
  DLPackVersion version;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensorVersioned *self);
  uint64_t flags;
  DLTensor dl_tensor;
} DLManagedTensorVersioned;

/* Functions return 0, or -1 with an exception. */
typedef struct {
  DLPackVersion version;
  void *prev_api;
  void *managed_tensor_allocator;
  void *managed_tensor_from_py_object_no_sync;
  /* Takes the tensor over. */
  int (*managed_tensor_to_py_object_no_sync)(DLManagedTensorVersioned *tensor, void **object);
  /* The tensor's own memory, shape and strides. */
  int (*dltensor_from_py_object_no_sync)(void *object, DLTensor *tensor);
  void *current_work_stream;
} DLPackExchangeAPI;

#endif
