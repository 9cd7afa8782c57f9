# ===- check_cache.py - The cache: hits, misses, damage, many writers -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder; GRUCC is a script that counts its compilations (cache.test)."""

import concurrent.futures
import json
import os
import pathlib
import shutil

import numpy as np
import torch
from safetensors.numpy import save_file

import grucc
from grucc import _compile, _library
from grucc._cache import Cache, Entry
from counting import compilations, just_before
from expect import fails, same

x = np.ones((2, 3, 5), np.float32)


def compiles(times, what, **flags):
    found = compilations(lambda: grucc.compile(what, **flags)(x))
    assert found == times, (found, what, flags)


# The same inputs, flags, compiler and target: one compilation.
spec = grucc.GRU(5, 9)
compiles(1, spec)
compiles(0, spec)
compiles(0, grucc.GRU(5, 9, dtype="float32", seed=0))
assert sorted(path.suffix for path in grucc.cache_folder().iterdir()) == [".json", ".so"]
model = grucc.compile(spec)
assert os.path.dirname(model.path) == str(grucc.cache_folder())
assert model.report == json.loads(pathlib.Path(model.path).with_suffix(".json").read_bytes())[
    "kept"]["report"]
for other in (grucc.GRU(5, 10), grucc.GRU(5, 9, seed=1), grucc.GRU(5, 9, bias=False)):
    compiles(1, other)
    compiles(0, other)
compiles(1, spec, target="x86-64-v2")
compiles(0, spec, target="x86-64-v2")
compiles(1, spec, name="other")
compiles(1, spec, cache=False)
compiles(1, spec, cache=False)
compiles(1, spec, header="gru.h")
compiles(1, spec, header="gru.h")
assert "gru_run" in pathlib.Path("gru.h").read_text()

# Files that flags name are the caller's, and count by their contents.
def write_schedule(unroll):
    pathlib.Path("tuned.json").write_text(json.dumps(
        {"machine": "x86-64-v3", "input_size": 5, "hidden_size": 9, "num_layers": 1,
         "bidirectional": False, "dtype": "float32", "schedule": {"unroll": unroll}}))


tuned = {"target": "x86-64-v3", "schedule_file": "tuned.json"}
for unroll in (1, 2):
    write_schedule(unroll)
    compiles(1, spec, **tuned)
    compiles(0, spec, **tuned)
    compiles(0, spec, **tuned | {"schedule_file": pathlib.Path("tuned.json").resolve()})
    assert f"unroll = {unroll}" in grucc.compile(spec, **tuned).report["schedule"]
assembler, flags = pathlib.Path("assembler"), {"target": "sm_80", "ptxas": "./assembler"}
for words in ("first", "second"):
    assembler.write_text(f"#!/bin/sh\necho {words} >&2\nprintf '\\177ELF' > \"$3\"\n")
    assembler.chmod(0o755)
    for times in (1, 0):
        assert compilations(lambda: grucc.compile(spec, **flags)) == times, words
for path in ("assembler", "./none"):
    found = path if path == "assembler" else os.path.abspath(path)
    fails(f"grucc: error: --ptxas: found '{found}', which is no program, expected NVIDIA's "
          "assembler", grucc.compile, spec, target="sm_80", ptxas=path)

# Files and modules by their contents; of external weights only the shapes.
gru = torch.nn.GRU(5, 9)
compiles(1, gru)
compiles(1, gru, weights="external")
with torch.no_grad():
    gru.weight_hh_l0[3, 4] += 0.25
compiles(1, gru)
compiles(0, gru)
compiles(0, gru, weights="external")
same(grucc.compile(gru, weights="external")(x)[0], grucc.compile(gru)(x)[0])
tensors = {name: value.detach().numpy() for name, value in gru.named_parameters()}
save_file(tensors, "net.safetensors")
pathlib.Path("net.json").write_text('{"input_size": 5, "hidden_size": 9, '
                                    '"weights": "net.safetensors"}')
for path in ("net.safetensors", "net.json"):
    compiles(1, path)
    compiles(0, pathlib.Path(path).resolve())
tensors["bias_hh_l0"][2] = 7
save_file(tensors, "net.safetensors")
for path in ("net.safetensors", "net.json"):
    compiles(1, path)

# Damage of every kind is seen, and mended.
wanted = model(x)[0]
library = pathlib.Path(model.path)
facts = library.with_suffix(".json")
whole = library.read_bytes()
del model


def write(path, data):
    """Another file in its place: the old one may be mapped."""
    path.unlink(missing_ok=True)
    if data is not None:
        path.write_bytes(data)


flipped = bytearray(whole)
flipped[len(whole) // 2] ^= 1
for path, data in ((library, flipped), (library, whole[:1000]), (library, b""), (library, None),
                   (facts, None), (facts, b"{"), (facts, b"[]"), (facts, b"{}"), (facts, b"\xff")):
    write(path, data)
    assert compilations(lambda: same(grucc.compile(spec)(x)[0], wanted)) == 1, (path, data)
    assert library.read_bytes() == whole
    compiles(0, spec)

# An entry that is whole stays the file that it is, for those who have opened it.
entry, number = Entry(Cache(), library.stem), library.stat().st_ino
assert entry.store(library, entry.read()) and library.stat().st_ino == number
write(library, flipped)
pathlib.Path("whole.so").write_bytes(whole)
assert entry.store("whole.so", json.loads(facts.read_bytes())["kept"])
assert library.read_bytes() == whole


# Others may put a file there, or empty the cache, at any moment of a compilation.
def replace(data):
    pathlib.Path("new.so").write_bytes(data)
    os.replace("new.so", library)


double = grucc.compile(grucc.GRU(5, 9, dtype="float64"), cache=False)
for data in (whole, pathlib.Path(double.path).read_bytes()):
    model = grucc.compile(spec)
    replace(whole)
    just_before(_library, "open_file", lambda: replace(data))
    loaded = grucc.load(library)
    loaded.save("loaded.so")
    assert pathlib.Path("loaded.so").read_bytes() == data
    assert loaded.dtype == (np.float32 if data is whole else np.float64)
replace(whole)
for is_there in (True, False):  # opened after it was read, and after it was stored
    if is_there:
        compiles(0, spec)
    just_before(_compile, "Model", lambda: shutil.rmtree(grucc.cache_folder()))
    compiles(1, spec)
    assert not grucc.cache_folder().exists()
compiles(1, spec)

# Without a folder to write to there is no cache, and everything else is as it was.
home = os.environ["XDG_CACHE_HOME"]
pathlib.Path("file").write_text("")
os.environ["XDG_CACHE_HOME"] = os.path.abspath("file")
compiles(1, spec)
compiles(1, spec)
os.environ["XDG_CACHE_HOME"], os.environ["HOME"] = "relative", os.path.abspath("home")
compiles(1, spec)
compiles(0, spec)
assert grucc.cache_folder() == pathlib.Path("home/.cache/grucc").resolve()
os.environ["XDG_CACHE_HOME"] = home

# "native" is what GRUCC_NATIVE says; a target that has a name is not.
narrow, pretended = grucc.GRU(5, 3), os.environ.get("GRUCC_NATIVE", "")
for name in ("", "x86-64-v2"):
    os.environ["GRUCC_NATIVE"] = name
    for times in (1, 0):
        compiles(times, narrow)
        compiles(times if name == "" else 0, narrow, target="x86-64-v2")
assert grucc.compile(narrow).target == "x86-64-v2"
os.environ["GRUCC_NATIVE"] = pretended

# Another compiler is another key.
script = pathlib.Path(os.environ["GRUCC"])
script.write_text(script.read_text() + "# newer\n")
compiles(1, spec)
compiles(0, spec)

# Many writers at once: each gets a model, and whole files stay.
def race(_):
    return grucc.compile(grucc.GRU(5, 11))(x)[0]


before = len(list(grucc.cache_folder().iterdir()))
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    results = list(pool.map(race, range(8)))
for result in results:
    same(result, results[0])
assert len(list(grucc.cache_folder().iterdir())) == before + 2
compiles(0, grucc.GRU(5, 11))
