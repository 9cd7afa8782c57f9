# ===- assumptions.py - What grucc says that it assumed, and when -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------------------=== #
"""Run in an empty folder."""

import json
import subprocess

import numpy as np
from safetensors.numpy import load_file, save_file

rng = np.random.default_rng(3)
I, H = 3, 4
LAYOUT = ("w.safetensors: note: batch_first: found nothing that says it, assumed false: input is "
          "[T, B, 3]; --no-batch-first or --batch-first says it\n")
DROPOUT = ("w.safetensors: note: dropout: found nothing that says it, assumed 0; --dropout=P "
           "says it\n")


def write(layers=1, **metadata):
    """w.safetensors."""
    shapes = {}
    for l in range(layers):
        shapes |= {f"weight_ih_l{l}": (3 * H, H if l else I), f"weight_hh_l{l}": (3 * H, H)}
    tensors = {name: rng.uniform(-1, 1, s).astype(np.float32) for name, s in shapes.items()}
    save_file(tensors, "w.safetensors", metadata=metadata or None)


def says(expected, *words, code=0):
    """All of standard error; standard output is returned."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (code, expected), (words, done)
    return done.stdout


def compile(expected, *options, source="w.safetensors", code=0):
    return says(expected, "grucc", source, *options, "--name=net", "--target=x86-64-v3", code=code)


def layouts():
    write()
    kinds = [["-o", "net.o", "--header=net.h"], ["-o", "net.so"], ["-o", "net.s"],
             ["-o", "net.so", "--weights=external"]]
    for options in kinds:
        assert compile(LAYOUT, *options) == ""
    # The note is no part of what is printed: a report, or the MLIR of a stage.
    report = json.loads(compile(LAYOUT, "-o", "net.o", "--report=json"))
    assert report["batch_first"] is False, report
    text = compile(LAYOUT, "--stop-after=frontend")
    assert text.startswith("module") or "rnn.gru" in text, text
    says(LAYOUT, "grucc", "w.safetensors", "-o", "gpu.so", "--target=sm_80")

    # Said by a flag, by the file, by NETWORK.json (whose absent key is torch's default), by
    # MLIR, or by flags alone: nothing is assumed.
    for flag in ("--batch-first", "--no-batch-first"):
        compile("", "-o", "net.o", flag)
    json.dump({"weights": "w.safetensors"}, open("w.json", "w"))
    compile("", "-o", "net.o", source="w.json")
    open("w.mlir", "w").write(text)
    compile("", "-o", "net.o", source="w.mlir")
    compile("", "-o", "net.o", "--hidden-size=4", "--init=uniform", source="--input-size=3")
    # A schedule is the same in both layouts.
    tune = subprocess.run(["grucc", "w.safetensors", "--tune=s.json", "--tune-seq-len=1"],
                          capture_output=True, text=True, timeout=120)
    assert tune.returncode == 0 and ": note: " not in tune.stderr, tune

    for word in ("true", "false"):
        write(batch_first=word)
        for flag in ("", "--batch-first" if word == "true" else "--no-batch-first"):
            report = json.loads(compile("", "-o", "net.o", "--report=json", *filter(None, [flag])))
            assert report["batch_first"] is (word == "true"), report


def contradictions():
    """Both sources are named; an error stands alone."""
    source = '"__metadata__.batch_first" in w.safetensors'
    for word, other in (("true", "--no-batch-first"), ("false", "--batch-first")):
        write(batch_first=word)
        said = "false" if word == "true" else "true"
        compile(f"w.safetensors: error: __metadata__.batch_first: found {said} ({other}), expected {word} "
                f"({source})\n", "-o", "net.o", other, code=1)
        json.dump({"weights": "w.safetensors", "batch_first": said == "true"}, open("w.json", "w"))
        compile(f"w.safetensors: error: __metadata__.batch_first: found {said} (\"batch_first\" in "
                f"w.json), expected {word} ({source})\n", "-o", "net.o", source="w.json", code=1)
    write()
    compile("grucc: error: --batch-first: found --no-batch-first too, expected one of the two\n",
            "-o", "net.o", "--batch-first", "--no-batch-first", code=2)
    compile("w.safetensors: error: hidden_size: found 5 (--hidden-size), expected 4 (tensor "
            "weight_hh_l0 [12, 4])\n", "-o", "net.o", "--hidden-size=5", code=1)
    compile("none/net.o: error: output: found 'No such file or directory', expected to write "
            "all of it\n", "-o", "none/net.o", code=1)


def dropouts():
    """Only where results depend on it: in training, between layers (C6)."""
    training = ["-o", "net.o", "--training"]
    write(layers=2)
    compile(LAYOUT + DROPOUT, *training)
    compile(LAYOUT, "-o", "net.o")
    compile(LAYOUT, *training, "--dropout=0")
    json.dump({"weights": "w.safetensors"}, open("w.json", "w"))
    compile("", *training, source="w.json")
    write(layers=2, dropout="0.5", batch_first="false")
    compile("", *training)
    write()
    compile(LAYOUT, *training)


def runs():
    """grucc-run: in plain loops the layout counts, beside a model it is the model's."""
    write()
    compile(LAYOUT, "-o", "net.so")
    plain = ["grucc-run", "--reference", "w.safetensors", "--output=out.safetensors"]
    x = rng.standard_normal((5, 2, I)).astype(np.float32)
    for tensors, expected in (({"input": x}, LAYOUT), ({"input": x[:, 0].copy()}, ""),
                              ({"input": x[:, 0].copy(), "batch_sizes": np.ones(5, np.int64)}, "")):
        save_file(tensors, "in.safetensors")
        says(expected, *plain, "--input=in.safetensors")
        says("", "grucc-run", "net.so", "--compare=w.safetensors", "--input=in.safetensors")
    save_file({"input": x}, "in.safetensors")
    for flag, rows in (("--no-batch-first", 2), ("--batch-first", 5)):
        says("", *plain, "--input=in.safetensors", flag)
        assert load_file("out.safetensors")["h_n"].shape == (1, rows, H)
    says("grucc-run: error: --batch-first: found --no-batch-first too, expected one of the two\n",
         *plain, "--input=in.safetensors", "--batch-first", "--no-batch-first", code=2)
    says("grucc-run: error: --no-batch-first: found no --reference, expected it with --reference "
         "only\n", "grucc-run", "net.so", "--input=in.safetensors", "--output=out.safetensors",
         "--no-batch-first", code=2)


def seeds():
    """A run that draws its masks (N5), of a seed that nothing says."""
    note = ("in.safetensors: note: dropout_seed: found nothing that says it, assumed 0; a tensor "
            "dropout_seed or dropout_mask says it\n")
    x = {"input": rng.standard_normal((5, 2, I)).astype(np.float32)}
    mask = {"dropout_mask": np.ones((1, 5, 2, H), np.uint8)}
    write(layers=2, batch_first="false")
    results = []
    for dropout, tensors, expected in ((0.5, x, note), (0.5, x | {"dropout_seed": np.zeros(1, int)}, ""),
                                       (0.5, x | mask, ""), (0, x, "")):
        compile("", "-o", "net.so", "--training", f"--dropout={dropout}")
        save_file(tensors, "in.safetensors")
        says(expected, "grucc-run", "net.so", "--input=in.safetensors", "--output=out.safetensors")
        results.append(load_file("out.safetensors")["output"].tobytes())
    assert results[0] == results[1] and len(set(results)) == 3


layouts()
contradictions()
dropouts()
runs()
seeds()
