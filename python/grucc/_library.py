# ===- _library.py - The binary interface of a model, through ctypes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The structures of grucc/model.h, in shared libraries that the runtime has checked and loaded.

The functions are foreign functions of CFUNCTYPE: Python's lock is released while
one runs.
"""

from __future__ import annotations

import ctypes
import os
import struct
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_int, c_int64, c_uint8
from ctypes import c_uint32, c_uint64, c_void_p
from typing import TYPE_CHECKING

import numpy as np

from ._errors import Error, InputError, no_memory
from ._runtime import open_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from numpy.typing import NDArray

    from ._runtime import Handle
    from ._types import Path, Variant

    class Function(Protocol):
        """A foreign function; false where the model has none."""

        def __call__(self, *arguments: object) -> int: ...

        def __bool__(self) -> bool: ...

ABI_VERSION = 4
ALIGNMENT = 64
BIAS, BATCH_FIRST, BIDIRECTIONAL, FLOAT64, EXTERNAL_WEIGHTS, TRAINING, CUDA = (
    1 << i for i in range(7))
OK, ARGS_SIZE, SHAPE, NULL, MISALIGNED, UNSUPPORTED = range(6)


class Args(ctypes.Structure):
    """grucc_args"""
    _fields_ = [("size", c_int64), ("seq_len", c_int64), ("batch", c_int64), ("input", c_void_p),
                ("h_0", c_void_p), ("lengths", c_void_p), ("batch_sizes", c_void_p),
                ("output", c_void_p), ("h_n", c_void_p), ("workspace", c_void_p),
                ("weights", c_void_p), ("dropout_seed", c_uint64), ("dropout_mask", c_void_p),
                ("parallel_for", c_void_p), ("parallel_context", c_void_p), ("threads", c_int64),
                ("barrier", c_void_p)]


ARGS_BYTES = ctypes.sizeof(Args)
# The same as bytes; quicker to make than an Args, and no other call can touch it.
pack_args = struct.Struct("=11qQ5q").pack


class Activation(ctypes.Structure):
    """grucc_activation"""
    kind: int
    alpha: float
    beta: float
    _fields_ = [("kind", c_uint32), ("reserved", c_uint32), ("alpha", c_double),
                ("beta", c_double)]


class Descriptor(ctypes.Structure):
    """grucc_model"""
    abi_version: int
    size: int
    flags: int
    alignment: int
    reset: int
    direction: int
    input_size: int
    hidden_size: int
    num_layers: int
    dropout: float
    clip: float
    activations: Sequence[Sequence[Activation]]
    weights_bytes: int
    name: bytes
    target: bytes
    provenance: bytes
    run: Function
    step: Function
    state_bytes: Function
    workspace_bytes: Function
    init_state: Function
    read_state: Function
    reset_state: Function
    pack: Function
    loaded: Handle
    _fields_ = [("abi_version", c_uint32), ("size", c_uint32), ("flags", c_uint32),
                ("step_rows", c_uint32), ("architecture", c_uint32), ("pointer_bytes", c_uint32),
                ("alignment", c_uint32), ("reset", c_uint32), ("direction", c_uint32),
                ("reserved", c_uint32), ("input_size", c_int64), ("hidden_size", c_int64),
                ("num_layers", c_int64), ("dropout", c_double), ("clip", c_double),
                ("activations", Activation * 2 * 2), ("cpu_features", c_uint64 * 4),
                ("weights_bytes", c_int64), ("weights_count", c_int64), ("checksum", c_uint64),
                ("id", c_uint8 * 32), ("name", c_char_p), ("target", c_char_p),
                ("provenance", c_char_p),
                ("run", CFUNCTYPE(c_int, c_void_p)),
                ("step", CFUNCTYPE(c_int, *[c_void_p] * 5, c_int64)),
                ("state_bytes", CFUNCTYPE(c_int64, c_int64)),
                ("workspace_bytes", CFUNCTYPE(c_int64, c_int64, c_int64)),
                ("init_state", CFUNCTYPE(c_int, c_void_p, c_void_p, c_int64)),
                ("read_state", CFUNCTYPE(c_int, c_void_p, c_void_p, c_int64)),
                ("reset_state", CFUNCTYPE(c_int, c_void_p, c_void_p, c_int64, c_int64)),
                ("pack", CFUNCTYPE(c_int, POINTER(c_void_p), c_void_p)),
                ("supported", CFUNCTYPE(c_int)), ("select", c_void_p)]


def cpu_lines() -> dict[str, str]:
    """What /proc/cpuinfo says of the first CPU: {key: value}; {} where there is none."""
    try:
        with open("/proc/cpuinfo") as file:
            lines = file.read().split("\n\n")[0].splitlines()
    except OSError:
        return {}
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def aligned(size: int) -> NDArray[np.uint8]:
    """A uint8 array of so many bytes (64 at least), 64-byte aligned, as state, workspace and
    packed weights must be."""
    try:
        memory = np.empty(max(size, 1) + 2 * ALIGNMENT, np.uint8)
    except (MemoryError, ValueError):  # ValueError: more than there are addresses
        raise no_memory("memory", [size]) from None
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start:start + max(size, ALIGNMENT)]


def open_library(path: Path, mapped: bool = False) -> Descriptor:
    """The descriptor of the model in a shared library, which stays loaded as long as the
    descriptor and its functions are used; `loaded` is its Handle."""
    path = os.fsdecode(path)
    loaded = open_file(path, mapped)
    descriptor = Descriptor.from_address(loaded.descriptor_address())
    descriptor.loaded = loaded
    if (descriptor.abi_version, descriptor.size) != (ABI_VERSION, ctypes.sizeof(Descriptor)):
        raise Error(f"{path}: error: model: found binary interface {descriptor.abi_version}, "
                    f"expected {ABI_VERSION}: the runtime is another version's")
    if descriptor.alignment > ALIGNMENT:
        raise InputError(f"{path}: error: model: found an alignment of {descriptor.alignment} "
                         f"bytes, expected up to {ALIGNMENT}")
    return descriptor


# grucc_activation_kind from 1 on: name, and how many of alpha and beta it has.
_ACTIVATIONS = (("sigmoid", 0), ("tanh", 0), ("relu", 0), ("hard_sigmoid", 2), ("softsign", 0),
                ("softplus", 0), ("affine", 2), ("leaky_relu", 1), ("thresholded_relu", 1),
                ("scaled_tanh", 2), ("elu", 1))


def _text_of(activation: Activation) -> str:
    word, count = _ACTIVATIONS[activation.kind - 1]
    numbers = (activation.alpha, activation.beta)[:count]
    return word + f"({', '.join(map(repr, numbers))})" * bool(numbers)


def variant_of(descriptor: Descriptor) -> Variant:
    """What grucc.GRU says of a network that torch has no word for."""
    facts: Variant = {}
    if descriptor.direction:
        facts["direction"] = "reverse"
    if descriptor.reset:
        facts["reset"] = "before"
    gate, candidate = descriptor.activations[0]
    if gate.kind:
        facts["gate_activation"] = _text_of(gate)
    if candidate.kind:
        facts["candidate_activation"] = _text_of(candidate)
    if descriptor.clip:
        facts["clip"] = descriptor.clip
    return facts


def unlike_torch(descriptor: Descriptor) -> list[str]:
    """The fields that say another network than a torch.nn.GRU."""
    found = [name for name in ("reset", "direction", "clip") if getattr(descriptor, name)]
    return found + ["activations"] * any(one.kind for pair in descriptor.activations
                                         for one in pair)
