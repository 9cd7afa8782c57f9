# ===- model.py - A model for a GPU and its runtime, through ctypes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The structures of grucc/model.h, cuda.h and runtime.h, and handles of the runtime library. The
Python package has the first of them, too, but not without NumPy."""

import copy
import ctypes
from ctypes import c_char_p, c_double, c_int, c_int32, c_int64, c_uint32, c_uint64, c_void_p

from . import Problem

FLOAT32, INT64 = 0, 2  # grucc_dtype
CPU_ERROR = 8  # GRUCC_ERROR_CPU
MOST = 2**31 - 1
MODEL_CUDA = 1 << 6


class Model(ctypes.Structure):
    """grucc_model; its functions are not called here."""
    _fields_ = [(name, c_uint32) for name in
                ("abi_version", "size", "flags", "step_rows", "architecture", "pointer_bytes",
                 "alignment", "reset", "direction", "reserved")] + [
                ("input_size", c_int64), ("hidden_size", c_int64), ("num_layers", c_int64),
                ("dropout", c_double), ("clip", c_double), ("activations", c_uint64 * 12),
                ("cpu_features", c_uint64 * 4), ("weights_bytes", c_int64),
                ("weights_count", c_int64), ("checksum", c_uint64), ("id", c_uint64 * 4),
                ("name", c_char_p), ("target", c_char_p), ("provenance", c_char_p),
                ("functions", c_void_p * 10)]


class Kernel(ctypes.Structure):
    """grucc_cuda_kernel"""
    _fields_ = [("name", c_char_p), ("threads", c_int32), ("shared_bytes", c_int32),
                ("rows", c_int32), ("columns", c_int32)]


class Layer(ctypes.Structure):
    """grucc_cuda_layer"""
    _fields_ = [(name, c_int64) for name in ("w_ih", "bias", "w_hh", "w_hh_step", "b_hn")]


class CudaModel(ctypes.Structure):
    """grucc_cuda_model"""
    _fields_ = [("model", Model), ("kernels", c_void_p), ("kernels_bytes", c_int64),
                ("weights", c_void_p), ("capability", c_int32), ("precision", c_int32),
                ("scan_min_steps", c_int64), ("scan_max_batch", c_int64),
                ("project_input", Kernel), ("project_above", Kernel), ("scan", Kernel),
                ("step", Kernel), ("layers", ctypes.POINTER(Layer))]


class Tensor(ctypes.Structure):
    """grucc_tensor"""
    _fields_ = [("data", c_void_p), ("dtype", c_int32), ("rank", c_int32), ("shape", c_int64 * 4)]


def tensor(address, *shape, dtype=FLOAT32):
    return Tensor(address, dtype, len(shape), (c_int64 * 4)(*shape))


class Call(ctypes.Structure):
    """grucc_call"""
    _fields_ = [(name, Tensor) for name in ("input", "h_0", "lengths", "batch_sizes", "output",
                                            "h_n", "dropout_mask")] + [("dropout_seed", c_uint64)]


class DeviceFacts(ctypes.Structure):
    """grucc_device_facts"""
    _fields_ = [("name", ctypes.c_char * 128), ("device", c_int32), ("capability", c_int32),
                ("driver", c_int32), ("reserved", c_int32)]


_OPEN = [c_void_p, c_char_p, ctypes.c_size_t]
_FUNCTIONS = (("grucc_open_file", c_int, [c_char_p, *_OPEN]),
              ("grucc_open_model", c_int, [c_void_p, *_OPEN]),
              ("grucc_descriptor", c_void_p, [c_void_p]),
              ("grucc_set_device", c_int, [c_void_p, c_int]),
              ("grucc_describe_device", c_int, [c_void_p, c_void_p]),
              ("grucc_reserve", c_int, [c_void_p, c_int64, c_int64]),
              ("grucc_run", c_int, [c_void_p, c_void_p]),
              ("grucc_run_on_stream", c_int, [c_void_p, c_void_p, c_void_p]),
              ("grucc_last_error", c_char_p, [c_void_p]),
              ("grucc_close", None, [c_void_p]))


def open_runtime(path):
    try:
        runtime = ctypes.CDLL(str(path))
        for name, result, arguments in _FUNCTIONS:
            function = getattr(runtime, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as reason:
        raise Problem(f"runtime: found {reason}, expected grucc's runtime library") from None
    return runtime


class NoCpu(Problem):
    """This CPU does not run what the model was compiled for."""


class Failed(Exception):
    """What the runtime says of a call."""


class Handle:
    """A grucc_handle. `keeps` is whatever has to live as long."""

    def __init__(self, runtime, function, what, keeps=None):
        self.runtime, self.keeps, self.handle = runtime, keeps, c_void_p()
        message = ctypes.create_string_buffer(512)
        status = getattr(runtime, function)(what, ctypes.byref(self.handle), message, 512)
        if status:
            raise (NoCpu if status == CPU_ERROR else Problem)(
                message.value.decode(errors="replace"))

    def check(self, status):
        if status:
            raise Failed(self.runtime.grucc_last_error(self.handle).decode(errors="replace"))

    def run(self, call, stream=None):
        """On the host's tensors, or enqueued on a stream for the device's."""
        if stream is None:
            self.check(self.runtime.grucc_run(self.handle, ctypes.byref(call)))
        else:
            self.check(self.runtime.grucc_run_on_stream(self.handle, ctypes.byref(call), stream))

    def reserve(self, steps, batch):
        self.check(self.runtime.grucc_reserve(self.handle, steps, batch))

    def set_device(self, number):
        self.check(self.runtime.grucc_set_device(self.handle, number))

    def device_facts(self):
        facts = DeviceFacts()
        self.check(self.runtime.grucc_describe_device(self.handle, ctypes.byref(facts)))
        return facts

    def close(self):
        self.runtime.grucc_close(self.handle)
        self.handle = c_void_p()


def open_file(runtime, path):
    return Handle(runtime, "grucc_open_file", str(path).encode())


def descriptor_of(handle):
    return CudaModel.from_address(handle.runtime.grucc_descriptor(handle.handle))


def open_copy(handle, regime=None, weights=None):
    """The model of `handle`, which stays open, with one kernel for all recurrences, `scan` or
    `step`, whatever the plan says, and with other weights."""
    model = CudaModel.from_buffer_copy(descriptor_of(handle))
    if regime == "scan":
        model.scan_min_steps, model.scan_max_batch = 0, 2**62
    if regime == "step":
        model.scan = Kernel()
    if weights is not None:
        model.weights = ctypes.addressof(weights)
    return Handle(handle.runtime, "grucc_open_model", ctypes.addressof(model),
                  (handle, model, weights))
