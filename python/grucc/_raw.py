# ===- _raw.py - A model behind addresses: its facts, weights and workspaces -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What C calls a model, with the memory that a call needs beside its tensors."""

from __future__ import annotations

import ctypes
import os
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _library, _native
from ._arrays import address
from ._errors import Error, InputError, shape_error
from ._gpu import Gpu, device_number
from ._library import ARGS_BYTES, aligned, pack_args
from ._network import GRU, in_torch_order, is_torch_gru, tensors_of
from ._threads import Threads
from ._threads import check as check_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    import torch
    from numpy.typing import NDArray

    from ._types import Device, Json, Path, RealType, Sizes, Weights

    Memory = NDArray[np.uint8]
    Address = NDArray[Any] | torch.Tensor | int | None

_STATUS = {_library.ARGS_SIZE: "the arguments have another size",
           _library.SHAPE: "a count is negative or too large",
           _library.NULL: "a required pointer is NULL",
           _library.MISALIGNED: "a buffer is misaligned",
           _library.UNSUPPORTED: "an argument that the model was not compiled for"}


class _Workspace(threading.local):
    """Each thread's workspace: as large as the largest call of that thread."""
    # T, B, memory, its address
    reserved: tuple[int | None, int | None, Memory | None, int] = None, None, None, 0

    def reserve(self, seq_len: int, batch: int,
                size: int) -> tuple[int | None, int | None, Memory | None, int]:
        if size < 0:
            raise InputError(f"input: found T = {seq_len} and B = {batch}, expected counts whose "
                             "workspace fits the address space")
        memory, at = self.reserved[2:]
        if memory is None or size > len(memory):
            memory = aligned(size)
            at = address(memory)
        self.reserved = seq_len, batch, memory, at
        return self.reserved


class RawModel:
    """An open model; `Model` gives it arrays."""

    def __init__(self, path: Path, threads: int = 1, device: Device = None,
                 mapped: bool = False) -> None:
        self.threads, number = check_threads(threads), device_number(device)
        d = self.descriptor = _library.open_library(path, mapped)
        self.path = os.path.abspath(os.fsdecode(path))
        self.input_size, self.hidden_size, self.num_layers = (
            d.input_size, d.hidden_size, d.num_layers)
        self.bias, self.batch_first, self.bidirectional, float64, external, self.training = (
            bool(d.flags & flag) for flag in
            (_library.BIAS, _library.BATCH_FIRST, _library.BIDIRECTIONAL, _library.FLOAT64,
             _library.EXTERNAL_WEIGHTS, _library.TRAINING))
        self.num_directions = 2 if self.bidirectional else 1
        self.dropout = d.dropout
        self.dtype: RealType = np.dtype(np.float64) if float64 else np.dtype(np.float32)
        self.name, self.target, self.provenance = (
            text.decode(errors="replace") for text in (d.name, d.target, d.provenance))
        self._run: Callable[[bytes], int] = d.run
        self._step: Callable[..., int] = d.step
        self._workspace_bytes: Callable[[int, int], int] = d.workspace_bytes
        self._gpu: Gpu | None = None
        if d.flags & _library.CUDA:
            self._gpu = Gpu(d, number)
            self._run, self._workspace_bytes = self._gpu.run, lambda seq_len, batch: 0
        elif device is not None:
            raise InputError(f"device: found {device!r} for a model of {self.target}, expected "
                             "none")
        elif self.threads > 1:
            shared = Threads(d, self.threads)
            self._run = shared.run
            self._step = shared.step if d.step else d.step
        self._workspace = _Workspace()
        # (memory, address) of packed weights; None until they are given. One attribute, so that
        # a running call keeps the memory that it reads while another thread sets new ones.
        self._weights: tuple[Memory | None, int] | None = None if external else (None, 0)
        # The usual calls in C (see _native), which give None where Python has to look; or None.
        self._calls: Any = None
        self._quick_run: Callable[..., Any] | None = None
        self._quick_step: Callable[..., Any] | None = None
        if not (self._gpu or self.training or self.threads > 1):
            self._calls = _native.calls_of(d, self.dtype)
        if self._calls is not None:
            self._quick_run, self._quick_step = self._calls.run, self._calls.step

    def __repr__(self) -> str:
        d = self.descriptor
        words = [repr(self.network), self.target]
        words += ["weights='external'"] * bool(d.flags & _library.EXTERNAL_WEIGHTS)
        return f"grucc.Model({', '.join(words + ['training=True'] * self.training)})"

    @property
    def network(self) -> GRU:
        """The network as grucc.GRU; its dtype is the model's."""
        return GRU(self.input_size, self.hidden_size, self.num_layers, self.bias, self.batch_first,
                   self.dropout, self.bidirectional, dtype=self.dtype.name,
                   **_library.variant_of(self.descriptor))

    def facts(self) -> Json:
        """What the compiler's report says and the descriptor knows."""
        names = ("name", "target", "input_size", "hidden_size", "num_layers", "bias",
                 "batch_first", "bidirectional")
        d = self.descriptor
        return {**{name: getattr(self, name) for name in names}, "dtype": self.dtype.name,
                "weights_bytes": d.weights_bytes, "provenance": self.provenance,
                "state_bytes": d.state_bytes(1) if d.state_bytes else 0,
                "workspace_bytes": self._workspace_bytes(1, 1)}

    def weight_shapes(self) -> dict[str, Sizes]:
        """{name: shape} of torch's tensors, in torch's order."""
        return self.network.weight_shapes()

    def set_weights(self, weights: Weights | torch.nn.GRU) -> None:
        """Gives a model compiled with weights="external" its weights: a torch.nn.GRU, as it
        computes now (see compile), or {torch's name: array}. They are packed and not needed
        afterwards; calls that are running go on with those that they began with. Other names,
        shapes or dtypes, and a model with weights of its own, raise grucc.InputError; the model
        keeps what it had."""
        if not self.descriptor.pack:
            raise InputError("weights: found weights, expected none: the model has its own")
        unlike = is_torch_gru(weights) and _library.unlike_torch(self.descriptor)
        if unlike:
            raise InputError("weights: found a torch.nn.GRU for a model that computes something "
                             f"else ({', '.join(unlike)}), expected a dict of arrays")
        if is_torch_gru(weights) and bool(weights.batch_first) != self.batch_first:
            raise InputError(f"batch_first: found {weights.batch_first} in the module, expected "
                             f"{self.batch_first}, as the model has it; module.state_dict() are "
                             "the weights alone")
        arrays = in_torch_order(tensors_of(weights), self.weight_shapes(), self.dtype)
        pointers = (ctypes.c_void_p * len(arrays))(*map(address, arrays))
        memory = aligned(self.descriptor.weights_bytes)
        at = address(memory)
        self._check("pack", self.descriptor.pack(pointers, at))
        self._weights = memory, at

    def _set_packed(self, packed: Memory) -> None:
        """Gives it weights that another model of the same file has packed: uint8 [n]."""
        memory = aligned(self.descriptor.weights_bytes)
        if not self.descriptor.pack or packed.shape != memory.shape:
            raise shape_error("weights", packed.shape, len(memory))
        memory[:] = packed
        self._weights = memory, address(memory)

    def _run_at(self, seq_len: int, batch: int, input: int, h_0: int, lengths: int,
                batch_sizes: int, output: int, h_n: int, seed: int, mask: int) -> int:
        """NAME_run on addresses in the host's memory, 0 for none: its status."""
        weights = self._weights or self._no_weights()
        workspace = self._workspace.reserved
        if workspace[0] != seq_len or workspace[1] != batch:
            workspace = self._workspace.reserve(seq_len, batch,
                                                self._workspace_bytes(seq_len, batch))
        return self._run(pack_args(ARGS_BYTES, seq_len, batch, input, h_0, lengths, batch_sizes,
                                   output, h_n, workspace[3], weights[1], seed, mask, 0, 0, 0, 0))

    def _step_at(self, x: int, y: int, state: int, batch: int) -> int:
        """NAME_step on addresses in the host's memory: its status."""
        weights = self._weights or self._no_weights()
        workspace = self._workspace.reserved
        if workspace[0] != 1 or workspace[1] != batch:
            workspace = self._workspace.reserve(1, batch, self._workspace_bytes(1, batch))
        return self._step(x, y, state, workspace[3], weights[1], batch)

    def run_raw(self, seq_len: int, batch: int, input: Address, output: Address, h_n: Address,
                h_0: Address = None, workspace: Address = None, weights: Address = None,
                **others: Address) -> int:
        """NAME_run itself, unchecked, over seq_len steps of batch rows: arrays (or addresses, or
        None) go in as they are, of the shapes of a call, contiguous and of the model's dtype.

        input, output, h_n  as a call takes and gives them; h_0 may be h_n, or None: zeros
        workspace           workspace_bytes of the descriptor, aligned; without one it is made
        weights             packed ones, of a model whose weights are external
        others              further fields of grucc_args, by their names

        Returns the status: 0, or one of grucc_status."""
        if workspace is None:
            workspace = aligned(self._workspace_bytes(seq_len, batch))
        fields = dict(size=ARGS_BYTES, seq_len=seq_len, batch=batch, input=input, output=output,
                      h_n=h_n, h_0=h_0, workspace=workspace, weights=weights)
        args = _library.Args(**{name: address(v) for name, v in (fields | others).items()})
        return self._run(bytes(args))

    def step_raw(self, x: Address, y: Address, state: Address, batch: int,
                 workspace: Address = None, weights: Address = None) -> int:
        """NAME_step itself, unchecked, from x [B, I] to y [B, H]; workspace, weights and the status
        as in run_raw; `state` is aligned(state_bytes(batch)). A model for a GPU has none, and
        raises grucc.Error."""
        if self._gpu:
            raise Error("step_raw: found a model for a GPU, expected one for a CPU")
        if workspace is None:
            workspace = aligned(self._workspace_bytes(1, batch))
        return self._step(*[address(one) for one in (x, y, state, workspace, weights)], batch)

    def _no_weights(self) -> NoReturn:
        raise Error("weights: found none, expected set_weights before the first call")

    def _check(self, function: str, status: int) -> None:
        """Arrays have been checked before, so no status but 0 should come back."""
        if status and self._gpu:
            raise Error(self._gpu.last.last_error())
        if status:
            reason = _STATUS.get(status, "an unknown status")
            raise Error(f"{self.name}_{function}: found status {status}, {reason}, expected 0")
