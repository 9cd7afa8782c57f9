# ===- check_load.py - What is loaded is the file that was named -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder; leaves model.so there."""

import copy
import ctypes
import os
import pathlib
import pickle
import random

import numpy as np

import grucc
from checksum import place_of, with_checksum
from expect import fails, same

I, H = 3, 4
x = np.random.default_rng(0).standard_normal((5, 2, I)).astype(np.float32)
# Small, so that many can be tried.
model = grucc.compile(grucc.GRU(I, H, seed=1), target="x86-64-v2")
model.save("model.so")
library = pathlib.Path("model.so").read_bytes()
wanted = model(x)[0]


def no_models():
    """Nothing is waited for, or read without an end."""
    os.mkfifo("pipe")
    regular = "expected a regular file"
    for name, text in (("pipe", f"found a device or pipe, {regular}"),
                       ("/dev/zero", f"found a device or pipe, {regular}"),
                       (".", f"found a directory, {regular}"),
                       ("none.so", "found No such file or directory, expected a readable shared "
                        "library")):
        for flags in ({}, {"mapped": True}):
            fails(f"{name}: error: file: {text}", grucc.load, name, **flags)
    fails("mapped: found 'no', expected True or False", grucc.load, "model.so", mapped="no")
    for data, text in ((b"", "found 0 bytes, expected an ELF header of 64"),
                       (b"#!/bin/sh\n" * 10, "found no ELF magic, expected a shared library"),
                       (library + b"\0", f"found {len(library) + 1} bytes, expected it to end "
                        f"after {len(library)}, as its headers say")):
        pathlib.Path("bad.so").write_bytes(data)
        fails(f"bad.so: error: file: {text}", grucc.load, pathlib.Path("bad.so"))
    assert with_checksum(library) == library
    field, _ = place_of(library)
    pathlib.Path("bad.so").write_bytes(library[:field] + bytes(8) + library[field + 8:])
    fails("bad.so: error: checksum: found none, expected that of a library as grucc has written it",
          grucc.load, "bad.so")


def corrupted():
    """1,500 libraries with one to four damaged bytes, of which all are refused where what is loaded
    is damaged, and none ends the interpreter."""
    chance, (_, loaded) = random.Random(0), place_of(library)
    refused = opened = 0
    for round in range(1500):
        damaged = bytearray(library)
        for _ in range(1 + round % 4):
            damaged[chance.randrange(len(library))] ^= 1 << chance.randrange(8)
        pathlib.Path("bad.so").write_bytes(damaged)
        try:
            other = grucc.load("bad.so", mapped=round % 3 == 2)
        except grucc.InputError as error:
            assert str(error).startswith("bad.so: error: ") and "\n" not in str(error), error
            refused += 1
        else:
            assert damaged[:62] + damaged[64:loaded] == library[:62] + library[64:loaded]
            same(other(x)[0], wanted)
            del other  # before its file is written to
            opened += 1
    assert refused > 1400 and opened > 20, (refused, opened)  # in sections that nothing reads


def names():
    """The loader would replace $ORIGIN."""
    os.mkdir("q$ORIGIN")
    path = os.path.join("q$ORIGIN", "a.so")
    model.save(path)
    for flags in ({}, {"mapped": True}, {"threads": 2}):
        same(grucc.load(path, **flags)(x)[0], wanted)
    same(grucc.load(path.encode())(x)[0], wanted)


def many():
    """Of each only the file that was opened, also where a number or a name is used again."""
    at, several = place_of(library)[0] - 224 + 64, []  # dropout
    for i in range(100):
        data = np.float64(i).tobytes()
        pathlib.Path("one.so").write_bytes(with_checksum(library[:at] + data + library[at + 8:]))
        one = grucc.load("one.so", mapped=i % 2 == 1)
        assert one.dropout == i and one.report["dtype"] == "float32"
        os.remove("one.so")
        if i % 5 == 0:
            several.append((one, i))
        del one
    for one, i in several:
        assert one.dropout == i and one.descriptor.dropout == i
        same(one(x)[0], wanted)


def written_to():
    """A copy was loaded."""
    pathlib.Path("mine.so").write_bytes(library)
    mine = grucc.load("mine.so")
    pathlib.Path("mine.so").write_bytes(b"\xcc" * len(library))
    same(mine(x)[0], wanted)
    mine.save("again.so")
    assert pathlib.Path("again.so").read_bytes() == library


def shared():
    """The file itself is loaded, once, and goes along as ever."""
    first, second = (grucc.load("model.so", mapped=True) for _ in range(2))
    apart = grucc.load("model.so")
    places = [ctypes.addressof(one.descriptor) for one in (first, second, apart)]
    assert places[0] == places[1] != places[2]
    assert "/model.so\n" in pathlib.Path("/proc/self/maps").read_text()
    for other in (second, copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
        same(other(x)[0], wanted)
    first.save("again.so")
    assert pathlib.Path("again.so").read_bytes() == library


no_models()
corrupted()
names()
many()
written_to()
shared()
