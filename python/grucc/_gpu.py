# ===- _gpu.py - Models on a GPU, by the runtime -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: T steps, B batch, N rows of a packed sequence, I input size, H hidden size,
D directions, L layers.

A model compiled for a GPU has no functions: the runtime launches its kernels, for arrays in the
host's memory and for torch's CUDA tensors."""

from __future__ import annotations

import ctypes
import re
import struct
import threading
from ctypes import c_int32, c_int64, c_void_p
from typing import TYPE_CHECKING

from ._arguments import shown, whole_number
from ._arrays import Arrays, NumpyArrays, dtype_error
from ._errors import InputError
from ._library import BATCH_FIRST, BIDIRECTIONAL
from ._runtime import open_model, open_runtime
from ._tracing import memory_of

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from ._library import Descriptor
    from ._runtime import Handle
    from ._types import Floats, RealType, Sizes

FLOAT32, INT64 = 0, 2  # grucc_dtype
_MOST = 2**31 - 1  # of an int of C
# grucc_tensor: data, dtype, rank, shape.
_pack_tensor = struct.Struct("=Q2i4q").pack
_NONE = _pack_tensor(0, 0, 0, 0, 0, 0, 0)


def _tensor(address: int, *shape: int, dtype: int = FLOAT32) -> bytes:
    return _pack_tensor(address, dtype, len(shape), *shape, *[0] * (4 - len(shape)))


def device_number(device: object) -> int:
    """2 for 2 and "cuda:2", 0 for "cuda" and None."""
    if device is None:
        return 0
    try:
        found = re.fullmatch(r"cuda(?::([0-9]{1,10}))?", str(device))
        number = int(found[1] or 0) if found else whole_number("device", device)
    except Exception:
        number = -1
    if not 0 <= number <= _MOST:
        raise InputError(f'device: found {shown(device)}, expected "cuda", "cuda:N" or N, '
                         f"at most {_MOST}")
    return number


class CudaTensors(Arrays["torch.Tensor"]):
    """torch's kind on a GPU, as NumpyArrays and TorchTensors: of one device and its current
    stream."""

    def __init__(self, dtype: RealType, module: ModuleType, device: torch.device) -> None:
        self.numpy, self.torch, self.device = NumpyArrays(dtype), module, device
        self.number = device.index or 0
        self._dtype: torch.dtype = getattr(module, dtype.name)

    def from_numpy(self, array: Floats) -> torch.Tensor:
        tensor: torch.Tensor = self.torch.from_numpy(array).to(self.device)
        return tensor

    def to_numpy(self, array: torch.Tensor) -> Floats:
        found: Floats = array.detach().resolve_neg().cpu().numpy()
        return found

    def operand(self, name: str, array: torch.Tensor) -> tuple[torch.Tensor, int]:
        tensor = array
        if tensor.dtype is not self._dtype:
            raise dtype_error(name, tensor, self._dtype)
        if tensor.layout is not self.torch.strided or tensor.device != self.device:
            raise InputError(f"{name}: found a {tensor.layout} tensor on {tensor.device}, expected "
                             f"a strided one on {self.device}")
        tensor = tensor.detach().resolve_neg().contiguous()
        return tensor, memory_of(tensor)

    def empty(self, shape: Sizes) -> tuple[torch.Tensor, int]:
        tensor: torch.Tensor = self.torch.empty(shape, dtype=self._dtype, device=self.device)
        return tensor, tensor.data_ptr()

    def take(self, array: torch.Tensor, indices: NDArray[np.int64], axis: int) -> torch.Tensor:
        return array.detach().index_select(axis, self.torch.from_numpy(indices).to(self.device))

    def stream(self) -> int:
        """The CUstream that torch's calls go to."""
        stream: int = self.torch.cuda.current_stream(self.device).cuda_stream
        return stream


class StateMemory(ctypes.Structure):
    """grucc_state, on a device."""
    data: int | None
    batch: int
    runtime: ctypes.CDLL
    _fields_ = [("data", c_void_p), ("batch", c_int64), ("owned", c_int32), ("reserved", c_int32)]

    def __del__(self) -> None:
        if self.data:
            self.runtime.grucc_free_state(ctypes.addressof(self))


class Gpu(threading.local):
    """Each calling thread has handles of its own, one for each device, which share weights."""
    last: Handle  # whose call was the last

    def __init__(self, descriptor: Descriptor, number: int) -> None:
        self.descriptor, self.number = descriptor, number
        self.handles: dict[int, Handle] = {}
        self.runtime = open_runtime()
        directions = 2 if descriptor.flags & BIDIRECTIONAL else 1
        self.width, self.states = (directions * size for size in
                                   (descriptor.hidden_size, descriptor.num_layers))

    def handle(self, number: int | None = None) -> c_void_p:
        number = self.number if number is None else number
        handle = self.handles.get(number)
        if handle is not None:
            self.last = handle
        else:
            self.last = handle = open_model(self.descriptor)
            handle.check(self.runtime.grucc_set_device(handle.handle, number))
            self.handles[number] = handle
        return handle.handle

    def run(self, args: bytes) -> int:
        """A run in the host's memory, on the bytes of a grucc_args: its status."""
        handle = self.handle()
        status: int = self.runtime.grucc_run_args(handle, args)
        return status

    def run_on(self, arrays: CudaTensors, seq_len: int, batch: int, rows: int | None, input: int,
               h_0: int, lengths: int, batch_sizes: int, output: int, h_n: int) -> int:
        """A run on CUDA tensors' addresses, 0 for none, on their stream: its status. `rows`: N, or
        None where nothing is packed."""
        d = self.descriptor
        states = self.states, batch, d.hidden_size
        lead: Sizes = (batch, seq_len) if d.flags & BATCH_FIRST else (seq_len, batch)
        lead = lead if rows is None else (rows,)
        call = b"".join((
            _tensor(input, *lead, d.input_size),
            _tensor(h_0, *states) if h_0 else _NONE,
            _tensor(lengths, batch, dtype=INT64) if lengths else _NONE,
            _NONE if rows is None else _tensor(batch_sizes, seq_len, dtype=INT64),
            _tensor(output, *lead, self.width), _tensor(h_n, *states), _NONE, bytes(8)))
        handle = self.handle(arrays.number)
        status: int = self.runtime.grucc_run_on_stream(handle, call, arrays.stream())
        return status

    def new_state(self, batch: int, number: int) -> StateMemory:
        handle, memory = self.handle(number), StateMemory()
        memory.runtime = self.runtime
        self.last.check(self.runtime.grucc_new_state(handle, batch, ctypes.addressof(memory)))
        return memory

    def _states(self, address: int, batch: int) -> bytes:
        return _tensor(address, self.states, batch, self.descriptor.hidden_size)

    def init_state(self, memory: StateMemory, address: int, number: int) -> None:
        """From h_0 [L, B, H] in the host's memory."""
        handle = self.handle(number)
        self.last.check(self.runtime.grucc_init_state(
            handle, ctypes.addressof(memory), self._states(address, memory.batch)))

    def read_state(self, memory: StateMemory, address: int, number: int) -> None:
        handle = self.handle(number)
        self.last.check(self.runtime.grucc_read_state(
            handle, ctypes.addressof(memory), self._states(address, memory.batch)))

    def step(self, arrays: CudaTensors | None, x: int, y: int, memory: StateMemory,
             number: int) -> int:
        """One step on addresses; `arrays` are CUDA tensors, or None: the host's memory."""
        operands = (ctypes.addressof(memory), _tensor(x, memory.batch, self.descriptor.input_size),
                    _tensor(y, memory.batch, self.width))
        handle = self.handle(number)
        status: int = (self.runtime.grucc_step(handle, *operands) if arrays is None else
                       self.runtime.grucc_step_on_stream(handle, *operands, arrays.stream()))
        return status
