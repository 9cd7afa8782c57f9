# ===- calls.py - Drawn calls, made of models of the Python package -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers."""

import json
import os

import grucc
import numpy as np
import torch
from drawn_cases import draw_arrays, given
from safetensors.numpy import save_file
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence


def compile_for(network, target, folder, **options):
    """The model of a network, from whatever form its `source` names."""
    module = network.module()
    tensors = {name: weight.numpy() for name, weight in module.state_dict().items()}
    options |= dict(target=target, cache=False)
    flags = dict(batch_first=network.batch_first, dropout=network.dropout)
    if network.source == "dict":
        return grucc.compile(tensors, **flags, **options)
    if network.source == "file":
        save_file(tensors, f"{folder}/weights.safetensors")
        return grucc.compile(f"{folder}/weights.safetensors", **flags, **options)
    if network.source == "network":
        save_file(tensors, f"{folder}/weights.safetensors")
        with open(f"{folder}/network.json", "w") as file:
            json.dump(network.sizes() | dict(dtype=network.dtype, weights="weights.safetensors"),
                      file)
        return grucc.compile(f"{folder}/network.json", **options)
    if network.source == "external":
        return grucc.compile(module, weights="external", **options)
    return grucc.compile(module, **options)


def array(value):
    return value.numpy() if isinstance(value, torch.Tensor) else value


def pack(network, call, x, lengths):
    """A PackedSequence of x, [T, B, I] or [B, T, I]: torch's, or grucc's with rows of length 0."""
    if call.tensors:
        return pack_padded_sequence(x, torch.from_numpy(lengths), network.batch_first,
                                    enforce_sorted=call.in_order)
    order = np.argsort(-lengths, kind="stable")
    sizes = (lengths[:, None] > np.arange(lengths.max(initial=0))).sum(axis=0)
    times = x.swapaxes(0, 1) if network.batch_first else x
    rows = [times[t, order[:count]] for t, count in enumerate(sizes)]
    data = np.concatenate([np.empty((0, network.I), x.dtype)] + rows)
    # Rows of length 0 are seen in the indices alone.
    indices = None if call.in_order and lengths.all() else order
    return grucc.PackedSequence(data, sizes, indices)


def unpack(packed, lengths, T):
    """[T, B, D*H] with zeros behind each row's length."""
    data, sizes = array(packed.data), array(packed.batch_sizes)
    output = np.zeros((T, len(lengths), data.shape[1]), data.dtype)
    order = np.argsort(-lengths, kind="stable")
    if packed.sorted_indices is not None:
        order = array(packed.sorted_indices)
    at = 0
    for t, count in enumerate(sizes):
        output[t, order[:count]] = data[at:at + count]
        at += count
    assert at == len(data)
    return output


def packable(call, lengths):
    """torch packs no row of length 0."""
    return not call.tensors or (len(lengths) > 0 and lengths.all())


def run(model, network, call, arrays, **options):
    """output [T, B, D*H], h_n [D*L, B, H] as NumPy arrays; sees that inputs are not written to
    and that results have the kind, dtype and shape that they should."""
    turned = arrays.x.swapaxes(0, 1) if network.batch_first else arrays.x
    h_0 = given(arrays.h_0, call)
    if call.form == "steps":
        return stream(model, network, call, arrays)
    lengths = arrays.lengths
    if call.form == "unbatched":
        x = given(arrays.x[:, 0], call)
        h_0 = None if h_0 is None else h_0[:, 0]
    else:
        x = given(np.ascontiguousarray(turned), call)
    if call.form == "packed":
        x = pack(network, call, x, lengths)
    elif lengths is not None:
        options["lengths"] = torch.from_numpy(lengths) if call.tensors else lengths
    before = array(x.data if call.form == "packed" else x).copy()
    output, h_n = model(x, h_0, **options)
    assert np.array_equal(before, array(x.data if call.form == "packed" else x), equal_nan=True)
    assert h_0 is None or np.array_equal(
        array(h_0), arrays.h_0[:, 0] if call.form == "unbatched" else arrays.h_0, equal_nan=True)
    for value in (output.data if call.form == "packed" else output, h_n):
        assert isinstance(value, torch.Tensor if call.tensors else np.ndarray), type(value)
    if call.form == "packed":
        assert isinstance(output, PackedSequence if call.tensors else grucc.PackedSequence)
        output = unpack(output, lengths, call.T)
    output, h_n = array(output), array(h_n)
    if call.form == "unbatched":
        output, h_n = output[:, None], h_n[:, None]
    elif network.batch_first and call.form != "packed":
        output = output.swapaxes(0, 1)
    return output, h_n


def stream(model, network, call, arrays):
    """The same by Model.step."""
    state = None
    if arrays.h_0 is not None or not call.T:
        state = model.state(given(arrays.h_0, call), call.B)
    ys = []
    for row in arrays.x:
        y, state = model.step(given(row, call), state)
        ys.append(array(y))
    shape = call.T, call.B, network.H
    return np.array(ys, network.dtype).reshape(shape), array(state.h)
