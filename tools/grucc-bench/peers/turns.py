# ===- turns.py - Engines take turns -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Engines take turns, each in a pinned worker process of its own."""

import contextlib
import json
import os
import pathlib
import select
import subprocess
import sys
import tempfile

import numpy as np

from peers.engines import ENGINES, WIDE
from peers.network import Network

HERE = pathlib.Path(__file__).resolve().parents[1]
TOLERANCE = 1e-5  # largest difference from float64; outputs are in [-1, 1]
LOAD_SECONDS, TURN_LIMIT_SECONDS = 300, 60
THREADS_OF = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Worker:
    """A process with one engine; RuntimeError with what is wrong."""

    def __init__(self, name, cpus, target):
        self.name, self.cpus, self.target = name, cpus, target
        self.process = self.log = None
        self.start()

    def start(self):
        self.stop()
        environment = os.environ | {name: str(len(self.cpus)) for name in THREADS_OF}
        environment |= {"PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
                        "PYTHONDONTWRITEBYTECODE": "1"}
        if self.target == "x86-64-v3":
            environment |= ENGINES[self.name].avx2 or {}
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "peers.worker", self.name, ",".join(map(str, self.cpus)), str(len(self.cpus)),
             self.target], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            text=True)
        answered = self.answer(LOAD_SECONDS)
        self.version, self.missing = answered.get("version"), answered.get("missing")

    def stop(self):
        if self.process:
            self.process.stdin.close()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.log.close()
            self.process = None

    def answer(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if ready else None
        if line:
            return json.loads(line)
        self.process.kill()
        self.process.wait()
        self.log.seek(0)
        last = self.log.read().strip().splitlines()[-1:]
        raise RuntimeError(f"no answer in {seconds} s" if line is None else f"it ended: {' '.join(last)}")

    def ask(self, question, seconds):
        if self.process.poll() is not None:
            self.start()
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answered = self.answer(seconds)
        if "error" in answered:
            raise RuntimeError(answered["error"])
        return answered


def largest_difference(folder, name, expected):
    with np.load(pathlib.Path(folder) / f"{name}.npz") as found:
        arrays = [found["output"], found["h_n"]]
    for array, wanted in zip(arrays, expected):
        if array.shape != wanted.shape:
            raise RuntimeError(f"wrong results: found shape {array.shape}, expected {wanted.shape}")
    return max(float(np.abs(a - b).max(initial=0)) for a, b in zip(arrays, expected))


def probe_machine(worker, best, times):
    """Adds to the best that grucc-bench measured of one CPU so far."""
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="grucc-bench-") as folder:
            found = worker.ask({"probe": folder}, LOAD_SECONDS)["probes"]
        for name, value in found.items():
            is_cost = name.endswith(("_ns", "_cycles"))  # a rate is better the higher it is
            best[name] = (min if is_cost else max)(value, best.get(name, value))


def load(workers, network, probes, folder, progress):
    """What each engine says of itself, and what is wrong with the ones that are left out."""
    network.save(folder)
    if probes:
        (pathlib.Path(folder) / "probes.json").write_text(json.dumps(probes))
    expected = network.reference()
    engines, failures = {}, {}
    for name, worker in workers.items():
        progress(f"loading {name}")
        try:
            facts = worker.ask({"load": str(folder)}, LOAD_SECONDS)["facts"]
            difference = largest_difference(folder, name, expected)
            if not difference <= TOLERANCE:
                raise RuntimeError(f"wrong results: found a difference of {difference:.3g} from float64, "
                                   f"expected at most {TOLERANCE}")
            engines[name] = facts | {"max_difference": difference, "turns_us": []}
        except RuntimeError as error:
            failures[name] = str(error)
            progress(f"{name} left out: {error}")
    return engines, failures


def take_turns(workers, engines, failures, repeat, seconds, progress):
    for turn in range(repeat):
        progress(f"turn {turn + 1} of {repeat}")
        names = [name for name in workers if name in engines]
        start = turn % max(1, len(names))  # none is always the first one
        for name in names[start:] + names[:start]:
            try:
                engines[name]["turns_us"].append(workers[name].ask({"turn": seconds}, TURN_LIMIT_SECONDS)["us"])
            except RuntimeError as error:
                failures[name] = str(error)
                del engines[name]
    for taken in engines.values():
        taken["us"] = min(taken["turns_us"])


def measure(workload, workers, once_more, probes, arguments, progress):
    """The row of one workload: what every engine's call took; `once_more` are workers of grucc."""
    with contextlib.ExitStack() as stack:
        def load_all(loaded, is_narrow):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="grucc-bench-"))
            network = Network.draw(workload, arguments.seed, is_narrow)
            return network, *load(loaded, network, probes, folder, progress)

        network, engines, failures = load_all(workers, arguments.narrow)
        every = dict(workers)
        if "grucc" in engines:
            for name, worker in once_more.items():
                _, found, wrong = load_all({"grucc": worker}, arguments.narrow and name != WIDE)
                every[name] = worker
                engines |= {name: value for value in found.values()}
                failures |= {name: value for value in wrong.values()}
        take_turns(every, engines, failures, arguments.repeat, arguments.seconds, progress)
    return workload | {"call": "step" if network.is_step else "run", "engines": engines, "failures": failures}
