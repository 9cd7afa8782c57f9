# ===- evaluate.py - How well the trained network imitates the circuit -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""States the error of the trained network, records PyTorch's output, draws.

Reads clipper.safetensors and clipper_head.h; writes recorded.f32 (what PyTorch
gives for the riff, every STRIDE-th sample, little-endian float32: the values that
clipper.c checks itself against) and clipper.png. With --check nothing is written:
the recorded file must be what PyTorch gives here, within 1e-5 V.
"""

import argparse
import pathlib
import re

import numpy as np
import torch
from safetensors.torch import load_file

import circuit
import signals

STRIDE = 31  # as in clipper.c
HELD_OUT_SEED = 1000003


def load(folder):
    """The trained GRU and its linear output."""
    gru, head = torch.nn.GRU(1, 24), torch.nn.Linear(24, 1)
    gru.load_state_dict(load_file(folder / "clipper.safetensors"))
    text = (folder / "clipper_head.h").read_text()
    values = [float.fromhex(v) for v in re.findall(r"(-?0x1\.[0-9a-f]+p[-+]\d+)f", text)]
    head.load_state_dict({"weight": torch.tensor([values[:24]]), "bias": torch.tensor(values[24:])})
    return gru, head


def respond(network, x):
    """x: [rows, T] float32 -> what PyTorch gives, [rows, T] float32."""
    gru, head = network
    with torch.no_grad():
        y, _ = gru(torch.from_numpy(x).T.unsqueeze(2))
        return head(y).squeeze(2).T.numpy()


def esr(y, target):
    """The energy of the error over the energy of the target."""
    return np.sum((y - target) ** 2) / np.sum(target ** 2)


def draw(x, y, target, path):
    """Circuit and network over 10 ms of the first pluck, and their difference."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot

    at = slice(12000, 12480)
    milliseconds = np.arange(at.start, at.stop) * 1000 / circuit.RATE
    figure, (above, below) = pyplot.subplots(
        2, 1, figsize=(7, 4), sharex=True, height_ratios=(3, 1), layout="constrained")
    above.plot(milliseconds, x[at] * circuit.DRIVE, color="0.75", label="input")
    above.plot(milliseconds, target[at], color="tab:blue", linewidth=2.5, label="circuit")
    above.plot(milliseconds, y[at], color="tab:orange", linewidth=1, label="GRU")
    above.set_ylabel("volts")
    above.set_ylim(-1.5, 1.5)
    above.legend(loc="upper right", ncols=3)
    below.plot(milliseconds, 1000 * (y - target)[at], color="tab:red", linewidth=1)
    below.set_ylabel("error, mV")
    below.set_xlabel("milliseconds")
    figure.savefig(path, dpi=90, metadata={"Software": None})


def evaluate(folder, check=False):
    """All of it; returns True when the recorded output is what it should be."""
    torch.set_num_threads(1)
    network = load(folder)
    riff = signals.riff()[None]
    y, target = respond(network, riff)[0], circuit.clip(riff.astype(float))[0]
    held_out = signals.training_signals(HELD_OUT_SEED, 16, circuit.RATE)
    error = esr(respond(network, held_out), circuit.clip(held_out.astype(float)))
    print(f"error-to-signal ratio on the riff: {100 * esr(y, target):.2g} %")
    print(f"error-to-signal ratio on 16 held-out signals: {100 * error:.2g} %")
    print(f"largest error on the riff: {1000 * np.max(np.abs(y - target)):.2g} mV")
    if check:
        recorded = np.fromfile(folder / "recorded.f32", "<f4")
        expected = y[::STRIDE]
        difference = np.max(np.abs(recorded - expected)) if recorded.shape == expected.shape else np.inf
        print(f"recorded.f32 differs from PyTorch here by at most {difference:.1e} V")
        return bool(difference <= 1e-5)
    y[::STRIDE].astype("<f4").tofile(folder / "recorded.f32")
    draw(riff[0], y, target, folder / "clipper.png")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--folder", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent)
    options = parser.parse_args()
    return 0 if evaluate(options.folder, options.check) else 1


if __name__ == "__main__":
    raise SystemExit(main())
