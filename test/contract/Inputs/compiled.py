# ===- compiled.py - A compiled model, called through its C interface -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------------------=== #
"""Compiles networks and calls them with every buffer between two pages that
cannot be touched, filled with garbage beforehand, and as large as the model's
own functions say: what reads or writes outside dies, or is found.

Letters: T steps, B batch, I input_size, H hidden_size, L num_layers.
"""

import ctypes as C
import mmap
import subprocess

import numpy as np
from levels import levels  # noqa: F401 (for all that compile and run)

ALIGNMENT = 64
OK, ARGS_SIZE, SHAPE, NULL, MISALIGNED, UNSUPPORTED = range(6)
BATCH_FIRST, FLOAT64, EXTERNAL_WEIGHTS = 1 << 1, 1 << 3, 1 << 4



def has_fma(level):
    return level != "x86-64-v2"


def compile_model(source, path, *options, name="m"):
    """Runs grucc; `source` is a file, or the options that describe a network."""
    source = [source] if isinstance(source, str) else source
    done = subprocess.run(["grucc", *source, "-o", path, f"--name={name}", *options],
                          capture_output=True, text=True)
    assert done.returncode == 0, (source, options, done.stderr)
    return path


class Args(C.Structure):
    """NAME_args."""
    _fields_ = [(name, C.c_int64) for name in ("size", "seq_len", "batch")] + [
        (name, C.c_void_p) for name in ("input", "h_0", "lengths", "batch_sizes", "output", "h_n",
                                        "workspace", "weights")
    ] + [("dropout_seed", C.c_uint64)] + [
        (name, C.c_void_p) for name in ("dropout_mask", "parallel_for", "parallel_context")
    ] + [("threads", C.c_int64), ("barrier", C.c_void_p)]


class Descriptor(C.Structure):
    """grucc_model."""
    _fields_ = [(name, C.c_uint32) for name in (
        "abi_version", "size", "flags", "step_rows", "architecture", "pointer_bytes", "alignment",
        "reset", "direction", "reserved")] + [
        (name, C.c_int64) for name in ("input_size", "hidden_size", "num_layers")
    ] + [("dropout", C.c_double), ("clip", C.c_double), ("activations", C.c_uint64 * 12),
         ("cpu_features", C.c_uint64 * 4), ("weights_bytes", C.c_int64),
         ("weights_count", C.c_int64), ("checksum", C.c_uint64), ("id", C.c_uint8 * 32)] + [
        (name, C.c_char_p) for name in ("name", "target", "provenance")]


_libc = C.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = [C.c_void_p, C.c_size_t, C.c_int]


class Room:
    """Memory for one buffer at a time, between two pages that cannot be touched."""
    PAGE = mmap.PAGESIZE
    MARGIN = 4096  # watched bytes on the side where the buffer does not end at a page
    MARK = 0xA5

    def __init__(self, capacity):
        self.capacity = -(-(capacity + self.MARGIN) // self.PAGE) * self.PAGE
        self.map = mmap.mmap(-1, self.capacity + 2 * self.PAGE)
        start = C.addressof(C.c_char.from_buffer(self.map))
        for page in (start, start + self.PAGE + self.capacity):
            assert _libc.mprotect(page, self.PAGE, 0) == 0
        whole = np.frombuffer(self.map, np.uint8)
        self.bytes = whole[self.PAGE:self.PAGE + self.capacity]

    def holds(self, size):
        return size + self.MARGIN <= self.capacity

    def place(self, size, at_end):
        """`size` bytes of 0xff (a NaN in every element), flush with the last or the first byte."""
        if at_end:
            buffer = self.bytes[self.capacity - size:]
            self.margin = self.bytes[self.capacity - size - self.MARGIN:self.capacity - size]
        else:
            buffer, self.margin = self.bytes[:size], self.bytes[size:size + self.MARGIN]
        self.margin[:] = self.MARK
        buffer[:] = 0xFF
        return buffer

    def intact(self):
        return bool((self.margin == self.MARK).all())


def address(array):
    return None if array is None else array.ctypes.data


def same_bits(a, b):
    """Equal to the bit; NaNs are equal whatever their payload (N7)."""
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    words = np.dtype(f"i{a.itemsize}")
    return bool(((a.view(words) == b.view(words)) | (np.isnan(a) & np.isnan(b))).all())


class Model:
    """A shared library made by grucc."""

    def __init__(self, path, weights=None):
        """`weights`: torch's tensors, packed here when the model wants them given."""
        self.library = C.CDLL(path)
        self.descriptor = Descriptor.in_dll(self.library, "grucc_model_entry")
        name = self.descriptor.name.decode()
        pointer, count = C.c_void_p, C.c_int64
        for function, result, arguments in (
                ("run", C.c_int, [pointer]),
                ("step", C.c_int, [pointer] * 5 + [count]),
                ("state_bytes", count, [count]),
                ("workspace_bytes", count, [count, count]),
                ("init_state", C.c_int, [pointer, pointer, count]),
                ("read_state", C.c_int, [pointer, pointer, count]),
                ("reset_state", C.c_int, [pointer, pointer, count, count]),
                ("supported", C.c_int, []),
                ("pack", C.c_int, [pointer, pointer])):
            symbol = getattr(self.library, f"{name}_{function}", None)
            if symbol is not None:
                symbol.restype, symbol.argtypes = result, arguments
            setattr(self, function, symbol)
        d = self.descriptor
        self.I, self.H, self.L = d.input_size, d.hidden_size, d.num_layers
        self.batch_first = bool(d.flags & BATCH_FIRST)
        self.dtype = np.dtype(np.float64 if d.flags & FLOAT64 else np.float32)
        self.rooms, self.weights = {}, None
        self.external = bool(d.flags & EXTERNAL_WEIGHTS)
        if self.external and weights is not None:
            self.give_weights(weights)

    def give_weights(self, tensors):
        tensors = [np.ascontiguousarray(t, self.dtype) for t in tensors]
        assert len(tensors) == self.descriptor.weights_count
        pointers = (C.c_void_p * len(tensors))(*[address(t) for t in tensors])
        self.weights_room = Room(self.descriptor.weights_bytes)
        self.weights = self.weights_room.place(self.descriptor.weights_bytes, True)
        assert self.pack(pointers, address(self.weights)) == OK
        assert self.weights_room.intact(), "pack wrote outside of weights"

    def buffer(self, name, shape, at_end, value=None, dtype=None):
        """The buffer of that name, of the model's dtype unless given: garbage, or `value`."""
        dtype = self.dtype if dtype is None else np.dtype(dtype)
        size = int(np.prod(shape)) * dtype.itemsize
        if name not in self.rooms or not self.rooms[name].holds(size):
            self.rooms[name] = Room(2 * size)
        array = self.rooms[name].place(size, at_end).view(dtype).reshape(shape)
        if value is not None:
            array[...] = value
        return array

    def sequence(self, x, h_0=None, at_end=True, alias=False):
        """NAME_run on x [T, B, I], h_0 [L, B, H] or None: output [T, B, H], h_n [L, B, H].
        `alias`: h_n is h_0's memory."""
        T, B = x.shape[:2]
        turn = (lambda a: a.transpose(1, 0, 2)) if self.batch_first else (lambda a: a)
        laid = np.ascontiguousarray(turn(x), self.dtype)
        given = self.buffer("input", laid.shape, at_end, laid)
        output = self.buffer("output", turn(np.empty((T, B, self.H))).shape, at_end)
        start = None if h_0 is None else self.buffer("h_0", (self.L, B, self.H), at_end, h_0)
        h_n = start if alias else self.buffer("h_n", (self.L, B, self.H), at_end)
        workspace = self.buffer("workspace", (self.workspace_bytes(T, B),), at_end, dtype=np.uint8)
        weights = None if self.weights is None else self.weights.copy()
        args = Args(C.sizeof(Args), T, B, address(given), address(start), None, None,
                    address(output), address(h_n), address(workspace), address(self.weights))
        status = self.run(C.byref(args))
        assert status == OK, f"run: status {status}"
        for name in ("input", "output", "h_0", "h_n", "workspace"):
            assert name not in self.rooms or self.rooms[name].intact(), f"run wrote beside {name}"
        assert (given.view(np.uint8) == laid.view(np.uint8)).all(), "run wrote to input"
        if start is not None and not alias:
            assert same_bits(start, h_0.astype(self.dtype)), "run wrote to h_0"
        if weights is not None:
            assert (weights == self.weights).all(), "run wrote to weights"
        return turn(output).copy(), h_n.copy()

    def stream(self, batch, h_0=None, at_end=True):
        return Stream(self, batch, h_0, at_end)

    def steps(self, x, h_0=None, at_end=True):
        """The same as sequence(), by NAME_step."""
        stream = self.stream(x.shape[1], h_0, at_end)
        ys = [stream.step(row) for row in x]
        return np.array(ys, self.dtype).reshape(*x.shape[:2], self.H), stream.read()


class Stream:
    """The streaming form, its state in memory of its own."""

    def __init__(self, model, batch, h_0, at_end):
        self.model, self.batch, self.at_end = model, batch, at_end
        size = model.state_bytes(batch)
        self.room = Room(size)
        self.state = self.room.place(size, at_end)
        self.start(h_0)

    def start(self, h_0):
        m = self.model
        given = None
        if h_0 is not None:
            given = m.buffer("h_0", (m.L, self.batch, m.H), self.at_end, h_0)
        assert m.init_state(address(self.state), address(given), self.batch) == OK
        assert self.room.intact(), "init_state wrote beside state"

    def step(self, x):
        """x [B, I] -> y [B, H]."""
        m = self.model
        given = m.buffer("x", (self.batch, m.I), self.at_end, x)
        y = m.buffer("y", (self.batch, m.H), self.at_end)
        workspace = m.buffer("step_workspace", (m.workspace_bytes(1, self.batch),), self.at_end,
                             dtype=np.uint8)
        status = m.step(address(given), address(y), address(self.state), address(workspace),
                        address(m.weights), self.batch)
        assert status == OK, f"step: status {status}"
        intact = self.room.intact() and all(m.rooms[n].intact() for n in ("x", "y", "step_workspace"))
        assert intact, "step wrote beside a buffer"
        return y.copy()

    def reset(self, rows):
        """The status of NAME_reset_state."""
        rows = np.array(rows, np.int64)
        given = self.model.buffer("rows", rows.shape, self.at_end, rows, np.int64)
        status = self.model.reset_state(address(self.state), address(given), len(rows), self.batch)
        assert self.room.intact(), "reset_state wrote beside state"
        return status

    def read(self):
        m = self.model
        h_n = m.buffer("h_n", (m.L, self.batch, m.H), self.at_end)
        assert m.read_state(address(self.state), address(h_n), self.batch) == OK
        assert m.rooms["h_n"].intact(), "read_state wrote beside h_n"
        return h_n.copy()
