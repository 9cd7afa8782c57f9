# ===- check_arguments.py - Arguments of every wrong kind -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Whatever is given to the package, it works or raises a grucc.Error, and says what is wrong.
Run in an empty folder."""

import math
import os
import pathlib
import warnings

import numpy as np
import torch

import grucc
from expect import fails, same

I, H, T, B = 5, 9, 2, 3
TARGET = {"target": "x86-64-v2"}
warnings.simplefilter("ignore")
spec = grucc.GRU(I, H)
model, external = (grucc.compile(spec, weights=kind, **TARGET) for kind in ("baked", "external"))
training = grucc.compile(grucc.GRU(I, H, 2, dropout=0.5), training=True, **TARGET)
weights = torch.nn.GRU(I, H).state_dict()
x, h_0 = np.ones((T, B, I), np.float32), np.full((1, B, H), 0.5, np.float32)


class Strange:
    def __repr__(self):
        raise RuntimeError("no text")


class NoArray:
    def __array__(self, *arguments, **flags):
        raise OSError("no array")


class Packed:
    batch_sizes = [2, 1]


class Tensor(torch.Tensor):
    pass


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


endless = []
endless.append(endless)
ones = torch.ones(T, B, I)
ODD = [None, True, False, np.True_, 0, 5, -1, 10**30, 1 << 63, 10**5000, 2.5, math.nan, math.inf,
       1j, "", "3", "a\0b", "\ud800", "x" * 2000, b"3", b"a\0b", bytearray(b"3"), memoryview(b"3"),
       pathlib.Path("none/x"), [], (), {}, {1}, {3: x}, {3: 1, "a": 2}, range(3), slice("a"),
       slice(None), iter([]), len, int, Strange(), NoArray(), Packed(), endless, nested(2000),
       np.float32(1), np.int64(2), np.datetime64("now"), np.array([None, {}], object),
       np.array("text"), x.astype(np.complex64), x.astype(">f4"), x.astype(np.float16), x[:0],
       x[:, :0], x[..., :0], x[::-1], np.asfortranarray(x), read_only(x), np.ma.masked_equal(x, 1),
       np.asmatrix(x[0]), np.zeros(3, [("a", "f4")]),
       np.broadcast_to(np.float32(1), (1 << 46, 1, I)),
       np.broadcast_to(np.float32(1), (1 << 57, 0, I)), [[1], [2, 3]], [[[None] * I] * B] * T,
       [ones.requires_grad_(), ones], ones.requires_grad_(), ones.double(), ones.to("meta"),
       ones.to_sparse(), ones[0].to_sparse_csr(), ones[0].detach().to_mkldnn(), ones.bfloat16(),
       torch.quantize_per_tensor(ones.detach(), 0.1, 0, torch.qint8), ones.as_subclass(Tensor),
       ones.to(torch.complex64).conj(), torch.tensor(2.5), torch.tensor(2),
       torch.ones(1, 1, I).expand(1 << 46, 1, I),
       torch.nested.nested_tensor([torch.ones(1, I), torch.ones(2, I)]),
       torch.nn.Linear(2, 2), torch.nn.GRU(I, H, device="meta"), torch.nn.LSTM(I, H), spec, model]


def attempt(what, function, *arguments, **flags):
    """It works, or says that it does not as everything of the package does."""
    try:
        function(*arguments, **flags)
    except grucc.Error as error:
        text = str(error)
        assert "found" in text and "expected" in text and len(text) < 4000, (what, text)
    except Exception as error:
        raise AssertionError(f"{what}: {type(error).__name__}: {error}") from error


def packed(**fields):
    given = {"data": np.ones((3, I), np.float32), "batch_sizes": [2, 1]} | fields
    return grucc.PackedSequence(**given)


def set_h(state, value):
    state.h = value


# Everything at every place; what would compile a network is tried further below.
for number, odd in enumerate(ODD):
    try:
        said = f"{number}: {odd!r:.80}"
    except Exception:
        said = str(number)
    state = model.state(h_0)
    for place, function in {
            "input": lambda: model(odd), "input of tensors": lambda: model(ones.detach(), odd),
            "h_0": lambda: model(x, odd), "hx": lambda: model(x, hx=odd),
            "lengths": lambda: model(x, lengths=odd),
            "dropout_seed": lambda: training(x, dropout_seed=odd),
            "dropout_mask": lambda: training(x, dropout_mask=odd),
            "data": lambda: model(packed(data=odd)),
            "batch_sizes": lambda: model(packed(batch_sizes=odd)),
            "sorted_indices": lambda: model(packed(sorted_indices=odd)),
            "unsorted_indices": lambda: model(packed(unsorted_indices=odd)),
            "packed h_0": lambda: model(packed(), odd),
            "x": lambda: model.step(odd), "x of a stream": lambda: model.step(odd, state),
            "state": lambda: model.step(x[0], odd), "state.h": lambda: set_h(state, odd),
            "rows": lambda: state.reset(odd), "rows' h_0": lambda: state.reset(0, odd),
            "state's h_0": lambda: model.state(odd), "batch": lambda: model.state(batch=odd),
            "path": lambda: grucc.load(odd), "threads": lambda: grucc.load(model.path, threads=odd),
            "device": lambda: grucc.load(model.path, device=odd),
            "weights": lambda: external.set_weights(odd),
            "a weight": lambda: external.set_weights(weights | {"bias_hh_l0": odd}),
            "a weight's name": lambda: external.set_weights(dict([*weights.items(), (str, odd)])),
            "draw_mask": lambda: grucc.draw_mask(odd, odd, odd, odd, odd, odd),
            "rows of a mask": lambda: grucc.draw_mask(0.5, 1, 1, 1, odd, 8),
            **{name: lambda name=name: grucc.GRU(**{"input_size": I, "hidden_size": H} |
                                                 {name: odd}).json()
               for name in ("input_size", "num_layers", "bias", "dropout", "dtype", "seed")}
            }.items():
        attempt(f"{place} = {said}", function)
    if not isinstance(odd, str) or "\0" in odd or "\ud800" in odd:
        attempt(f"save({said})", model.save, odd)
    if not isinstance(odd, (torch.nn.GRU, grucc.GRU)):
        attempt(f"what = {said}", grucc.compile, odd, **TARGET)
    attempt(f"one weight = {said}", grucc.compile, {"weight_ih_l0": odd}, **TARGET)
    for name in ("threads", "device", "weights", "cache", "prefix", "name", "header", "ptxas",
                 "schedule_file", "hidden_size", "dtype", "init", "bias", "batch_first"):
        if not isinstance(odd, (int, str, float, np.generic, pathlib.Path, bytes, type(None))):
            attempt(f"{name} = {said}", grucc.compile, spec, **TARGET | {name: odd})

# What some of them say.
fails("state: found 5, expected None or what the last step returned; model.state(h_0) makes one of "
      "an array", model.step, x[0], 5)
fails("batch: found '3', expected a whole number", model.state, batch="3")
for value in (None, 5):
    fails(f"path: found {value}, expected a path", grucc.load, value)
    fails(f"path: found {value}, expected a path", model.save, value)
for function in (grucc.load, model.save):
    fails(r"path: found 'a\x00b', expected a path", function, "a\0b")
    fails(r"path: found 'a\x00b', expected a path", function, b"a\0b")
fails(r"what: found 'a\x00b', expected a path", grucc.compile, "a\0b")
fails(r"name: found 'a\x00b', expected a number, a text, True or False", grucc.compile, spec,
      name="a\0b")
fails("hidden_size: found [8], expected a number, a text, True or False", grucc.compile, spec,
      hidden_size=[9, [8]])
fails("header: found 5, expected a path", grucc.compile, spec, header=5)
fails("prefix: found 5, expected a text", grucc.compile, weights, prefix=5)
fails("cache: found 'no', expected True or False", grucc.compile, spec, cache="no")
fails("bias: found 'no', expected True or False", grucc.compile, spec, bias="no")
fails("threads: found 1.5, expected a whole number", grucc.load, model.path, threads=1.5)
fails("threads: found True, expected a whole number", grucc.load, model.path, threads=True)
fails("input_size: found 'a', expected a whole number", grucc.GRU, "a", 3)
fails("bias: found 1, expected True or False", grucc.GRU, I, H, bias=1)
fails("dropout: found '0.5', expected a number", grucc.GRU, I, H, dropout="0.5")
fails("dtype: found 5, expected float32 or float64", grucc.GRU, I, H, dtype=5)
fails("rows: found slice('a', None, None) (slice indices must be integers or None or have an "
      "__index__ method), expected a slice of rows", model.state(h_0).reset, slice("a", None))
fails("h_0: found a nested tensor, which has no shape, expected another", model, x,
      torch.nested.nested_tensor([torch.ones(1, I), torch.ones(2, I)]))
fails(f"input: found no memory for shape [{1 << 46}, 1, 5], expected enough", model,
      np.broadcast_to(np.float32(1), (1 << 46, 1, I)), kind=grucc.Error)
fails("flags: found more text than the system gives to a program, expected less", grucc.compile,
      spec, name="x" * 200000)

# torch's name of h_0.
same(model(x, hx=h_0)[0], model(x, h_0)[0])
same(model(packed(), hx=h_0[:, :2])[0].data, model(packed(), h_0[:, :2])[0].data)
fails("hx: found it and h_0, expected one of them", model, x, h_0, hx=h_0)

# Paths of every kind, and files that are none.
model.save(b"bytes.so")
same(grucc.load(pathlib.Path("bytes.so"))(x)[0], grucc.load(b"bytes.so")(x)[0])
os.mkfifo("pipe.safetensors")  # is not waited for, nor is a device read to its end
for path in ("/dev/zero", "pipe.safetensors"):
    attempt(path, grucc.compile, path)
    attempt(path, grucc.compile, spec, schedule_file=path)
