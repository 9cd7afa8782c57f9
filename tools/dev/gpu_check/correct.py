# ===- correct.py - Whether kernels compute what they should -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Section 1, in a worker with torch: kernels and whole runs against the CPU object's bits and
torch's float64. Every case is {"id", "network", "kind": "project" | "scan" | "step" | "plan",
"kernel": whom to blame, "run"}."""

import ctypes
import math

import torch

from . import model as models
from .driver import POISON, Kernels, Memory
from .reference import BOUNDS, Reference

ROWS = (1, 70)  # of a projection by itself


def bits(tensor):
    """float32 as integers; every NaN is one."""
    return torch.where(tensor.isnan(), torch.tensor(0x7FC00000, dtype=torch.int32),
                       tensor.view(torch.int32))


def finite(error):
    """As JSON has it."""
    return error if math.isfinite(error) else None


def from_bytes(data, shape):
    if not data:
        return torch.empty(shape, dtype=torch.float32)
    return torch.frombuffer(bytearray(data), dtype=torch.float32).reshape(shape)


def to_bytes(tensor):
    tensor = tensor.contiguous()
    return ctypes.string_at(tensor.data_ptr(), 4 * tensor.numel())


def differing(found, expected, what, whose):
    """None, or the sentence."""
    wrong = bits(found) != bits(expected)
    if not wrong.any():
        return None
    first = wrong.nonzero()[0].tolist()
    return (f"{what}: {int(wrong.sum())} of {wrong.numel()} numbers have other bits than {whose}, the "
            f"first at {first}: found {found[tuple(first)]:.9g}, expected {expected[tuple(first)]:.9g}")


def far_off(found, expected, bound, what):
    """(largest error, None or the sentence)"""
    off = (found.double() - expected).abs()
    off = torch.where(off.isnan(), torch.tensor(float("inf"), dtype=torch.float64), off)
    worst = float(off.max()) if off.numel() else 0.0
    if not (off > bound).any():
        return worst, None
    first = (off > bound).nonzero()[0].tolist()
    return worst, (f"{what}: off by up to {worst:.3g} from float64, the first at {first}: found "
                   f"{found[tuple(first)]:.9g}, expected {expected[tuple(first)]:.9g}")


class Inputs:
    """The tensors of one run, and what is expected of it: `rows` picks [T, B] rows in the order in
    which the model has them."""

    def __init__(self, reference, run, seed):
        network, T, B = reference.network, run["T"], run["B"]
        draw = torch.Generator().manual_seed(seed)
        self.x = torch.randn(T, B, network["I"], generator=draw)
        self.x *= torch.tensor([(0.1, 1.0)[b % 2] for b in range(B)])[:, None]
        self.x[:, B // 2] = 0
        states = network["L"] * network["D"], B, network["H"]
        self.h_0 = torch.zeros(states) if run["h_0"] == "none" else torch.randn(
            states, generator=draw)
        self.lengths = self.sizes = None
        if run["form"] != "plain":
            self.lengths = torch.randint(0, T + 1, (B,), generator=draw).tolist()
            self.lengths[0], self.lengths[-1] = T, 0 if B > 1 else T
        if run["form"] == "packed":
            self.lengths.sort(reverse=True)
            self.sizes = [sum(length > t for length in self.lengths) for t in range(T)]
        self.expected = reference.run(self.x, self.h_0, self.lengths)
        self.batch_first = network["batch_first"]

    def rows(self, tensor):
        if self.sizes is not None:
            return torch.cat([tensor[t, :size] for t, size in enumerate(self.sizes)])
        return tensor.transpose(0, 1).contiguous() if self.batch_first else tensor


class Judge:
    """Holds what the cases of one network share."""

    def __init__(self, bundle, driver, runtime):
        self.bundle, self.driver, self.runtime = bundle, driver, runtime
        self.stream, self.name, self.handles = driver.new_stream(), None, {}
        torch.set_num_threads(min(torch.get_num_threads(), 8))  # more make small networks slower
        torch.nn.GRU(1, 1).double()(torch.zeros(1, 1, 1, dtype=torch.float64))  # slow only once

    def take(self, name):
        if name == self.name:
            return
        self.leave()
        self.network, self.reference = self.bundle.networks[name], None
        self.files = {"plan": models.open_file(self.runtime, self.bundle.model(name))}
        try:
            self.cpu = models.open_file(self.runtime, self.bundle.cpu_model(name))
        except models.NoCpu:
            self.cpu = None
        self.name, self.outputs = name, {}

    def handle(self, regime):
        if regime not in self.handles:
            file = self.files["plan"]
            handle = file if regime == "plan" else models.open_copy(file, regime)
            handle.set_device(self.bundle.device)
            self.handles[regime] = handle
        return self.handles[regime]

    def leave(self):
        if self.name is None:
            return
        for regime, handle in self.handles.items():
            if regime != "plan":
                handle.close()
        for handle in (self.cpu, self.files["plan"]):
            if handle:
                handle.close()
        self.name, self.handles = None, {}

    def close(self):
        self.leave()
        self.driver.free_stream(self.stream)

    def judge(self, case):
        """What is found: {"ok", "why" where it is not, "error", "bits"}."""
        self.take(case["network"])
        self.reference = self.reference or Reference(self.network)
        return self.project(case) if case["kind"] == "project" else self.run(case)

    def project(self, case):
        """The kernel by itself, so that an error is put down to the right one."""
        network, which = self.network, case["run"]["kernel"]
        layer = 0 if which == "project_input" else 1
        K = network["I"] if layer == 0 else network["D"] * network["H"]
        description = models.descriptor_of(self.files["plan"])
        parts = description.layers[layer * network["D"]]
        kernels, worst = Kernels(self.driver, description), 0.0
        for rows in ROWS:
            x = torch.randn(rows, K, generator=torch.Generator().manual_seed(rows))
            memory = Memory(self.driver, 4 * rows * K, to_bytes(x), self.stream)
            gates = Memory(self.driver, 12 * rows * network["H"], None, self.stream)
            kernels.launcher(getattr(description, which), rows,
                             [memory.address, kernels.part(parts.w_ih), kernels.part(parts.bias),
                              gates.address, rows, 0, rows, 0], self.stream)()
            data, guards = gates.read()
            expected, bound = self.reference.project(x, layer)
            off, why = far_off(from_bytes(data, expected.shape), expected, bound, "gates")
            why = why or (None if guards else "gates: written outside of the tensor")
            worst = max(worst, off)
            memory.free()
            gates.free()
            if why:
                break
        kernels.close()
        said = {"why": f"{rows} rows: {why}"} if why else {}
        return {"ok": why is None, "error": finite(worst), **said}

    def run(self, case):
        run, regime = case["run"], case["kind"]
        inputs = Inputs(self.reference, run, 1000 + run["T"] * 64 + run["B"])
        place = OnDevice(self) if run["place"] == "device" else OnHost()
        output, h_n, why = execute(self.handle(regime), self.network, run, inputs, place)
        expected = inputs.rows(inputs.expected[0]), inputs.expected[1]
        bound, found = BOUNDS[self.network["precision"]], {"output": output, "h_n": h_n}
        worst, said = 0.0, "not compared"
        for (what, tensor), right in zip(found.items(), expected):
            off, problem = far_off(tensor, right, bound, what)
            worst, why = max(worst, off), why or problem
        same, whose = None, "those of the CPU"
        if self.network["precision"] != "exact":
            # scan and step take the same sums; one that is wrong says nothing of the other.
            same, whose = self.outputs.get(case["what"]), "those of the other kernel"
            if why is None:
                self.outputs.setdefault(case["what"], found)
        elif self.cpu:
            on_cpu = execute(self.cpu, self.network, run, inputs, OnHost())
            same = {"output": on_cpu[0], "h_n": on_cpu[1]}
        for what, tensor in found.items():
            if same is not None:
                why = why or differing(tensor, same[what], what, whose)
                said = whose
        return {"ok": why is None, "error": finite(worst), "bits": said,
                **({"why": why} if why else {})}


class OnHost:
    """Tensors in the host's memory, what is written poisoned."""
    stream = None

    def put(self, data, size):
        buffer = ctypes.create_string_buffer(data or POISON * (size // 4 + 1), max(size, 4) + 4)
        buffer[-4:] = POISON
        return buffer, ctypes.addressof(buffer)

    def get(self, buffer):
        return buffer.raw[:-4], buffer.raw[-4:] == POISON

    def end(self, buffers):
        pass


class OnDevice:
    """Tensors in the device's memory, between guards."""

    def __init__(self, judge):
        self.driver, self.stream = judge.driver, judge.stream

    def put(self, data, size):
        memory = Memory(self.driver, size, data, self.stream)
        return memory, memory.address

    def get(self, memory):
        return memory.read()

    def end(self, buffers):
        for memory in buffers:
            memory.free()


def execute(handle, network, run, inputs, place):
    """(output, h_n, None or what is wrong beside their values)"""
    x = inputs.rows(inputs.x)
    lead, states = x.shape[:-1], tuple(inputs.h_0.shape)
    shape = *lead, network["D"] * network["H"]
    size = lambda shape: 4 * torch.Size(shape).numel()
    call, counts = models.Call(), []
    made = {"input": place.put(to_bytes(x), size(x.shape)),
            "output": place.put(None, size(shape))}
    if run["h_0"] == "given":
        made["h_0"] = place.put(to_bytes(inputs.h_0), size(states))
    made["h_n"] = place.put(to_bytes(inputs.h_0) if run["h_0"] == "same" else None, size(states))
    call.input = models.tensor(made["input"][1], *x.shape)
    call.output = models.tensor(made["output"][1], *shape)
    call.h_n = models.tensor(made["h_n"][1], *states)
    if run["h_0"] != "none":
        call.h_0 = models.tensor(made["h_0" if run["h_0"] == "given" else "h_n"][1], *states)
    for name, values in (("lengths", inputs.lengths), ("batch_sizes", inputs.sizes)):
        if values is not None and (name == "batch_sizes" or inputs.sizes is None):
            counts.append((ctypes.c_int64 * len(values))(*values))
            setattr(call, name, models.tensor(ctypes.addressof(counts[-1]), len(values),
                                              dtype=models.INT64))
    handle.run(call, place.stream)
    why = None
    results = {name: place.get(memory) for name, (memory, _) in made.items()}
    for name, (_, guards) in results.items():
        if not guards:
            why = why or f"{name}: memory beside the tensor was written"
    for name, tensor in (("input", x), ("h_0", inputs.h_0)):
        if name in results and results[name][0][:size(tensor.shape)] != to_bytes(tensor):
            why = why or f"{name}: was written"
    output = from_bytes(results["output"][0][:size(shape)], shape)
    h_n = from_bytes(results["h_n"][0][:size(states)], states)
    place.end([memory for memory, _ in made.values()])
    return output, h_n, why
