# ===- traps.py - Mistakes that other engines have made -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------=== #
"""traps.py NAME, with the Python package. Letters: T steps, B batch, I input_size, H hidden_size,
D directions, L num_layers."""

import os
import subprocess
import sys
import tempfile
from threading import Barrier, Thread

import calls
import grucc
import numpy as np
from clause_kit import close, compile_model, draw, equal, refused, rng
from compiled import levels, same_bits
from drawn_cases import Arrays, Call, Network
from safetensors.numpy import save_file
from torch_oracle import evaluate


def no_bias_and_three_rows():
    for dtype in ("float32", "float64"):
        for L, bidirectional in ((1, False), (3, False), (2, True)):
            network = Network(10, 24, L, bias=False, bidirectional=bidirectional, dtype=dtype)
            for target in levels():
                model = compile_model(network, target)
                for B in (1, 2, 3, 4, 5, 8, 9, 33):
                    x, h_0 = draw(network, 6, B)
                    close(network, model(x, h_0), x, h_0)
                    close(network, model(x), x)


def ragged(T, lengths, **of_network):
    """Networks of both kinds, and one padded call of each."""
    lengths = np.array(lengths)
    for bidirectional in (False, True):
        network = Network(6, 19, L=2, bidirectional=bidirectional, **of_network)
        x, h_0 = draw(network, T, len(lengths))
        x[np.arange(T)[:, None] >= lengths] = np.nan
        call = Call(T, len(lengths), "lengths")
        for target in levels():
            found = calls.run(compile_model(network, target), network, call,
                              Arrays(x, h_0, lengths))
            yield network, x, h_0, lengths, found


def empty_row_beside_long_ones():
    for network, x, h_0, lengths, (y, h_n) in ragged(50, [0, 50, 0, 49, 1, 0]):
        close(network, (y, h_n), x, h_0, lengths)
        assert (y[:, lengths == 0] == 0).all()
        assert same_bits(h_n[:, lengths == 0], h_0[:, lengths == 0])


def last_state_of_a_short_row():
    """Neither zeros nor the state at the padded end."""
    for network, x, h_0, lengths, (y, h_n) in ragged(12, [12, 3, 1, 7, 11]):
        width, top = network.H, network.D * (network.L - 1)
        for b, length in enumerate(lengths):
            assert same_bits(h_n[top, b], y[length - 1, b, :width])
            if network.bidirectional:
                assert same_bits(h_n[top + 1, b], y[0, b, width:])
        close(network, (y, h_n), x, h_0, lengths)


def reverse_begins_at_its_own_end():
    lengths = np.array([9, 4, 1, 7])
    network = Network(5, 14, bidirectional=True)
    tensors = {name: w.numpy() for name, w in network.module().state_dict().items()}
    reverse = {n.removesuffix("_reverse"): w for n, w in tensors.items() if "reverse" in n}
    for target in levels():
        both = compile_model(network, target)
        alone = grucc.compile(reverse, target=target, cache=False)
        x, h_0 = draw(network, 9, 4)
        y, h_n = both(x, h_0, lengths)
        for b, length in enumerate(lengths):
            # The first step of the reverse direction reads its own last input and h_0.
            backwards = x[:length, b:b + 1][::-1]
            expected, last = alone(backwards, h_0[1:, b:b + 1])
            equal((y[:length, b, 14:][::-1], h_n[1, b]), (expected[:, 0], last[0, 0]))


def weights_with_other_rows():
    """Every tensor too long, too short, or of another network: an error, and no crash."""
    network = Network(4, 6, L=2, bidirectional=True)
    tensors = {name: w.numpy() for name, w in network.module().state_dict().items()}
    external = compile_model(Network(4, 6, L=2, bidirectional=True, source="external"))
    x = np.zeros((3, 2, 4), np.float32)
    before = external(x)

    def expect_errors(changed, what):
        with tempfile.TemporaryDirectory() as folder:
            save_file({n: np.ascontiguousarray(w) for n, w in changed.items()}, f"{folder}/w.safetensors")
            done = subprocess.run([
                "grucc", f"{folder}/w.safetensors", "-o", f"{folder}/m.so", "--input-size=4",
                "--hidden-size=6", "--num-layers=2", "--bidirectional"], capture_output=True, text=True)
            assert done.returncode == 1 and not os.path.exists(f"{folder}/m.so"), (what, done)
            assert done.stderr.count("error: ") == 1 and "expected" in done.stderr, (what, done)
        refused("expected", grucc.compile, changed, input_size=4, hidden_size=6, num_layers=2,
                bidirectional=True, cache=False)
        refused("expected", external.set_weights, changed)

    for name, tensor in tensors.items():
        for rows in (0, 6, 17, 19, 24):
            changed = np.resize(tensor, (rows, *tensor.shape[1:]))
            expect_errors(tensors | {name: changed}, (name, rows))
        expect_errors(tensors | {name: tensor[None]}, (name, "one more axis"))
        expect_errors(tensors | {name: tensor.reshape(-1)[:-1]}, (name, "flat"))
        if tensor.ndim == 2:
            expect_errors(tensors | {name: tensor[:, :-1]}, (name, "columns"))
        expect_errors({n: w for n, w in tensors.items() if n != name}, (name, "missing"))
        expect_errors(tensors | {name + "_again": tensor}, (name, "twice"))
    # All of an LSTM's four gates, or of a plain network's one.
    for gates in (1, 2, 4):
        changed = {n: np.resize(w, (6 * gates, *w.shape[1:])) for n, w in tensors.items()}
        expect_errors(changed, gates)
    equal(external(x), before)  # what was refused has changed nothing


SPECIAL = (1e20, -1e20, np.inf, -np.inf, np.nan, 3e38, 1e-40, -0.0)


def saturated_gates():
    """NaN where torch has NaN, infinities where torch has them, and the rest as torch has it."""
    T, B, seen = 7, 48, 0
    for network in (Network(3, 17, L=2), Network(3, 17, L=2, dtype="float64"),
                    Network(20, 9, L=2, bidirectional=True, bias=False),
                    Network(5, 33, bidirectional=True, dtype="float64", batch_first=True)):
        judge = network.module()
        x, h_0 = draw(network, T, B)
        lengths = rng.integers(0, T + 1, B)
        for b in range(B):  # rows with few and many of them, in the input or in the state
            place = x[:, b] if b % 2 else h_0[:, b]
            chosen = rng.random(place.shape) < (0.03, 0.3, 1.0)[b // 2 % 3]
            place[chosen] = rng.choice(np.array(SPECIAL if b % 4 < 2 else SPECIAL[:2],
                                                network.dtype), chosen.sum())
        for target in levels():
            model = compile_model(network, target)
            for given in (None, lengths):
                form = "dense" if given is None else "lengths"
                found = calls.run(model, network, Call(T, B, form), Arrays(x, h_0, given))
                for a, b in zip(found, evaluate(judge, x, h_0, given)):
                    assert (np.isnan(a) == np.isnan(b)).all(), (network, target, "NaN")
                    assert (a[np.isinf(b)] == b[np.isinf(b)]).all(), (network, target, "infinity")
                    finite = np.isfinite(b)
                    off = np.abs(a[finite] - b[finite]) / np.maximum(1, np.abs(b[finite]))
                    assert off.max() < (4e-6 if network.dtype == "float32" else 1e-13), off.max()
                    seen += np.isnan(b).sum() + np.isinf(b).sum()
    assert seen > 1000


def state_left_over():
    """A call has the bits that it has as the first one, whatever was called before it."""
    for network in (Network(5, 21, L=2), Network(5, 21, L=2, bidirectional=True)):
        shapes = ((9, 4), (1, 1), (0, 3), (40, 17), (3, 2), (9, 4))
        drawn = [(Call(T, B, form), Arrays(*draw(network, T, B, given), rng.integers(0, T + 1, B)))
                 for T, B in shapes for form in ("dense", "lengths", "packed")
                 for given in (True, False)]
        for call, arrays in drawn:
            if call.form == "dense":
                arrays.lengths = None
        with tempfile.TemporaryDirectory() as folder:
            compile_model(network).save(f"{folder}/m.so")
            expected = [calls.run(grucc.load(f"{folder}/m.so"), network, call, arrays)
                        for call, arrays in drawn]
            model = grucc.load(f"{folder}/m.so")
        for i in rng.integers(0, len(drawn), 300):
            equal(calls.run(model, network, *drawn[i]), expected[i])
        # A call that is full of NaN, and one that is refused, leave nothing behind.
        model(np.full((9, 4, 5), np.nan, np.float32))
        refused("h_0", model, np.zeros((9, 4, 5), np.float32), np.zeros((1, 4, 21), np.float32))
        for (call, arrays), result in zip(drawn, expected):
            equal(calls.run(model, network, call, arrays), result)
    # Streams of one model do not see each other, nor the runs between their steps.
    network = Network(5, 21, L=2)
    model, states = compile_model(network), [None] * 3
    rows = [draw(network, 20, B)[0] for B in (1, 4, 4)]
    outputs = [model(x)[0] for x in rows]
    for t in range(20):
        for i in rng.permutation(3):
            y, states[i] = model.step(rows[i][t], states[i])
            assert same_bits(y, outputs[i][t])
            model(rows[(i + 1) % 3][:2])


def two_models_in_one_process():
    """Each its own, under one name and under two, while both are there and when one is gone."""
    networks = [Network(5, 12, L=2), Network(5, 30, bidirectional=True, dtype="float64"),
                Network(5, 12, L=2, seed=1), Network(5, 12, L=2, source="external", seed=2)]
    for names in (["gru"] * 4, ["a", "b", "c", "d"]):
        models = [compile_model(network, name=name) for network, name in zip(networks, names)]
        drawn = [draw(network, 15, 3) for network in networks]
        expected = [model(*given) for model, given in zip(models, drawn)]
        for network, given, result in zip(networks, drawn, expected):
            close(network, result, *given)
        assert not same_bits(expected[0][0], models[2](*drawn[0])[0])
        for i in rng.integers(0, 4, 60):
            equal(models[i](*drawn[i]), expected[i])
        del models[0]
        for i in (1, 2, 3):
            equal(models[i - 1](*drawn[i]), expected[i])
        # One file, opened twice.
        with tempfile.TemporaryDirectory() as folder:
            models[0].save(f"{folder}/m.so")
            first, second = (grucc.load(f"{folder}/m.so") for _ in range(2))
            equal(first(*drawn[1]), expected[1])
            del first
            equal(second(*drawn[1]), expected[1])


def one_model_in_eight_threads():
    """At once, each with calls of its own: the bits that they have alone."""
    for network in (Network(24, 65, L=2), Network(24, 40, L=2, bidirectional=True, dtype="float64")):
        model = compile_model(network)
        drawn = [draw(network, T, B) for T, B in ((60, 4), (5, 17), (100, 1), (33, 6), (1, 2),
                                                  (60, 4), (7, 7), (50, 3))]
        expected = [model(*given) for given in drawn]
        barrier, wrong = Barrier(8), []

        def work(own):
            barrier.wait()
            for turn in range(25):
                i = own if turn % 2 else (own + turn) % 8
                found = list(model(*drawn[i]))
                if not network.bidirectional and turn % 5 == 0:
                    x, h_0 = drawn[i]
                    state = model.state(h_0)
                    found[0] = np.array([model.step(row, state)[0] for row in x])
                    found[1] = state.h
                if not all(map(same_bits, found, expected[i])):
                    wrong.append((own, turn))

        threads = [Thread(target=work, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong, wrong


def silence():
    """10^4 steps without a sound lead to 0, and never through subnormal numbers (N7)."""
    for network in (Network(9, 1, bias=False), Network(9, 40, L=2, bias=False),
                    Network(9, 20, L=2, bias=False, bidirectional=True),
                    Network(9, 40, L=2, bias=False, dtype="float64"), Network(9, 40)):
        x, h_0 = draw(network, 10_000, 2)
        x[...] = 0
        for target in levels():
            y, h_n = compile_model(network, target)(x, h_0)
            assert ((y == 0) | (np.abs(y) >= 2.0**-64)).all(), (network, target)
            if not network.bias:
                assert (y[5000] == 0).all() and np.abs(y[y != 0]).min() < 2.0**-60
                # The states of one direction begin where those of the other end.
                assert network.bidirectional or (h_n == 0).all()
            close(network, (y, h_n), x, h_0)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
