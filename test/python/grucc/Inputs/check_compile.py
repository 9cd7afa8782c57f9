# ===- check_compile.py - Networks in every form, flags, weights, and what is refused -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder."""

import json
import os
import pathlib
import warnings

import numpy as np
import torch
from safetensors.torch import save_file

import grucc
from expect import close, evaluate, fails, same

I, H, L = 5, 9, 2
gru = torch.nn.GRU(I, H, L, bidirectional=True)
tensors = {name: value.detach().clone() for name, value in gru.named_parameters()}
x = torch.randn(6, 3, I)
wanted = evaluate(gru, x)

# A module, its state_dict, arrays, files: one network.
module = grucc.compile(gru)
for a, b in zip(module(x), wanted):
    close(a, b)
save_file(tensors, "net.safetensors")
save_file({"rnn." + name: value for name, value in tensors.items()}, "under.safetensors")
pathlib.Path("net.json").write_text(json.dumps(
    {"input_size": I, "hidden_size": H, "num_layers": L, "bidirectional": True,
     "weights": "net.safetensors"}))
arrays = {name: np.asfortranarray(value.numpy()) for name, value in tensors.items()}
for what, flags in ((gru.state_dict(), {}), (arrays, {"num_layers": L, "bidirectional": True}),
                    (dict(reversed(arrays.items())), {"bias": True, "hidden_size": None}),
                    ({"rnn." + name: value for name, value in arrays.items()} | {"other": 3},
                     {"prefix": "rnn."}),
                    ("net.safetensors", {"batch_first": False}), ("./net.safetensors", {}),
                    (pathlib.Path("net.json").resolve(), {"dtype": torch.float32}),
                    ("under.safetensors", {"prefix": "rnn."})):
    same(grucc.compile(what, **flags)(x)[0], module(x)[0])
os.rename("net.safetensors", "-net.safetensors")
same(grucc.compile("-net.safetensors")(x)[0], module(x)[0])

# What the compiler does unless it is told not to.
for tables in (True, False):
    grucc.compile(gru, unwind_tables=tables).save("tables.so")
    assert (b".eh_frame" in pathlib.Path("tables.so").read_bytes()) == tables

# Every float that weights come in, and the float that is asked for.
for dtype in (torch.float64, torch.float16, torch.bfloat16):
    other = torch.nn.GRU(I, H).to(dtype)
    model = grucc.compile(other)
    exact = other.double() if dtype == torch.float64 else other.float()
    assert model.dtype == (np.float64 if dtype == torch.float64 else np.float32)
    given = torch.randn(4, 2, I, dtype=getattr(torch, model.dtype.name))
    close(model(given)[0], evaluate(exact, given)[0])
    wide = grucc.compile(other, dtype=np.float64)
    close(wide(given.double())[0], evaluate(exact.double(), given.double())[0])
frozen = torch.nn.GRU(I, H).requires_grad_(False)
torch.nn.utils.parametrizations.weight_norm(frozen, "weight_hh_l0")
close(grucc.compile(frozen)(x)[0], evaluate(frozen, x)[0])

# A network by its sizes, its weights drawn.
spec = grucc.GRU(10, 20, 2, bias=False, batch_first=True, dtype=torch.float64, seed=7)
assert spec == grucc.GRU(10, 20, num_layers=2, bias=False, batch_first=True, dropout=0.0,
                         bidirectional=False, dtype=np.float64, seed=np.int64(7))
drawn = grucc.compile(spec, target="x86-64-v2", name="voice")
assert drawn.network == grucc.GRU(10, 20, 2, False, True, dtype="float64")
assert (drawn.name, drawn.target) == ("voice", "x86-64-v2") and "grucc" in drawn.provenance
assert repr(drawn) == ("grucc.Model(GRU(input_size=10, hidden_size=20, num_layers=2, bias=False, "
                       "batch_first=True, dropout=0.0, bidirectional=False, dtype='float64'), "
                       "x86-64-v2)")
ones = np.ones((1, 4, 10))
same(grucc.compile(grucc.GRU(10, 20, 2, False, True, dtype=float, seed=7),
                   target="x86-64-v2")(ones)[0], drawn(ones)[0])
assert (grucc.compile(grucc.GRU(10, 20, 2, False, True, dtype=float, seed=8),
                      target="x86-64-v2")(ones)[0] != drawn(ones)[0]).any()
report = drawn.report
assert (report["hidden_size"], report["dtype"], report["target"]) == (20, "float64", "x86-64-v2")
assert report["code_bytes"] > 0 and report["schedule"].startswith("#rnn.schedule<")

# External weights: those of a module or a dict are set, and can be set again.
external = grucc.compile(gru, weights="external")
assert "weights='external'" in repr(external)
same(external(x)[0], module(x)[0])
shapes = external.weight_shapes()
assert list(shapes) == list(tensors)
assert all(tuple(tensors[name].shape) == shape for name, shape in shapes.items())
with torch.no_grad():
    for value in gru.parameters():
        value *= 0.5
external.set_weights(gru)
close(external(x)[0], evaluate(gru, x)[0])
for narrow in (torch.float16, torch.bfloat16):
    rounded = {name: value.to(narrow) for name, value in tensors.items()}
    external.set_weights(rounded)
    gru.load_state_dict(rounded)
    close(external(x)[0], evaluate(gru, x)[0])
named = {"rnn." + name: value for name, value in arrays.items()}
same(grucc.compile(named, weights="external", prefix="rnn.")(x)[0], module(x)[0])
bare = grucc.compile("under.safetensors", weights="external", prefix="rnn.")
fails("weights: found none, expected set_weights before the first call", bare, x,
      kind=grucc.Error)
bare.set_weights(tensors)
same(bare(x)[0], module(x)[0])
fails("weights: found weights, expected none: the model has its own", module.set_weights, tensors)
fails(f"weights: found ['a'], expected {list(shapes)}", bare.set_weights, {"a": 1})
fails("weights: found list, expected a torch.nn.GRU or a dict of arrays", bare.set_weights, [])
fails("weight_ih_l0: found shape [5, 27], expected [27, 5]", bare.set_weights,
      tensors | {"weight_ih_l0": tensors["weight_ih_l0"].T})
fails("weight_ih_l0: found float64, expected float32", bare.set_weights,
      tensors | {"weight_ih_l0": tensors["weight_ih_l0"].double()})
same(bare(x)[0], module(x)[0])

# The compiler's diagnostics are the exceptions' text, its warnings warn.
fails("missing.json: error: file: found 'No such file or directory', expected a readable file",
      grucc.compile, "missing.json")
fails("weights.safetensors: error: weight_hh_l0: found shape [26, 9], expected [3 * hidden_size, "
      "hidden_size]", grucc.compile, arrays | {"weight_hh_l0": arrays["weight_hh_l0"][1:]})
fails("grucc: error: --target: found 'z80', expected native, x86-64-v2, x86-64-v3, x86-64-v4, "
      "aarch64, aarch64-sve128, aarch64-sve256, aarch64-sve512, apple-m, armv7-vfp4, armv7-neon, riscv64, riscv64-v, "
      "cortex-m0plus, cortex-m3, cortex-m4f, cortex-m7, cortex-m33, cortex-m55, riscv32-imafc, riscv32-imc, wasm32, wasm32-simd, wasm32-relaxed, "
      "sm_75, sm_80, sm_86, sm_87, sm_89, sm_90, sm_100, sm_103, sm_120 or sm_121",
      grucc.compile, gru, target="z80")
fails("grucc: error: --hidden-sise=3: found an unknown option, expected '--hidden-size=3'",
      grucc.compile, "under.safetensors", hidden_sise=3)
fails("network.json: error: hidden_size: found 10 (--hidden-size), expected 9 (\"hidden_size\" in "
      "network.json)", grucc.compile, gru, hidden_size=H + 1)
for value in (False, True):
    said, other = str(value).lower(), str(not value).lower()
    flag = "--batch-first" if value else "--no-batch-first"
    fails(f"network.json: error: batch_first: found {said} ({flag}), expected {other} "
          '("batch_first" in network.json)', grucc.compile,
          grucc.GRU(3, 4, batch_first=not value), batch_first=value)
for name in ("bidirectional", "bias"):
    value = name == "bias"
    other = grucc.GRU(3, 4, **{name: not value})
    fails(f"{name}: found {not value} in the network, expected {value}, as the flag says",
          grucc.compile, other, **{name: value})
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(2):  # the second one comes from the cache
        grucc.compile(grucc.GRU(3, 4, dropout=0.5))
assert len(caught) == 2 and str(caught[0].message) == str(caught[1].message)
assert "dropout: found 0.5 with one layer" in str(caught[0].message)
assert caught[0].filename == __file__

# What tensors alone do not say is noted once, and is not when it is said.
os.rename("-net.safetensors", "net.safetensors")
save_file(tensors, "says.safetensors", metadata={"batch_first": "true"})
rows = ("batch_first: found nothing that says it, assumed false: input is [T, B, 5]; "
        "batch_first=False or batch_first=True says it")
drop = "dropout: found nothing that says it, assumed 0; dropout=P says it"
for what, flags, notes in (
        (tensors, {}, [rows]), (arrays, {"weights": "external"}, [rows]),
        ("net.safetensors", {}, [rows]), ("net.safetensors", {"batch_first": None}, [rows]),
        ("net.safetensors", {"batch_first": False}, []), (tensors, {"batch_first": True}, []),
        (tensors, {"training": True}, [rows, drop]),
        ("says.safetensors", {"training": True}, [drop]),
        (tensors, {"training": True, "batch_first": False, "dropout": 0.5}, []),
        ("says.safetensors", {}, []), ("net.json", {}, []), (gru, {}, []), (spec, {}, [])):
    for cache in (True, True, False):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model = grucc.compile(what, cache=cache, **flags)
        file = what if isinstance(what, str) else "weights.safetensors"
        found = [str(warning.message) for warning in caught]
        assert found == [f"{file}: note: {note}" for note in notes], (found, what, flags)
        assert all(warning.filename == __file__ for warning in caught)
assert grucc.compile(tensors, batch_first=True).batch_first

# What compile itself refuses.
for wrong in (0, 1025):
    fails(f"threads: found {wrong}, expected 1 to 1024", grucc.compile, gru, threads=wrong)
fails("threads: found 1.5, expected a whole number", grucc.compile, gru, threads=1.5)
fails("emit: found 'o', expected none: compile makes a shared library and keeps its report",
      grucc.compile, gru, emit="o")
fails("weight_ih_l0: found int64, expected float64, float32, float16, bfloat16", grucc.compile,
      arrays | {"weight_ih_l0": np.zeros((27, 5), np.int64)})
os.environ["GRUCC"] = "/no/grucc"
fails("/no/grucc: error: found No such file or directory, expected the grucc executable; GRUCC "
      "names it", grucc.compile, gru, kind=grucc.Error)
pathlib.Path("dies").write_text("#!/bin/sh\nkill -9 $$\n")
os.chmod("dies", 0o755)
os.environ["GRUCC"] = "./dies"
fails(f"{os.getcwd()}/dies: error: found exit code -9, expected 0; it said: ", grucc.compile, gru,
      kind=grucc.Error)
os.environ["GRUCC"], os.environ["PATH"] = "", "/nowhere"
try:
    grucc.compile(gru)
except grucc.Error as error:
    assert str(error).startswith("grucc: error: executable: found none"), error
