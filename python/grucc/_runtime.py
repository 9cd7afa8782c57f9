# ===- _runtime.py - libgrucc_runtime seen from Python -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The structures and functions of grucc/model.h and grucc/runtime.h, through ctypes."""

import ctypes
import os
import shutil
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_int32, c_int64, c_size_t
from ctypes import c_double, c_uint32, c_uint64, c_void_p
from pathlib import Path

BIAS, BATCH_FIRST, BIDIRECTIONAL, FLOAT64, EXTERNAL_WEIGHTS, TRAINING = (1 << i for i in range(6))
DTYPES = {"float32": 0, "float64": 1, "int64": 2, "uint8": 3}
MESSAGE_SIZE = 512
ALIGNMENT = 64


class Tensor(ctypes.Structure):
    """grucc_tensor"""
    _fields_ = [("data", c_void_p), ("dtype", c_int32), ("rank", c_int32), ("shape", c_int64 * 4)]


class Call(ctypes.Structure):
    """grucc_call"""
    _fields_ = [(name, Tensor) for name in ("input", "h_0", "lengths", "batch_sizes", "output",
                                            "h_n", "dropout_mask")] + [("dropout_seed", c_uint64)]


class StateStruct(ctypes.Structure):
    """grucc_state"""
    _fields_ = [("data", c_void_p), ("batch", c_int64), ("owned", c_int32), ("reserved", c_int32)]


class Args(ctypes.Structure):
    """grucc_args"""
    _fields_ = [("size", c_int64), ("seq_len", c_int64), ("batch", c_int64), ("input", c_void_p),
                ("h_0", c_void_p), ("lengths", c_void_p), ("batch_sizes", c_void_p),
                ("output", c_void_p), ("h_n", c_void_p), ("workspace", c_void_p),
                ("weights", c_void_p), ("dropout_seed", c_uint64), ("dropout_mask", c_void_p),
                ("parallel_for", c_void_p), ("parallel_context", c_void_p)]


class Descriptor(ctypes.Structure):
    """grucc_model"""
    _fields_ = [("abi_version", c_uint32), ("size", c_uint32), ("flags", c_uint32),
                ("reserved", c_uint32), ("input_size", c_int64), ("hidden_size", c_int64),
                ("num_layers", c_int64), ("dropout", c_double), ("cpu_features", c_uint64),
                ("weights_bytes", c_int64), ("weights_count", c_int64), ("name", c_char_p),
                ("target", c_char_p), ("provenance", c_char_p),
                ("run", CFUNCTYPE(c_int, POINTER(Args))),
                ("step", CFUNCTYPE(c_int, *[c_void_p] * 5, c_int64)),
                ("state_bytes", CFUNCTYPE(c_int64, c_int64)),
                ("workspace_bytes", CFUNCTYPE(c_int64, c_int64, c_int64)),
                ("init_state", CFUNCTYPE(c_int, c_void_p, c_void_p, c_int64)),
                ("read_state", CFUNCTYPE(c_int, c_void_p, c_void_p, c_int64)),
                ("pack", CFUNCTYPE(c_int, POINTER(c_void_p), c_void_p))]


def find_compiler():
    """The grucc executable: $GRUCC, on PATH, or in the build folder beside the sources."""
    built = Path(__file__).resolve().parents[2] / "build" / "bin" / "grucc"
    return os.environ.get("GRUCC") or shutil.which("grucc") or str(built)


def find_library():
    """libgrucc_runtime.so: $GRUCC_RUNTIME, or in lib/ beside the compiler's bin/."""
    beside = Path(find_compiler()).resolve().parents[1] / "lib" / "libgrucc_runtime.so"
    return os.environ.get("GRUCC_RUNTIME") or str(beside)


_library = None


def library():
    """The loaded runtime, with the types of its functions."""
    global _library
    if _library is None:
        loaded = ctypes.CDLL(find_library())
        handle, tensor, state = c_void_p, POINTER(Tensor), POINTER(StateStruct)
        for name, result, *arguments in (
                ("open_file", c_int, c_char_p, POINTER(handle), c_char_p, c_size_t),
                ("close", None, handle),
                ("descriptor", POINTER(Descriptor), handle),
                ("last_error", c_char_p, handle),
                ("status_text", c_char_p, c_int),
                ("describe_weight", c_int, handle, c_int64, c_char_p, c_size_t, tensor),
                ("set_weights", c_int, handle, tensor, c_int64),
                ("run", c_int, handle, POINTER(Call)),
                ("reserve", c_int, handle, c_int64, c_int64),
                ("new_state", c_int, handle, c_int64, state),
                ("init_state", c_int, handle, state, tensor),
                ("read_state", c_int, handle, state, tensor),
                ("step", c_int, handle, state, tensor, tensor),
                ("free_state", None, state)):
            function = getattr(loaded, "grucc_" + name)
            function.restype, function.argtypes = result, arguments
        _library = loaded
    return _library


def open_file(path):
    """(handle, None), or (None, message)."""
    handle, message = c_void_p(), ctypes.create_string_buffer(MESSAGE_SIZE)
    if library().grucc_open_file(os.fsencode(path), byref(handle), message, MESSAGE_SIZE):
        return None, message.value.decode(errors="replace")
    return handle, None


def tensor_of(array):
    """The Tensor of a contiguous NumPy array, which must outlive it; None is none."""
    if array is None:
        return Tensor()
    if array.ndim > 4:  # more than a view holds: the runtime says so
        return Tensor(array.ctypes.data, 0, array.ndim)
    return Tensor(array.ctypes.data, DTYPES.get(array.dtype.name, -1), array.ndim, array.shape)
