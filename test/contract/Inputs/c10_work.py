# ===- c10_work.py - Instructions of runs over rows of several lengths -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""c10_work.py SOURCE, in an empty folder: counts the instructions of net_run
with callgrind, at x86-64-v3, whatever this machine has beyond it."""

import os
import re
import shutil
import subprocess
import sys

SOURCE = sys.argv[1]
DRIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "c10_work.c")
LONG_BESIDE_SHORT = [64] + 15 * [1]


def build(program, *network):
    subprocess.run(["grucc", *network, "--init=uniform", "--seed=1", "--target=x86-64-v3",
                    "--name=net", "-o", "net.o"], check=True)
    subprocess.run(["clang", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror",
                    f"-I{SOURCE}/runtime/include", DRIVER, "net.o", "-o", program], check=True)


def count(program, form, steps, lengths):
    """Instructions of one net_run and of all that it calls."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--toggle-collect=net_run", "--callgrind-out-file=out",
         f"./{program}", form, str(steps), *map(str, lengths)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = re.search(r"^summary: (\d+)", open("out").read(), re.M)
    assert found and int(found[1]) > 1000, "callgrind saw no net_run"
    return int(found[1])


def check(program):
    def run(form, lengths, steps=None):
        instructions = count(program, form, steps or max(lengths), lengths)
        print(f"{program}: {form} {lengths} of {steps or max(lengths)}: {instructions}")
        return instructions

    # Padding costs nearly nothing: at most 1.15 times the packed form of the same data.
    packed = run("packed", LONG_BESIDE_SHORT)
    padded = run("padded", LONG_BESIDE_SHORT)
    assert padded <= 1.15 * packed, (padded, packed)
    dense = run("padded", 16 * [64])
    assert dense >= 8 * padded, (dense, padded)
    # Neither does it depend on where the long row stands.
    turned = run("padded", LONG_BESIDE_SHORT[::-1])
    assert abs(turned - padded) <= 0.01 * padded, (turned, padded)

    # Twice the sum of lengths is twice the work: lengths times 1, 2, 4 and 8.
    counts = [run("padded", [8 * times] + 15 * [times]) for times in (1, 2, 4, 8)]
    slopes = [(b - a) / (23 * times) for a, b, times in zip(counts, counts[1:], (1, 2, 4))]
    assert max(slopes) <= 1.1 * min(slopes), (counts, slopes)
    # What does not grow with it is little.
    assert counts[0] <= 1.25 * counts[3] / 8, counts
    # The same rows once more below the others: twice again.
    once, twice = run("padded", 4 * [9, 3]), run("padded", 8 * [9, 3])
    assert 1.8 * once <= twice <= 2.1 * once, (once, twice)
    # Rows without any step add nothing but the zeros of their outputs.
    assert run("padded", 4 * [9, 3] + 8 * [0]) <= 1.1 * once


if not shutil.which("valgrind"):
    sys.exit("c10_work.py: found no valgrind, expected it from tools/dev/setup")
build("one_layer", "--input-size=64", "--hidden-size=64")
check("one_layer")
build("both_directions", "--input-size=40", "--hidden-size=64", "--num-layers=2", "--bidirectional")
check("both_directions")
