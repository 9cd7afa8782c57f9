# ===- _model.py - A compiled network that can be called -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input size, H hidden size, D directions, L layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import numpy as np

from . import _artifact, _packed, _plot
from ._arguments import path_of, shown, whole_number
from ._arrays import address, shape_of
from ._errors import InputError, shape_error
from ._given import check_lengths, given_dropout, given_lengths
from ._gpu import CudaTensors
from ._operands import Operands
from ._state import State
from ._tracing import check_value, opaque

if TYPE_CHECKING:
    import torch
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from torch.nn.utils.rnn import PackedSequence

    from ._arrays import Arrays
    from ._gpu import StateMemory
    from ._types import Array, Counts, Device, Floats, Given, Json, Lists, Mask, Path, Real, Sizes

A = TypeVar("A", bound="Array")


class Model(Operands):
    """A compiled network; made by grucc.compile and grucc.load.

    Any number of threads may call one model at once: its weights are only read, and every
    thread has a workspace of its own, which it keeps. Python's lock is released meanwhile.

    input_size, hidden_size, num_layers, num_directions, bias, batch_first, bidirectional,
    dropout, training, dtype, name, target and provenance say what it is.
    threads: how many a run or a step may use; results are the same to the bit.
    report: the dict of the compiler's --report=json; of a loaded model, what its file says.
    device: the number of the GPU that arrays in the host's memory go to; None on a CPU.
    path: the shared library; descriptor: its grucc_model, for calls through the C interface.

    copy.copy, copy.deepcopy, pickle, torch.save and spawned processes take a model along as its
    shared library, with a private file on the other side and external weights of its own. These
    and `save` give the bytes that it was opened from, whatever becomes of the file at `path`.
    """

    def __init__(self, path: Path, report: Json | None = None, owner: object = None,
                 threads: int = 1, device: Device = None, mapped: bool = False) -> None:
        super().__init__(path_of("path", path), threads, device, mapped)
        self.device = self._gpu.number if self._gpu else None
        self.report: Json = self.facts() if report is None else report
        self._owner = owner  # deletes the file when the model is gone
        self._width = self.num_directions * self.hidden_size
        # Whether a seed draws anything (C6).
        self._draws = self.training and self.dropout > 0 and self.num_layers > 1
        self._states = self.num_directions * self.num_layers

    @overload
    def __call__(self, input: NDArray[Real],
                 h_0: NDArray[Real] | torch.Tensor | Lists | None = None,
                 lengths: Counts | None = None, *,
                 hx: NDArray[Real] | torch.Tensor | Lists | None = None,
                 dropout_seed: int | None = None,
                 dropout_mask: Mask | None = None) -> tuple[NDArray[Real], NDArray[Real]]: ...

    @overload
    def __call__(self, input: torch.Tensor, h_0: Given | None = None,
                 lengths: Counts | None = None, *, hx: Given | None = None,
                 dropout_seed: int | None = None,
                 dropout_mask: Mask | None = None) -> tuple[torch.Tensor, torch.Tensor]: ...

    @overload
    def __call__(self, input: _packed.PackedSequence, h_0: Given | None = None, *,
                 hx: Given | None = None, dropout_seed: int | None = None,
                 dropout_mask: Mask | None = None) -> tuple[_packed.PackedSequence, Floats]: ...

    @overload
    def __call__(self, input: PackedSequence, h_0: Given | None = None, *,
                 hx: Given | None = None, dropout_seed: int | None = None,
                 dropout_mask: Mask | None = None) -> tuple[PackedSequence, torch.Tensor]: ...

    @overload
    def __call__(self, input: Lists, h_0: Given | None = None,
                 lengths: Counts | None = None, *, hx: Given | None = None,
                 dropout_seed: int | None = None,
                 dropout_mask: Mask | None = None) -> tuple[Floats, Floats]: ...

    @opaque
    def __call__(self, input: Any, h_0: Any = None, lengths: Counts | None = None, *,
                 hx: Any = None, dropout_seed: int | None = None,
                 dropout_mask: Mask | None = None) -> tuple[Any, Any]:
        """Runs a whole sequence: output, h_n = model(input).

        input    [T, B, I], [B, T, I] with batch_first, [T, I] unbatched, or a PackedSequence
        h_0      [D*L, B, H], [D*L, H] unbatched; zeros when left out; hx is torch's name of it
        lengths  integers [B] in 0..T, in any order: row b takes part in its first lengths[b] steps
        output   as input with D*H for I; zeros behind lengths[b]
        h_n      as h_0: every row's state after its own last step

        NumPy arrays give arrays, CPU tensors of torch give tensors (without gradients, whatever
        requires them), lists give arrays. What is contiguous is not copied; another dtype than the
        model's is an error. While torch records its operators (torch.jit.trace, torch.fx,
        torch.export) or transforms them (torch.func), calls are refused.
        A model for a GPU brings them to its device and back. It takes CUDA tensors of torch, too,
        which give tensors on their own device, enqueued on torch's current stream there; lengths
        stay on the host.

        A model compiled with training=True takes dropout_seed, an integer of 64 bits, or
        dropout_mask, uint8 or bool [L-1, T, B, D*H] whose zeros drop, whatever dropout is; it
        needs one of them where dropout > 0 and num_layers > 1. Both speak of the rows in the
        caller's order, packed or not.

        What does not fit the model raises grucc.InputError: a shape, a dtype, a length outside of
        0..T, a seed or a mask too many or too few. grucc.Error says that weights are missing, that
        memory or the device is full, or that torch records the call.
        """
        if (self._quick_run and lengths is None and hx is None and dropout_seed is None
                and dropout_mask is None):
            found: tuple[Any, Any] | None = self._quick_run(input, h_0, self._weights,
                                                            self._workspace)
            if found:
                return found
        self._check_tracing()
        if hx is not None:
            if h_0 is not None:
                raise InputError("hx: found it and h_0, expected one of them")
            h_0 = hx
        arrays: Arrays[Any]
        if isinstance(input, np.ndarray):
            arrays = self._numpy
        elif self._torch is not None and not self._gpu and isinstance(input, self._torch.Tensor):
            arrays = self._torch
        elif hasattr(input, "batch_sizes"):
            check_value(input)
            if lengths is not None:
                raise InputError("lengths: found lengths for a PackedSequence, expected none")
            return _packed.run(self, input, h_0, dropout_seed, dropout_mask)
        else:
            arrays, input = self._kind("input", input)

        shape = input.shape if arrays is self._numpy else shape_of("input", input)
        if len(shape) == 3 and shape[2] == self.input_size:
            seq_len, batch, _ = shape
            output_shape: Sizes = seq_len, batch, self._width
            if self.batch_first:
                seq_len, batch = batch, seq_len
            state_shape: Sizes = self._states, batch, self.hidden_size
        elif len(shape) == 2 and shape[1] == self.input_size:
            seq_len, batch = shape[0], 1
            output_shape, state_shape = (seq_len, self._width), (self._states, self.hidden_size)
        else:
            raise shape_error("input", shape, *("BT" if self.batch_first else "TB"),
                              self.input_size)
        input, input_at = arrays.operand("input", input)
        h_0_at = lengths_at = seed = mask_at = 0
        if h_0 is not None:
            h_0, h_0_at = self._given_state(arrays, h_0, state_shape)
        if lengths is not None:
            lengths, lengths_at = given_lengths(lengths, batch, len(shape))
        if self.training or dropout_seed is not None or dropout_mask is not None:
            seed, mask = given_dropout(self, dropout_seed, dropout_mask, seq_len, batch)
            mask_at = 0 if mask is None else address(mask)
        output, output_at = arrays.empty(output_shape)
        h_n, h_n_at = arrays.empty(state_shape)
        if self._gpu is not None and type(arrays) is CudaTensors:
            status = self._gpu.run_on(arrays, seq_len, batch, None, input_at, h_0_at, lengths_at,
                                      0, output_at, h_n_at)
        else:
            status = self._run_at(seq_len, batch, input_at, h_0_at, lengths_at, 0, output_at,
                                  h_n_at, seed, mask_at)
        if status:
            check_lengths(lengths, seq_len)
            self._check("run", status)
        return output, h_n

    @overload
    def step(self, x: NDArray[Real], state: State[NDArray[Real]] | None = None
             ) -> tuple[NDArray[Real], State[NDArray[Real]]]: ...

    @overload
    def step(self, x: torch.Tensor, state: State[torch.Tensor] | None = None
             ) -> tuple[torch.Tensor, State[torch.Tensor]]: ...

    @overload
    def step(self, x: Lists, state: State[Floats] | None = None
             ) -> tuple[Floats, State[Floats]]: ...

    @overload
    def step(self, x: Floats | Lists, state: State[torch.Tensor]
             ) -> tuple[Floats, State[torch.Tensor]]: ...

    @overload
    def step(self, x: torch.Tensor, state: State[Any]) -> tuple[torch.Tensor, State[Any]]: ...

    @opaque
    def step(self, x: Any, state: State[Any] | None = None) -> tuple[Any, State[Any]]:
        """One time step: y, state = model.step(x, state).

        x      [B, I], or [I] for one row
        state  None to start from zeros; else what the last step returned, or model.state(h_0)
        y      [B, H] or [H]

        The state that comes back is the one that was given, moved on by one step; State.copy
        keeps a moment. T steps give the bits of one call over T steps. Another shape or dtype, a
        state of another model, and a model that cannot stream, as in `state`, raise
        grucc.InputError.
        """
        if type(state) is State and state.model is self and self._quick_step:
            y = self._quick_step(x, state.batch, state.at, self._weights, self._workspace)
            if y is not None:
                return y, state
        self._check_tracing()
        arrays: Arrays[Any]
        if isinstance(x, np.ndarray):
            arrays = self._numpy
        else:
            arrays, x = self._kind("x", x)
        shape = x.shape if arrays is self._numpy else shape_of("x", x)
        if state is None:
            if not 1 <= len(shape) <= 2 or shape[-1] != self.input_size:
                raise shape_error("x", shape, "B", self.input_size)
            state = State(self, shape[0] if len(shape) == 2 else 1, arrays)
        elif not isinstance(state, State):
            raise InputError(f"state: found {shown(state)}, expected None or what the last step "
                             "returned; model.state(h_0) makes one of an array")
        elif state.model is not self and not self._is_copy(state.model):
            raise InputError("state: found a state of another model, expected one of this model")
        batch = state.batch
        if shape == (batch, self.input_size):
            y_shape: Sizes = batch, self.hidden_size
        elif batch == 1 and shape == (self.input_size,):
            y_shape = self.hidden_size,
        else:
            raise shape_error("x", shape, batch, self.input_size)
        x, x_at = arrays.operand("x", x)
        y, y_at = arrays.empty(y_shape)
        if self._gpu:
            status = self._gpu.step(arrays if type(arrays) is CudaTensors else None, x_at, y_at,
                                    cast("StateMemory", state._memory), state.number)
        else:
            status = self._step_at(x_at, y_at, state.at, batch)
        if status:
            self._check("step", status)
        return y, state

    @overload
    def state(self, h_0: None = None, batch: int | None = None) -> State[Floats]: ...

    @overload
    def state(self, h_0: A, batch: int | None = None) -> State[A]: ...

    @overload
    def state(self, h_0: Lists, batch: int | None = None) -> State[Floats]: ...

    def state(self, h_0: Any = None, batch: int | None = None) -> State[Any]:
        """A state to step from: h_0 [L, B, H], or zeros for `batch` rows (1 when left out).

        A network in both directions or in reverse, a model compiled with training=True and an h_0
        of another shape, dtype or number of rows raise grucc.InputError."""
        if batch is not None:
            batch = whole_number("batch", batch)
        if h_0 is None:
            return State(self, 1 if batch is None else batch, self._numpy)
        arrays, h_0 = self._kind("h_0", h_0)
        if len(shape_of("h_0", h_0)) != 3 or batch not in (None, h_0.shape[1]):
            raise shape_error("h_0", h_0.shape, self.num_layers, "B" if batch is None else batch,
                              self.hidden_size)
        state = State(self, h_0.shape[1], arrays)
        state.h = h_0
        return state

    def __reduce__(self) -> tuple[Any, ...]:
        return _artifact.reduced(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draws each part of the network by matplotlib, as --report=svg: predicted times of a step,
        what bounds them, panels, and where weights live; on `ax`, or a figure's own. Returns it."""
        return _plot.plot(self, ax)
