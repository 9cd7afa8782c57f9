# ===- check_stream.py - Streams, files, and models that outlive them -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder."""

import gc
import os
import pathlib
import re
import types

import numpy as np
import torch

import grucc
from checksum import with_checksum
from expect import close, fails, same

T, B, I, H, L = 6, 3, 5, 9, 2
rng = np.random.default_rng(0)


def f32(*shape):
    return rng.standard_normal(shape).astype(np.float32)


# Steps give the bits of a run, in both kinds of arrays (C14, N3).
model = grucc.compile(grucc.GRU(I, H, L, seed=3))
x, h_0 = f32(T, B, I), f32(L, B, H)
for kind in (np.asarray, torch.from_numpy):
    for start in (None, h_0):
        output, h_n = model(kind(x), start if start is None else kind(start))
        state = None if start is None else model.state(kind(start))
        for t in range(T):
            if t == 4:
                kept, state_then = state.copy(), state
            y, state = model.step(kind(x)[t], state)
            assert t == 0 or state is state_then if t >= 4 else True
            same(y, output[t])
        same(state.h.copy() if kind is np.asarray else state.h.clone(), h_n)
        assert state.h.shape == (L, B, H) and state.batch == B
        for t in (4, 5):  # from the moment that was kept
            y, kept = model.step(kind(x)[t], kept)
            same(y, output[t])
output, h_n = model(x)
y, state = model.step(x[0].T.copy().T)  # not contiguous
same(y, output[0])
y, state = model.step(x[0, 0])
same(y, output[0, 0])
y, state = model.step(x[1, 0], state)
same(y, output[1, 0])
same(model.step(x[2, :1], state)[0], output[2, :1])
same(model.step(list(map(float, x[3, 0])), state)[0], output[3, 0])
state.h = h_0[:, :1]
same(state.h, h_0[:, :1].copy())
assert not model.state().h.any() and model.state(batch=4).h.shape == (L, 4, H)
assert model.step(x[0, :0])[0].shape == (0, H)
double = grucc.compile(grucc.GRU(I, H, dtype="float64"))
close(double.step(x[0].astype(float))[0], double(x[:1].astype(float))[0][0])

# What does not fit is said.
state = model.state(h_0)
fails("x: found shape [3, 4], expected [3, 5]", model.step, f32(B, 4), state)
fails("x: found shape [5], expected [3, 5]", model.step, f32(I), state)
fails("x: found shape [4], expected [B, 5]", model.step, f32(4))
fails("x: found shape [1, 2, 5], expected [B, 5]", model.step, f32(1, 2, I))
fails("x: found float64, expected float32; x.astype('float32') gives it",
      model.step, x[0].astype(float), state)
same(state.h, h_0)
fails("h_0: found shape [9], expected [2, B, 9]", model.state, f32(H))
fails("h_0: found shape [2, 3, 8], expected [2, 3, 9]", model.state, f32(L, B, 8))
fails("h_0: found shape [2, 3, 9], expected [2, 4, 9]", model.state, h_0, 4)
fails("state: found batch -1, expected 0 or more, whose state fits the address space",
      model.state, None, -1)
fails(f"state: found batch {1 << 62}, expected 0 or more, whose state fits the address space",
      model.state, None, 1 << 62)
fails("state: found a state of another model, expected one of this model", double.step,
      x[0].astype(float), state)
fails("step: found a bidirectional network, expected one that can stream",
      grucc.compile(grucc.GRU(I, H, bidirectional=True)).step, x[0])
fails("step: found a model compiled with training=True, expected one that can stream",
      grucc.compile(grucc.GRU(I, H, 2, dropout=0.5), training=True).state)

# Saved, loaded, and called beneath the arrays.
model.save("saved.so")
loaded = grucc.load(pathlib.Path("saved.so"))
same(loaded(x, h_0)[0], model(x, h_0)[0])
assert repr(loaded) == repr(model) and loaded.network == model.network
assert {"name": "gru", "target": model.target, "hidden_size": H, "bidirectional": False,
        "dtype": "float32", "weights_bytes": model.report["weights_bytes"]}.items() <= (
            loaded.report.items())
assert loaded.report["state_bytes"] == model.descriptor.state_bytes(1)
raw, raw_h = np.empty_like(output), h_0.copy()
assert model.run_raw(T, B, x, raw, raw_h, h_0=raw_h) == 0
same(raw, model(x, h_0)[0])
same(raw_h, model(x, h_0)[1])
raw_state, y = grucc.aligned(model.descriptor.state_bytes(B)), np.empty((B, H), np.float32)
assert model.descriptor.init_state(grucc.address(raw_state), grucc.address(h_0), B) == 0
assert model.step_raw(x[0].copy(), y, raw_state, B) == 0
same(y, raw[0])
assert model.run_raw(-1, B, x, raw, raw_h) != 0

# A file that is replaced is another model; the open one stays.
double.save("saved.so")
other = grucc.load("saved.so")
assert other.dtype == np.float64 and loaded.dtype == np.float32
same(loaded(x, h_0)[0], model(x, h_0)[0])
assert other(x.astype(float))[0].dtype == np.float64
os.remove("saved.so")
same(loaded(x, h_0)[0], model(x, h_0)[0])
loaded.save("again.so")  # the bytes that were opened
same(grucc.load("again.so")(x, h_0)[0], model(x, h_0)[0])
os.remove("again.so")
assert os.listdir(".") == []
fails("no/such.so: error: file: found No such file or directory, expected to copy "
      f"{loaded.path} there", loaded.save, "no/such.so", kind=grucc.Error)
os.mkdir("folder")
fails(f"folder: error: file: found Is a directory, expected to copy {loaded.path} there",
      loaded.save, "folder", kind=grucc.Error)
assert os.listdir(".") == ["folder"]
os.rmdir("folder")
temporary = grucc.compile(grucc.GRU(I, H), cache=False)
folder = os.path.dirname(temporary.path)
temporary.save("kept.so")
state = temporary.state()
assert os.listdir(folder) == ["model.so"]
del temporary
gc.collect()
assert os.path.exists(folder)  # the state's model
del state
gc.collect()
assert not os.path.exists(folder)


def in_memory():
    """How often the model is in memory, and its copy open."""
    opened = [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
              if os.path.exists(f"/proc/self/fd/{name}")]
    return (pathlib.Path("/proc/self/maps").read_text().count("kept.so") +
            sum("kept.so" in name for name in opened))


kept = grucc.load("kept.so")
descriptor, run = kept.descriptor, kept.descriptor.run
del kept
assert in_memory() > 0 and descriptor.hidden_size == H
del descriptor
assert in_memory() > 0 and run(None) != 0
del run
assert in_memory() == 0

entry = bytes(grucc.load("kept.so").descriptor)
whole = pathlib.Path("kept.so").read_bytes()
assert whole.count(entry[:16]) == 1


def saying(library, at, value):
    """The library with another value at this place of its descriptor, as bytes."""
    at += library.index(entry[:16])
    return with_checksum(library[:at] + value + library[at + len(value):])


def word(value):
    return value.to_bytes(4, "little")


def refuses(text, data, kind=grucc.InputError):
    pathlib.Path("bad.so").write_bytes(data)
    fails(f"bad.so: error: {text}", grucc.load, "bad.so", kind=kind)


# What its own descriptor says that the package cannot do.
refuses("model: found binary interface 1 with a descriptor of 368 bytes, expected 4 with 368",
        whole.replace(entry[:16], b"\1" + entry[1:16]))
for alignment in (0, 48, 8192):
    refuses(f"model: found pointers of 8 bytes and an alignment of {alignment}, expected 8 and a "
            "power of two from 8 to 4096", saying(whole, 24, word(alignment)))
refuses("model: found an alignment of 128 bytes, expected up to 64", saying(whole, 24, word(128)))
pathlib.Path("less.so").write_bytes(saying(whole, 24, word(16)))
assert grucc.load("less.so").descriptor.alignment == 16
for at in (36, 84):  # the descriptor's, and the first activation's
    refuses("model: found a network that this runtime does not know, expected a variant of "
            "binary interface 4",
            saying(whole, at, word(7)))
pathlib.Path("cpu.so").write_bytes(saying(whole, 176, (1 << 40).to_bytes(8, "little")))
try:
    grucc.load("cpu.so")
except grucc.Error as error:
    assert type(error) is grucc.Error and re.fullmatch(
        "cpu.so: error: cpu: found [^,]+, expected bit 40", str(error)), error
else:
    raise AssertionError("opened for a CPU that is none")

# A network that is none of torch's runs as it says; a module's weights mean another one.
external = grucc.compile(grucc.GRU(I, H), weights="external", cache=False)
gru, entry = torch.nn.GRU(I, H), bytes(external.descriptor)
whole = pathlib.Path(external.path).read_bytes()
for name, at, value in (("reset", 28, word(1)), ("direction", 32, word(1)),
                        ("clip", 72, np.float64(3).tobytes()), ("activations", 104, word(3))):
    pathlib.Path(f"{name}.so").write_bytes(saying(whole, at, value))
    other = grucc.load(f"{name}.so")
    fails("weights: found a torch.nn.GRU for a model that computes something else "
          f"({name}), expected a dict of arrays", other.set_weights, gru)
    other.set_weights(dict(gru.named_parameters()))
    external.set_weights(gru)
    same(other(x)[0], external(x)[0])
other = grucc.load("direction.so")
other.descriptor = types.SimpleNamespace(step=None, direction=other.descriptor.direction)
fails("step: found a network in the reverse direction, expected one that can stream", other.state)
