# ===- sass.py - Kernels as ptxas and nvdisasm show them -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------=== #
"""sass.py FOLDER: the machine code of every kernel, for every target: as many HMMA as the
text has mma.sync and as the schedule's layout (GpuLayout.h) asks for, no LDL and no STL.
Without GRUCC_EXHAUSTIVE each target has one or two of the three precisions, in turn."""

import collections
import json
import os
import re
import subprocess
import sys

TARGETS = ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120")
# Input and hidden size, all of them with a scan; in 16 bits a sum block that is not whole.
SIZES = {"exact": (20, 96), "float16": (100, 130), "bfloat16": (33, 48)}


def command(*line):
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout


def layout_products(target, hidden_size, schedule):
    """mma.sync in the text of a kernel; a loop's body is there once. An m16n8k16 is two
    m16n8k8 before sm_80."""
    parts = 2 if target == "sm_75" else 1
    depth = min(128, -(-hidden_size // 16) * 16)
    chunk = max(schedule["project_k"], 16)
    columns, rows = 8 * schedule["project_thread_columns"], 4 * schedule["project_thread_rows"]
    return {"project": parts * chunk // 16 * (columns // 16) * (rows // 8),
            "scan": parts * -(-hidden_size // 16) * 3,
            "step": parts * depth // 16 * 3 * (schedule["step_rows"] // 8)}


def count(pattern, text, start):
    """Matches of `pattern` by kernel, each of which begins with `start` and its name."""
    found, kernel = collections.Counter(), None
    for line in text.splitlines():
        begins = re.match(start, line)
        kernel = begins[1] if begins else kernel
        if kernel:
            found[kernel] += len(re.findall(pattern, line))
    return found


def main():
    folder, kernels, cubins, products, wrong = sys.argv[1], 0, 0, 0, 0
    every = [(target, precision) for target in TARGETS for precision in SIZES
             if (target, precision) != ("sm_75", "bfloat16")]
    for target, precision in every if os.environ.get("GRUCC_EXHAUSTIVE") else every[1::2]:
        input_size, hidden_size = SIZES[precision]
        report = json.loads(command(
            "grucc", f"--input-size={input_size}", f"--hidden-size={hidden_size}",
            "--init=uniform", "--name=m", f"--target={target}", f"--precision={precision}",
            "-o", f"{folder}/m.ptx", "--report=json"))
        command(os.environ["GRUCC_PTXAS"], f"-arch={target}", f"{folder}/m.ptx",
                "-o", f"{folder}/m.cubin")
        sass = command(os.environ["GRUCC_NVDISASM"], "-c", f"{folder}/m.cubin")
        with open(f"{folder}/m.ptx") as file:
            text = count(r"\bmma\.sync\b", file.read(), r"\.visible \.entry (\w+)")
        code = r"\.text\.(\w+):"
        machine, local = count(r"\bHMMA\b", sass, code), count(r"\b(?:LDL|STL)\b", sass, code)
        stores = count(r"\bSTG\b", sass, code)
        schedule = {name: int(value)
                    for name, value in re.findall(r"(\w+) = (\d+)", report["schedule"])}
        layout = layout_products(target, hidden_size, schedule)
        cubins += 1
        for kernel in report["gpu"]["kernels"]:
            name = kernel["name"]
            kind = name.split("_")[1]
            expected = text[name]
            if precision == "exact":
                expected = 0
            elif kind in layout:
                expected = layout[kind]
            kernels += 1
            products += machine[name]
            # Every kernel stores its results: else this is not its code.
            if not machine[name] == text[name] == expected or local[name] or not stores[name]:
                wrong += 1
                print(f"{target} {precision} {name}: found {machine[name]} HMMA, {text[name]} "
                      f"mma.sync, {local[name]} LDL and STL, {stores[name]} STG, expected "
                      f"{expected} products, none in local memory, and stores")
    print(f"{kernels} kernels of {cubins} cubins, {products} products, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
