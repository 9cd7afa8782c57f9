# ===- _arrays.py - NumPy arrays and torch tensors, seen as memory -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The two kinds of arrays behind one interface.

A kind knows how to look at an array without copying it when it is contiguous and
aligned, and how to make a new one of its own kind. torch is never imported here:
a tensor can only come from a program that has imported it.
"""

import ctypes
import sys

import numpy as np

from ._errors import Error, InputError, no_memory
from ._tracing import memory_of

_char_from_buffer = ctypes.c_char.from_buffer
_addressof = ctypes.addressof
_int64 = np.dtype(np.int64)


def address(value):
    """The address of an array's first element; numbers and None stay."""
    if isinstance(value, np.ndarray):
        try:
            return _addressof(_char_from_buffer(value))
        except (TypeError, ValueError):  # read only, or not contiguous, or without elements
            return value.__array_interface__["data"][0]
    return value.data_ptr() if hasattr(value, "data_ptr") else value


def dtype_error(name, array, expected):
    """Of NumPy's and of torch's; with the way out, since numbers are never converted unasked."""
    found, way_out = array.dtype, ""
    if isinstance(array, np.ndarray):
        if found.kind in "iuf":
            way_out = f"; {name}.astype('{expected}') gives it"
    elif not (found.is_complex or array.is_quantized):
        way_out = f"; {name}.to({expected}) gives it"
    return InputError(f"{name}: found {found}, expected {expected}{way_out}")


def shape_of(name, value):
    """An array's shape, which torch's nested tensors do not have."""
    try:
        return value.shape
    except RuntimeError:
        raise InputError(f"{name}: found a nested tensor, which has no shape, expected another"
                         ) from None


class NumpyArrays:
    """NumPy's kind. `dtype` is that of inputs, outputs and states."""

    def __init__(self, dtype):
        self.dtype, self.numpy = dtype, self

    def from_numpy(self, array):
        """NumPy's array as one of this kind."""
        return array

    def to_numpy(self, array):
        return array

    def operand(self, name, array):
        """(array, address): the array itself, or a copy when it is not contiguous and aligned."""
        if array.dtype is not self.dtype and array.dtype != self.dtype:
            raise dtype_error(name, array, self.dtype)
        if array.flags.carray:
            try:
                return array, _addressof(_char_from_buffer(array))
            except (TypeError, ValueError):  # without elements
                return array, 0
        if not (array.flags.c_contiguous and array.flags.aligned):
            try:
                array = np.array(array, order="C")
            except MemoryError:
                raise no_memory(name, array.shape) from None
        return array, address(array)

    def empty(self, shape):
        """(array, address) of a new array."""
        try:
            array = np.empty(shape, self.dtype)
        except (MemoryError, ValueError):  # ValueError: more than there are addresses
            raise no_memory("output", shape) from None
        try:
            return array, _addressof(_char_from_buffer(array))
        except ValueError:
            return array, 0

    def take(self, array, indices, axis):
        """A copy with the entries of one axis in the order of `indices` (int64 [n])."""
        return np.take(array, indices, axis)


class TorchTensors:
    """torch's kind: CPU tensors. Their memory is NumPy's, which is quicker to make."""

    def __init__(self, dtype, torch):
        self.numpy, self.Tensor = NumpyArrays(dtype), torch.Tensor
        self._dtype, self._strided = getattr(torch, dtype.name), torch.strided
        self.from_numpy, self._itemsize = torch.from_numpy, dtype.itemsize

    def to_numpy(self, tensor):
        return tensor.detach().resolve_neg().numpy()

    def operand(self, name, tensor):
        if tensor.dtype is not self._dtype:
            raise dtype_error(name, tensor, self._dtype)
        if not tensor.is_cpu or tensor.layout is not self._strided:
            raise InputError(f"{name}: found a {tensor.layout} tensor on {tensor.device}, expected "
                             "a strided one on cpu")
        if not tensor.is_contiguous() or tensor.is_neg():
            try:
                tensor = tensor.detach().resolve_neg().contiguous()
            except RuntimeError as reason:  # torch's way to say that there is no memory
                raise Error(f"{name}: found {reason}, expected a copy of it") from None
        at = memory_of(tensor)
        if at % self._itemsize:
            tensor = tensor.detach().clone()
            at = tensor.data_ptr()
        return tensor, at

    def empty(self, shape):
        array, at = self.numpy.empty(shape)
        return self.from_numpy(array), at

    def take(self, tensor, indices, axis):
        return tensor.detach().index_select(axis, self.from_numpy(indices))


def torch_module():
    """torch, if the program has imported it; not while it does, in another thread."""
    torch = sys.modules.get("torch")
    return None if getattr(getattr(torch, "__spec__", None), "_initializing", False) else torch


def is_tensor(value):
    torch = torch_module()
    return torch is not None and isinstance(value, torch.Tensor)


def as_numpy(name, value):
    """An array of whatever dtype it has: a tensor's own memory, or a list's numbers."""
    if is_tensor(value) and not value.is_cpu:
        raise InputError(f"{name}: found a tensor on {value.device}, expected one on cpu")
    try:
        if is_tensor(value):
            return value.detach().resolve_neg().numpy()
        return np.asarray(value)
    except MemoryError:
        raise no_memory(name, shape_of(name, value)) from None
    except Exception as reason:  # rows of different lengths, no dtype of NumPy's, what others raise
        raise InputError(f"{name}: found {type(value).__name__} ({reason}), expected an array"
                         ) from None


def as_counts(name, value):
    """int64 [n], from integers of any width."""
    if type(value) is np.ndarray and value.dtype == _int64 and value.ndim == 1 and (
            value.flags.carray):
        return value
    array = as_numpy(name, value)
    if array.size == 0 and not hasattr(value, "dtype"):
        array = array.astype(np.int64)  # NumPy makes [] a float
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InputError(f"{name}: found {array.dtype} with {array.ndim} axes, expected integers "
                         "with one axis")
    return np.require(array, np.int64, "CA")
