# ===- against_cpu.py - Interpreted kernels against the CPU, to the bit -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------------=== #
"""against_cpu.py [--processes] STANDIN FOLDER [INDEX]: random networks, or one of them again.

Two of three are in float32, and have the bits of Reference; the others are in 16 bits, and
stay within bounds of it, with the same bits by scan and by step. Every network runs in each
regime and in one form of the batch, on targets, schedules and schedulers in turn, with all
checks of the interpreter on. A model compiled for the CPU has the bits of Reference, too. Every
eighth network runs as the runtime runs it, by the plan of a compiled model, without a step as
well, and so do variants (C15), INDEX 1000 and above. GRUCC_EXHAUSTIVE runs 400, and 100 variants.
INDEX -1 and below are large ones.

--processes: launches by grucc-ptx-run, one by one; for a stand-in that Python
cannot load, since it is instrumented."""

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from safetensors.numpy import load_file, save_file

from in_process import Driver, InProcess
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


# H and I: short sums, two halves, one block, several, and tails of all; large ones are few.
SIZES = [(1, 7)] * 4 + [(8, 48)] * 7 + [(49, 64)] * 3 + [(65, 150)] * 3 + [(151, 300)] * 2


def draw_size(rng, index):
    low, high = SIZES[index % len(SIZES)]
    return int(rng.integers(low, high + 1))


# H, and what weights are kept in: 8 rows for two steps.
LARGE = [(512, "exact"), (1024, "exact"), (512, "float16"), (1024, "bfloat16")]


ACTIVATIONS = ("sigmoid", "tanh", "relu", "hard_sigmoid", "softsign", "softplus", "affine(0.5, 0.1)",
               "leaky_relu(0.1)", "thresholded_relu(0.3)", "scaled_tanh(1.5, 0.7)", "elu(0.8)")
VARIANTS = 1000


def draw_variant(index):
    """The reset gate before the product in two of three; a few rows and steps of any size."""
    rng = np.random.default_rng([12, index])
    variant = {"reset": "after" if index % 3 == 2 else "before"}
    if index % 2:
        variant["gate_activation"] = ACTIVATIONS[index // 2 % 11]
        variant["candidate_activation"] = ACTIVATIONS[index * 5 % 11]
    if index % 4 == 3:
        variant["clip"] = 1.0
    D = int(rng.choice([1, 2]))
    if D == 1 and rng.integers(2):
        variant["direction"] = "reverse"
    return {"H": int(rng.choice([1, 3, 8, 16, 33, 48, 70])), "I": int(rng.integers(1, 20)),
            "L": int(rng.choice([1, 2])), "D": D, "bias": bool(rng.integers(4)),
            "T": int(rng.integers(0, 5)), "B": int(rng.choice([1, 2, 3, 8, 17])),
            "h_0": bool(rng.integers(2)), "form": "time_first", "lengths": bool(rng.integers(2)),
            "target": TARGETS[index % len(TARGETS)], "scheduler": index // 4 % 3, "runtime": True,
            "precision": "exact", "variant": variant}, rng


def draw(index):
    if index >= VARIANTS:
        return draw_variant(index - VARIANTS)
    rng = np.random.default_rng([11, abs(index)])
    if index < 0:
        H, precision = LARGE[-1 - index]
        return {"H": H, "I": H, "L": 1, "D": 1, "bias": True, "T": 2, "B": 8, "h_0": True,
                "form": "time_first", "lengths": False, "target": "sm_80", "scheduler": index % 2,
                "runtime": False, "precision": precision}, rng
    case = {"H": draw_size(rng, index), "I": draw_size(rng, int(rng.integers(len(SIZES)))),
            "L": int(rng.choice([1, 1, 2])), "D": int(rng.choice([1, 2])),
            "bias": bool(rng.integers(4)), "T": int(rng.integers(1, 6)),
            "B": int(rng.choice([1, 2, 3, 8, 17, 33, rng.integers(1, 34)])),
            "h_0": bool(rng.integers(2)), "form": FORMS[int(rng.integers(3))],
            "lengths": bool(rng.integers(2)), "target": TARGETS[index % len(TARGETS)],
            "scheduler": index // 4 % 3, "runtime": index % 8 == 3}
    if case["H"] > 64:  # to end in time
        case["B"], case["T"], case["L"] = min(case["B"], 8), min(case["T"], 3), 1
    if case["runtime"]:
        case["form"], case["T"] = "time_first", index // 8 % 6
    case["precision"] = "exact"
    if index % 3 == 2 and case["T"]:
        case["precision"] = ("float16", "bfloat16")[case["target"] != "sm_75" and index // 3 % 2]
        if case["H"] <= 64 and index // 3 % 4:
            case["schedule"] = str(rng.choice(HALF_SCHEDULES))
    if index % 3 == 1:
        case["schedule"] = str(rng.choice(SCHEDULES + SMALL_SCHEDULES * (case["H"] <= 48)))
    return case, rng


def draw_weights(rng, case):
    """As torch draws them."""
    H, tensors = case["H"], {}
    for layer in range(case["L"]):
        for suffix in ("", "_reverse")[:case["D"]]:
            columns = case["I"] if layer == 0 else case["D"] * H
            shapes = {"weight_ih": (3 * H, columns), "weight_hh": (3 * H, H)}
            if case["bias"]:
                shapes |= {"bias_ih": (3 * H,), "bias_hh": (3 * H,)}
            for name, shape in shapes.items():
                tensors[f"{name}_l{layer}{suffix}"] = rng.uniform(-1, 1, shape).astype(
                    np.float32) / np.float32(H**0.5)
    return tensors


def run_model(model, folder, environment=None):
    done = subprocess.run(["grucc-run", *model, f"--input={folder}/x.safetensors",
                           f"--output={folder}/y.safetensors"], capture_output=True, text=True,
                          env={**os.environ, **(environment or {})})
    assert done.returncode == 0, (model, done.stderr)
    return load_file(f"{folder}/y.safetensors")


def expect_same(found, expected, what):
    for name in ("output", "h_n"):
        same = found[name].view(np.uint32) == expected[name].view(np.uint32)
        assert same.all(), (f"{what}: {name}: {(~same).sum()} of {same.size} differ, "
                            f"the first at {np.argwhere(~same)[0]}")


def check(index, folder):
    case, rng = draw(index)
    H, I, L, D, T, B = (case[letter] for letter in "HILDTB")
    folder = f"{folder}/{index}"
    os.makedirs(folder)
    save_file(draw_weights(rng, case), f"{folder}/w.safetensors")
    with open(f"{folder}/net.json", "w") as file:
        json.dump({"input_size": I, "hidden_size": H, "num_layers": L, "bias": case["bias"],
                   "bidirectional": D == 2, "weights": "w.safetensors", **case.get("variant", {})},
                  file)
    network = [f"{folder}/net.json"]
    schedule = [f"--schedule={case['schedule']}"] if "schedule" in case else []
    for_gpu = [f"--target={case['target']}", f"--precision={case['precision']}", *schedule]
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
    expected = run_model(["--reference", *network], folder)
    grucc(network, f"{folder}/m.so", "--target=x86-64-v3")
    expect_same(run_model([f"{folder}/m.so"], folder), expected, "CPU")
    ran, worst, halves = [], 0.0, []

    def compare(found, regime):
        ran.append(regime)
        if case["precision"] == "exact":
            return expect_same(found, expected, regime)
        off = max(float(np.abs(found[name] - expected[name]).max(initial=0)) for name in expected)
        assert off <= BOUNDS[case["precision"]], f"{regime}: off by {off}"
        nonlocal worst
        worst = max(worst, off)
        halves.append({name: value.tobytes() for name, value in found.items()})
        assert halves[0] == halves[-1], f"{regime}: other bits than {ran[0]}"

    seed = index % 2**32 if case["scheduler"] else None  # of the large ones, too: they count down from -1
    if case["runtime"]:
        grucc(network, f"{folder}/gpu.so", *for_gpu)
        environment = {"LD_LIBRARY_PATH": os.path.dirname(standin),
                       "STANDIN_CAPABILITY": case["target"].removeprefix("sm_")}
        if seed is not None:
            environment["STANDIN_SEED"] = str(seed)
        compare(run_model([f"{folder}/gpu.so"], folder, environment), "runtime")
    if T == 0 or "variant" in case:
        return ran, (case["precision"], worst)
    grucc(network, f"{folder}/m.ptx", f"--header={folder}/m.h", *for_gpu)
    if driver:
        model = InProcess(driver, f"{folder}/m.ptx", seed)
    else:
        options = [] if seed is None else ["--scheduler=random", f"--seed={seed}"]
        model = Interpreted(f"{folder}/m.ptx", folder, *options)
    try:
        for regime in ("scan", "step"):
            if regime in model.kernels:
                y, h_n = model.run(x, h_0, lengths, case["form"], regime)
                compare({"output": y, "h_n": h_n}, regime)
    finally:
        if driver:
            model.close()
    return ran, (case["precision"], worst)


def begin(path, loads):
    global driver, standin
    standin, driver = path, Driver(path) if loads else None


def run(index, folder):
    try:
        return index, *check(index, folder), None
    except AssertionError as problem:
        return index, [], None, str(problem)


def main():
    loads = "--processes" not in sys.argv
    path, folder, *others = [word for word in sys.argv[1:] if word != "--processes"]
    count = 400 if os.environ.get("GRUCC_EXHAUSTIVE") else 48
    if others:
        index = int(others[0])
        begin(path, loads)
        print(draw(index)[0], *run(index, folder))
        if driver:
            driver.close()
        return 0
    variants = 100 if os.environ.get("GRUCC_EXHAUSTIVE") else 16
    indices = [*range(-len(LARGE), 0), *range(count), *range(VARIANTS, VARIANTS + variants)]
    bad, runs, largest = 0, {"scan": 0, "step": 0, "runtime": 0}, {}
    with ProcessPoolExecutor(initializer=begin, initargs=(path, loads)) as pool:
        for index, ran, off, problem in pool.map(run, indices, [folder] * len(indices)):
            for regime in ran:
                runs[regime] += 1
            if off:
                largest[off[0]] = max(largest.get(off[0], 0), off[1])
            if problem:
                bad += 1
                print(f"network {index}: {draw(index)[0]}: {problem}")
    print(*(f"{precision}: off by at most {off:.2g}" for precision, off in largest.items()),
          sep="\n")
    print(f"{len(indices)} networks, {runs['scan']} by scan, {runs['step']} by step and "
          f"{runs['runtime']} by the runtime, {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
