# ===- prepare.py - Compiles the networks and packs the bundle -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""gpu-check --prepare OUT, where grucc is."""

import json
import lzma
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor

from . import Problem, bundle, networks, weights

MOST_BYTES = 64 << 20
CPU = "x86-64-v3"
TOOLS = pathlib.Path(__file__).resolve().parents[1]  # tools/dev


def find_grucc():
    named = os.environ.get("GRUCC") or shutil.which("grucc")
    built = TOOLS.parents[1] / "build" / "bin" / "grucc"
    path = named or (str(built) if built.exists() else None)
    if not path or not shutil.which(path):
        raise Problem(f"grucc: found {path or 'none'}, expected it in $GRUCC, on the path or in "
                      "build/bin")
    return pathlib.Path(shutil.which(path)).resolve()


def find_runtime(grucc):
    places = [os.environ.get("GRUCC_RUNTIME"), *(grucc.parents[1] / folder / bundle.RUNTIME for folder
                                                 in ("lib", "lib64"))]
    for place in places:
        if place and os.path.exists(place):
            return place
    raise Problem(f"runtime: found no {bundle.RUNTIME} beside {grucc}, expected it in ../lib or in "
                  "$GRUCC_RUNTIME")


class Compiler:
    """Networks to shared libraries in `folder`."""

    def __init__(self, grucc, folder, all_jobs):
        self.grucc, self.folder, self.all_jobs, self.done = grucc, folder, all_jobs, 0

    def save(self, network):
        """The network's files, alike for all precisions and targets."""
        stem = f"{self.folder}/{network['name'].rpartition('_')[0]}"
        tensors = weights.draw(network) if "seed" in network else weights.zeros(network)
        weights.save(f"{stem}.safetensors", tensors)
        with open(f"{stem}.json", "w") as file:
            json.dump({"input_size": network["I"], "hidden_size": network["H"],
                       "num_layers": network["L"], "bias": network["bias"],
                       "bidirectional": network["D"] == 2, "batch_first": network["batch_first"],
                       "weights": f"{os.path.basename(stem)}.safetensors"}, file)

    def compile(self, network, target):
        """The report."""
        stem = network["name"].rpartition("_")[0]
        name = stem if target == CPU else network["name"]
        output = f"{self.folder}/{'cpu' if target == CPU else target}/{name}.so"
        os.makedirs(os.path.dirname(output), exist_ok=True)
        done = subprocess.run(
            [str(self.grucc), f"{self.folder}/{stem}.json", "-o", output, f"--name={name}",
             f"--target={target}", f"--precision={'exact' if target == CPU else network['precision']}",
             "--report=json"], capture_output=True, text=True)
        if done.returncode:
            words = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[0]
            raise Problem(f"{name} for {target}: found {words}, expected grucc to compile it")
        self.done += 1
        if self.done % 10 == 0 or self.done == self.all_jobs:
            print(f"gpu-check: {self.done} of {self.all_jobs} compiled", file=sys.stderr)
        return json.loads(done.stdout)


def pack(archive, folder, members):
    """One stream with a window larger than a network, so that what several have alike is there
    once; without anything of this machine or hour in it."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 1, "dict_size": 1 << 26}]
    with lzma.open(archive, "wb", filters=filters) as stream, \
            tarfile.open(fileobj=stream, mode="w|") as file:
        for name in members:
            entry = tarfile.TarInfo(name)
            entry.size = os.path.getsize(f"{folder}/{name}")
            with open(f"{folder}/{name}", "rb") as data:
                file.addfile(entry, data)


def check_place(out):
    if not os.path.lexists(out):
        return
    try:
        whole = os.listdir(out) == [] or "form" in json.loads((out / bundle.PLAN).read_text())
    except (OSError, ValueError):
        whole = False
    if not whole:
        raise Problem(f"{out}: found what is no bundle, expected a new folder or a bundle to replace")


def ended(number, _):
    raise Problem(f"--prepare: found {signal.Signals(number).name}, expected to come to an end")


def prepare(out, targets, sizes, batches, count):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ended)
    out = pathlib.Path(out).absolute()
    check_place(out)
    grucc = find_grucc()
    runtime = find_runtime(grucc)
    try:
        made = pathlib.Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as reason:
        raise Problem(f"{out.parent}: found {reason.strerror}, expected to make a folder") from None
    try:
        with tempfile.TemporaryDirectory() as folder:
            plan = compile_all(grucc, folder, targets, sizes, batches, count)
            fill(made, folder, plan, runtime)
        size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
        if size > MOST_BYTES:
            raise Problem(f"{out}: found {size >> 20} MiB, expected at most {MOST_BYTES >> 20}: "
                          "fewer --targets or --sizes")
        if out.exists():
            shutil.rmtree(out)
        made.chmod(0o755)
        made.rename(out)
    except OSError as reason:
        raise Problem(f"{out}: found {reason.strerror or reason}, expected to write a bundle") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    print(f"{out}: {size / 2**20:.1f} MiB, {len(plan['correct'])} networks to compare and "
          f"{len(plan['times'])} to time, for {', '.join(targets)}")


def compile_all(grucc, folder, targets, sizes, batches, count):
    """The plan, with compiled networks in `folder`."""
    correct, times = networks.correct_networks(count), networks.timed_networks(sizes)
    jobs = [(network, target) for network in correct + times for target in targets
            if networks.has(target, network["precision"])]
    exact = [(network, CPU) for network in correct if network["precision"] == "exact"]
    compiler = Compiler(grucc, folder, len(jobs) + len(exact))
    for network in correct + times:
        if network["precision"] == "exact":
            compiler.save(network)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        futures = [pool.submit(compiler.compile, *job) for job in exact + jobs]
        try:
            found = [future.result() for future in futures][len(exact):]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    reports, constants = {target: {} for target in targets}, {}
    for (network, target), report in zip(jobs, found):
        gpu = report["gpu"]
        entry = {"kernels": [kernel["name"] for kernel in gpu["kernels"]]}
        if "seed" not in network:
            entry["estimates"] = gpu["estimates"]
        reports[target][network["name"]] = entry
        constants[target] = gpu["constants"]
    version = subprocess.run([str(grucc), "--version"], capture_output=True, text=True).stdout
    return {"form": bundle.FORM, "grucc": version.strip().splitlines()[0] if version else "",
            "targets": list(targets), "steps": networks.STEPS, "sizes": list(sizes),
            "batches": list(batches), "cases": count, "correct": correct, "times": times,
            "constants": constants, "reports": reports}


def fill(out, folder, plan, runtime):
    """Everything of the bundle, the plan last."""
    print("gpu-check: packing", file=sys.stderr)
    there = lambda part, target: [f"{target}/{network['name']}.so" for network in plan[part]
                                  if network["name"] in plan["reports"][target]]
    compared = [f"cpu/{network['name'].rpartition('_')[0]}.so" for network in plan["correct"]
                if network["precision"] == "exact"]
    # Those of one network are neighbours.
    compared += sorted((name for target in plan["targets"] for name in there("correct", target)),
                       key=lambda name: name.partition("/")[2])
    archives = {bundle.CORRECT: compared}
    archives |= {bundle.times_archive(target): there("times", target) for target in plan["targets"]}
    for archive, members in archives.items():
        if members:
            pack(out / archive, folder, members)
    shutil.copy(runtime, out / bundle.RUNTIME)
    shutil.copy(TOOLS / "gpu-check", out / "gpu-check")
    (out / "gpu_check").mkdir()
    for path in sorted((TOOLS / "gpu_check").glob("*.py")):
        shutil.copy(path, out / "gpu_check")
    shutil.copy(TOOLS.parents[1] / "compiler" / "schedule" / bundle.CONSTANTS, out)
    plan["files"] = {str(path.relative_to(out)): bundle.digest(path)
                     for path in sorted(out.rglob("*")) if path.is_file()}
    (out / bundle.PLAN).write_text(json.dumps(plan, indent=0) + "\n")
