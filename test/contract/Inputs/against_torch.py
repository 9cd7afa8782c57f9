# ===- against_torch.py - As accurate as PyTorch's float32 (N1) -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""against_torch.py FOLDER: errors against float64, per shape, over 16 seeds."""

import sys

import numpy as np
import torch

from compiled import Model, compile_model, has_fma, levels
from networks import draw_network, evaluate64

SEEDS = 16
SHAPES = (  # I, H, L, T, B
    (1, 8, 1, 300, 1), (16, 32, 2, 60, 4), (40, 128, 2, 100, 1), (130, 65, 3, 40, 2),
    (256, 256, 1, 60, 1), (64, 384, 1, 40, 2), (512, 512, 1, 50, 1))


class Errors:
    def __init__(self):
        self.squares, self.count, self.largest = 0.0, 0, 0.0

    def add(self, found, expected):
        error = np.abs(found - expected)
        self.squares, self.count = self.squares + (error**2).sum(), self.count + error.size
        self.largest = max(self.largest, error.max())

    @property
    def rms(self):
        return np.sqrt(self.squares / self.count)


def evaluate_torch(network, x):
    gru = torch.nn.GRU(network.I, network.H, network.L)
    gru.load_state_dict({n: torch.from_numpy(w) for n, w in network.tensors.items()})
    with torch.no_grad():
        return gru(torch.from_numpy(x))[0].numpy()


def main():
    folder, runnable, bad = sys.argv[1], levels(), 0
    print("   I    H  L |  RMS torch" + "".join(f"  {level:>10}" for level in runnable) +
          " |  max torch" + "".join(f"  {level:>10}" for level in runnable) + "   (log2)")
    for I, H, L, T, B in SHAPES:
        networks = [draw_network(np.random.default_rng([seed, I, H]), I, H, L)
                    for seed in range(SEEDS)]
        path = networks[0].save(f"{folder}/network.safetensors")
        models = {level: Model(compile_model(path, f"{folder}/{I}-{H}-{level}.so",
                                             f"--target={level}", "--weights=external"))
                  for level in runnable}
        errors = {name: Errors() for name in ("torch", *runnable)}
        for seed, network in enumerate(networks):
            x = np.random.default_rng([seed, T]).standard_normal((T, B, I)).astype(np.float32)
            expected = evaluate64(network, x)[0]
            errors["torch"].add(evaluate_torch(network, x), expected)
            for level, model in models.items():
                model.give_weights(network.tensors.values())
                errors[level].add(model.sequence(x)[0], expected)
        judge = errors["torch"]
        for level in runnable:
            own, factor = errors[level], 1.1 if has_fma(level) else 1.5
            if own.rms > max(factor * judge.rms, 2.0**-25):
                print(f"I={I} H={H} L={L} {level}: RMS {own.rms}, torch's is {judge.rms}")
                bad = 1
            if has_fma(level) and own.largest > max(1.5 * judge.largest, 2.0**-23):
                print(f"I={I} H={H} L={L} {level}: max {own.largest}, torch's is {judge.largest}")
                bad = 1
        rms = "".join(f"{np.log2(e.rms):10.2f}  " for e in errors.values())
        largest = "".join(f"{np.log2(e.largest):11.2f} " for e in errors.values())
        print(f"{I:4} {H:4} {L:2} | {rms}|{largest}")
    return bad


if __name__ == "__main__":
    sys.exit(main())
