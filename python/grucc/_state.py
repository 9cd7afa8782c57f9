# ===- _state.py - The state of a stream -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: B batch, H hidden size, L layers."""

from ._arrays import address
from ._errors import InputError, shape_error
from ._library import aligned


class State:
    """What a stream of B rows remembers between steps; made by Model.step and Model.state.

    One thread at a time may step it. h: [L, B, H], a copy of every layer's state, of the kind
    of array that the stream began with; assign to it to set them.
    """
    __slots__ = "model", "batch", "at", "number", "_memory", "_arrays"

    def __init__(self, model, batch, arrays):
        d = model.descriptor
        if model.bidirectional or not (d.step or model._gpu):
            found = ("a bidirectional network" if model.bidirectional else
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
        self._memory = aligned(size)
        self.at = address(self._memory)
        model._check("init_state", d.init_state(self.at, None, batch))

    def _shape(self):
        return self.model.num_layers, self.batch, self.model.hidden_size

    @property
    def h(self):
        if self.model._gpu:
            h, at = self._arrays.numpy.empty(self._shape())
            self.model._gpu.read_state(self._memory, at, self.number)
            return self._arrays.from_numpy(h)
        h, at = self._arrays.empty(self._shape())
        self.model._check("read_state", self.model.descriptor.read_state(self.at, at, self.batch))
        return h

    @h.setter
    def h(self, value):
        arrays, value = self.model._kind("h_0", value)
        if value.shape != self._shape():
            raise shape_error("h_0", value.shape, *self._shape())
        if self.model._gpu:
            arrays, value = arrays.numpy, arrays.to_numpy(value)
        value, at = arrays.operand("h_0", value)
        if self.model._gpu:
            self.model._gpu.init_state(self._memory, at, self.number)
            return
        self.model._check("init_state", self.model.descriptor.init_state(self.at, at, self.batch))

    def copy(self):
        """Another state, of the same moment."""
        other = State(self.model, self.batch, self._arrays)
        if self.model._gpu:
            other.h = self.h
        else:
            other._memory[:] = self._memory
        return other

    def __repr__(self):
        return f"grucc.State({self.batch} rows of {self.model!r})"
