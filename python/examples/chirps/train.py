# ===- train.py - Trains the network that tells rising chirps from falling ones -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Writes network.pt, the state_dict of a Network. The same seed on the same machine and version of
torch gives the same network."""

import argparse
import pathlib
import time

import numpy as np
import torch

import signals
from network import Network

ROWS, LENGTH = 32, 512  # of an update
HELD_OUT_SEED = 1 << 32


def accuracy(network, rows=64, length=2048):
    """How many are right of signals that were not trained on: (of all samples, of chirps')."""
    x, kinds = signals.draw(HELD_OUT_SEED, rows, length)
    with torch.no_grad():
        right = network(torch.from_numpy(x)).argmax(2).numpy() == kinds
    return right.mean(), right[kinds > 0].mean()


def train(seed, updates):
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), 8e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    losses, began = [], time.perf_counter()
    for update in range(1, updates + 1):
        x, kinds = map(torch.from_numpy, signals.draw((seed, update), ROWS, LENGTH))
        loss = torch.nn.functional.cross_entropy(network(x).flatten(0, 1), kinds.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if update % max(1, updates // 10) == 0 or update == updates:
            print(f"update {update} of {updates}: loss {np.mean(losses):.3f}, "
                  f"{time.perf_counter() - began:.0f} s", flush=True)
            losses.clear()
    return network


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition(". ")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--updates", type=int, default=300, help="(%(default)s)")
    parser.add_argument("--output", type=pathlib.Path, default="network.pt", help="(%(default)s)")
    options = parser.parse_args()
    network = train(options.seed, options.updates)
    samples, chirps = accuracy(network)
    print(f"right on held-out signals: {100 * samples:.1f} % of the samples, {100 * chirps:.1f} % "
          "of those of chirps")
    torch.save(network.state_dict(), options.output)


if __name__ == "__main__":
    main()
