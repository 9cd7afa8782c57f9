# ===- train.py - Trains the GRU that imitates the diode clipper -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Trains GRU(1 -> 24) and a linear output (24 -> 1) by truncated backpropagation.

Writes clipper.safetensors (the GRU, with torch's names) and clipper_head.h (the
linear output, for clipper.c), then does all that evaluate.py does. The same seed
on the same machine and version of torch gives the same files.
"""

import argparse
import math
import pathlib
import time

import torch
from safetensors.torch import save_file

import circuit
import evaluate
import signals

HERE = pathlib.Path(__file__).resolve().parent
ROWS = 64      # sequences side by side
LENGTH = 48000  # samples of each: one second
SPAN = 240     # samples that the gradient looks back through
LEARNING_RATE = 8e-3


def loss_weights(target):
    """[rows, 1]: quiet sequences count nearly as much as loud ones."""
    return 1.0 / ((target ** 2).mean(1, keepdim=True) + 1e-3)


def train(seed, epochs, length=LENGTH):
    """Returns the trained network: a GRU and its linear output."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    gru, head = torch.nn.GRU(1, 24), torch.nn.Linear(24, 1)
    x = signals.training_signals(seed, ROWS, length)
    target = torch.from_numpy(circuit.clip(x.astype(float))).float()
    weights = loss_weights(target)
    x = torch.from_numpy(x)

    parameters = [*gru.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, LEARNING_RATE)
    updates = epochs * (length // SPAN)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda u: min(1.0, (u + 1) / 100) * 0.5 * (1.0 + math.cos(math.pi * u / updates)))
    began = time.time()
    for epoch in range(epochs):
        h = torch.zeros(1, ROWS, 24)
        total = 0.0
        for at in range(0, length, SPAN):
            y, h = gru(x[:, at:at + SPAN].T.unsqueeze(2), h)  # [SPAN, ROWS, 24]
            error = head(y).squeeze(2).T - target[:, at:at + SPAN]
            loss = (weights * error ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            h = h.detach()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs}: loss {total / (length // SPAN):.2e}, "
              f"{time.time() - began:.0f} s", flush=True)
    return gru, head


def write_head(head, path):
    """The linear output as a C header; hexadecimal floats lose nothing."""
    values = [float(w).hex() + "f" for w in head.weight.detach().flatten()]
    rows = ",\n    ".join(", ".join(values[i:i + 3]) for i in range(0, len(values), 3))
    path.write_text(f"""\
/*===- clipper_head.h - The linear output of the clipper ------------------===*\\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\\*===----------------------------------------------------------------------===*/
/* Written by train.py. */
#ifndef CLIPPER_HEAD_H
#define CLIPPER_HEAD_H

static const float head_weight[{head.weight.numel()}] = {{
    {rows}}};
static const float head_bias = {float(head.bias.detach()[0]).hex()}f;

#endif /* CLIPPER_HEAD_H */
""")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--length", type=int, default=LENGTH, help="samples a sequence")
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="folder to write to")
    options = parser.parse_args()
    gru, head = train(options.seed, options.epochs, options.length)
    options.out.mkdir(parents=True, exist_ok=True)
    save_file({name: p.detach().clone() for name, p in gru.named_parameters()},
              options.out / "clipper.safetensors", metadata={"batch_first": "false"})
    write_head(head, options.out / "clipper_head.h")
    evaluate.evaluate(options.out)


if __name__ == "__main__":
    main()
