# ===- _state.py - The state of a stream -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: B batch, H hidden size, L layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, cast

import numpy as np

from ._arguments import shown
from ._arrays import address, as_numpy, shape_of
from ._errors import InputError, shape_error
from ._library import aligned
from ._readonly import read_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ._arrays import Arrays
    from ._gpu import StateMemory
    from ._model import Model
    from ._types import Array, Floats, Given, Rows, Sizes

A = TypeVar("A")


def _row_numbers(rows: Rows, batch: int) -> NDArray[np.int64]:
    """int64 [n] of one row, a slice, a mask [B], or any number of rows."""
    if isinstance(rows, slice):
        try:
            return np.arange(batch, dtype=np.int64)[rows]
        except (TypeError, ValueError, OverflowError) as reason:
            raise InputError(f"rows: found {shown(rows)} ({reason}), expected a slice of rows"
                             ) from None
    array = as_numpy("rows", rows)
    if array.size == 0 and not hasattr(rows, "dtype"):
        array = array.astype(np.int64)  # NumPy makes [] a float
    if array.dtype == np.bool_ and array.ndim:
        if array.shape != (batch,):
            raise shape_error("rows", array.shape, batch)
        return np.flatnonzero(array)
    if array.ndim > 1 or array.dtype.kind not in "iu":
        raise InputError(f"rows: found {array.dtype} with {array.ndim} axes, expected row numbers "
                         "or a mask")
    array = array.reshape(-1)
    for row in array[(array < 0) | (array >= batch)]:
        raise InputError(f"rows: found {row}, expected 0 to {batch - 1}" if batch else
                         f"rows: found {row}, expected none, as the state has none")
    return array.astype(np.int64)


def _again(model: Model, h: Array) -> State[Array]:
    return model.state(h)


class State(Generic[A]):
    """What a stream of B rows remembers between steps; made by Model.step and Model.state.

    model: whose state it is. batch: B, the number of rows.
    One thread at a time may step it. h: [L, B, H], a read-only copy of every layer's state, of the
    kind of array that the stream began with; `state.h = h_0` sets all of them, `state.reset` some.
    copy.copy and copy.deepcopy do what State.copy does; pickle takes the model along.
    """
    model: Model
    batch: int
    at: int  # in the host's memory
    number: int  # of the GPU
    _memory: NDArray[np.uint8] | StateMemory
    __slots__ = "model", "batch", "at", "number", "_memory", "_arrays"

    def __init__(self, model: Model, batch: int, arrays: Arrays[A]) -> None:
        """Of a model that can stream; grucc.InputError for others, and for a batch below 0."""
        d = model.descriptor
        if model.bidirectional or not (d.step or model._gpu):
            found = ("a bidirectional network" if model.bidirectional else
                     "a network in the reverse direction" if d.direction else
                     "a model compiled with training=True")
            raise InputError(f"step: found {found}, expected one that can stream")
        self.model, self.batch, self._arrays = model, batch, arrays
        if model._gpu and batch >= 0:
            self.number = getattr(arrays, "number", model._gpu.number)
            self._memory = model._gpu.new_state(batch, self.number)
            return
        size = d.state_bytes(batch) if batch >= 0 else -1
        if size < 0:
            raise InputError(f"state: found batch {batch}, expected 0 or more, whose state fits "
                             "the address space")
        self._memory = memory = aligned(size)
        self.at = address(memory)
        model._check("init_state", d.init_state(self.at, None, batch))

    def _shape(self) -> Sizes:
        return self.model.num_layers, self.batch, self.model.hidden_size

    def _read(self) -> Floats:
        """NumPy's [L, B, H], wherever the state is."""
        h, at = self.model._numpy.empty(self._shape())
        if self.model._gpu:
            self.model._gpu.read_state(cast("StateMemory", self._memory), at, self.number)
        else:
            self.model._check("read_state",
                              self.model.descriptor.read_state(self.at, at, self.batch))
        return h

    def _write(self, h: Floats) -> None:
        h, at = self.model._numpy.operand("h_0", h)
        if self.model._gpu:
            self.model._gpu.init_state(cast("StateMemory", self._memory), at, self.number)
        else:
            self.model._check("init_state",
                              self.model.descriptor.init_state(self.at, at, self.batch))

    def _given(self, h_0: object, *shape: int) -> Floats:
        """h_0 [L, n, H] of any kind of array, as NumPy's."""
        arrays, array = self.model._kind("h_0", h_0)
        if shape_of("h_0", array) != shape:
            raise shape_error("h_0", array.shape, *shape)
        return arrays.to_numpy(arrays.operand("h_0", array)[0])

    @property
    def h(self) -> A:
        """[L, B, H], a read-only copy of every layer's state, of the kind of array that the stream
        began with. Set to h_0 of that shape, of any kind: another shape or dtype raises
        grucc.InputError."""
        return cast("A", read_only(cast("Array", self._arrays.from_numpy(self._read()))))

    @h.setter
    def h(self, value: Given) -> None:
        self._write(self._given(value, *self._shape()))

    def reset(self, rows: Rows, h_0: Given | None = None) -> None:
        """Sets some rows of every layer, to zeros or to h_0 [L, len(rows), H]; the others keep
        their bits. `rows`: one number, a slice, a mask [B], or a list or array of numbers.

        Rows that there are not, a row of h_0 twice, another shape or dtype raise grucc.InputError,
        and nothing has been set."""
        rows = _row_numbers(rows, self.batch)
        if h_0 is not None:
            layers, _, width = self._shape()
            h_0 = self._given(h_0, layers, len(rows), width)
            if len(np.unique(rows)) != len(rows):
                raise InputError(f"rows: found {rows.tolist()}, expected each row of h_0 once")
        if h_0 is None and not self.model._gpu:
            rows = np.ascontiguousarray(rows)  # a slice's have a stride
            self.model._check("reset_state", self.model.descriptor.reset_state(
                self.at, address(rows), len(rows), self.batch))
            return
        h = self._read()
        h[:, rows] = 0 if h_0 is None else h_0
        self._write(h)

    def copy(self) -> State[A]:
        """Another state, of the same moment: steps of one do not move the other."""
        return self._copy_of(self.model)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, object]) -> State[A]:
        # The model is only read: it is another one where it is copied, too.
        return self._copy_of(cast("Model", memo.get(id(self.model), self.model)))

    def __reduce__(self) -> tuple[Callable[..., State[Array]], tuple[Model, A]]:
        # An array of the stream's kind says which kind it is.
        return _again, (self.model, self._arrays.from_numpy(self._read()))

    def _copy_of(self, model: Model) -> State[A]:
        other = State(model, self.batch, self._arrays)
        if self.model._gpu:
            other._write(self._read())
        else:
            cast("NDArray[np.uint8]", other._memory)[:] = cast("NDArray[np.uint8]", self._memory)
        return other

    def __repr__(self) -> str:
        return f"grucc.State({self.batch} rows of {self.model!r})"
