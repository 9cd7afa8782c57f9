# ===- dropout_clauses.py - Dropout in training, by seed and by mask -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------------=== #
"""dropout_clauses.py CLAUSE, with the Python package. Letters: T steps, B batch, I input_size,
H hidden_size, D directions, L num_layers."""

import sys
import warnings
from dataclasses import replace

import calls
import grucc
import numpy as np
import torch
from clause_kit import UNITS, compile_model, draw, equal, refused, rng
from compiled import levels, same_bits
from drawn_cases import Arrays, Call, Network
from torch_oracle import evaluate, largest_sum

SEEDS = (0, 1, 2**31, 2**32 - 1, 2**32, 2**64 - 1, 0x299F31D0A4093822)


def philox(counter, key):
    """Philox4x32-10 (Salmon et al., 2011) on Python's integers."""
    a, b, c, d = counter
    for i in range(10):
        left, right = ((word + i * weyl) % 2**32 for word, weyl in
                       zip(key, (0x9E3779B9, 0xBB67AE85)))
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = second // 2**32 ^ b ^ left, second % 2**32, first // 2**32 ^ d ^ right, (
            first % 2**32)
    return a, b, c, d


def draw_mask(p, seed, layers, T, B, width):
    """N5 word for word: uint8 [layers, T, B, width]."""
    mask = np.empty((layers, T, B, width), np.uint8)
    for layer, t, b, j in np.ndindex(layers, T, B, -(-width // 4)):
        words = philox((j, b, t, layer), (seed % 2**32, seed // 2**32))
        kept = [word >= int(p * 2**32) for word in words]
        mask[layer, t, b, 4 * j:4 * j + 4] = kept[:width - 4 * j]
    return mask


def training(network, target=None):
    return compile_model(network, target, training=True)


def evaluate_layers(network, x, h_0, lengths, mask):
    """torch in float64, layer by layer, with the mask between layers."""
    whole, D, h_n = network.module("float64"), network.D, []
    for l in range(network.L):
        layer = torch.nn.GRU(x.shape[2], network.H, bias=network.bias, dtype=torch.float64,
                             bidirectional=network.bidirectional).requires_grad_(False)
        for name, weight in layer.named_parameters():
            weight.copy_(getattr(whole, name.replace("_l0", f"_l{l}")))
        x, last = evaluate(layer, x, None if h_0 is None else h_0[l * D:(l + 1) * D], lengths)
        h_n.append(last)
        if l + 1 < network.L:
            kept = torch.from_numpy(mask[l] != 0)
            scale = 1 / (1 - network.dropout) if network.dropout < 1 else 0
            x = (torch.from_numpy(x) * kept * scale).numpy()
    return x, np.concatenate(h_n)


NETWORKS = (Network(5, 10, L=2, dropout=0.5), Network(9, 17, L=3, bidirectional=True, dropout=0.3),
            Network(4, 33, L=4, bias=False, batch_first=True, dropout=0.9),
            Network(6, 8, L=2, dtype="float64", bidirectional=True, dropout=0.25),
            Network(6, 7, L=3, dropout=0.0), Network(6, 7, L=3, bidirectional=True, dropout=1.0))


def c6_mask():
    """As torch computes with the same mask."""
    T, B = 7, 5
    for network in NETWORKS:
        oracle = network.module("float64")
        for target in levels():
            model = training(network, target)
            x, h_0 = draw(network, T, B)
            shape = network.L - 1, T, B, network.D * network.H
            # A mask drops whatever p is; whatever is not 0 keeps.
            drawn = (rng.random(shape) >= (network.dropout or 0.4)).astype(np.uint8)
            for mask in (drawn, drawn * rng.integers(1, 256, shape, np.uint8), drawn.astype(bool),
                         np.ones(shape, np.uint8), np.zeros(shape, np.uint8)):
                for lengths in (None, np.array([7, 0, 3, 5, 1])):
                    form = "dense" if lengths is None else "lengths"
                    found = calls.run(model, network, Call(T, B, form), Arrays(x, h_0, lengths),
                                      dropout_mask=mask)
                    expected = evaluate_layers(network, x, h_0, lengths, mask)
                    scale = 1 / (1 - network.dropout) if network.dropout < 1 else 1
                    unit = UNITS[network.dtype] * largest_sum(oracle, x, h_0 * scale)
                    for a, b in zip(found, expected):
                        assert np.abs(a - b).max() <= 2 * unit, (network, np.abs(a - b).max() / unit)


def c6_chunks():
    """Sequences of several chunks of projections, and chunks of one step: as torch computes with
    the mask of N5, and the same to the bit by seed and by mask."""
    for network, target in (
            (Network(5, 10, L=3, bidirectional=True, dropout=0.4), levels()[-1]),
            (Network(6, 9, L=2, dropout=0.25, batch_first=True, dtype="float64"), levels()[-1]),
            (Network(4, 11, L=2, dropout=0.0), levels()[0])):
        oracle, width = network.module("float64"), network.D * network.H
        model = training(network, target)
        for T, B in ((1400, 1), (75, 20), (3, 600)):
            x, h_0 = draw(network, T, B)
            seed = int(rng.integers(2**63))
            # With p = 0 a mask comes from the caller alone.
            p = network.dropout or 0.5
            mask = grucc.draw_mask(p, seed, network.L - 1, T, range(B), width)
            lengths = rng.integers(0, T + 1, B)
            lengths[B // 2] = T
            for form, given in (("dense", None), ("lengths", lengths), ("packed", lengths)):
                arrays, call = Arrays(x, h_0, given), Call(T, B, form)
                found = calls.run(model, network, call, arrays, dropout_mask=mask)
                expected = evaluate_layers(network, x, h_0, given, mask)
                unit = UNITS[network.dtype] * largest_sum(oracle, x, h_0 / (1 - network.dropout))
                for a, b in zip(found, expected):
                    assert np.abs(a - b).max() <= 2 * unit, (network, T, B, form)
                if network.dropout > 0:
                    equal(calls.run(model, network, call, arrays, dropout_seed=seed), found)


def c6_rate_and_scale():
    """Seen in the outputs: layer 1 passes tanh of its input on, where r = 1, z = 0, n = tanh(x)."""
    T, B, H, p = 60, 40, 32, 0.3
    tensors = {}
    for l, width in ((0, 8), (1, H)):
        tensors[f"weight_ih_l{l}"] = rng.uniform(-0.5, 0.5, (3 * H, width)).astype(np.float32)
        tensors[f"weight_hh_l{l}"] = rng.uniform(-0.1, 0.1, (3 * H, H)).astype(np.float32)
        tensors[f"bias_ih_l{l}"] = tensors[f"bias_hh_l{l}"] = np.zeros(3 * H, np.float32)
    tensors["weight_ih_l1"][...] = np.concatenate([np.zeros((2 * H, H)), np.eye(H)])
    tensors["weight_hh_l1"][...] = 0
    tensors["bias_ih_l1"] = np.repeat(np.float32([0, -200, 0]), H)
    flags = dict(target=levels()[-1], cache=False)
    model = grucc.compile(tensors, training=True, dropout=p, **flags)
    below = grucc.compile({n: w for n, w in tensors.items() if "l0" in n}, **flags)
    x = rng.standard_normal((T, B, 8)).astype(np.float32)
    first = below(x)[0].astype(np.float64)
    kept = {seed: model(x, dropout_seed=seed)[0] for seed in SEEDS}
    for seed, output in kept.items():
        here = output != 0
        # Kept values are scaled by 1 / (1 - p), dropped ones are 0.
        assert np.abs(output - np.where(here, np.tanh(first / (1 - p)), 0)).max() < 1e-6
        count = here.size
        off = abs(here.mean() - (1 - p)) / np.sqrt(p * (1 - p) / count)
        assert off < 4.5, (seed, off)
        # Every step, row and unit has its own draw: rates over each axis are near, too.
        for axes in ((0, 1), (0, 2), (1, 2)):
            rates = here.mean(axis=axes)
            spread = np.sqrt(p * (1 - p) / (count / rates.size))
            assert np.abs(rates - (1 - p)).max() < 5 * spread, (seed, axes)
        assert same_bits(model(x, dropout_seed=seed)[0], output), "a seed is a mask"
    # Two seeds agree about as often as chance has it: in p^2 + (1 - p)^2.
    chance = p**2 + (1 - p)**2
    for one in SEEDS:
        for other in SEEDS:
            agree = ((kept[one] != 0) == (kept[other] != 0)).mean()
            assert one == other or abs(agree - chance) < 0.02, (one, other, agree)


def c6_none_and_all():
    """p = 0 drops nothing; p = 1 gives zeros to every layer but the first."""
    for bidirectional in (False, True):
        network = Network(6, 9, L=3, bidirectional=bidirectional)
        x, h_0 = draw(network, 6, 4)
        inference = compile_model(network)
        plain = inference(x, h_0)
        none, half, all_of_them = (training(replace(network, dropout=p)) for p in (0.0, 0.5, 1.0))
        mask = np.ones((2, 6, 4, 9 * network.D), np.uint8)
        # Without dropout neither a seed nor a mask is needed.
        for given in ({}, dict(dropout_seed=5), dict(dropout_mask=mask)):
            for lengths in (None, [6, 0, 2, 5]):
                equal(none(x, h_0, lengths, **given), inference(x, h_0, lengths))
        for model in (none, half):
            equal(model(x, h_0, dropout_mask=0 * mask), all_of_them(x, h_0, dropout_seed=5))
        # Inference, whatever p is.
        equal(compile_model(replace(network, dropout=1.0))(x, h_0), plain)
        y, h_n = all_of_them(x, h_0, dropout_seed=5)
        D, tensors = network.D, network.module().state_dict()
        upper = {f"{name[:-len(tail)]}_l0{tail[3:]}": weight.numpy() for name, weight in
                 tensors.items() for tail in ("_l2", "_l2_reverse") if name.endswith(tail)}
        upper = grucc.compile(upper, target=network.targets[0], cache=False)
        equal(upper(np.zeros((6, 4, 9 * D), np.float32), h_0[2 * D:]), (y, h_n[2 * D:]))
        assert same_bits(h_n[:D], plain[1][:D])


def c6_no_dropout_given():
    model, plain = training(Network(5, 10, L=2, dropout=0.5)), compile_model(
        Network(5, 10, L=2, dropout=0.5))
    x, mask = np.zeros((3, 2, 5), np.float32), np.ones((1, 3, 2, 10), np.uint8)
    refused("expected one of them", model, x)
    refused("expected one of them", model, x, dropout_seed=1, dropout_mask=mask)
    refused("dropout_seed: found -1", model, x, dropout_seed=-1)
    refused("dropout_mask: found shape [1, 3, 2, 9], expected [1, 3, 2, 10]", model, x,
            dropout_mask=mask[..., :9])
    # Inference takes none, even where there would be nothing to drop.
    for network in (plain, compile_model(Network(5, 10, L=2)), compile_model(Network(5, 10))):
        refused("training=True", network, x, dropout_seed=1)
        refused("training=True", network, x, dropout_mask=mask[:network.num_layers - 1])
    # One layer is built for training, too, and has nothing to drop; p = 0 streams.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = training(Network(5, 10, dropout=0.5))
    for given in ({}, dict(dropout_seed=1), dict(dropout_mask=mask[:0])):
        equal(one(x, **given), compile_model(Network(5, 10))(x))
    none = training(Network(5, 10, L=2))
    assert one.training and none.training and one.descriptor.step and none.descriptor.step
    refused("dropout_mask: found shape [1, 3, 2, 10], expected [0, 3, 2, 10]", one, x,
            dropout_mask=mask)
    refused("expected one of them", none, x, dropout_seed=1, dropout_mask=mask)


def n5_philox():
    """The seed form is the mask form with the mask of N5, and nothing changes the mask."""
    known = (((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
             ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
             ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
              (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)))
    for counter, key, words in known:  # of Random123
        assert philox(counter, key) == words
    T, B = 6, 5
    lengths = np.array([6, 0, 2, 4, 1])
    for network in NETWORKS:
        models = [training(network, target) for target in levels()]
        x, h_0 = draw(network, T, B)
        width = network.D * network.H
        for seed in SEEDS:
            mask = draw_mask(network.dropout, seed, network.L - 1, T, B, width)
            assert same_bits(mask, grucc.draw_mask(network.dropout, seed, network.L - 1, T,
                                                   range(B), width))
            for model in models:
                for form in ("dense", "lengths", "packed"):
                    given = Arrays(x, h_0, None if form == "dense" else lengths)
                    found = calls.run(model, network, Call(T, B, form), given, dropout_seed=seed)
                    equal(calls.run(model, network, Call(T, B, form), given, dropout_mask=mask),
                          found)
                    if form == "lengths":  # N5 speaks of the caller's rows, packed or not
                        padded = found
                    if form == "packed":
                        equal(found, padded)
                    # A part of the batch is what it is beside the others.
                    for rows in (slice(0, 1), slice(0, 3)):
                        part = Arrays(x[:, rows], h_0[:, rows],
                                      None if given.lengths is None else lengths[rows])
                        size = part.x.shape[1]
                        equal(calls.run(model, network, Call(T, size, form), part,
                                        dropout_seed=seed), [a[:, rows] for a in found])
                    for rows in ([4, 2, 0], [1, 3, 0]):
                        part = Arrays(x[:, rows], h_0[:, rows],
                                      None if given.lengths is None else lengths[rows])
                        equal(calls.run(model, network, Call(T, len(rows), form), part,
                                        dropout_mask=mask[:, :, rows]),
                              [a[:, rows] for a in found])
    # What torch packs, in its order.
    network = NETWORKS[1]
    model, lengths = training(network), np.array([6, 3, 2, 4, 6])
    x, h_0 = draw(network, T, B)
    for options in (dict(dropout_seed=77), dict(dropout_mask=draw_mask(0.3, 77, 2, T, B, 34))):
        padded, packed = (calls.run(model, network, Call(T, B, form, tensors=True),
                                    Arrays(x, h_0, lengths), **options)
                          for form in ("lengths", "packed"))
        equal(packed, padded)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
