# ===- _library.py - The binary interface of a model, through ctypes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Opens shared libraries that grucc wrote; the structures are those of grucc/model.h.

The functions are foreign functions of CFUNCTYPE: Python's lock is released while
one runs. Nothing but the model itself is loaded.
"""

import _ctypes
import ctypes
import os
import platform
import stat
import struct
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_int, c_int64, c_uint8
from ctypes import c_uint32, c_uint64, c_void_p

import numpy as np

from ._errors import Error, InputError, no_memory
from ._file import File

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
    _fields_ = [("kind", c_uint32), ("reserved", c_uint32), ("alpha", c_double),
                ("beta", c_double)]


class Descriptor(ctypes.Structure):
    """grucc_model"""
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


# What /proc/cpuinfo must list for each bit of cpu_features.
_CPU_FLAGS = {"SSE4.2": "pni ssse3 cx16 sse4_1 sse4_2 popcnt",
              "AVX2": "avx avx2 bmi1 bmi2 f16c movbe abm",
              "FMA": "fma",
              "AVX-512": "avx512f avx512bw avx512cd avx512dq avx512vl"}


def cpu_lines():
    """What /proc/cpuinfo says of the first CPU: {key: value}; {} where there is none."""
    try:
        with open("/proc/cpuinfo") as file:
            lines = file.read().split("\n\n")[0].splitlines()
    except OSError:
        return {}
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def aligned(size):
    """A uint8 array of so many bytes (64 at least), 64-byte aligned, as state, workspace and
    packed weights must be."""
    try:
        memory = np.empty(max(size, 1) + 2 * ALIGNMENT, np.uint8)
    except (MemoryError, ValueError):  # ValueError: more than there are addresses
        raise no_memory("memory", [size]) from None
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start:start + max(size, ALIGNMENT)]


def _check_file(file, error):
    """Refuses what the loader would crash on: no ELF file for this machine, or a cut one."""
    facts = os.fstat(file.fileno())
    if not stat.S_ISREG(facts.st_mode):
        raise error("found a directory or a device")
    head = file.read(64)
    if len(head) < 64 or head[:4] != b"\x7fELF":
        raise error("found no ELF header")
    machine = {"x86_64": 62, "aarch64": 183, "riscv64": 243}.get(platform.machine())
    kind, found = struct.unpack_from("<2H", head, 16)
    if head[4:6] != b"\x02\x01" or kind != 3 or found != machine:
        raise error(f"found ELF type {kind} for machine {found}, not type 3 for machine {machine}")
    segments, sections = struct.unpack_from("<2Q", head, 32)
    segment_size, segment_count, section_size, section_count = struct.unpack_from("<4H", head, 54)
    ends = [segments + segment_size * segment_count, sections + section_size * section_count]
    if max(ends) <= facts.st_size and segment_size == 56:
        file.seek(segments)
        table = file.read(56 * segment_count)
        ends += [sum(struct.unpack_from("<Q16xQ", table, at)) for at in range(8, len(table), 56)]
    if max(ends) > facts.st_size:
        raise error(f"found {facts.st_size} of its {max(ends)} bytes")
    return facts.st_ino


def _name_for_loader(path, inode):
    """The loader takes two equal names for one library, even when the file has been replaced
    meanwhile: `dir/m.so` ==> dir/, "./" or "/" for every bit of the inode, m.so."""
    folder, file = os.path.split(os.path.abspath(path))
    return os.path.join(folder, "".join("./" if bit == "1" else "/" for bit in f"{inode:b}"), file)


class _Loaded:
    """Unloads a CDLL, which ctypes never does, since some programs compile many models."""

    def __init__(self, library):
        self.handle = library._handle

    def __del__(self):
        if _ctypes is not None:
            _ctypes.dlclose(self.handle)


_LOOKS = 10  # at a name that others give to other files


def _load(path, error):
    """(CDLL, what unloads it, File) of one file: the loader looks a name up itself, when another
    process may have put another file there."""
    for _ in range(_LOOKS):
        file = File(path)
        library = ctypes.CDLL(_name_for_loader(path, _check_file(file.file, error)))
        loaded = _Loaded(library)
        if file.is_at_path():
            return library, loaded, file
    raise error(f"found another one at each of {_LOOKS} looks")


def open_library(path):
    """The descriptor of the model in a shared library, which stays loaded as long as the
    descriptor and its functions are used; `file` is its File."""
    path = os.fspath(path)

    def error(text):
        return InputError(f"{path}: error: file: {text}, expected a compiled model")
    try:
        library, loaded, file = _load(path, error)
    except OSError as reason:
        raise error(f"found {reason.strerror or reason}") from None
    try:
        found, size = (c_uint32 * 2).in_dll(library, "grucc_model_entry")
    except ValueError:
        raise error("found no symbol grucc_model_entry") from None
    if (found, size) != (ABI_VERSION, ctypes.sizeof(Descriptor)):
        raise InputError(f"{path}: error: model: found binary interface {found} with a descriptor "
                         f"of {size} bytes, expected {ABI_VERSION} with "
                         f"{ctypes.sizeof(Descriptor)}")
    descriptor = Descriptor.in_dll(library, "grucc_model_entry")
    descriptor.loaded, descriptor.file = loaded, file
    _check_facts(path, descriptor)
    _check_cpu(path, descriptor)
    return descriptor


def _check_facts(path, descriptor):
    """Refuses what could not be called as it asks for, or says what is not known here."""
    activations = [one for pair in descriptor.activations for one in pair]
    for reserved in (one.reserved for one in (descriptor, *activations)):
        if reserved:
            raise InputError(f"{path}: error: model: found {reserved} in a reserved field, "
                             "expected 0")
    alignment = descriptor.alignment
    if alignment.bit_count() != 1 or alignment > ALIGNMENT:
        raise InputError(f"{path}: error: model: found an alignment of {alignment} bytes, expected "
                         f"a power of two up to {ALIGNMENT}")


def unlike_torch(descriptor):
    """The fields that say another network than a torch.nn.GRU."""
    found = [name for name in ("reset", "direction", "clip") if getattr(descriptor, name)]
    return found + ["activations"] * any(one.kind for pair in descriptor.activations
                                         for one in pair)


def _check_cpu(path, descriptor):
    has = set(cpu_lines().get("flags", "").split())
    features = sum(word << 64 * i for i, word in enumerate(descriptor.cpu_features))
    missing = [name for bit, (name, flags) in enumerate(_CPU_FLAGS.items())
               if features >> bit & 1 and not has.issuperset(flags.split())]
    missing += [f"bit {bit}" for bit in range(len(_CPU_FLAGS), features.bit_length())
                if features >> bit & 1]
    if missing:
        raise Error(f"{path}: error: cpu: found no {', '.join(missing)}, expected a CPU for "
                    f"{descriptor.target.decode(errors='replace')}")
