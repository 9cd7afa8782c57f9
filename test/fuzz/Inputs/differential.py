# ===- differential.py - One network, whatever it is compiled with -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------=== #
"""differential.py FOLDER [--seed=N] [--networks=FIRST:END]: draws networks, compiles each with
several sets of flags, and lets differential.c make the same calls of all of them, with
AddressSanitizer in the generated code. Network N of a seed is the same every time.

Letters: I input_size, H hidden_size, L num_layers.
"""

import argparse
import os
import random
import shlex
import subprocess
import sys

import numpy as np

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "test", "contract", "Inputs"))
import forced_schedules  # noqa: E402
from levels import levels  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402

EXHAUSTIVE = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
NETWORKS, MODELS, CALLS = (200, 6, 60) if EXHAUSTIVE else (5, 3, 25)
LANES = {"x86-64-v2": 4, "x86-64-v3": 8, "x86-64-v4": 16}
CLANG = ["clang", "-g1", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


def draw_tensors(rng, I, H, L, directions, bias, dtype):
    """torch's tensors in torch's order: any numbers, or such as a narrower type holds."""
    grain = rng.choice([0, 2.0**-4, 2.0**-9])  # any; int8; float16 and, mostly, not bfloat16
    tensors = {}
    for l in range(L):
        for suffix in ("", "_reverse")[:directions]:
            shapes = {"weight_ih": (3 * H, directions * H if l else I), "weight_hh": (3 * H, H)}
            if bias:
                shapes |= {"bias_ih": (3 * H,), "bias_hh": (3 * H,)}
            for name, shape in shapes.items():
                drawn = rng.uniform(-1, 1, shape)
                drawn = np.round(drawn / grain) * grain if grain else drawn
                tensors[f"{name}_l{l}{suffix}"] = drawn.astype(dtype)
    return tensors


def draw_variant(rng):
    """What a file's metadata says of its equations (C15): torch's own, mostly."""
    variant = {}
    if rng.integers(2):
        variant["reset"] = "before"
    if rng.integers(3) == 0:
        variant["gate_activation"] = str(rng.choice(["hard_sigmoid", "softsign", "tanh"]))
    if rng.integers(3) == 0:
        variant["candidate_activation"] = str(rng.choice(["relu", "softplus", "elu", "sigmoid"]))
    if rng.integers(4) == 0:
        variant["clip"] = "1.5"
    return variant or None


def draw_flags(rng, network, runnable):
    """What none of the results depends on."""
    level = rng.choice(runnable)
    lanes = LANES[level] // (2 if network["dtype"] == "float64" else 1)
    flags = [f"--target={level}", rng.choice(["--batch-first", "--no-batch-first"])]
    if rng.integers(3) == 0:
        flags.append("--weights=external")
    elif rng.integers(2):
        flags.append("--no-narrow-weights")
    fields = []
    if rng.integers(3):
        fields.append(forced_schedules.draw_schedule(random.Random(int(rng.integers(2**32))), lanes,
                                                     network["H"]))
    fields.append(f"split={rng.choice(['auto', 'rows', 'layers', 'units', 'none'])},split_units=1,"
                  "split_rows=1,split_turns=1,split_from=1")
    return [*flags, f"--schedule={','.join(fields)}"]


def run(command, what):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{what}: {shlex.join(command)}: status {done.returncode}\n{done.stderr[-4000:]}")


def compile_model(folder, name, flags, what):
    """An object whose loads and stores AddressSanitizer checks."""
    text = f"{folder}/{name}.ll"
    run(["grucc", f"{folder}/network.safetensors", "-o", text, f"--name={name}", *flags], what)
    with open(text) as file:
        lines = [line.replace(" = {", " = { sanitize_address", 1)
                 if line.startswith("attributes #") and "target-cpu" in line else line
                 for line in file]
    with open(text, "w") as file:
        file.writelines(lines)
    run([*CLANG, "-Wno-override-module", "-c", text, "-o", f"{folder}/{name}.o"], what)
    return f"{folder}/{name}.o"


def check(folder, seed, index):
    rng = np.random.default_rng((seed, index))
    sizes = (1, 2, 3, 5, 8, 9, 16, 17, 31, 40, 64, 65, 70)
    network = {"I": int(rng.choice(sizes)), "H": int(rng.choice(sizes)),
               "L": int(rng.integers(1, 4)), "dtype": rng.choice(["float32", "float32", "float64"])}
    training = bool(network["L"] > 1 and rng.integers(3) == 0)
    tensors = draw_tensors(rng, network["I"], network["H"], network["L"], int(rng.integers(1, 3)),
                           bool(rng.integers(2)), network["dtype"])
    save_file(tensors, f"{folder}/network.safetensors", draw_variant(rng))
    with open(f"{folder}/weights", "wb") as file:
        file.write(b"".join(tensor.tobytes() for tensor in tensors.values()))
    what = f"--seed={seed} --networks={index}:{index + 1}"
    objects = []
    for number in range(MODELS):
        flags = draw_flags(rng, network, levels())
        if training:
            flags += ["--training", "--dropout=0.4"]
        objects.append(compile_model(folder, f"m{number}", flags, what))
    run([*CLANG, f"{folder}/driver.o", *objects, "-lpthread", "-o", f"{folder}/differential"], what)
    run([f"{folder}/differential", str(index), str(CALLS), f"{folder}/weights"], what)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--networks", default=f"0:{NETWORKS}")
    options = parser.parse_args()
    first, end = map(int, options.networks.split(":"))
    os.makedirs(options.folder, exist_ok=True)
    with open(f"{options.folder}/models.h", "w") as file:
        file.write("".join(f"MODEL(m{number})\n" for number in range(MODELS)))
    run([*CLANG, "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror",
         f"-I{options.folder}", f"-I{SOURCE}/runtime/include", f"-I{SOURCE}/test/contract/Inputs",
         "-c", f"{SOURCE}/test/fuzz/Inputs/differential.c", "-o", f"{options.folder}/driver.o"],
        "differential.c")
    for index in range(first, end):
        check(options.folder, options.seed, index)
    print(f"{end - first} networks of {MODELS} models, {CALLS} calls each: the same bits")


if __name__ == "__main__":
    main()
