# ===- check_runtime.py - libgrucc_runtime on compiled models, beside the package -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_runtime.py LIBRARY: what C programs get from the runtime is what Python gets."""

import ctypes
import sys
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_int32, c_int64, c_uint64, c_void_p

import numpy as np

import grucc
from expect import same

runtime = ctypes.CDLL(sys.argv[1])
T, B, I, H, L = 7, 4, 5, 9, 2
rng = np.random.default_rng(0)


class Tensor(Structure):
    """grucc_tensor"""
    DTYPES = {"float32": 0, "float64": 1, "int64": 2, "uint8": 3}
    _fields_ = [("data", c_void_p), ("dtype", c_int32), ("rank", c_int32), ("shape", c_int64 * 4)]

    @classmethod
    def of(cls, a):
        return cls(a.ctypes.data, cls.DTYPES[a.dtype.name], a.ndim, (c_int64 * 4)(*a.shape))


class Call(Structure):
    """grucc_call"""
    NAMES = "input h_0 lengths batch_sizes output h_n dropout_mask".split()
    _fields_ = [(name, Tensor) for name in NAMES] + [("dropout_seed", c_uint64)]


class State(Structure):
    """grucc_state"""
    _fields_ = [("data", c_void_p), ("batch", c_int64), ("owned", c_int32), ("reserved", c_int32)]


runtime.grucc_open_file.argtypes = [c_char_p, POINTER(c_void_p), c_char_p, ctypes.c_size_t]
runtime.grucc_last_error.argtypes, runtime.grucc_last_error.restype = [c_void_p], c_char_p
runtime.grucc_run.argtypes = [c_void_p, POINTER(Call)]
runtime.grucc_new_state.argtypes = [c_void_p, c_int64, POINTER(State)]
runtime.grucc_step.argtypes = [c_void_p, POINTER(State), POINTER(Tensor), POINTER(Tensor)]
runtime.grucc_free_state.argtypes = [POINTER(State)]
runtime.grucc_close.argtypes = [c_void_p]


class Runtime:
    """A model that the runtime has opened."""

    def __init__(self, model):
        self.handle, message = c_void_p(), ctypes.create_string_buffer(512)
        status = runtime.grucc_open_file(model.path.encode(), byref(self.handle), message, 512)
        assert status == 0, message.value

    def error(self):
        return runtime.grucc_last_error(self.handle).decode()

    def run(self, output, h_n, dropout_seed=0, **tensors):
        """grucc_run into new arrays like `output` and `h_n`."""
        tensors |= {"output": np.full_like(output, 7), "h_n": np.full_like(h_n, 7)}
        call = Call(dropout_seed=dropout_seed,
                    **{name: Tensor.of(a) for name, a in tensors.items() if a is not None})
        assert runtime.grucc_run(self.handle, byref(call)) == 0, self.error()
        return tensors["output"], tensors["h_n"]


for flags in ({}, {"bidirectional": True, "bias": False}, {"batch_first": True, "dtype": "float64"},
              {"bidirectional": True, "batch_first": True, "dropout": 0.5}):
    model = grucc.compile(grucc.GRU(I, H, L, **flags), training=True)
    other = Runtime(model)
    x = rng.standard_normal((B, T, I) if model.batch_first else (T, B, I)).astype(model.dtype)
    h_0 = rng.standard_normal((L * model.num_directions, B, H)).astype(model.dtype)
    lengths = np.array([2, 7, 0, 5])
    seed = {"dropout_seed": 3} if model.training else {}
    cases = [((x, h_0), {"input": x, "h_0": h_0}), ((x,), {"input": x}),
             ((x, h_0, lengths), {"input": x, "h_0": h_0, "lengths": lengths}),
             ((x[0], h_0[:, 0].copy()), {"input": x[0], "h_0": h_0[:, 0].copy()}),
             ((x[:0, :0],), {"input": x[:0, :0]})]
    for arguments, tensors in cases:
        wanted = model(*arguments, **seed)
        for a, b in zip(other.run(*wanted, **seed, **tensors), wanted):
            same(a, b)
    sizes = np.array([4, 4, 2, 1])
    packed = grucc.PackedSequence(rng.standard_normal((11, I)).astype(model.dtype), sizes)
    output, h_n = model(packed, h_0, **seed)
    for a, b in zip(other.run(output.data, h_n, input=packed.data, batch_sizes=sizes, h_0=h_0,
                              **seed), (output.data, h_n)):
        same(a, b)
    if model.training:
        mask = grucc.draw_mask(model.dropout, 3, L - 1, T, range(B), model.num_directions * H)
        wanted = model(x, **seed)
        same(other.run(*wanted, input=x, dropout_mask=mask)[0], wanted[0])

    state = State()
    status = runtime.grucc_new_state(other.handle, B, byref(state))
    if model.bidirectional:
        assert status != 0 and other.error() == (
            "step: found a bidirectional network, expected one that can stream"), other.error()
    else:
        y = np.empty((B, H), model.dtype)
        for t in range(3):
            step = np.ascontiguousarray(x[:, t] if model.batch_first else x[t])
            assert runtime.grucc_step(other.handle, byref(state), byref(Tensor.of(step)),
                                      byref(Tensor.of(y))) == 0, other.error()
        whole = model(x)[0]
        same(y, (whole[:, 2] if model.batch_first else whole[2]).copy())
        runtime.grucc_free_state(byref(state))
    runtime.grucc_close(other.handle)

training = Runtime(grucc.compile(grucc.GRU(I, H, 2, dropout=0.5), training=True))
assert runtime.grucc_new_state(training.handle, B, byref(State())) != 0
assert training.error() == ("step: found a model compiled for training with dropout, "
                            "expected one without that can stream"), training.error()
