# ===- network_clauses.py - The clauses of the network, one function each -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""network_clauses.py CLAUSE FOLDER. Letters: T, B, I, H, L as in networks.py."""

import itertools
import os
import re
import subprocess
import sys

import numpy as np

from compiled import Model, compile_model, has_fma, levels, same_bits
from networks import Network, draw_network, evaluate64, evaluate_reference, sigmoid

CLOSE = 2e-6  # float32 against float64 on the small networks here
rng = np.random.default_rng(11)


numbers = itertools.count()


def compiled(folder, network, *options, name="n"):
    path = network.save(f"{folder}/{name}.safetensors")
    # A path is loaded once only, whatever it holds later.
    so = compile_model(path, f"{folder}/{next(numbers)}.so", *options)
    model = Model(so, network.tensors.values())
    os.remove(so)
    return model


def torch_gru(network, **arguments):
    """The same network as torch.nn.GRU in float64."""
    import torch
    gru = torch.nn.GRU(network.I, network.H, network.L, bias=network.bias, dtype=torch.float64,
                       **arguments)
    gru.load_state_dict({n: torch.from_numpy(w) for n, w in network.tensors.items()})

    def run(x, h_0=None):
        given = [None if a is None else torch.from_numpy(a.astype(np.float64)) for a in (x, h_0)]
        with torch.no_grad():
            return [a.numpy() for a in gru(*given)]
    return run


def draw(T, B, network):
    return (rng.standard_normal((T, B, network.I)).astype(np.float32),
            rng.standard_normal((network.L, B, network.H)).astype(np.float32))


def close(found, expected):
    for a, b in zip(found, expected):
        assert a.shape == b.shape, (a.shape, b.shape)
        assert np.abs(a - b).max(initial=0) < CLOSE, np.abs(a - b).max()


def equal(found, expected):
    assert all(same_bits(a, b) for a, b in zip(found, expected)), "bits differ"


def c1_layers(folder):
    for L in (1, 2, 4):
        for I in (5, 9):  # 9: the first layer is like the others
            network = draw_network(rng, I, 9, L)
            model = compiled(folder, network)
            assert (model.I, model.H, model.L) == (I, 9, L)
            x, h_0 = draw(6, 3, network)
            close(model.sequence(x, h_0), torch_gru(network)(x, h_0))


def c2_equations(folder):
    # By hand, for one unit: [W_ir, W_iz, W_in], [W_hr, W_hz, W_hn], biases.
    w_i, w_h = (0.5, -1.25, 2.0), (-0.75, 0.25, 1.5)
    b_i, b_h = (0.125, -0.5, 0.75), (1.0, 0.375, -2.0)
    x, h = 0.625, -0.875
    r = sigmoid(w_i[0] * x + b_i[0] + w_h[0] * h + b_h[0])
    z = sigmoid(w_i[1] * x + b_i[1] + w_h[1] * h + b_h[1])
    n = np.tanh(w_i[2] * x + b_i[2] + r * (w_h[2] * h + b_h[2]))
    before = np.tanh(w_i[2] * x + b_i[2] + w_h[2] * (r * h) + b_h[2])
    expected, other = (1 - z) * n + z * h, (1 - z) * before + z * h
    assert abs(expected - other) > 0.01  # a reset gate before the product would be seen
    column = lambda values: np.array(values, np.float32).reshape(3, 1)
    network = Network(1, 1, 1, True, {
        "weight_ih_l0": column(w_i), "weight_hh_l0": column(w_h),
        "bias_ih_l0": column(b_i).ravel(), "bias_hh_l0": column(b_h).ravel()})
    for level in levels():
        model = compiled(folder, network, f"--target={level}", name=level)
        y, h_n = model.sequence(np.full((1, 1, 1), x, np.float32), np.full((1, 1, 1), h, np.float32))
        assert abs(y.item() - expected) < 2**-23 and y.item() == h_n.item(), (y, expected)


def c3_weights(folder):
    H, I = 3, 4
    network = draw_network(rng, I, H)
    x, h_0 = draw(5, 2, network)
    gru = torch_gru(network)
    close(compiled(folder, network).sequence(x, h_0), gru(x, h_0))
    model = compiled(folder, network, "--weights=external")
    # Every block of rows of every tensor has its place.
    for tensor in network.tensors.values():
        for gate in range(3):
            model.give_weights(network.tensors.values())
            before = model.sequence(x, h_0)
            tensor[gate * H:(gate + 1) * H] += 0.5
            model.give_weights(network.tensors.values())
            found = model.sequence(x, h_0)
            assert np.abs(found[0] - before[0]).max() > 100 * CLOSE
            close(found, torch_gru(network)(x, h_0))


def c4_no_bias(folder):
    network = draw_network(rng, 6, 10, 2, bias=False)
    x, h_0 = draw(5, 3, network)
    model = compiled(folder, network)
    assert model.descriptor.flags & 1 == 0 and model.descriptor.weights_count == 4
    found = model.sequence(x, h_0)
    close(found, torch_gru(network)(x, h_0))
    zeros = draw_network(rng, 6, 10, 2)
    for name, tensor in zeros.tensors.items():
        tensor[...] = network.tensors.get(name, 0)
    model = compiled(folder, zeros)
    assert model.descriptor.flags & 1 == 1 and model.descriptor.weights_count == 8
    for a, b in zip(found, model.sequence(x, h_0)):
        assert (a == b).all()


def c5_batch_first(folder):
    network = draw_network(rng, 6, 19, 2)
    first, plain = compiled(folder, network, "--batch-first"), compiled(folder, network)
    assert first.batch_first and not plain.batch_first
    for T, B in ((9, 4), (4, 9), (1, 5), (5, 1), (700, 2), (2, 700)):
        x, h_0 = draw(T, B, network)
        found = first.sequence(x, h_0)
        equal(found, plain.sequence(x, h_0))
        y, h_n = torch_gru(network, batch_first=True)(x.transpose(1, 0, 2), h_0)
        close(found, (y.transpose(1, 0, 2), h_n))


def c6_dropout_in_inference(folder):
    network = draw_network(rng, 6, 10, 2)
    x, h_0 = draw(5, 3, network)
    model = compiled(folder, network, "--dropout=0.5")
    assert model.descriptor.dropout == 0.5
    equal(model.sequence(x, h_0), compiled(folder, network).sequence(x, h_0))
    # With one layer there is nothing to drop: a warning.
    path = draw_network(rng, 6, 10).save(f"{folder}/one.safetensors")
    done = subprocess.run(["grucc", path, "--no-batch-first", "--dropout=0.5",
                           "-o", f"{folder}/one.o"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and len(done.stderr.splitlines()) == 1, done.stderr
    assert ": warning: dropout: " in done.stderr, done.stderr


def c7_states_layer_major(folder):
    network = draw_network(rng, 4, 5, 3)
    model = compiled(folder, network)
    x, h_0 = draw(3, 2, network)
    for layer in range(3):  # each layer's state is in its own place
        h_0[...] = 0
        h_0[layer] = rng.standard_normal((2, 5))
        found = model.sequence(x, h_0)
        close(found, torch_gru(network)(x, h_0))
        close(model.steps(x, h_0), found)


def c8_no_h_0(folder):
    network = draw_network(rng, 4, 21, 3)
    model = compiled(folder, network)
    for B in (1, 6):
        x, h_0 = draw(5, B, network)
        zeros = np.zeros_like(h_0)
        found = model.sequence(x)
        equal(found, model.sequence(x, zeros))
        equal(model.steps(x), found)
        equal(model.steps(x, zeros), found)
        close(found, torch_gru(network)(x))
        stream = model.stream(B, h_0)
        stream.start(None)
        assert (stream.read() == 0).all()


def initial_weights(*options):
    """The tensors that grucc draws, from the text of the first stage."""
    done = subprocess.run(["grucc", *options, "--stop-after=frontend"], capture_output=True,
                          text=True, check=True)
    hexadecimal = re.findall(r'(\w+): "0x([0-9A-F]+)"', done.stdout)
    # Four bytes of alignment come first.
    return {name: np.frombuffer(bytes.fromhex(text)[4:], np.float32) for name, text in hexadecimal}


def c11_initial_weights(folder):
    I, H, L = 40, 60, 2
    sizes = [f"--input-size={I}", f"--hidden-size={H}", f"--num-layers={L}", "--init=uniform"]
    tensors = initial_weights(*sizes, "--seed=5")
    shapes = draw_network(rng, I, H, L).tensors
    assert {n: w.size for n, w in tensors.items()} == {n: w.size for n, w in shapes.items()}
    k, drawn = 1 / np.sqrt(H), np.concatenate(list(tensors.values())).astype(np.float64)
    assert np.abs(drawn).max() <= np.float32(k) and np.unique(drawn).size > 0.99 * drawn.size
    # Kolmogorov-Smirnov against U(-k, k): beyond 2.2 / sqrt(N) once in 10^4 times.
    uniform = (np.sort(drawn) / k + 1) / 2
    distance = np.abs(uniform - (np.arange(drawn.size) + 0.5) / drawn.size).max()
    assert distance < 2.2 / np.sqrt(drawn.size), distance
    again, other = initial_weights(*sizes, "--seed=5"), initial_weights(*sizes, "--seed=6")
    for name, tensor in tensors.items():
        assert same_bits(tensor, again[name]) and not (tensor == other[name]).any(), name
    # They are the weights of what is compiled.
    network = Network(I, H, L, True, {n: tensors[n].reshape(w.shape) for n, w in shapes.items()})
    so = compile_model([*sizes, "--seed=5"], f"{folder}/init.so")
    x, h_0 = draw(4, 3, network)
    equal(Model(so).sequence(x, h_0), compiled(folder, network).sequence(x, h_0))


def c13_sizes_at_run_time(folder):
    network = draw_network(rng, 5, 20, 2)
    for options in ((), ("--batch-first",)):
        model = compiled(folder, network, *options)
        for T, B in ((0, 0), (0, 3), (4, 0), (0, 1), (1, 1), (2000, 1), (3, 1100), (1, 600)):
            x, h_0 = draw(T, B, network)
            y, h_n = model.sequence(x, h_0)
            assert y.shape == (T, B, 20)
            expected, states = evaluate64(network, x, h_0)
            close((y, h_n), (expected, states[T]))
            equal(model.sequence(x, h_0, alias=True), (y, h_n))
        # T = 0: h_0 comes back as it was, be it NaN or subnormal.
        h_0[...] = rng.choice(np.array([np.nan, np.inf, 1e-40, -1e-30, -0.0], np.float32), h_0.shape)
        none = np.empty((0, h_0.shape[1], 5), np.float32)
        equal(model.sequence(none, h_0)[1:], (h_0,))
        equal(model.steps(none, h_0)[1:], (h_0,))


def c14_sequence_and_stream(folder):
    network = draw_network(rng, 7, 45, 3)
    for level in levels():
        model = compiled(folder, network, f"--target={level}", name=level)
        for B in (1, 2, 9):
            x, h_0 = draw(50, B, network)
            y, h_n = model.sequence(x, h_0)
            if has_fma(level):
                equal((y, h_n), evaluate_reference(f"{folder}/{level}.safetensors", x, h_0,
                                                   f"{folder}/reference"))
            equal(model.steps(x, h_0), (y, h_n))
            # A stream may stop anywhere, be read, and go on as a sequence, and back.
            stream, at = model.stream(B, h_0), 0
            for count in (1, 2, 3, 14):
                for t in range(at, at + count):
                    equal((stream.step(x[t]),), (y[t],))
                at += count
                rest = model.sequence(x[at:], stream.read())
                equal(rest, (y[at:], h_n))
            # Started again it has forgotten everything.
            stream.start(h_0)
            equal((stream.step(x[0]),), (y[0],))


if __name__ == "__main__":
    os.makedirs(sys.argv[2], exist_ok=True)
    globals()[sys.argv[1]](sys.argv[2])
