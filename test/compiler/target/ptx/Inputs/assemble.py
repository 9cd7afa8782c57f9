# ===- assemble.py - Kernels through ptxas -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------=== #
"""assemble.py FOLDER: every kernel by ptxas, for every target: accepted, no stack, no
spills, and registers within 8 of those that the report predicts. Without GRUCC_EXHAUSTIVE
each target has a fifth of the sizes, the next one other ones."""

import json
import os
import re
import subprocess
import sys

TARGETS = ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120")
HALF_SIZES = (1, 16, 48, 130, 192, 224, 1024)
SIZES = (1, 8, 20, 33, 64, 96, 128, 150, 200, 256, 512, 768, 1024)
ALLOWED = 8


def main():
    folder, bad, far, count = sys.argv[1], 0, 0, 0
    runs = [(target, size, "exact") for target in TARGETS for size in SIZES]
    runs += [(target, size, precision) for target in TARGETS for size in HALF_SIZES
             for precision in ("float16", "bfloat16") if (target, precision) != ("sm_75", "bfloat16")]
    if not os.environ.get("GRUCC_EXHAUSTIVE"):
        runs = runs[::5]
        assert all(any(run[part] == value for run in runs)
                   for part, values in ((0, TARGETS), (1, SIZES + HALF_SIZES), (2, ("exact", "float16", "bfloat16")))
                   for value in values), runs
    for target, size, precision in runs:
        report = json.loads(subprocess.run(
            ["grucc", f"--hidden-size={size}", "--input-size=100", "--init=uniform",
             "--name=m", f"--target={target}", f"--precision={precision}", "-o", f"{folder}/m.ptx", "--report=json"],
            check=True, capture_output=True, text=True).stdout)
        done = subprocess.run([os.environ["GRUCC_PTXAS"], "-v", f"-arch={target}", f"{folder}/m.ptx", "-o",
                               f"{folder}/m.cubin"], capture_output=True, text=True)
        if done.returncode:
            print(f"{target} H={size} {precision}: ptxas failed\n{done.stderr}")
            return 1
        found = re.findall(r"Compiling entry function '(\w+)'.*?(\d+) bytes stack frame, (\d+) "
                           r"bytes spill stores, (\d+) bytes spill loads.*?Used (\d+) registers",
                           done.stderr, re.S)
        predicted = {kernel["name"]: kernel for kernel in report["gpu"]["kernels"]}
        assert {name for name, *_ in found} == set(predicted), (found, predicted)
        for name, *rest in found:
            count += 1
            stack, stores, loads, registers = map(int, rest)
            if stack or stores or loads:
                bad += 1
                print(f"{target} H={size} {precision} {name}: {stack} stack, {stores} + {loads} spilled")
            off = registers - predicted[name]["registers"]
            if abs(off) > ALLOWED:
                far += 1
                print(f"{target} H={size} {precision} {name}: {registers} registers, predicted "
                      f"{predicted[name]['registers']}")
    print(f"{count} kernels, {bad} spill, {far} are not within {ALLOWED} of their prediction")
    return 1 if bad or far else 0


if __name__ == "__main__":
    sys.exit(main())
