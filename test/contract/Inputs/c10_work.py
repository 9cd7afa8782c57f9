# ===- c10_work.py - Instructions of runs over rows of several lengths -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""c10_work.py SOURCE, in an empty folder: counts the instructions of net_run, with callgrind
where it knows them all (up to x86-64-v3), else one by one."""

import os
import re
import shutil
import subprocess
import sys

from levels import levels

SOURCE = sys.argv[1]
DRIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "c10_work.c")


def build(program, level, *network):
    subprocess.run(["grucc", *network, "--init=uniform", "--seed=1", f"--target={level}",
                    "--name=net", "-o", "net.o"], check=True)
    subprocess.run(["clang", "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O1", "-Wall", "-Wextra",
                    "-Werror", f"-I{SOURCE}/runtime/include", DRIVER, "net.o", "-o", program],
                   check=True)


def count_steps(program, form, steps, lengths):
    """Instructions of one net_run and of all that it calls."""
    done = subprocess.run([f"./{program}", "stepped", form, str(steps), *map(str, lengths)],
                          capture_output=True, text=True)
    assert done.returncode == 0, (done.returncode, done.stderr)
    assert int(done.stdout) > 1000, "no net_run was stepped through"
    return int(done.stdout)


def count_calls(program, form, steps, lengths):
    """The same, by callgrind."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--toggle-collect=net_run", "--callgrind-out-file=out",
         f"./{program}", "whole", form, str(steps), *map(str, lengths)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = re.search(r"^summary: (\d+)", open("out").read(), re.M)
    assert found and int(found[1]) > 1000, "callgrind saw no net_run"
    return int(found[1])


def check(program, count, longest):
    long_beside_short = [longest] + 15 * [1]

    def run(form, lengths, steps=None):
        instructions = count(program, form, steps or max(lengths), lengths)
        print(f"{program}: {form} {lengths} of {steps or max(lengths)}: {instructions}")
        return instructions

    # Padding costs nearly nothing: at most 1.15 times the packed form of the same data.
    packed = run("packed", long_beside_short)
    padded = run("padded", long_beside_short)
    assert padded <= 1.15 * packed, (padded, packed)
    dense = run("padded", 16 * [longest])
    # As many times its work as the sum of lengths is, but for what does not grow with it.
    assert dense >= 0.6 * 16 * longest / (longest + 15) * padded, (dense, padded)
    # Neither does it depend on where the long row stands.
    turned = run("padded", long_beside_short[::-1])
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
level = min("x86-64-v3", levels()[-1])
build("one_layer", level, "--input-size=64", "--hidden-size=64")
check("one_layer", count_calls, 64)
build("both_directions", level, "--input-size=40", "--hidden-size=64", "--num-layers=2",
      "--bidirectional")
check("both_directions", count_calls, 64)
if "x86-64-v4" in levels():
    build("stepped", "x86-64-v4", "--input-size=16", "--hidden-size=32", "--bidirectional")
    check("stepped", count_steps, 24)
