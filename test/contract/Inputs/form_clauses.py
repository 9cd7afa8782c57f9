# ===- form_clauses.py - Directions, dtypes and forms of calls, one clause each -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------------------------------=== #
"""form_clauses.py CLAUSE, with the Python package. Letters: T steps, B batch, I input_size,
H hidden_size, D directions, L num_layers."""

import subprocess
import sys
import tempfile
import warnings

import calls
import grucc
import numpy as np
import torch
from clause_kit import close, compile_model, draw, equal, reference, refused, rng
from compiled import has_fma, levels, same_bits
from drawn_cases import Arrays, Call, Network
from torch_oracle import evaluate


def c7_directions():
    network = Network(6, 21, bidirectional=True)
    both = compile_model(network)
    tensors = {name: w.numpy() for name, w in network.module().state_dict().items()}
    forward = {name: w for name, w in tensors.items() if "reverse" not in name}
    reverse = {name.removesuffix("_reverse"): w for name, w in tensors.items() if "reverse" in name}
    one, other = (grucc.compile(w, target=network.targets[0], cache=False)
                  for w in (forward, reverse))
    for T, B in ((1, 1), (9, 4), (40, 2)):
        x, h_0 = draw(network, T, B)
        y, h_n = both(x, h_0)
        # To the bit: forward first, and the reverse direction from the last step to the first.
        equal(one(x, h_0[:1]), (y[..., :21], h_n[:1]))
        y_reverse, h_reverse = other(x[::-1], h_0[1:])
        equal((y_reverse[::-1], h_reverse), (y[..., 21:], h_n[1:]))
        assert same_bits(h_n[1], y[0, :, 21:]) and same_bits(h_n[0], y[-1, :, :21])
    # h_0 and h_n of a stack: index l*D + d.
    network = Network(5, 8, L=3, bidirectional=True)
    model = compile_model(network)
    x, h_0 = draw(network, 4, 2)
    for index in range(6):
        h_0[...] = 0
        h_0[index] = rng.standard_normal((2, 8))
        close(network, model(x, h_0), x, h_0)
    for L in (1, 2, 3, 4):  # stacks of any depth, with and without h_0
        for dtype in ("float32", "float64"):
            network = Network(9, 17, L, bidirectional=True, dtype=dtype, batch_first=L % 2 == 0)
            model = compile_model(network)
            for T, B in ((1, 3), (33, 5), (600, 2)):
                x, h_0 = draw(network, T, B, h_0=B != 3)
                found = calls.run(model, network, Call(T, B), Arrays(x, h_0))
                close(network, found, x, h_0)


def c9_unbatched():
    for batch_first in (False, True):  # of no meaning without a batch
        for bidirectional in (False, True):
            network = Network(6, 19, L=2, batch_first=batch_first, bidirectional=bidirectional)
            model, gru = compile_model(network), network.module()
            for T in (0, 1, 12):
                x, h_0 = draw(network, T, 1)
                output, h_n = model(x[:, 0], h_0[:, 0])
                assert output.shape == (T, network.D * 19) and h_n.shape == (2 * network.D, 19)
                whole = calls.run(model, network, Call(T, 1), Arrays(x, h_0))
                equal((output, h_n), (whole[0][:, 0], whole[1][:, 0]))
                equal(model(x[:, 0]), [a[:, 0] for a in calls.run(
                    model, network, Call(T, 1), Arrays(x))])
                tensors = model(torch.from_numpy(x[:, 0]), torch.from_numpy(h_0[:, 0]))
                equal((a.numpy() for a in tensors), (output, h_n))
                if T:
                    with torch.no_grad():
                        judge = gru(torch.from_numpy(x[:, 0]), torch.from_numpy(h_0[:, 0]))
                    for a, b in zip(tensors, judge):
                        torch.testing.assert_close(a, b, rtol=0, atol=1e-6)
            refused("h_0: found shape [1, 1, 19], expected", model, x[:, 0], h_0[:1, :1])
            refused("lengths", model, x[:, 0], lengths=[3])
    network = Network(6, 19, L=2)  # one row of a stream
    model = compile_model(network)
    x, _ = draw(network, 5, 1)
    output, state = model(x[:, 0])[0], None
    for t in range(5):
        y, state = model.step(x[t, 0], state)
        assert y.shape == (19,) and same_bits(y, output[t])


def c12_float64():
    for network in (Network(1, 1, dtype="float64"), Network(70, 130, dtype="float64"),
                    Network(20, 33, L=3, bidirectional=True, dtype="float64"),
                    Network(9, 40, L=2, bias=False, dtype="float64", source="external")):
        first = None
        x, h_0 = draw(network, 30, 7)
        lengths = rng.integers(0, 31, 7)
        for target in levels():
            model = compile_model(network, target)
            assert model.dtype == np.float64
            found = calls.run(model, network, Call(30, 7), Arrays(x, h_0))
            close(network, found, x, h_0)
            ragged = calls.run(model, network, Call(30, 7, "lengths"), Arrays(x, h_0, lengths))
            for a, b in zip(found + ragged, reference(network, x, h_0, None, "float64") +
                            reference(network, x, h_0, lengths, "float64")):
                assert np.abs(a - b).max() <= 2.0**-45, (target, np.abs(a - b).max())
            if not network.bidirectional:
                equal(calls.stream(model, network, Call(30, 7), Arrays(x, h_0)), found)
            if has_fma(target):
                first = first or found
                equal(found, first)  # N4
        refused("input: found float32, expected float64", model, x.astype(np.float32))
        refused("h_0: found float32, expected float64", model, x, h_0.astype(np.float32))
    # What the weights are decides, unless it is said; float32 weights are widened exactly.
    network = Network(4, 10, L=2)
    wide = compile_model(network, dtype="float64")
    x, h_0 = draw(network, 5, 2)
    x, h_0 = x.astype(np.float64), h_0.astype(np.float64)
    for a, b in zip(wide(x, h_0), evaluate(network.module("float64"), x, h_0)):
        assert a.dtype == np.float64 and np.abs(a - b).max() < 2.0**-48


def c13_sizes_at_run_time():
    for bidirectional in (False, True):
        network = Network(5, 20, L=2, bidirectional=bidirectional)
        model = compile_model(network)
        for T, B in ((0, 0), (0, 3), (4, 0), (1, 1), (2000, 2), (3, 700)):
            x, h_0 = draw(network, T, B)
            for lengths in (None, rng.integers(0, T + 1, B)):
                y, h_n = model(x, h_0, lengths)
                assert y.shape == (T, B, network.D * 20) and h_n.shape == h_0.shape
                close(network, (y, h_n), x, h_0, lengths)
                assert T or same_bits(h_n, h_0)
        # Without steps a state comes back as it was.
        h_0 = rng.choice(np.array([np.nan, np.inf, 1e-40, -1e-30, -0.0, 2], np.float32),
                         (network.D * 2, 3, 20))
        none = np.empty((0, 3, 5), np.float32)
        assert same_bits(model(none, h_0)[1], h_0)
        assert same_bits(model(none, h_0, [0, 0, 0])[1], h_0)
        some = rng.standard_normal((4, 3, 5)).astype(np.float32)
        y, h_n = model(some, h_0, [4, 0, 4])
        assert same_bits(h_n[:, 1], h_0[:, 1])
        assert (model(none)[1] == 0).all()
        empty = grucc.PackedSequence(np.empty((0, 5), np.float32), [])
        assert model(empty, h_0[:, :0])[0].data.shape == (0, network.D * 20)
        equal(model(empty, h_0)[1:], (h_0,))


def c14_refuses_bidirectional():
    network = Network(3, 4, bidirectional=True)
    model = compile_model(network)
    reason = refused("step: found a bidirectional network, expected", model.step,
                     np.zeros((1, 3), np.float32))
    assert "\n" not in reason
    refused("bidirectional", model.state, batch=1)
    training = compile_model(Network(3, 4, L=2, dropout=0.5), training=True)
    refused("step: found a model compiled with training=True", training.step,
            np.zeros((1, 3), np.float32))
    for each in (model, training):  # C programs find no function, either
        d = each.descriptor
        assert not d.step and not d.init_state and not d.read_state
        with tempfile.TemporaryDirectory() as folder:
            each.save(f"{folder}/m.so")
            symbols = subprocess.run(["llvm-nm", "-D", f"{folder}/m.so"], check=True,
                                     capture_output=True, text=True).stdout
            assert "gru_run" in symbols and "gru_step" not in symbols, symbols
    # Nothing drops in one layer: it streams.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = compile_model(Network(3, 4, dropout=0.5), training=True)
    assert one.step(np.zeros((1, 3), np.float32))[0].shape == (1, 4)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
