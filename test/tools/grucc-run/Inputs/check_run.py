# ===- check_run.py - grucc-run on a stand-in model, and every way to fail -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in a folder that holds encoder.so and external.so (test/runtime/Inputs/model.c)."""

import json
import os
import re
import struct
import subprocess

import numpy as np
from safetensors.numpy import load_file, save_file

I, H, L = 3, 2, 2
T, B = 5, 3
rng = np.random.default_rng(0)
checks = 0


def run(*arguments):
    """rc, stdout, stderr of one grucc-run."""
    done = subprocess.run(["grucc-run", *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def expect(condition, *words):
    assert condition, words


def fails(code, line, *arguments):
    """One error line, that exit code, and no file that was not there before."""
    global checks
    checks += 1
    before = sorted(os.listdir())
    rc, out, err = run(*arguments)
    expect(rc == code, arguments, rc, err)
    expect(out == "", arguments, out)
    expect(err == line + "\n", "found   ", err, "expected", line)
    expect(sorted(os.listdir()) == before, arguments, os.listdir())


def f32(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def expected(x, h_0, lengths=None):
    """The stand-in's arithmetic. x: [T, B, I], h_0: [L, B, H]."""
    h = h_0.copy()
    output = np.zeros((x.shape[0], x.shape[1], H), np.float32)
    for t in range(x.shape[0]):
        for b in range(x.shape[1]):
            if lengths is not None and t >= lengths[b]:
                continue
            row = x[t, b]
            for layer in range(L):
                total = np.float32(0)
                for value in row:
                    total += value
                for u in range(H):
                    h[layer, b, u] = h[layer, b, u] / 2 + np.float32(u + 1) * total
                row = h[layer, b]
            output[t, b] = row
    return output, h


def runs():
    x, h_0 = f32(T, B, I), f32(L, B, H)
    lengths = np.array([5, 0, 2], np.int64)
    for tensors in ({"input": x}, {"input": x, "h_0": h_0},
                    {"input": x, "h_0": h_0, "lengths": lengths},
                    {"input": f32(0, B, I), "h_0": h_0}, {"input": f32(T, 0, I)}):
        save_file(tensors, "in.safetensors")
        rc, out, err = run("encoder.so", "--input=in.safetensors", "--output=out.safetensors")
        expect((rc, out, err) == (0, "", ""), rc, out, err)
        result = load_file("out.safetensors")
        x_ = tensors["input"]
        want = expected(x_, tensors.get("h_0", np.zeros((L, x_.shape[1], H), np.float32)),
                        tensors.get("lengths"))
        expect(sorted(result) == ["h_n", "output"])
        for name, value in zip(("output", "h_n"), want):
            expect(result[name].shape == value.shape and (result[name] == value).all(), name)
    # Unbatched: a row of its own.
    save_file({"input": x[:, 0].copy(), "h_0": h_0[:, 0].copy()}, "in.safetensors")
    expect(run("encoder.so", "--input", "in.safetensors", "--output", "out.safetensors")[0] == 0)
    result = load_file("out.safetensors")
    output, h_n = expected(x[:, :1], h_0[:, :1])
    expect((result["output"] == output[:, 0]).all() and (result["h_n"] == h_n[:, 0]).all())


def writes_exactly():
    """Sorted names, a header of whole 8 bytes, no gap, exact end; the same bytes on stdout."""
    save_file({"input": f32(T, B, I)}, "in.safetensors")
    run("encoder.so", "--input=in.safetensors", "--output=out.safetensors")
    data = open("out.safetensors", "rb").read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + size])
    expect(size % 8 == 0 and list(header) == ["h_n", "output"], header)
    expect(header["h_n"] == {"dtype": "F32", "shape": [L, B, H], "data_offsets": [0, 48]}, header)
    expect(header["output"]["data_offsets"] == [48, 48 + T * B * H * 4])
    expect(len(data) == 8 + size + 48 + T * B * H * 4)
    piped = subprocess.run(["grucc-run", "encoder.so", "--input=in.safetensors", "--output=-"],
                           capture_output=True, check=True)
    expect(piped.stdout == data)
    rc, out, _ = run("encoder.so", "--input=in.safetensors", "--output=out.safetensors",
                     "--repeat=3")
    expect(rc == 0 and re.fullmatch(r"minimum [\d.]+ us, median [\d.]+ us of 3 runs\n", out), out)
    expect(open("out.safetensors", "rb").read() == data)


def command_lines():
    both = ("--input=in.safetensors", "--output=new.safetensors")
    e = "grucc-run: error: "
    fails(2, e + "MODEL: found nothing, expected a file")
    fails(2, e + "MODEL: found nothing, expected a file", *both)
    fails(2, e + "--input: found nothing, expected a file", "encoder.so", both[1])
    fails(2, e + "--input: found an empty value, expected a file", "encoder.so", "--input=")
    fails(2, e + "--output: found nothing, expected a file", "encoder.so", both[0])
    fails(2, e + "--output: found no value, expected a value after it", "encoder.so", "--output")
    fails(2, e + "--inptu=x: found an unknown option, expected '--input=x'", "encoder.so",
          "--inptu=x")
    fails(2, e + "--frobnicate: found an unknown option, expected one that --help lists",
          "--frobnicate")
    fails(2, e + "MODEL: found 'encoder.so' and 'b.so', expected one model", "encoder.so", "b.so")
    fails(2, e + "--input: found 'in.safetensors' and 'b', expected one value", "encoder.so",
          *both, "--input=b")
    for text in ("0", "-1", "x", "1000000001", "1.5", ""):
        fails(2, e + f"--repeat: found '{text}', expected a number from 1 to 1000000000",
              "encoder.so", *both, f"--repeat={text}")
    fails(2, e + "--threads: found '0', expected a number from 1 to 1024", "encoder.so",
          *both, "--threads=0")
    fails(2, e + "--threads: found '1025', expected a number from 1 to 1024", "encoder.so",
          *both, "--threads=1025")
    fails(2, e + "--reference: found 'float16', expected float32 or float64", "n.json", *both,
          "--reference=float16")
    fails(2, e + "--prefix: found no --reference, expected it with --reference or --compare only",
          "encoder.so", *both, "--prefix=p")
    fails(2, e + "--training: found no --reference, expected it with --reference only",
          "encoder.so", *both, "--training")
    for option in ("--training", "--batch-first", "--no-batch-first"):
        fails(2, e + option + ": found an .mlir file, expected it without the option, since it says that itself",
              "n.mlir", "--reference", *both, option)
    fails(2, e + "--output: found 'in.safetensors', expected another file than it reads",
          "encoder.so", both[0], "--output=in.safetensors")
    fails(2, e + "--output: found './in.safetensors', expected another file than it reads",
          "encoder.so", both[0], "--output=./in.safetensors")
    fails(2, e + "--repeat: found --output=- too, expected the tensors in a file", "encoder.so",
          both[0], "--output=-", "--repeat=2")


def tensors():
    def bad(line, **given):
        save_file(given, "bad.safetensors")
        fails(1, "bad.safetensors: error: " + line, "encoder.so", "--input=bad.safetensors",
              "--output=new.safetensors")
    x = f32(T, B, I)
    bad("input: found shape [5, 3, 9], expected [T, B, 3]", input=f32(5, 3, 9))
    bad("input: found shape [5], expected [T, B, 3]", input=f32(5))
    bad("input: found shape [5, 4], expected [T, 3]", input=f32(5, 4))
    bad("input: found shape [1, 1, 1, 1], expected [T, B, 3]", input=f32(1, 1, 1, 1))
    bad("input: found shape [1, 1, 1, 1, 1], expected at most 4 dimensions",
        input=f32(1, 1, 1, 1, 1))
    bad("input: found none, expected shape [T, B, 3]", h_0=f32(L, B, H))
    bad("input: found float64, expected float32", input=x.astype(np.float64))
    bad("input: found dtype F16, expected F32, F64, I64 or U8", input=x.astype(np.float16))
    bad("h_0: found shape [1, 3, 2], expected [2, 3, 2]", input=x, h_0=f32(1, B, H))
    bad("h_0: found shape [2, 2], expected [2, 3, 2]", input=x, h_0=f32(L, H))
    bad("h_0: found int64, expected float32", input=x, h_0=np.zeros((L, B, H), np.int64))
    bad("lengths: found shape [2], expected [3]", input=x, lengths=np.array([1, 2]))
    bad("lengths: found 6 at row 2, expected 0 to 5", input=x, lengths=np.array([1, 2, 6]))
    bad("lengths: found -1 at row 0, expected 0 to 5", input=x, lengths=np.array([-1, 2, 5]))
    bad("batch_sizes: found 2 at step 1, expected 0 to 1", input=f32(3, I),
        batch_sizes=np.array([1, 2]))
    bad("input: found 3 rows, expected 4, the sum of batch_sizes", input=f32(3, I),
        batch_sizes=np.array([2, 2]))
    bad("encoder_run: found status 5, the model was not compiled for this argument, expected "
        "success", input=f32(3, I), batch_sizes=np.array([2, 1]))
    bad("hidden: found an unknown tensor, expected input, h_0, lengths, batch_sizes, "
        "dropout_seed or dropout_mask", input=x, hidden=x)
    bad("dropout_seed: found a seed, expected a model compiled for training", input=x,
        dropout_seed=np.array(1, np.int64))
    bad("dropout_seed: found shape [2], expected one I64", input=x,
        dropout_seed=np.array([1, 2], np.int64))
    bad("dropout_seed: found F32, expected one I64", input=x, dropout_seed=f32(1))
    bad("dropout_mask: found a mask, expected a model compiled for training", input=x,
        dropout_mask=np.ones((L - 1, T, B, H), np.uint8))


def huge_shapes():
    """An input without elements, whose h_n would not fit memory."""
    header = json.dumps({"input": {"dtype": "F32", "shape": [0, 2**60, I],
                                   "data_offsets": [0, 0]}}).encode()
    open("huge.safetensors", "wb").write(struct.pack("<Q", len(header)) + header)
    fails(1, "huge.safetensors: error: h_n: found no memory for it, expected smaller tensors",
          "encoder.so", "--input=huge.safetensors", "--output=new.safetensors")


def files():
    save_file({"input": f32(T, B, I)}, "in.safetensors")
    good = ("encoder.so", "--input=in.safetensors")
    new = "--output=new.safetensors"
    missing = "file: found No such file or directory, expected a readable shared library"
    fails(1, "missing.so: error: " + missing, "missing.so", good[1], new)
    fails(1, "in.safetensors: error: file: found no ELF magic, expected a shared library",
          "in.safetensors", good[1], new)
    fails(1, "none.safetensors: error: file: found 'No such file or directory', expected a "
          "readable file", "encoder.so", "--input=none.safetensors", new)
    fails(1, "external.so: error: weights: found a model compiled with --weights=external, "
          "expected one with its weights baked in", "external.so", good[1], new)
    foreign = os.path.realpath("/lib/x86_64-linux-gnu/libm.so.6")
    if os.path.exists(foreign):
        rc, _, err = run(foreign, good[1], new)
        expect(rc == 1 and err.startswith(foreign + ": error: segment ") and
               err.endswith(", expected a kind that compiled models have\n"), err)
    whole = open("encoder.so", "rb").read()
    os.mkdir("q$ORIGIN")  # the loader's word, and nobody else's
    open("q$ORIGIN/a.so", "wb").write(whole)
    rc, _, err = run("q$ORIGIN/a.so", good[1], "--output=there.safetensors")
    expect(rc == 0 and load_file("there.safetensors")["output"].shape == (T, B, H), rc, err)
    os.mkfifo("pipe.so")
    fails(1, "pipe.so: error: file: found a device or pipe, expected a regular file", "pipe.so",
          good[1], new)
    for size in range(0, len(whole), 97):
        open("cut.so", "wb").write(whole[:size])
        rc, _, err = run("cut.so", good[1], new)
        expect(rc == 1 and err.startswith("cut.so: error: ") and err.count("\n") == 1, size, err)
        expect(not os.path.exists("new.safetensors"))
    for place, reason in (("/dev/full", "No space left on device"),
                          ("no/such/folder.safetensors", "No such file or directory")):
        before = sorted(os.listdir())
        rc, out, err = run(*good, "--output=" + place)
        expect(rc == 1 and err.startswith(place + ": error: output: ") and reason in err, err)
        expect(sorted(os.listdir()) == before)
    with open("/dev/full", "w") as full:
        done = subprocess.run(["grucc-run", *good, "--output=-"], stdout=full,
                              stderr=subprocess.PIPE, text=True)
    expect(done.returncode == 1 and "No space left on device" in done.stderr, done)


runs()
writes_exactly()
command_lines()
tensors()
huge_shapes()
files()
print(checks, "refusals checked")
