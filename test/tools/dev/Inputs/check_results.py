# ===- check_results.py - What gpu-check writes of a card that does not exist -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_results.py BUNDLE TARGET FOLDER: the results of a whole run on recorded times."""

import json
import pathlib
import sys

from record_times import others

OFF = 0.06  # of constants that are said to be determined


def main():
    bundle, target, folder = sys.argv[1:4]
    plan = json.loads(pathlib.Path(bundle, "plan.json").read_text())
    data = json.loads(pathlib.Path(folder, "gpu-check.json").read_text())
    assert data["complete"], data["seconds"]

    correct = data["correct"]["results"]
    assert len(correct) == data["correct"]["planned"] and all(one["ok"] for one in correct)
    kinds = {(one["kind"], one["network"].rpartition("_")[2]) for one in correct}
    assert kinds >= {(kind, precision) for kind in ("project", "scan", "step")
                     for precision in ("float32", "float16", "bfloat16")}, kinds
    for one in correct:
        if one["network"].endswith("float32") and one["kind"] != "project":
            assert one["bits"] == "those of the CPU", one
        assert one["error"] < 2e-2, one
    assert any(one.get("bits") == "those of the other kernel" for one in correct)

    # A launch takes what was recorded; a run, what its launches take, however it is asked for.
    steps = plan["steps"]
    constants = others(plan["constants"][target])
    recorded = {(one["kernel"], one["batch"]): eval(one["formula"], {"max": max}, constants)
                for report in plan["reports"][target].values()
                for one in report.get("estimates", [])}
    times = data["times"]["results"]
    assert len(times) == 3 * len(plan["sizes"]) * len(plan["batches"]), len(times)
    near = lambda found, expected: abs(found - expected) <= 1e-3 * expected + 2e-2
    for one in times:
        for kernel, time in one["kernels"].items():
            scale = steps if False else 1
            assert near(time["median"], recorded[kernel, one["B"]] * scale), (kernel, time)
            low, high = time["quartiles"]
            assert time["least"] <= low <= time["median"] <= high and time["samples"] >= 5
        name, B = one["network"], one["B"]
        project = recorded[f"{name}_project_input", B]
        ways = [project + recorded[f"{name}_step", B] * steps]
        if f"{name}_scan" in one["kernels"]:
            ways.append(project + recorded[f"{name}_scan", B])
        assert any(near(one["device"]["median"], way) for way in ways), (one, ways)
        assert one["host"]["median"] > 0

    # The fit finds the constants that the times were made with.
    fit = data["fit"]
    determined = [name for name, one in fit["constants"].items() if one["determined"]]
    for name in determined:
        ratio = fit["constants"][name]["after"] / constants[name]
        assert 1 - OFF < ratio < 1 + OFF, (name, ratio, fit["constants"][name])
    assert {"cell_latency", "mma_cycles", "l2_gbps"} <= set(determined), fit["constants"]
    assert fit["after"]["worst"] < 1.02 < fit["before"]["worst"], (fit["before"], fit["after"])
    for line in pathlib.Path(folder, "GpuConstants.def").read_text().splitlines():
        if line.startswith("GPU_CONSTANT("):
            name, value = line[len("GPU_CONSTANT("):].split(", ")[:2]
            assert abs(float(value) / fit["constants"][name]["after"] - 1) < 1e-3, line

    peers = data["peers"]["results"]
    assert {one["kind"] for one in peers} == {"copy", "product", "gru"}
    assert data["peers"]["facts"]["on"] == "cpu"
    table = pathlib.Path(folder, "gpu-check.txt").read_text().splitlines()
    assert len(table) <= 60, len(table)
    print(f"{len(correct)} cases right, {len(times)} times, {len(determined)} constants found")


if __name__ == "__main__":
    main()
