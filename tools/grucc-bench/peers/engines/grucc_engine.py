# ===- grucc_engine.py - grucc itself -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""grucc itself: compiled by grucc, checked by grucc-run, timed from C by grucc-bench."""

import json
import pathlib
import time

from safetensors.numpy import load_file

from peers.engine import Engine
from peers.programs import call_program, find_program

STEP_INPUTS = 64  # a step workload goes through so many inputs, over and over
MOST_SAMPLES = 100
COMPILATIONS = 2  # the least time counts: what reads the compiler's files first is not its own


class Grucc(Engine):
    def __init__(self, network, threads, folder, target):
        super().__init__(network, threads, folder, target)
        self.library, self.key = f"{folder}/net.so", "step" if network.is_step else "run"
        flags = ["--bidirectional"] if network.directions == 2 else []
        flags += [f"--reset={network.reset}"] if network.reset != "after" else []
        seconds = []
        for _ in range(COMPILATIONS):
            start = time.perf_counter()
            report = call_program("grucc", f"{folder}/net.safetensors", "-o", self.library, f"--target={target}",
                                  "--report=json", *flags)
            seconds.append(time.perf_counter() - start)
        # The machine was probed before this network came, not in every turn: see probe.
        probes = pathlib.Path(folder) / "probes.json"
        self.probes = [f"--probes={probes}"] if probes.exists() else []
        far = self.probe_far() if self.probes else {}
        if far:
            probes.write_text(json.dumps(json.loads(probes.read_text()) | far))
        first = self.bench(1)[self.key]
        self.sample_us = max(2000, first["minimum_us"])
        # The limit is one thread's.
        limit = first.get("limit_us") if threads == 1 else None
        self.facts = {"compile_seconds": round(min(seconds), 3), "code_bytes": json.loads(report)["code_bytes"],
                      "limit_us": limit} | ({"far": far} if far else {})

    @staticmethod
    def version():
        for name in ("grucc", "grucc-run", "grucc-bench"):
            if not find_program(name):
                raise ImportError(f"no {name}")
        return call_program("grucc", "--version").strip()

    @staticmethod
    def probe(folder, target):
        """What grucc-bench measures of this machine: speeds and rates."""
        library = f"{folder}/probe.so"
        call_program("grucc", "--input-size=1", "--hidden-size=1", "--init=uniform", "-o", library,
                     f"--target={target}")
        return json.loads(call_program("grucc-bench", library, "--json", "--repeat=1", "--step")).get("probes", {})

    def probe_far(self):
        """The rates beyond L2 of as many bytes as this network's weights, the best of two measurements."""
        best = {}
        for _ in range(2):
            found = json.loads(call_program("grucc-bench", self.library, "--json", "--repeat=1", "--seq-len=1"))
            for name, value in found.get("probes", {}).items():
                if name.startswith("far_"):
                    best[name] = max(value, best.get(name, value))
        return best

    def bench(self, samples):
        network = self.network
        form = ["--step", f"--seq-len={STEP_INPUTS}"] if network.is_step else [f"--seq-len={network.seq_len}"]
        form += [f"--threads={self.threads}"] if self.threads > 1 else []
        return json.loads(call_program("grucc-bench", self.library, "--json", f"--repeat={samples}",
                                       f"--batch={network.batch}", *form, *self.probes))

    def result(self):
        """Of a run: grucc-bench holds the bits of its steps against those of a run."""
        call_program("grucc-run", self.library, f"--input={self.folder}/in.safetensors",
                     f"--output={self.folder}/out.safetensors", f"--threads={self.threads}")
        tensors = load_file(f"{self.folder}/out.safetensors")
        return tensors["output"], tensors["h_n"]

    def turn(self, seconds):
        samples = min(MOST_SAMPLES, max(1, round(seconds * 1e6 / self.sample_us)))
        return {"us": self.bench(samples)[self.key]["minimum_us"]}


ENGINE = Grucc
