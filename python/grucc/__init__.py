# ===- __init__.py - Compiles GRU networks and runs them on NumPy arrays -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""grucc.compile(path, **flags) and grucc.load(path) give a Model:

    model = grucc.compile("encoder.safetensors", target="x86-64-v3")
    output, h_n = model(input)        # [T, B, I] -> [T, B, D*H], [D*L, B, H]
    y, state = model.step(x, None)    # [B, I] -> [B, H]

Letters: T steps, B batch, I input size, H hidden size, D directions, L layers.
Arrays are float32 (float64 for float64 models) and are copied only when they
are not contiguous. Every error is a grucc.Error that says found and expected.
"""

import ctypes
import os
import subprocess
import tempfile
from ctypes import byref

import numpy as np

from . import _runtime

__all__ = ["Error", "Model", "State", "compile", "load"]


class Error(Exception):
    """A diagnostic of the compiler, the runtime or a model."""


class State:
    """The state of a stream of `batch` rows; made by Model.state or Model.step."""

    def __init__(self, model, batch, h_0=None):
        self.model, self.batch, self.struct = model, batch, _runtime.StateStruct()
        model._check(_runtime.library().grucc_new_state(model._handle, batch, byref(self.struct)))
        if h_0 is not None:
            self.h = h_0

    @property
    def h(self):
        """[L, B, H]: a copy of every layer's h; assign to set them."""
        h = np.empty((self.model.num_layers, self.batch, self.model.hidden_size), self.model.dtype)
        self.model._check(_runtime.library().grucc_read_state(
            self.model._handle, byref(self.struct), byref(_runtime.tensor_of(h))))
        return h

    @h.setter
    def h(self, value):
        value = np.ascontiguousarray(value)
        self.model._check(_runtime.library().grucc_init_state(
            self.model._handle, byref(self.struct), byref(_runtime.tensor_of(value))))

    def __del__(self):
        _runtime.library().grucc_free_state(byref(self.struct))


class Model:
    """A compiled network. One model serves one thread at a time; load it again for more.

    input_size, hidden_size, num_layers, num_directions, bias, batch_first, bidirectional,
    dtype, name, target and provenance say what it is; `descriptor` is its grucc_model.
    """

    def __init__(self, path):
        self._handle = None
        self._handle, message = _runtime.open_file(path)
        if self._handle is None:
            raise Error(f"{path}: error: {message}")
        self.path = os.fspath(path)
        d = self.descriptor = _runtime.library().grucc_descriptor(self._handle).contents
        self.input_size, self.hidden_size, self.num_layers = (
            d.input_size, d.hidden_size, d.num_layers)
        self.bias, self.batch_first, self.bidirectional = (
            bool(d.flags & flag) for flag in
            (_runtime.BIAS, _runtime.BATCH_FIRST, _runtime.BIDIRECTIONAL))
        self.num_directions = 2 if self.bidirectional else 1
        self.dtype = np.dtype(np.float64 if d.flags & _runtime.FLOAT64 else np.float32)
        self.name, self.target, self.provenance = (
            text.decode(errors="replace") for text in (d.name, d.target, d.provenance))

    def __call__(self, input, h_0=None, lengths=None):
        """input: [T, B, I], [B, T, I] with batch_first, or [T, I]; h_0: [D*L, B, H] or [D*L, H],
        zeros when left out; lengths: int64 [B]. Returns output, as input with D*H for I, and
        h_n, as h_0."""
        input = np.ascontiguousarray(input)
        arrays = [None if a is None else np.ascontiguousarray(a) for a in (h_0, lengths)]
        output = h_n = None
        if input.ndim in (2, 3):
            output = np.empty((*input.shape[:-1], self.num_directions * self.hidden_size),
                              self.dtype)
            batch = input.shape[0 if self.batch_first else 1:][:1] if input.ndim == 3 else ()
            h_n = np.empty((self.num_directions * self.num_layers, *batch, self.hidden_size),
                           self.dtype)
        call = _runtime.Call(*map(_runtime.tensor_of, (input, *arrays, None, output, h_n)))
        self._check(_runtime.library().grucc_run(self._handle, byref(call)))
        return output, h_n

    def state(self, batch=1, h_0=None):
        """A State of `batch` rows, from h_0: [L, B, H] or zeros."""
        return State(self, batch, h_0)

    def step(self, x, state=None):
        """One time step: x: [B, I] or [I] -> y: [B, H] or [H], and the state after it: the
        same object, moved on by one step; None starts from zeros."""
        x = np.ascontiguousarray(x)
        if state is None:
            state = State(self, x.shape[0] if x.ndim == 2 else 1)
        y = np.empty((*x.shape[:-1], self.hidden_size), self.dtype)
        self._check(_runtime.library().grucc_step(
            self._handle, byref(state.struct), byref(_runtime.tensor_of(x)),
            byref(_runtime.tensor_of(y))))
        return y, state

    def weight_shapes(self):
        """{name: shape} of the torch tensors, in torch's order."""
        shapes, name, shape = {}, ctypes.create_string_buffer(64), _runtime.Tensor()
        for index in range(self.descriptor.weights_count):
            _runtime.library().grucc_describe_weight(self._handle, index, name, 64, byref(shape))
            shapes[name.value.decode()] = tuple(shape.shape[:shape.rank])
        return shapes

    def set_weights(self, tensors):
        """Gives a model compiled with weights="external" its weights: {torch's name: array}."""
        names = list(self.weight_shapes())
        if sorted(names) != sorted(tensors):
            raise Error(f"weights: found {sorted(tensors)}, expected {names}")
        arrays = [np.ascontiguousarray(tensors[name]) for name in names]
        views = (_runtime.Tensor * len(names))(*map(_runtime.tensor_of, arrays))
        self._check(_runtime.library().grucc_set_weights(self._handle, views, len(names)))

    def run_raw(self, seq_len, batch, input, output, h_n, h_0=None, workspace=None, weights=None,
                **others):
        """NAME_run itself, unchecked: arrays (or addresses, or None) go in as they are, h_0 may
        be h_n. `others` are further fields of grucc_args. Without a workspace one is made.
        Returns the status."""
        if workspace is None:
            workspace = aligned(self.descriptor.workspace_bytes(seq_len, batch))
        fields = dict(size=ctypes.sizeof(_runtime.Args), seq_len=seq_len, batch=batch, input=input,
                      output=output, h_n=h_n, h_0=h_0, workspace=workspace, weights=weights)
        args = _runtime.Args(**{name: address(value) for name, value in (fields | others).items()})
        return self.descriptor.run(byref(args))

    def step_raw(self, x, y, state, batch, workspace=None, weights=None):
        """NAME_step itself, unchecked, as run_raw; `state` is aligned(state_bytes(batch))."""
        if workspace is None:
            workspace = aligned(self.descriptor.workspace_bytes(1, batch))
        return self.descriptor.step(*map(address, (x, y, state, workspace, weights)), batch)

    def _check(self, status):
        if status:
            message = _runtime.library().grucc_last_error(self._handle)
            raise Error(message.decode(errors="replace"))

    def __del__(self):
        if self._handle is not None:
            _runtime.library().grucc_close(self._handle)


def address(value):
    """The address of an array's first element; numbers and None stay."""
    return value.ctypes.data if isinstance(value, np.ndarray) else value


def aligned(bytes):
    """A uint8 array of so many bytes (64 at least), 64-byte aligned, as state, workspace and
    packed weights must be."""
    memory = np.empty(max(bytes, 1) + 2 * _runtime.ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _runtime.ALIGNMENT
    return memory[start:start + max(bytes, _runtime.ALIGNMENT)]


def load(path):
    """Opens a shared library that grucc wrote."""
    return Model(path)


def compile(path=None, output=None, **flags):
    """Runs `grucc PATH -o OUTPUT --flag=value ...` and loads the shared library it writes:
    OUTPUT, or a temporary file. hidden_size=20 is --hidden-size=20, batch_first=True is
    --batch-first, bias=False is --no-bias; None and other False flags are left out. Without a
    path, flags alone describe the network. Errors raise grucc.Error with the diagnostic."""
    with tempfile.TemporaryDirectory(prefix="grucc-") as folder:
        written = output or os.path.join(folder, "model.so")
        command = [_runtime.find_compiler(), *([] if path is None else [os.fspath(path)]),
                   "-o", os.fspath(written)]
        for name, value in flags.items():
            option = "--" + name.replace("_", "-")
            if name == "bias":  # grucc has its opposite
                option, value = "--no-bias", value is False
            if value is True:
                command.append(option)
            elif value is not None and value is not False:
                command.append(f"{option}={value}")
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            raise Error(f"{command[0]}: error: found {error.strerror}, expected the grucc "
                        "executable; GRUCC names it") from error
        if done.returncode:
            raise Error(done.stderr.strip())
        return Model(written)  # once loaded it needs its file no more
