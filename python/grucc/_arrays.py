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

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

import numpy as np

from ._errors import Error, InputError, no_memory
from ._tracing import memory_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import torch
    from numpy.typing import NDArray
    from typing_extensions import TypeIs

    from ._types import Array, Floats, RealType, Sizes

A = TypeVar("A")

_char_from_buffer = cast("Callable[[NDArray[Any]], ctypes.c_char]", ctypes.c_char.from_buffer)
_empty = cast("Callable[[Sizes, RealType], Floats]", np.empty)
_addressof = ctypes.addressof
_int64 = np.dtype(np.int64)


@overload
def address(value: None) -> None: ...


@overload
def address(value: NDArray[Any] | torch.Tensor | int) -> int: ...


def address(value: NDArray[Any] | torch.Tensor | int | None) -> int | None:
    """The address of an array's first element; numbers and None stay."""
    if isinstance(value, np.ndarray):
        try:
            return _addressof(_char_from_buffer(value))
        except (TypeError, ValueError):  # read only, or not contiguous, or without elements
            return cast("int", value.__array_interface__["data"][0])
    return cast("torch.Tensor", value).data_ptr() if hasattr(value, "data_ptr") else value


def dtype_error(name: str, array: Array, expected: object) -> InputError:
    """Of NumPy's and of torch's; with the way out, since numbers are never converted unasked."""
    way_out = ""
    if isinstance(array, np.ndarray):
        if array.dtype.kind in "iuf":
            way_out = f"; {name}.astype('{expected}') gives it"
    elif not (array.dtype.is_complex or array.is_quantized):
        way_out = f"; {name}.to({expected}) gives it"
    return InputError(f"{name}: found {array.dtype}, expected {expected}{way_out}")


def shape_of(name: str, value: Any) -> Sizes:
    """An array's shape, which torch's nested tensors do not have."""
    try:
        shape: Sizes = value.shape
        return shape
    except RuntimeError:
        raise InputError(f"{name}: found a nested tensor, which has no shape, expected another"
                         ) from None


class Arrays(Generic[A]):
    """What each kind does with arrays A of its own."""
    numpy: NumpyArrays

    def from_numpy(self, array: Floats) -> A:
        """NumPy's array as one of this kind."""
        raise NotImplementedError

    def to_numpy(self, array: A) -> Floats:
        raise NotImplementedError

    def operand(self, name: str, array: A) -> tuple[A, int]:
        """(array, address): the array itself, or a copy when it is not contiguous and aligned."""
        raise NotImplementedError

    def empty(self, shape: Sizes) -> tuple[A, int]:
        """(array, address) of a new array."""
        raise NotImplementedError

    def take(self, array: A, indices: NDArray[np.int64], axis: int) -> A:
        """A copy with the entries of one axis in the order of `indices` (int64 [n])."""
        raise NotImplementedError


class NumpyArrays(Arrays["Floats"]):
    """NumPy's kind. `dtype` is that of inputs, outputs and states."""

    def __init__(self, dtype: RealType) -> None:
        self.dtype, self.numpy = dtype, self

    def from_numpy(self, array: Floats) -> Floats:
        return array

    def to_numpy(self, array: Floats) -> Floats:
        return array

    def operand(self, name: str, array: Floats) -> tuple[Floats, int]:
        if array.dtype is not self.dtype and array.dtype != self.dtype:
            raise dtype_error(name, array, self.dtype)
        if array.flags.carray:
            try:
                return array, _addressof(_char_from_buffer(array))
            except (TypeError, ValueError):  # without elements
                return array, 0
        if not (array.flags.c_contiguous and array.flags.aligned):
            try:
                array = cast("Floats", np.array(array, order="C"))
            except MemoryError:
                raise no_memory(name, array.shape) from None
        return array, address(array)

    def empty(self, shape: Sizes) -> tuple[Floats, int]:
        try:
            array = _empty(shape, self.dtype)
        except (MemoryError, ValueError):  # ValueError: more than there are addresses
            raise no_memory("output", shape) from None
        try:
            return array, _addressof(_char_from_buffer(array))
        except ValueError:
            return array, 0

    def take(self, array: Floats, indices: NDArray[np.int64], axis: int) -> Floats:
        return cast("Floats", np.take(array, indices, axis))


class TorchTensors(Arrays["torch.Tensor"]):
    """torch's kind: CPU tensors. Their memory is NumPy's, which is quicker to make."""

    def __init__(self, dtype: RealType, module: ModuleType) -> None:
        self.numpy, self._itemsize = NumpyArrays(dtype), dtype.itemsize
        self.Tensor: type[torch.Tensor] = module.Tensor
        self._dtype: torch.dtype = getattr(module, dtype.name)
        self._strided: torch.layout = module.strided
        self._from_numpy: Callable[[NDArray[Any]], torch.Tensor] = module.from_numpy

    def from_numpy(self, array: Floats) -> torch.Tensor:
        return self._from_numpy(array)

    def to_numpy(self, array: torch.Tensor) -> Floats:
        found: Floats = array.detach().resolve_neg().numpy()
        return found

    def operand(self, name: str, array: torch.Tensor) -> tuple[torch.Tensor, int]:
        tensor = array
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

    def empty(self, shape: Sizes) -> tuple[torch.Tensor, int]:
        array, at = self.numpy.empty(shape)
        return self._from_numpy(array), at

    def take(self, array: torch.Tensor, indices: NDArray[np.int64], axis: int) -> torch.Tensor:
        return array.detach().index_select(axis, self._from_numpy(indices))


def torch_module() -> ModuleType | None:
    """torch, if the program has imported it; not while it does, in another thread."""
    torch = sys.modules.get("torch")
    return None if getattr(getattr(torch, "__spec__", None), "_initializing", False) else torch


def is_tensor(value: object) -> TypeIs[torch.Tensor]:
    torch = torch_module()
    return torch is not None and isinstance(value, torch.Tensor)


def as_numpy(name: str, value: object) -> NDArray[Any]:
    """An array of whatever dtype it has: a tensor's own memory, or a list's numbers."""
    if is_tensor(value) and not value.is_cpu:
        raise InputError(f"{name}: found a tensor on {value.device}, expected one on cpu")
    try:
        if is_tensor(value):
            found: NDArray[Any] = value.detach().resolve_neg().numpy()
            return found
        return np.asarray(value)
    except MemoryError:
        raise no_memory(name, shape_of(name, value)) from None
    except Exception as reason:  # rows of different lengths, no dtype of NumPy's, what others raise
        raise InputError(f"{name}: found {type(value).__name__} ({reason}), expected an array"
                         ) from None


def as_counts(name: str, value: object) -> NDArray[np.int64]:
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
    return np.require(array, np.int64, ("C", "A"))
