# ===- against_cpu.py - Interpreted kernels against the CPU, to the bit -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------------=== #
"""against_cpu.py FOLDER [INDEX]: random networks, or one of them again.

Two of three are in float32, and have the same bits; the others are in 16 bits, and
stay within bounds of it, with the same bits by scan and by step. Every network runs in
each regime and in one form of the batch, on targets, schedules and schedulers in turn,
with all checks of the interpreter on. GRUCC_EXHAUSTIVE runs 240 of them."""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from safetensors.numpy import load_file, save_file

from interpreted import Interpreted

TARGETS = ("sm_80", "sm_75", "sm_90", "sm_120")
FORMS = ("time_first", "batch_first", "packed")
# Of all sizes, and of networks whose weights find room in any way.
SCHEDULES = ("step_blocks=1,step_unroll=16", "step_rows=4,step_thread_rows=2,step_units=4",
             "project_warps=1,project_k=8,project_thread_rows=2,project_thread_columns=4",
             "scan_rows=0", "step_units=1",
             "step_rows=32,step_thread_rows=4,step_units=16,step_blocks=2")
# Largest errors; the largest that have been seen are 2.3e-3 and 7.2e-3.
BOUNDS = {"float16": 3e-3, "bfloat16": 2e-2}
SMALL_SCHEDULES = ("scan_rows=2", "scan_rows=3,scan_register_k=4", "scan_register_k=0")
HALF_SCHEDULES = ("scan_rows=8", "scan_rows=5,scan_register_k=16", "scan_rows=1,scan_register_k=0",
                  "scan_rows=2,scan_register_k=32")


def grucc(network, output, *options):
    done = subprocess.run(["grucc", *network, "-o", output, "--name=m",
                           *options], capture_output=True, text=True)
    assert done.returncode == 0, (network, done.stderr)


def draw_size(rng, index):
    """H from 1 to 300: short sums, two halves, one block, several, and tails of all."""
    low, high = ((1, 7), (8, 48), (49, 64), (65, 150), (151, 300))[index % 5]
    return int(rng.integers(low, high + 1))


def draw(index):
    rng = np.random.default_rng([11, index])
    case = {"H": draw_size(rng, index), "I": draw_size(rng, index // 5 + int(rng.integers(4))),
            "L": int(rng.choice([1, 1, 2])), "D": int(rng.choice([1, 2])),
            "bias": bool(rng.integers(4)), "T": int(rng.integers(1, 6)),
            "B": int(rng.choice([1, 2, 3, 8, 17, 33])), "h_0": bool(rng.integers(2)),
            "form": FORMS[int(rng.integers(3))], "lengths": bool(rng.integers(2)),
            "target": TARGETS[index % len(TARGETS)], "scheduler": index // 4 % 3}
    if case["H"] > 64:  # to end in time
        case["B"], case["T"], case["L"] = min(case["B"], 8), min(case["T"], 3), 1
    case["precision"] = "exact"
    if index % 3 == 2:
        case["precision"] = ("float16", "bfloat16")[case["target"] != "sm_75" and index // 3 % 2]
        if case["H"] <= 64 and index // 3 % 4:
            case["schedule"] = str(rng.choice(HALF_SCHEDULES))
    if index % 3 == 1:
        case["schedule"] = str(rng.choice(SCHEDULES + SMALL_SCHEDULES * (case["H"] <= 48)))
    return case, rng


def check(index, folder):
    case, rng = draw(index)
    H, I, L, D, T, B = (case[letter] for letter in "HILDTB")
    folder = f"{folder}/{index}"
    os.makedirs(folder)
    network = [f"--hidden-size={H}", f"--input-size={I}", f"--num-layers={L}", "--init=uniform",
               f"--seed={index}"]
    network += ["--bidirectional"] * (D == 2) + ["--no-bias"] * (not case["bias"])
    grucc(network, f"{folder}/m.so", "--target=x86-64-v3")
    schedule = [f"--schedule={case['schedule']}"] if "schedule" in case else []
    grucc(network, f"{folder}/m.ptx", f"--target={case['target']}", f"--header={folder}/m.h",
          f"--precision={case['precision']}", *schedule)
    lengths = None
    if case["lengths"] or case["form"] == "packed":
        lengths = np.sort(rng.integers(0, T + 1, B))[::-1].astype(np.int64)
        lengths[0] = T
        if case["form"] != "packed":
            lengths = rng.permutation(lengths)
    sizes = [0.1, 1, 4] if case["precision"] == "exact" else [0.1, 1]
    x = (rng.standard_normal((T, B, I)) * rng.choice(sizes, (1, B, 1))).astype(np.float32)
    x[:, B // 2] = 0
    h_0 = rng.standard_normal((L * D, B, H)).astype(np.float32) if case["h_0"] else None
    tensors = {"input": x}
    if h_0 is not None:
        tensors["h_0"] = h_0
    if lengths is not None:
        tensors["lengths"] = np.ascontiguousarray(lengths)
    save_file(tensors, f"{folder}/x.safetensors")
    subprocess.run(["grucc-run", f"{folder}/m.so", f"--input={folder}/x.safetensors",
                    f"--output={folder}/y.safetensors"], check=True, capture_output=True)
    expected = load_file(f"{folder}/y.safetensors")
    options = ["--scheduler=random", f"--seed={index}"] if case["scheduler"] else []
    model = Interpreted(f"{folder}/m.ptx", folder, *options)
    ran, worst, before = [], 0.0, {}
    for regime in ("scan", "step"):
        if regime not in model.kernels:
            continue
        y, h_n = model.run(x, h_0, lengths, case["form"], regime)
        for name, found in (("output", y), ("h_n", h_n)):
            if case["precision"] != "exact":
                worst = max(worst, float(np.abs(found - expected[name]).max()))
                assert worst <= BOUNDS[case["precision"]], f"{regime}: {name}: off by {worst}"
                other = before.setdefault(name, found)
                assert found.tobytes() == other.tobytes(), f"{name}: step has other bits than scan"
                continue
            same = found.view(np.uint32) == expected[name].view(np.uint32)
            assert same.all(), (f"{regime}: {name}: {(~same).sum()} of {same.size} differ, "
                                f"the first at {np.argwhere(~same)[0]}")
        ran.append(regime)
    return ran, (case["precision"], worst)


def run(index, folder):
    try:
        return index, *check(index, folder), None
    except AssertionError as problem:
        return index, [], None, str(problem)


def main():
    folder, count = sys.argv[1], 240 if os.environ.get("GRUCC_EXHAUSTIVE") else 60
    if len(sys.argv) > 2:
        index = int(sys.argv[2])
        print(draw(index)[0], *run(index, folder))
        return 0
    bad, runs, largest = 0, {"scan": 0, "step": 0}, {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for index, ran, off, problem in pool.map(run, range(count), [folder] * count):
            for regime in ran:
                runs[regime] += 1
            if off:
                largest[off[0]] = max(largest.get(off[0], 0), off[1])
            if problem:
                bad += 1
                print(f"network {index}: {draw(index)[0]}: {problem}")
    print(*(f"{precision}: off by at most {off:.2g}" for precision, off in largest.items()),
          sep="\n")
    print(f"{count} networks, {runs['scan']} by scan and {runs['step']} by step, {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
