# ===- times.py - How long kernels and runs take -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Section 3, in a worker: medians and quartiles of times by the device's events, of each kernel by
itself, launches waiting for the device, and of whole runs, for whose launches it may have to wait;
and of runs on the host's memory by the wall clock. Times in us. What is timed has to write all of its
results, and nothing beside them."""

import ctypes
import time

from . import model as models
from . import networks
from .driver import POISON, Clock, Kernels, Memory
from .fit import evaluate
from .weights import random_bytes

SAMPLES, LEAST_SAMPLES = 21, 5
SAMPLE_SECONDS = 0.2  # of one measurement, warming up not counted
SHORT = 300  # us: shorter work is repeated between two events
MOST_REPEATS = 64  # launches; a queue has room for some more
WRITTEN = "output", "h_n"


def cases(bundle, sizes, batches):
    """What a cut leaves is spread over sizes, precisions and batches."""
    there = {network["name"]: network for network in bundle.names("times")}
    return [{"id": f"{name}/{B}", "kernel": name, "network": name, "H": H, "B": B,
             "precision": networks.named(precision)}
            for H in networks.spread(sizes) for precision in networks.PRECISIONS
            for name in [f"t{H}_{networks.named(precision)}"] if name in there for B in batches]


def spread_of(samples):
    """{"median", "least", "quartiles", "samples"}"""
    ordered = sorted(samples)
    at = lambda part: ordered[min(int(part * len(ordered)), len(ordered) - 1)]
    return {"median": at(0.5), "least": ordered[0], "quartiles": [at(0.25), at(0.75)],
            "samples": len(ordered)}


def measure(once, most=MOST_REPEATS):
    """`once(n)` does the work n times and says how long that took."""
    once(1)
    first = max(once(1), 0.01)
    n = min(max(int(SHORT / first), 1), most)
    samples, end = [], time.monotonic() + SAMPLE_SECONDS
    while len(samples) < SAMPLES and (len(samples) < LEAST_SAMPLES or time.monotonic() < end):
        samples.append(once(n) / n)
    return spread_of(samples)


def unwritten(data):
    """The first number that is poison still, or None."""
    at = data.find(POISON)
    while at > 0 and at % 4:
        at = data.find(POISON, at + 1)
    return None if at < 0 else at // 4


def repeat(work, n):
    for _ in range(n):
        work()


class Timer:
    def __init__(self, bundle, driver, runtime, is_played=False):
        """is_played: a stand-in plays times, and kernels write nothing."""
        self.bundle, self.driver, self.runtime = bundle, driver, runtime
        self.is_played = is_played
        self.stream = driver.new_stream()
        self.clock, self.name = Clock(driver, self.stream), None
        self.wake(0.3)
        self.clock.calibrate()

    def wake(self, seconds):
        """A card that had nothing to do is slow at first."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            repeat(self.clock.fill, 4)
            self.driver.synchronize(self.stream)

    def take(self, name):
        if name == self.name:
            return
        self.leave()
        self.network = network = self.bundle.networks[name]
        self.file = models.open_file(self.runtime, self.bundle.model(name))
        model = models.descriptor_of(self.file)
        data = random_bytes(model.model.weights_bytes, network["precision"], network["H"])
        weights = (ctypes.c_char * (len(data) + 256)).from_buffer_copy(data + bytes(256))
        self.handle = models.open_copy(self.file, None, weights)
        self.handle.set_device(self.bundle.device)
        self.model, self.name = model, name
        self.kernels = Kernels(self.driver, model, ctypes.addressof(weights))
        self.wake(0.05)

    def leave(self):
        if self.name:
            self.kernels.close()
            self.handle.close()
            self.file.close()
            self.name = None

    def close(self):
        self.leave()
        self.clock.close()
        self.driver.free_stream(self.stream)

    def judge(self, case):
        self.take(case["network"])
        T, B, H = self.bundle.plan["steps"], case["B"], self.network["H"]
        self.handle.reserve(T, B)
        x = random_bytes(4 * T * B * self.network["I"], "exact", 1)
        memory = {"x": Memory(self.driver, len(x), x, self.stream),
                  "gates": Memory(self.driver, 12 * T * B * H, None, self.stream),
                  "output": Memory(self.driver, 4 * T * B * H, None, self.stream),
                  "h_n": Memory(self.driver, 4 * B * H, None, self.stream)}
        at = {name: buffer.address for name, buffer in memory.items()}
        call = self.call(at, T, B, H)
        ways = self.ways(at, T, B, H)
        found = {"predicted": self.predicted(B), "kernels": self.time_kernels(ways, T),
                 "device": self.time_run(call), "host": self.time_host(x, T, B, H)}
        if not self.is_played:
            del ways["project_input"]  # has written the gates
            ways["run"] = lambda: self.handle.run(call, self.stream)
            why = self.whole(memory, ways)
            found |= {"ok": False, "why": why} if why else {"ok": True}
        for buffer in memory.values():
            buffer.free()
        return found

    def whole(self, memory, ways):
        """None, or what is not written by one time of each way. Values are not compared: each
        kernel's packed weights are random for themselves, and so no two are of one network."""
        for way, work in ways.items():
            for name in WRITTEN:
                memory[name].fill()
            work()
            for name in WRITTEN:
                results, guards = memory[name].read()
                number = unwritten(results)
                if not guards:
                    return f"{way}: {name}: written outside of the tensor"
                if number is not None:
                    return f"{way}: {name}: number {number} was not written"
        if not memory["gates"].has_guards():
            return "project_input: gates: written outside of the tensor"
        return None

    def predicted(self, B):
        """{kernel: us}, as grucc has it."""
        constants = self.bundle.plan["constants"][self.bundle.target]
        return {one["kernel"]: evaluate(one["formula"], constants)
                for one in self.bundle.report(self.name)["estimates"] if one["batch"] == B}

    def ways(self, at, T, B, H):
        """{kernel: what launches it, for all steps}. The projection first: it writes the gates that
        the others read."""
        model, parts, found = self.model, self.model.layers[0], {}
        found["project_input"] = self.kernels.launcher(
            model.project_input, T * B, [at["x"], self.kernels.part(parts.w_ih),
                                         self.kernels.part(parts.bias), at["gates"], T * B, 0, B, 0],
            self.stream)
        words = lambda weights: [at["gates"], self.kernels.part(weights),
                                 self.kernels.part(parts.b_hn), 0, at["output"], H, at["h_n"], 0, 0,
                                 T, B, B, 1, 0]
        if model.scan.name:
            found["scan"] = self.kernels.launcher(model.scan, B, words(parts.w_hh), self.stream)
        step = self.kernels.launcher(model.step, B, [*words(parts.w_hh_step), 0], self.stream)

        def steps():
            for t in range(T):
                step(t)
        found["step"] = steps
        return found

    def time_kernels(self, ways, T):
        times = {f"{self.name}_{kernel}": measure(self.queued(work), most=1 if kernel == "step" else
                                                  MOST_REPEATS) for kernel, work in ways.items()}
        whole = times[f"{self.name}_step"]
        times[f"{self.name}_step"] = {
            name: [value / T for value in number] if name == "quartiles" else
            number if name == "samples" else number / T for name, number in whole.items()}
        return times

    def queued(self, work):
        """For `measure`: the device's time alone."""
        host_time = 0

        def once(n):
            nonlocal host_time
            took = self.clock.microseconds(lambda: repeat(work, n), n * host_time)
            host_time = self.clock.enqueued / n
            return took
        return once

    def call(self, at, T, B, H):
        call = models.Call()
        call.input = models.tensor(at["x"], T, B, self.network["I"])
        call.output = models.tensor(at["output"], T, B, H)
        call.h_n = models.tensor(at["h_n"], 1, B, H)
        return call

    def time_run(self, call):
        work = lambda: self.handle.run(call, self.stream)
        return measure(lambda n: self.clock.microseconds(lambda: repeat(work, n)))

    def time_host(self, x, T, B, H):
        room = {"x": ctypes.create_string_buffer(x, len(x)),
                "output": ctypes.create_string_buffer(4 * T * B * H),
                "h_n": ctypes.create_string_buffer(4 * B * H)}
        call = self.call({name: ctypes.addressof(memory) for name, memory in room.items()}, T, B, H)

        def once(n):
            start = time.perf_counter()
            repeat(lambda: self.handle.run(call), n)
            return (time.perf_counter() - start) * 1e6
        return measure(once, most=1)
