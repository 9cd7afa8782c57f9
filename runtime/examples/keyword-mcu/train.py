# ===- train.py - Trains the GRU that tells three words apart -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Trains GRU(12 -> 24) and a linear readout (24 -> 4) on words that words.py makes.

Writes keyword.safetensors (the GRU, with torch's names), keyword_head.h (the readout)
and utterances.h (what the board hears: words that were not trained on). The same seed
on the same machine and version of torch gives the same files.
"""

import argparse
import pathlib
import time

import numpy as np
import torch
from safetensors.torch import save_file

import words

HERE = pathlib.Path(__file__).resolve().parent
HIDDEN, BATCH, LEARNING_RATE = 24, 64, 1e-2
RECORDED = 4  # utterances in utterances.h, one of each word


def prepare(seed, count):
    """What is said, [count], and x: [T, count, I] float32, as keyword.c has it."""
    said, features = words.utterances(seed, count)
    return torch.from_numpy(said), torch.from_numpy(features).float().permute(1, 0, 2) * words.SCALE


def logits(gru, head, x):
    """x: [T, B, I] -> [B, words], read out after the last step."""
    return head(gru(x)[1][0])


def train(seed, epochs, count):
    """Returns the trained network: a GRU and its linear readout."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    gru, head = torch.nn.GRU(words.BANDS, HIDDEN), torch.nn.Linear(HIDDEN, len(words.WORDS))
    said, x = prepare(seed, count)
    parameters = [*gru.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, LEARNING_RATE)
    updates = epochs * max(1, count // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    began = time.time()
    for epoch in range(epochs):
        for batch in torch.randperm(count).split(BATCH)[:max(1, count // BATCH)]:
            loss = torch.nn.functional.cross_entropy(logits(gru, head, x[:, batch]), said[batch])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}/{epochs}: loss {loss.item():.2e}, {time.time() - began:.0f} s",
              flush=True)
    return gru, head


def evaluate(gru, head, seed, count=1000):
    """The share of words heard rightly, of `count` that were not trained on."""
    said, x = prepare(seed, count)
    with torch.no_grad():
        return (logits(gru, head, x).argmax(1) == said).double().mean().item()


def load(folder):
    """The trained network of a folder."""
    from safetensors.torch import load_file
    gru, head = torch.nn.GRU(words.BANDS, HIDDEN), torch.nn.Linear(HIDDEN, len(words.WORDS))
    gru.load_state_dict(load_file(folder / "keyword.safetensors"))
    text = (folder / "keyword_head.h").read_text()
    words_of_text = (word.strip("{},;f") for word in text.split() if "0x" in word)
    values = torch.tensor([float.fromhex(word) for word in words_of_text])
    split = head.weight.numel()
    head.load_state_dict({"weight": values[:split].view_as(head.weight), "bias": values[split:]})
    return gru, head


def write_header(path, about, body):
    name = path.name
    guard = name.upper().replace(".", "_")
    title = f"/*===- {name} - {about} "
    path.write_text(f"""\
{title:-<75}===*\\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\\*===----------------------------------------------------------------------===*/
/* Written by train.py. */
#ifndef {guard}
#define {guard}

{body}
#endif /* {guard} */
""")


def braces(values, a_line):
    """Nested braces of C, for an array of any number of dimensions."""
    if isinstance(values[0], list):
        return "{\n  " + ",\n  ".join(braces(v, a_line) for v in values) + "}"
    lines = [", ".join(values[i:i + a_line]) for i in range(0, len(values), a_line)]
    return "{" + ",\n  ".join(lines) + "}"


def write(folder, seed, gru, head):
    save_file({name: p.detach().clone() for name, p in gru.named_parameters()},
              folder / "keyword.safetensors", metadata={"batch_first": "false"})
    exact = [[float(w).hex() + "f" for w in row] for row in head.weight.tolist()]  # loses nothing
    bias = [float(b).hex() + "f" for b in head.bias.tolist()]
    names = [f'"{word}"' for word in words.WORDS]
    write_header(folder / "keyword_head.h", "The readout of the keyword network", f"""\
enum {{ WORDS = {len(names)} }};
static const char *const words[WORDS] = {braces(names, 8)};
static const float head_weight[WORDS][{HIDDEN}] = {braces(exact, 3)};
static const float head_bias[WORDS] = {braces(bias, 2)};
""")
    said, features = words.utterances(seed, RECORDED)
    numbers = [[[str(q) for q in row] for row in utterance] for utterance in features.tolist()]
    write_header(folder / "utterances.h", "Words for the keyword network to hear", f"""\
enum {{ UTTERANCES = {RECORDED}, FRAMES = {words.FRAMES}, BANDS = {words.BANDS} }};
/* Steps of {words.SCALE} of log2 of a band's energy. */
#define FEATURE_SCALE {float(words.SCALE).hex()}f
static const unsigned char said[UTTERANCES] = {braces([str(w) for w in said.tolist()], 20)};
static const signed char features[UTTERANCES][FRAMES][BANDS] = {braces(numbers, 20)};
""")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--count", type=int, default=2000, help="utterances to train on")
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="folder to write to")
    options = parser.parse_args()
    gru, head = train(options.seed, options.epochs, options.count)
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out, options.seed + 2, gru, head)
    share = evaluate(gru, head, options.seed + 1)
    print(f"heard rightly: {100 * share:.1f} % of 1000 words that were not trained on")


if __name__ == "__main__":
    main()
