/*===- arrays.h - NumPy arrays and torch tensors, seen from C -----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_PYTHON_ARRAYS_H
#define GRUCC_PYTHON_ARRAYS_H

#define Py_LIMITED_API 0x030B0000
#include "exchange.h"
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

enum { MAX_RANK = 3 };

/* What is known of the two kinds; owned by a Calls. */
typedef struct {
  PyObject *ndarray, *empty, *dtype, *dtype_name; /* numpy.ndarray, numpy.empty, model.dtype */
  PyObject *tensor, *is_neg;                      /* torch.Tensor, its method; NULL: not there */
  const DLPackExchangeAPI *exchange;              /* of torch.Tensor */
  int64_t item_bytes;                             /* of model.dtype */
} Kinds;

/* An array that a model may read as it is: contiguous and aligned, of the model's dtype. */
typedef struct {
  const void *data;
  bool is_tensor;
  int rank;
  int64_t shape[MAX_RANK];
  Py_buffer view; /* keeps NumPy's memory in its place */
} Operand;

/* Looks at an array. False: at this one Python has to look, an exception may be set; else the
 * operand is to be released. */
bool grucc_take(const Kinds *kinds, PyObject *array, Operand *operand);
void grucc_release(Operand *operand);

/* A new array of either kind, and its memory; NULL: Python has to make it, an exception may be
 * set. */
PyObject *grucc_make(const Kinds *kinds, bool is_tensor, int rank, const int64_t *shape,
                     void **data);

#endif
