# ===- length_clauses.py - Rows of several lengths, padded and packed -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------------------=== #
"""length_clauses.py CLAUSE, with the Python package. Letters: T steps, B batch, I input_size,
H hidden_size, D directions, L num_layers."""

import sys

import calls
import grucc
import numpy as np
import torch
from clause_kit import close, compile_model, draw, equal, refused, rng
from compiled import same_bits
from drawn_cases import Arrays, Call, Network
from torch.nn.utils.rnn import pack_padded_sequence

LENGTHS = (9, 0, 3, 9, 1, 7, 0, 3, 2, 9, 5)


def lengths_networks():
    for network in (Network(5, 18), Network(70, 33, L=2, bidirectional=True),
                    Network(7, 16, L=3, bias=False, bidirectional=True, batch_first=True),
                    Network(4, 9, L=2, dtype="float64", batch_first=True)):
        yield network, compile_model(network)


def c10_padded():
    lengths = np.array(LENGTHS)
    T, B = 9, len(lengths)
    for network, model in lengths_networks():
        x, h_0 = draw(network, T, B)
        padding = np.arange(T)[:, None] >= lengths
        x[padding] = np.nan  # has no influence
        for given in (h_0, None):
            y, h_n = calls.run(model, network, Call(T, B, "lengths"), Arrays(x, given, lengths))
            close(network, (y, h_n), x, given, lengths)
            assert (y[padding] == 0).all() and not np.signbit(y[padding]).any()
            for b, length in enumerate(lengths):
                # As if it were alone; h_n is the state after its own last step, and the reverse
                # direction begins there.
                one = Arrays(x[:length, b:b + 1], None if given is None else given[:, b:b + 1])
                alone = calls.run(model, network, Call(int(length), 1), one)
                equal((y[:length, b:b + 1], h_n[:, b:b + 1]), alone)
                if length == 0:
                    start = np.zeros_like(h_0[:, b]) if given is None else given[:, b]
                    assert same_bits(h_n[:, b], start)
                elif not network.bidirectional:
                    assert same_bits(h_n[-1, b], y[length - 1, b])
            for order in (rng.permutation(B), np.argsort(lengths), np.argsort(-lengths)):
                turned = Arrays(x[:, order], None if given is None else given[:, order],
                                lengths[order])
                equal(calls.run(model, network, Call(T, B, "lengths"), turned),
                      (y[:, order], h_n[:, order]))
        # Integers of any kind; T longer than every length; lengths that are all T, or all 0.
        for kind in (list, tuple, np.int32, np.uint8, torch.tensor):
            given = lengths.astype(kind) if isinstance(kind, type) and issubclass(
                kind, np.integer) else kind(lengths.tolist())
            turned = x.swapaxes(0, 1) if network.batch_first else x
            assert same_bits(model(turned, h_0, lengths=given)[1], model(turned, h_0, lengths)[1])
        full = np.nan_to_num(x)
        equal(calls.run(model, network, Call(T, B, "lengths"), Arrays(full, h_0, 0 * lengths + T)),
              calls.run(model, network, Call(T, B), Arrays(full, h_0)))
        y, h_n = calls.run(model, network, Call(T, B, "lengths"), Arrays(x, h_0, 0 * lengths))
        assert (y == 0).all() and same_bits(h_n, h_0)
        longer = np.concatenate([x, np.full_like(x[:4], np.nan)])
        y, h_n = calls.run(model, network, Call(T + 4, B, "lengths"), Arrays(longer, h_0, lengths))
        assert (y[T:] == 0).all()
        equal((y[:T], h_n),
              calls.run(model, network, Call(T, B, "lengths"), Arrays(x, h_0, lengths)))
        refused("lengths: found 10 at row 1, expected 0 to 9", model, turned, None, [9, 10] * 5 + [0])
        refused("lengths: found -1 at row 0, expected 0 to 9", model, turned, None, [-1] * 11)
        refused("lengths: found shape [3], expected [11]", model, turned, None, [1, 2, 3])
        refused("lengths: found float64", model, turned, None, lengths * 1.0)


def c10_garbage():
    """Padded outputs are 0 whatever the buffer held, and a refused call writes nothing."""
    lengths = np.array(LENGTHS)
    T, B = 9, len(lengths)
    for network, model in lengths_networks():
        x, h_0 = draw(network, T, B)
        turned = np.ascontiguousarray(x.swapaxes(0, 1) if network.batch_first else x)
        expected = model(turned, h_0, lengths)
        for garbage in (np.nan, np.inf, 3.0):
            output = np.full_like(expected[0], garbage)
            h_n = np.full_like(h_0, garbage)
            buffers = T, B, turned, output, h_n
            assert model.run_raw(*buffers, h_0=h_0, lengths=lengths) == 0
            equal((output, h_n), expected)
            before = output.copy()
            size = np.array([11, 7, 7, 0, 0, 0, 0, 0, 0], np.int64)
            bad = [dict(lengths=lengths + 1), dict(lengths=lengths - 1),
                   dict(lengths=np.full(B, -2**63)), dict(lengths=np.full(B, 2**62)),
                   dict(batch_sizes=size + 1), dict(batch_sizes=size[::-1].copy()),
                   dict(batch_sizes=size - 1), dict(lengths=lengths, batch_sizes=size)]
            for which in bad:
                assert model.run_raw(*buffers, h_0=h_0, **which) in (2, 5), which
                assert same_bits(output, before) and same_bits(h_n, expected[1]), which


def c10_packed():
    lengths = np.array([3, 9, 1, 7, 3, 2, 9, 5])
    T, B = 9, len(lengths)
    for network, model in lengths_networks():
        x, h_0 = draw(network, T, B)
        y, h_n = calls.run(model, network, Call(T, B, "lengths"), Arrays(x, h_0, lengths))
        tensors, state = torch.from_numpy(x), torch.from_numpy(h_0)
        if network.batch_first:
            tensors = tensors.swapaxes(0, 1)
        for order, is_sorted in ((np.arange(B), False), (np.argsort(-lengths), True)):
            rows = torch.from_numpy(order)
            packed = pack_padded_sequence(tensors.index_select(1 - network.batch_first, rows) if
                                          not network.batch_first else tensors[rows],
                                          torch.from_numpy(lengths[order]), network.batch_first,
                                          enforce_sorted=is_sorted)
            output, last = model(packed, state[:, rows])
            assert type(output) is type(packed) and output.data.shape[0] == lengths.sum()
            assert torch.equal(output.batch_sizes, packed.batch_sizes)
            equal((calls.unpack(output, lengths[order], T), last.numpy()),
                  (y[:, order], h_n[:, order]))
            with torch.no_grad():
                judge, judge_last = network.module()(packed, state[:, rows])
            limit = dict(rtol=0, atol=1e-12 if network.dtype == "float64" else 2e-6)
            torch.testing.assert_close(output.data, judge.data, **limit)
            torch.testing.assert_close(last, judge_last, **limit)
            assert same_bits(model(packed)[1].numpy(), model(packed, 0 * state)[1].numpy())
        # With rows of length 0, which torch refuses: they are seen in the indices.
        some = np.array([0, 4, 0, 9, 1])
        given = Arrays(x[:, :5], h_0[:, :5], some)
        equal(calls.run(model, network, Call(T, 5, "packed"), given),
              calls.run(model, network, Call(T, 5, "lengths"), given))
        refused("batch_sizes", model, grucc.PackedSequence(x.reshape(-1, network.I)[:5], [2, 3]))
        refused("input", model, grucc.PackedSequence(x.reshape(-1, network.I)[:5], [3, 3]))
        refused("h_0", model, grucc.PackedSequence(x.reshape(-1, network.I)[:5], [3, 2]),
                h_0[:, :3, 1:])


if __name__ == "__main__":
    globals()[sys.argv[1]]()
