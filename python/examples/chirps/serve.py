# ===- serve.py - The trained network, whole signals and sample by sample -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Compiles the network of train.py, compares its answers with torch's, and draws how long a sample
takes beside torch. All is on one thread."""

import argparse
import copy
import gc
import pathlib
import sys
import time

import numpy as np
import torch

import grucc.torch
import signals
from network import Network, Stream, TorchStream

SEED = 1 << 33
BLOCK = 500            # steps until it is the next stream's turn
PERCENTILES = 50, 90, 99, 99.9


def compare(what, found, network, x):
    """The found answers [B, T, 3] are as close to the exact ones as torch's are: no farther from
    the network in float64 than 1.5 times torch's, or float32's rounding."""
    exact, theirs = copy.deepcopy(network).double()(x.double()), network(x)
    error, allowed = (found - exact).abs().max(), (theirs - exact).abs().max()
    print(f"{what}: {error:.1e} from the exact answers, torch {allowed:.1e}")
    if not error <= max(1.5 * allowed, 2**-23):
        sys.exit(f"serve.py: error: {what}: found {error:.1e}, expected as close as torch")


def answers(stream, x):
    """[1, T, 3], sample by sample of x [T]."""
    return torch.from_numpy(np.stack([np.asarray(stream.step(value)) for value in x]))[None]


def latencies(streams, x):
    """{name: microseconds [T]} of every step, the streams taking turns."""
    found = {name: [] for name in streams}
    gc.disable()  # its pauses are nobody's
    for at in range(0, len(x), BLOCK):
        for name, stream in streams.items():
            for value in x[at:at + BLOCK]:
                began = time.perf_counter_ns()
                stream.step(value)
                found[name].append(time.perf_counter_ns() - began)
    gc.enable()
    return {name: np.array(times) / 1000 for name, times in found.items()}


def print_table(times):
    print("one sample, µs".ljust(28), *(f"{p:g} %".rjust(9) for p in PERCENTILES))
    for name, values in times.items():
        print(name.ljust(28), *(f"{v:9.1f}" for v in np.percentile(values, PERCENTILES)))


def draw(times, path):
    """For each stream, which share of its steps took longer than so many microseconds."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    # Two curves lie close to each other: the numbers of one are on its left.
    for (name, values), color, side in zip(times.items(), ("tab:blue", "tab:green", "tab:orange"),
                                           ("left", "right", "left")):
        values = np.sort(values)
        longer = 1 - np.arange(len(values)) / len(values)
        axes.step(values, longer, where="post", color=color, label=name)
        for percentile in PERCENTILES:
            at = np.percentile(values, percentile)
            axes.plot(at, 1 - percentile / 100, "o", color=color, markersize=4)
            axes.annotate(f"{at:.1f}" if at < 100 else f"{at:.0f}", (at, 1 - percentile / 100),
                          xytext=(5, 3) if side == "left" else (-5, -9), ha=side,
                          textcoords="offset points", fontsize=8, color=color)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(0.5 * (1 - PERCENTILES[-1] / 100), 1.3)
    axes.set_yticks([1 - p / 100 for p in PERCENTILES], [f"{p:g} %" for p in PERCENTILES])
    axes.minorticks_off()
    axes.set_ylabel("steps that took no longer")
    axes.set_xlabel("time of one sample, µs")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper right")
    figure.savefig(path, dpi=90, metadata={"Software": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition(". ")[0])
    parser.add_argument("--network", type=pathlib.Path, default="network.pt", help="(%(default)s)")
    parser.add_argument("--samples", type=int, default=20000, help="that are timed (%(default)s)")
    parser.add_argument("--picture", type=pathlib.Path, default="latency.png", help="(%(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    network = Network()
    network.load_state_dict(torch.load(options.network))
    network.eval()
    fast = grucc.torch.compile_module(network)

    x, kinds = signals.draw(SEED, 16, 1000)
    with torch.inference_mode():
        whole = fast(torch.from_numpy(x))
        compare("whole signals", whole, network, torch.from_numpy(x))
        stream = Stream(network)
        compare("sample by sample", answers(stream, x[0]), network, torch.from_numpy(x[:1]))
        stream.restart()
        right = whole.argmax(2).numpy() == kinds
        print(f"right: {100 * right.mean():.1f} % of the samples")

        x, _ = signals.draw(SEED + 1, 1, options.samples)
        streams = {"torch": TorchStream(network), "torch, GRUs by grucc": TorchStream(fast),
                   "NumPy, GRUs by grucc": stream}
        for one in streams.values():  # what is done once
            answers(one, x[0, :BLOCK])
        times = latencies(streams, x[0])
    print_table(times)
    draw(times, options.picture)
    print(f"wrote {options.picture}")


if __name__ == "__main__":
    main()
