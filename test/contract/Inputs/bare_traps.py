# ===- bare_traps.py - What CPUs without a system would draw in, or lose -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------------=== #
"""bare_traps.py FOLDER: symbols of objects of every kind, and subnormal numbers on boards."""

import json
import os
import re
import sys

import numpy as np
from safetensors.numpy import save_file

from bare_machines import SmallCase
from boards import BOARDS, HELPERS, SOFT, missing
from other_cpus import run

SWEEP = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
ACTIVATIONS = ["sigmoid", "tanh", "relu", "hard_sigmoid", "softsign", "softplus", "affine(0.5, 0.1)", "leaky_relu(0.1)",
               "thresholded_relu(0.3)", "scaled_tanh(1.5, 0.7)", "elu(0.8)"]
NETWORKS = [dict(gate_activation=a, candidate_activation=b) for a, b in zip(ACTIVATIONS, ACTIVATIONS[3:] + ACTIVATIONS[:3])]
NETWORKS += [dict(num_layers=2, dropout=0.3), dict(direction="bidirectional"), dict(reset="before"), dict(clip=0.5), dict(bias=False)]
# What a CPU without floating point takes from the compiler's library, all of it.
ARM_HELPERS = {f"__aeabi_{name}" for name in ("fadd", "fsub", "fmul", "fdiv", "fcmpeq", "fcmpgt", "fcmple", "fcmplt")}
TAKEN = {"cortex-m0plus": ARM_HELPERS | {"__aeabi_lmul", "__aeabi_uidiv"}, "cortex-m3": ARM_HELPERS,
         "riscv32-imc": {f"__{name}" for name in ("addsf3", "subsf3", "mulsf3", "divsf3", "eqsf2", "gtsf2", "lesf2", "ltsf2")}}
# What a compiler draws in where it is told nothing: that these are no names which no target has.
TRAPS = """
float fused(float a, float b) { return __builtin_fmaf(a, b, a); }
float least(float a, float b) { return __builtin_fminf(a, b); }
float most(float a, float b) { return __builtin_fmaxf(a, b); }
"""
UNWINDING = (".ARM.extab", ".eh_frame", ".gcc_except_table")
DRAWN_IN = {"fmaf", "fminf", "fmaxf", "__aeabi_unwind_cpp_pr0"}


def undefined(name):
    return set(run("llvm-nm", "-u", "-j", name).decode().split())


def check_traps(folder):
    with open(f"{folder}/traps.c", "w") as file:
        file.write(TRAPS)
    run("clang", "--target=thumbv7m-none-eabi", "-O2", "-fno-math-errno", "-funwind-tables", "-c", f"{folder}/traps.c",
        "-o", f"{folder}/traps.o")
    assert undefined(f"{folder}/traps.o") >= DRAWN_IN, undefined(f"{folder}/traps.o")
    assert not any(HELPERS.fullmatch(name) for name in DRAWN_IN)


def check_symbols(place, target, folder):
    """How many objects, none of which has an undefined symbol that it may not have: weights baked or
    given in turn, both in the sweep."""
    found, objects = set(), 0
    for index, network in enumerate(NETWORKS):
        with open(f"{folder}/net.json", "w") as file:
            json.dump(dict(input_size=3, hidden_size=6, **network), file)
        kinds = ("--init=uniform", "--weights=external")
        for kind in kinds if SWEEP else kinds[(index + place) % 2:][:1]:
            more = ["--training"] * ("dropout" in network) + ["--optimize=size"] * (index // 2 % 2)
            run("grucc", f"{folder}/net.json", "-o", f"{folder}/m.o", "--name=m", f"--target={target}", kind, *more)
            left = undefined(f"{folder}/m.o")
            assert not left & DRAWN_IN and all(target in SOFT and HELPERS.fullmatch(name) for name in left), \
                (target, network, kind, left)
            sections = run("llvm-readelf", "-SW", f"{folder}/m.o").decode()
            # .ARM.exidx says of each function that nothing unwinds it.
            assert ".text" in sections and not any(name in sections for name in UNWINDING), (target, network, kind)
            found |= left
            objects += 1
    taken = TAKEN.get(target, set())
    assert found == taken, (target, "too many or too few:", sorted(found ^ taken))
    return objects


class SubnormalCase(SmallCase):
    """Numbers below 2^-126 by numbers as large: a CPU that takes them for 0 has another result."""

    def __init__(self, index, folder):
        super().__init__(index, folder)
        large, small = np.float32(2.0 ** 124), np.float32(2.0 ** -128)
        weights = dict(zip(self.names, self.weights))
        given = self.given["input"]
        input_scale, weight_scale = (small, large) if index % 2 else (large, small)
        for name in weights:
            if name.startswith("weight_ih_l0"):
                weights[name] = weights[name] * weight_scale
                lowest = given * input_scale if index % 2 else weights[name]
                assert 0 < np.abs(lowest).max() < 2.0 ** -126
        self.weights = list(weights.values())
        save_file(weights, f"{self.folder}/w.safetensors")
        self.given["input"] = np.zeros_like(given)
        flushed = self.reference()
        self.given["input"] = given * input_scale
        self.expected = self.reference()
        assert self.expected != flushed, (index, self.facts)


def main():
    folder = sys.argv[1]
    check_traps(folder)
    objects = sum(check_symbols(place, board.target, folder) for place, board in enumerate(BOARDS))
    print(f"{objects} objects: no symbol but a compiler's for floating point")
    there = [board for board in BOARDS if not missing(board)]
    for board in BOARDS:
        if board not in there:
            print(f"left out: subnormal numbers on {board.target}, for want of {' and '.join(missing(board))}")
    promises = dict(re.findall(r"^(\S+) .* (N2\S* N3\S*(?: N4\S*)?) ", run("grucc", "--print-targets").decode(), re.M))
    for board in [board for board in there if "*" in promises[board.target]]:
        there.remove(board)
        print(f"left out: subnormal numbers on {board.target}, whose vectors take them for 0")
    # Those that have a step.
    indices = (0, 2, 3, 4, 5, 6, 8, 9, 11, 13) if SWEEP else (5, 8)
    for index in indices if there else []:
        case = SubnormalCase(index, folder)
        for board in there:
            case.check_on(board)
    print(f"subnormal numbers on {', '.join(board.target for board in there) or 'none'}: equal to the bit")


main()
