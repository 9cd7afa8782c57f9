# ===- same_bytes_results.py - What a compiled network computes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""same_bytes_results.py LIBRARY: runs it over a list of shapes and ways to call it, and prints a
hash of the bytes of each result as JSON, {what: hash}, or null where this CPU has not what the library
needs; a process of its own, for a crash ends it.

Letters: T steps, B batch, L num_layers, D directions, H hidden_size.
"""

import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))
# T = 0, 1; rows of whole tiles and of tails; sequences of several turns of layers.
SHAPES = ((0, 2), (1, 1), (9, 1), (5, 3), (4, 17), (40, 5))
THREADS = (1, 3)
STEPS = 3


def results(path):
    """(what was run, its arrays) for each run of a model."""
    import grucc
    import numpy as np

    rng = np.random.default_rng(11)
    model = grucc.load(path)
    dtype = np.dtype(model.dtype)
    draw = lambda *shape: rng.uniform(-1, 1, shape).astype(dtype)  # noqa: E731
    weights = None
    if "external" in repr(model):
        weights = {name: draw(*shape) / 8 for name, shape in model.weight_shapes().items()}
    for threads in THREADS:
        model = grucc.load(path, threads=threads)
        if weights:
            model.set_weights(weights)
        states = model.num_layers * model.num_directions
        for T, B in SHAPES:
            case = np.random.default_rng((T, B))
            array = lambda *shape: case.uniform(-1, 1, shape).astype(dtype)  # noqa: E731
            x, h_0 = array(*((B, T) if model.batch_first else (T, B)), model.input_size), array(states, B, model.hidden_size)
            lengths = np.minimum(T, 2 * np.arange(B) // 3 + (B > 1))[::-1].copy()
            seeds = {"dropout_seed": 3} if model._draws else {}
            masks = ({"dropout_mask": case.integers(0, 2, (model.num_layers - 1, T, B, model._width), np.uint8)}
                     if model.training and model.num_layers > 1 else {})
            ways = {"": ((x,), seeds), "h_0": ((x, h_0), seeds), "lengths": ((x, h_0, lengths), seeds)}
            if masks:
                ways["mask"] = (x, h_0), masks
            if T:
                full = np.sort(np.maximum(lengths, 1))[::-1]
                sizes = np.array([(full > t).sum() for t in range(full[0])], np.int64)
                packed = grucc.PackedSequence(array(sizes.sum(), model.input_size), sizes)
                ways["packed"] = (packed, h_0), seeds
            for way, (given, named) in ways.items():
                output, h_n = model(*given, **named)
                output = output.data if way == "packed" else output
                yield f"T={T} B={B} {way} {threads} threads", [output, h_n]
            if T and not model.bidirectional and not model.training:
                state, outputs = model.state(h_0), []
                for t in range(STEPS):
                    y, state = model.step(np.ascontiguousarray(x[:, t % T] if model.batch_first else x[t % T]), state)
                    outputs.append(y)
                yield f"T={T} B={B} step {threads} threads", [*outputs, state.h]


def digest(arrays):
    total = hashlib.blake2b(digest_size=16)
    for array in arrays:
        total.update(array.tobytes())
    return total.hexdigest()


def main():
    import grucc

    try:
        grucc.load(sys.argv[1])
    except grucc.Error as error:
        if ": cpu: found " not in str(error):
            raise
        return print("null")
    print(json.dumps({what: digest(arrays) for what, arrays in results(sys.argv[1])}))


if __name__ == "__main__":
    main()
