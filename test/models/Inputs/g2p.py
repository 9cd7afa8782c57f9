# ===- g2p.py - Spelling to phonemes by two compiled networks -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------=== #
"""g2p.py MODEL SCRATCH: the encoder reads a word as one sequence, the decoder
goes on from its state step by step; the linear head is NumPy's."""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

sys.path.insert(0, str(Path(__file__).parents[2] / "contract" / "Inputs"))
from compiled import Model, compile_model, levels  # noqa: E402

model, scratch = sys.argv[1:]
facts = json.load(open(f"{model}/g2p.json"))
head = load_file(f"{model}/head.safetensors")
graphemes, phonemes = facts["graphemes"], facts["phonemes"]


def pronounce(word, encoder, decoder):
    letters = [graphemes.index(letter) for letter in [*word, facts["stop"]]]
    _, h_n = encoder.sequence(head["grapheme_embedding"][letters][:, None])
    stream, spoken, last = decoder.stream(1, h_n), [], phonemes.index(facts["start"])
    for _ in range(facts["max_steps"]):
        h = stream.step(head["phoneme_embedding"][last][None])[0]
        last = int(np.argmax(head["output_weight"] @ h + head["output_bias"]))
        if phonemes[last] == facts["stop"]:
            break
        spoken.append(phonemes[last])
    return spoken


bad = 0
for target in ("native", *levels()):
    networks = [Model(compile_model(f"{model}/{part}.safetensors", f"{scratch}/{part}-{target}.so",
                                    f"--target={target}", name=part))
                for part in ("encoder", "decoder")]
    words = facts["expected"]
    for word, expected in words.items():
        spoken = pronounce(word, *networks)
        if spoken != expected["phonemes"]:
            print(f"{target}: {word}: found {spoken}, expected {expected['phonemes']}")
            bad += 1
    print(f"{target}: {len(words)} words")
sys.exit(bad != 0)
