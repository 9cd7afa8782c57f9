/*===- arrays.c - NumPy arrays and torch tensors, seen from C -----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "arrays.h"
#include <stdlib.h>

/* Larger tensors are made by NumPy, which asks the system for huge pages. */
enum { ALIGNMENT = 64, MOST_BYTES = 1 << 20 };

static bool is_aligned(const Kinds *kinds, const void *data) {
  return data && (uintptr_t)data % (size_t)kinds->item_bytes == 0;
}

static bool take_numpy(const Kinds *kinds, PyObject *array, Operand *operand) {
  PyObject *dtype = PyObject_GetAttr(array, kinds->dtype_name);
  if (!dtype)
    return false;
  Py_DECREF(dtype); /* the array has it */
  /* Without strides NumPy gives what is contiguous alone. */
  if (dtype != kinds->dtype || PyObject_GetBuffer(array, &operand->view, PyBUF_ND))
    return false;
  operand->data = operand->view.buf;
  operand->rank = operand->view.ndim;
  operand->is_tensor = false;
  if (operand->rank > MAX_RANK || !is_aligned(kinds, operand->data)) {
    PyBuffer_Release(&operand->view);
    return false;
  }
  for (int axis = 0; axis < operand->rank; ++axis)
    operand->shape[axis] = operand->view.shape[axis];
  return true;
}

static bool take_tensor(const Kinds *kinds, PyObject *array, Operand *operand) {
  DLTensor tensor;
  if (kinds->exchange->dltensor_from_py_object_no_sync(array, &tensor))
    return false; /* sparse, nested, without memory, ... */
  if (tensor.device.type != DLPACK_CPU || tensor.dtype.code != DLPACK_FLOAT ||
      tensor.dtype.bits != 8 * kinds->item_bytes || tensor.dtype.lanes != 1 ||
      tensor.ndim > MAX_RANK || !tensor.data)
    return false;
  operand->data = (const char *)tensor.data + tensor.byte_offset;
  operand->rank = tensor.ndim;
  operand->is_tensor = true;
  int64_t stride = 1;
  for (int axis = tensor.ndim; axis-- > 0;) {
    if (tensor.shape[axis] != 1 && tensor.strides[axis] != stride)
      return false;
    operand->shape[axis] = tensor.shape[axis];
    stride *= tensor.shape[axis];
  }
  /* The memory of x.conj().imag is that of -x. */
  PyObject *is_neg = PyObject_CallFunctionObjArgs(kinds->is_neg, array, NULL);
  if (!is_neg)
    return false;
  Py_DECREF(is_neg);
  return is_neg == Py_False && is_aligned(kinds, operand->data);
}

bool grucc_take(const Kinds *kinds, PyObject *array, Operand *operand) {
  /* Subclasses may mean something else. */
  PyObject *type = (PyObject *)Py_TYPE(array);
  if (type == kinds->ndarray)
    return take_numpy(kinds, array, operand);
  return type == kinds->tensor && take_tensor(kinds, array, operand);
}

void grucc_release(Operand *operand) {
  if (!operand->is_tensor)
    PyBuffer_Release(&operand->view);
}

static PyObject *make_numpy(const Kinds *kinds, int rank, const int64_t *shape, void **data) {
  PyObject *extents = PyTuple_New(rank);
  for (int axis = 0; extents && axis < rank; ++axis) {
    PyObject *extent = PyLong_FromLongLong(shape[axis]);
    if (!extent)
      Py_CLEAR(extents);
    else
      PyTuple_SetItem(extents, axis, extent);
  }
  if (!extents)
    return NULL;
  PyObject *array = PyObject_CallFunctionObjArgs(kinds->empty, extents, kinds->dtype, NULL);
  Py_DECREF(extents);
  Py_buffer view;
  if (!array || PyObject_GetBuffer(array, &view, PyBUF_WRITABLE)) {
    Py_XDECREF(array);
    return NULL;
  }
  *data = view.buf; /* where it stays: nobody else knows the array */
  PyBuffer_Release(&view);
  return array;
}

/* A tensor in one block: this, then its elements. */
typedef struct {
  _Alignas(ALIGNMENT) DLManagedTensorVersioned managed;
  int64_t shape[MAX_RANK], strides[MAX_RANK];
} Block;

static void free_block(DLManagedTensorVersioned *managed) { free(managed); }

static PyObject *make_tensor(const Kinds *kinds, int rank, const int64_t *shape, void **data) {
  int64_t bytes = kinds->item_bytes;
  for (int axis = 0; axis < rank; ++axis)
    if (__builtin_mul_overflow(bytes, shape[axis], &bytes) || bytes > MOST_BYTES)
      return NULL;
  size_t size = sizeof(Block) + ((size_t)bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  Block *block = aligned_alloc(ALIGNMENT, size);
  if (!block)
    return NULL;
  *data = block + 1;
  int64_t stride = 1;
  for (int axis = rank; axis-- > 0; stride *= shape[axis]) {
    block->shape[axis] = shape[axis];
    block->strides[axis] = stride;
  }
  block->managed = (DLManagedTensorVersioned){
      .version = {DLPACK_MAJOR, DLPACK_MINOR},
      .deleter = free_block,
      .dl_tensor = {.data = *data,
                    .device = {DLPACK_CPU, 0},
                    .ndim = rank,
                    .dtype = {DLPACK_FLOAT, (uint8_t)(8 * kinds->item_bytes), 1},
                    .shape = block->shape,
                    .strides = block->strides}};
  void *array;
  if (kinds->exchange->managed_tensor_to_py_object_no_sync(&block->managed, &array))
    return NULL;
  return array;
}

PyObject *grucc_make(const Kinds *kinds, bool is_tensor, int rank, const int64_t *shape,
                     void **data) {
  return (is_tensor ? make_tensor : make_numpy)(kinds, rank, shape, data);
}
