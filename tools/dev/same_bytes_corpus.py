# ===- same_bytes_corpus.py - What same-bytes compiles -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------=== #
"""The networks, targets and options of tools/dev/same-bytes, and the input files that they name.

Sizes are small, for the corpus to be quick: what counts is which code a network needs. Letters:
I input_size, H hidden_size, L num_layers.
"""

import math
import pathlib
import random
import sys
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "test" / folder / "Inputs") for folder in ("contract", "compiler/frontend")]
from forced_schedules import LANES, NETWORKS, forced_schedules  # noqa: E402
from safetensors_file import file_of, gru_shapes, pack, tensors  # noqa: E402

LEVELS = list(LANES)


@dataclass(frozen=True)
class Entry:
    name: str
    options: tuple  # of grucc, without its outputs
    more: tuple = ()  # kinds of files beside the object or the kernels, the header and the report
    machine: str = ""  # GRUCC_NATIVE

    @property
    def for_gpu(self):
        return any(option.startswith("--target=sm_") for option in self.options)

    def runs(self):
        """The outputs of each call of grucc. The first one's standard output is the report."""
        yield ["-o", "m.ptx" if self.for_gpu else "m.o", "--header=m.h", "--report=json"]
        for kind in self.more:
            # That of a GPU's object is another header than that of its text.
            yield ["-o", f"m.{kind}", *([f"--header=m.{kind}.h"] if self.for_gpu else [])]


def gru(I, H, L=1, *flags, init="--init=uniform"):
    return (f"--input-size={I}", f"--hidden-size={H}", f"--num-layers={L}", init, *flags)


GIVEN = "--weights=external"
BOTH = "--bidirectional"
TRAINING = ("--dropout=0.4", "--training")

# For every level of a CPU. A tail of one unit is packed at every width, one of three at some, one
# of 107 at none; H = 8 keeps its weights in registers, and so do 4 and 16 at some.
SHAPES = {
    "one-unit": gru(1, 1), "registers-4": gru(1, 4), "registers-8": gru(1, 8), "registers-16": gru(3, 16),
    "registers-by-hand": gru(2, 4, 1, "--schedule=register_k=2"),
    "whole": gru(10, 64), "tail": gru(9, 107), "packed-1": gru(5, 33), "packed-3": gru(5, 35, 2),
    "layers": gru(7, 20, 3, "--no-bias", "--batch-first"),
    "both": gru(5, 24, 2, BOTH), "both-no-bias": gru(70, 40, 1, BOTH, "--no-bias", "--batch-first"),
    "training": gru(5, 24, 3, *TRAINING), "training-both": gru(4, 21, 2, BOTH, *TRAINING, "--batch-first"),
    "float64": gru(9, 20, 2, "--dtype=float64"), "float64-tail": gru(3, 70, 1, BOTH, "--dtype=float64"),
    "float64-given": gru(3, 33, 2, "--dtype=float64", init=GIVEN),
    "given": gru(70, 107, 2, init=GIVEN), "given-both": gru(6, 17, 2, BOTH, "--no-bias", init=GIVEN),
    "given-512": gru(64, 512, 1, init=GIVEN), "baked-256": gru(40, 256), "long-sums": gru(700, 5),
    "bfloat16": ("bfloat16.safetensors",), "float16": ("float16.safetensors",), "int8": ("int8.safetensors",),
}
# What the level has little to do with: each for one of them, in turn.
ONCE = {
    "deep": gru(3, 33, 5), "dropout-not-training": gru(4, 21, 2, "--dropout=0.25"),
    "float64-training": gru(3, 12, 2, "--dtype=float64", *TRAINING),
    "given-training": gru(6, 48, 2, *TRAINING, init=GIVEN),
    "float16-training": ("float16-both.safetensors", "--training"),
    "not-narrowed": ("bfloat16.safetensors", "--no-narrow-weights"),
    "float32-of-float64": ("float64.safetensors", "--dtype=float32"),
    "no-unwind-tables": gru(4, 20, 1, "--no-unwind-tables"), "export-symbols": gru(4, 20, 1, "--export-symbols"),
    "json": ("network.json", "--init=uniform", "--seed=7"), "prefix": ("whole.safetensors", "--prefix=rnn."),
} | {f"split-{split}": gru(7, 70, 2, "--schedule=split_units=1,split_rows=1,turn_rows=2,split_turns=1,"
                           f"split_from=1,split={split}") for split in ("auto", "rows", "layers", "units", "none")}
# Beside its object every shape has other kinds of files, for one level in turn: assembly, and these.
MORE = {"whole": ("so", "ll", "a"), "both": ("so", "ll"), "training": ("ll",), "float64": ("so", "ll"),
        "given": ("so",), "int8": ("ll",), "export-symbols": ("a",), "registers-8": ("so", "ll")}

# Entries of the machine table that --target names by GRUCC_NATIVE alone.
MACHINES = ("haswell", "zen3", "zen4", "zen5", "sapphire-rapids")
ON_MACHINES = {"tail": gru(9, 107), "both": gru(64, 96, 2, BOTH), "given-256": gru(128, 256, 2, init=GIVEN), "int8": ("int8.safetensors",)}

GPUS = ("sm_75", "sm_80", "sm_86", "sm_87", "sm_89", "sm_90", "sm_100", "sm_103", "sm_120", "sm_121")
ON_ALL_GPUS = {"both": gru(10, 20, 2, BOTH)}
# Those whose tables differ most: shared memory, registers, version of the text.
ON_SOME = ("sm_80", "sm_90", "sm_120")
ON_SOME_GPUS = {
    "scan": gru(64, 64), "edge-160": gru(40, 160), "layers": gru(7, 33, 3, "--no-bias", "--batch-first"),
    "step-256": gru(16, 256), "dropout": gru(3, 24, 2, "--dropout=0.25"), "json": ("network32.json", "--init=uniform"),
    "projections-by-hand": gru(40, 64, 1, "--schedule=project_k=16,project_warps=2,project_thread_columns=4"),
    "steps-by-hand": gru(40, 80, 1, "--schedule=scan_rows=0,step_rows=4,step_units=4,step_thread_rows=2"),
} | {f"{precision}-{name}": (*options, f"--precision={precision}")
     for precision in ("float16", "bfloat16")
     for name, options in {"scan": gru(64, 64), "both": gru(10, 33, 2, BOTH), "step-256": gru(16, 256)}.items()}


def entries():
    """The whole corpus: {name: Entry}, in the order of the tables."""
    found = []
    for at, level in enumerate(LEVELS):
        for index, (name, options) in enumerate((SHAPES | ONCE).items()):
            in_turn = index % len(LEVELS) == at
            if in_turn or name in SHAPES:
                more = ("s", *MORE.get(name, ())) if in_turn else ()
                found.append(Entry(f"{level}/{name}", (*options, f"--target={level}"), more))
    for machine in MACHINES:
        found += [Entry(f"{machine}/{name}", (*options, "--target=native"), (), machine)
                  for name, options in ON_MACHINES.items()]
    for gpu in GPUS:
        shapes = ON_ALL_GPUS | (ON_SOME_GPUS if gpu in ON_SOME else {})
        found += [Entry(f"{gpu}/{name}", (*options, f"--target={gpu}"), ("so", "o") if name == "both" else ("so",))
                  for name, options in shapes.items()]
    for at, sizes in enumerate(NETWORKS):
        flags = gru(sizes.I, sizes.H, sizes.L, f"--dtype={sizes.dtype}", *["--no-bias"] * (not sizes.bias))
        for level in LEVELS:
            for index, schedule in enumerate(forced_schedules(sizes, level, 3)):
                name = f"{level}/forced-{sizes.dtype}-{sizes.I}-{sizes.H}-{index}"
                more = ("s",) if index == 0 and LEVELS[at % len(LEVELS)] == level else ()
                found.append(Entry(name, (*flags, f"--target={level}", f"--schedule={schedule}"), more))
    return {entry.name: entry for entry in found}


def write_inputs(folder):
    """The files that entries name."""
    rng = random.Random(5)

    def drawn(dtype, **sizes):
        shapes = gru_shapes(**sizes)
        return [(name, dtype, shape, pack(dtype, [rng.uniform(-0.1, 0.1) for _ in range(math.prod(shape))]))
                for name, shape in shapes.items()]

    first = {"batch_first": "false"}  # else grucc notes that it does not know
    files = {
        "bfloat16": file_of(drawn("BF16", i=33, h=129, layers=2), first),
        "float16": file_of(drawn("F16", i=130, h=100), first),
        # Values that repeat, all of them sixteenths.
        "int8": file_of(tensors(gru_shapes(i=77, h=191)), first),
        "float16-both": file_of(drawn("F16", i=33, h=70, layers=2, bidirectional=True), first | {"dropout": "0.5"}),
        "float64": file_of(drawn("F64", i=5, h=20), first),
        "whole": file_of(drawn("F32", i=4, h=20, prefix="rnn.") + drawn("F32", i=2, h=3, prefix="other."), first),
    }
    for name, content in files.items():
        (folder / f"{name}.safetensors").write_bytes(content)
    network = '{"input_size": 10, "hidden_size": 20, "num_layers": 2, "bidirectional": true, "dropout": 0.25'
    (folder / "network.json").write_text(network + ', "dtype": "float64"}')
    (folder / "network32.json").write_text(network + "}")
