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

import ctypes
import re
import struct
import threading
from ctypes import c_int32, c_int64, c_void_p

from ._arguments import shown, whole_number
from ._arrays import NumpyArrays, dtype_error
from ._errors import InputError
from ._library import BATCH_FIRST, BIDIRECTIONAL
from ._runtime import open_model, open_runtime
from ._tracing import memory_of

FLOAT32, INT64 = 0, 2  # grucc_dtype
_MOST = 2**31 - 1  # of an int of C
# grucc_tensor: data, dtype, rank, shape.
_pack_tensor = struct.Struct("=Q2i4q").pack
_NONE = _pack_tensor(0, 0, 0, 0, 0, 0, 0)


def _tensor(address, *shape, dtype=FLOAT32):
    return _pack_tensor(address, dtype, len(shape), *shape, *[0] * (4 - len(shape)))


def device_number(device):
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


class CudaTensors:
    """torch's kind on a GPU, as NumpyArrays and TorchTensors: of one device and its current
    stream."""

    def __init__(self, dtype, torch, device):
        self.numpy, self.torch, self.device = NumpyArrays(dtype), torch, device
        self.number = device.index or 0
        self._dtype = getattr(torch, dtype.name)

    def from_numpy(self, array):
        return self.torch.from_numpy(array).to(self.device)

    def to_numpy(self, tensor):
        return tensor.detach().resolve_neg().cpu().numpy()

    def operand(self, name, tensor):
        if tensor.dtype is not self._dtype:
            raise dtype_error(name, tensor, self._dtype)
        if tensor.layout is not self.torch.strided or tensor.device != self.device:
            raise InputError(f"{name}: found a {tensor.layout} tensor on {tensor.device}, expected "
                             f"a strided one on {self.device}")
        tensor = tensor.detach().resolve_neg().contiguous()
        return tensor, memory_of(tensor)

    def empty(self, shape):
        tensor = self.torch.empty(shape, dtype=self._dtype, device=self.device)
        return tensor, tensor.data_ptr()

    def take(self, tensor, indices, axis):
        indices = self.torch.from_numpy(indices).to(self.device)
        return tensor.detach().index_select(axis, indices)

    def stream(self):
        return self.torch.cuda.current_stream(self.device).cuda_stream


class StateMemory(ctypes.Structure):
    """grucc_state, on a device."""
    _fields_ = [("data", c_void_p), ("batch", c_int64), ("owned", c_int32), ("reserved", c_int32)]

    def __del__(self):
        if self.data:
            self.runtime.grucc_free_state(ctypes.addressof(self))


class Gpu(threading.local):
    """Each calling thread has handles of its own, one for each device, which share weights."""

    def __init__(self, descriptor, number):
        self.descriptor, self.number, self.handles = descriptor, number, {}
        self.runtime = open_runtime()
        self.last = None  # whose call was the last
        directions = 2 if descriptor.flags & BIDIRECTIONAL else 1
        self.width, self.states = (directions * size for size in
                                   (descriptor.hidden_size, descriptor.num_layers))

    def handle(self, number=None):
        number = self.number if number is None else number
        self.last = handle = self.handles.get(number)
        if handle is None:
            self.last = handle = open_model(self.descriptor)
            handle.check(self.runtime.grucc_set_device(handle.handle, number))
            self.handles[number] = handle
        return handle.handle

    def run(self, args):
        """A run in the host's memory, on the bytes of a grucc_args: its status."""
        handle = self.handle()
        return self.runtime.grucc_run_args(handle, args)

    def run_on(self, arrays, seq_len, batch, rows, input, h_0, lengths, batch_sizes, output, h_n):
        """A run on CUDA tensors' addresses, 0 for none, on their stream: its status. `rows`: N, or
        None where nothing is packed."""
        d = self.descriptor
        states = self.states, batch, d.hidden_size
        lead = (batch, seq_len) if d.flags & BATCH_FIRST else (seq_len, batch)
        lead = lead if rows is None else (rows,)
        call = b"".join((
            _tensor(input, *lead, d.input_size),
            _tensor(h_0, *states) if h_0 else _NONE,
            _tensor(lengths, batch, dtype=INT64) if lengths else _NONE,
            _NONE if rows is None else _tensor(batch_sizes, seq_len, dtype=INT64),
            _tensor(output, *lead, self.width), _tensor(h_n, *states), _NONE, bytes(8)))
        handle = self.handle(arrays.number)
        return self.runtime.grucc_run_on_stream(handle, call, arrays.stream())

    def new_state(self, batch, number):
        handle, memory = self.handle(number), StateMemory()
        memory.runtime = self.runtime
        self.last.check(self.runtime.grucc_new_state(handle, batch, ctypes.addressof(memory)))
        return memory

    def _states(self, address, batch):
        return _tensor(address, self.states, batch, self.descriptor.hidden_size)

    def init_state(self, memory, address, number):
        """From h_0 [L, B, H] in the host's memory."""
        handle = self.handle(number)
        self.last.check(self.runtime.grucc_init_state(
            handle, ctypes.addressof(memory), self._states(address, memory.batch)))

    def read_state(self, memory, address, number):
        handle = self.handle(number)
        self.last.check(self.runtime.grucc_read_state(
            handle, ctypes.addressof(memory), self._states(address, memory.batch)))

    def step(self, arrays, x, y, memory, number):
        """One step on addresses; `arrays` are CUDA tensors, or None: the host's memory."""
        x = _tensor(x, memory.batch, self.descriptor.input_size)
        y = _tensor(y, memory.batch, self.width)
        handle, at = self.handle(number), ctypes.addressof(memory)
        if arrays is None:
            return self.runtime.grucc_step(handle, at, x, y)
        return self.runtime.grucc_step_on_stream(handle, at, x, y, arrays.stream())
