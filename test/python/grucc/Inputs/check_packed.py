# ===- check_packed.py - Packed sequences and dropout, in the caller's order -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence
from torch.nn.utils.rnn import pad_packed_sequence

import grucc
from expect import Spy, close, evaluate, fails, same

T, B, I, H, L = 7, 4, 5, 9, 3
LENGTHS = [2, 7, 1, 5]


def same_packing(found, packed):
    """Everything but the data is the caller's own."""
    assert type(found) is type(packed)
    assert all(a is b for a, b in zip(found[1:], packed[1:]))


# A PackedSequence gives torch's PackedSequence; its data are read where they are.
for flags in ({}, {"bidirectional": True, "batch_first": True}, {"dtype": torch.float64}):
    gru = torch.nn.GRU(I, H, L, **flags)
    model = grucc.compile(gru)
    D, dtype = 1 + gru.bidirectional, flags.get("dtype")
    rows = [torch.randn(n, I, dtype=dtype) for n in LENGTHS]
    h_0 = torch.randn(D * L, B, H, dtype=dtype)
    spy = Spy(model)
    for packed in (pack_sequence(rows, enforce_sorted=False),
                   pack_sequence(sorted(rows, key=len, reverse=True))):
        for start in (None, h_0):
            (output, h_n), wanted = model(packed, start), evaluate(gru, packed, start)
            same_packing(output, packed)
            assert isinstance(output, PackedSequence) and type(h_n) is torch.Tensor
            close(output.data, wanted[0].data)
            close(h_n, wanted[1])
            assert spy.input == packed.data.data_ptr() and spy.output == output.data.data_ptr()
            assert spy.batch_sizes == packed.batch_sizes.data_ptr()
    # Padded, with lengths in any order: the same bits (N3).
    packed = pack_sequence(rows, enforce_sorted=False)
    padded, lengths = pad_packed_sequence(packed, gru.batch_first)
    output, h_n = model(packed, h_0)
    ragged, last = model(padded, h_0, lengths)
    same(pad_packed_sequence(output, gru.batch_first)[0], ragged)
    same(last, h_n)

# Without torch: grucc's own PackedSequence, and rows of length 0 that only h_0 or the indices know.
gru = torch.nn.GRU(I, H, L, bidirectional=True)
model = grucc.compile(gru)
x, h_0 = torch.randn(T, B, I).numpy(), torch.randn(2 * L, B, H).numpy()
order = np.argsort([-n for n in LENGTHS], kind="stable")
sizes = [sum(n > t for n in LENGTHS) for t in range(T)]
data = np.concatenate([x[t, order[:n]] for t, n in enumerate(sizes)])
ragged, last = model(x, h_0, LENGTHS)
for indices in ((order, None), (None, np.argsort(order)), (list(order), np.argsort(order))):
    packed = grucc.PackedSequence(data, sizes, *indices)
    output, h_n = model(packed, h_0)
    same_packing(output, packed)
    same(output.data, np.concatenate([ragged[t, order[:n]] for t, n in enumerate(sizes)]))
    same(h_n, last)
    same(model(packed, torch.from_numpy(h_0))[1], last)
plain, h_plain = model(grucc.PackedSequence(data, np.array(sizes)), h_0[:, order])
same(plain.data, output.data)
same(h_plain, last[:, order])
few, h_few = model(grucc.PackedSequence(data[:7], [3, 2, 2]), h_0)
same(h_few[:, 3], h_0[:, 3])
same(few.data, model(grucc.PackedSequence(data[:7], [3, 2, 2]), h_0[:, :3])[0].data)
none, h_none = model(grucc.PackedSequence(data[:0], []), h_0)
assert none.data.shape == (0, 2 * H)
same(h_none, h_0)
wide = np.zeros((len(data), 2 * I), np.float32)
wide[:, ::2] = data
same(model(grucc.PackedSequence(wide[:, ::2], sizes, order), h_0[:, ::-1][:, ::-1])[0].data,
     output.data)

pack = grucc.PackedSequence
fails("input: found shape [19, 3], expected [sum of batch_sizes, 5]", model,
      pack(np.zeros((19, 3), np.float32), sizes))
fails("input: found 15 rows, expected 14, the sum of batch_sizes", model,
      pack(data, sizes[:-1]))
fails("batch_sizes: found 3 at step 1, expected 0 to 2", model, pack(data[:5], [2, 3]))
fails("batch_sizes: found -1 at step 2, expected 0 to 2", model, pack(data[:3], [2, 2, -1]))
fails("batch_sizes: found 4 at step 0, expected 0 to 3", model, pack(data, sizes), h_0[:, :3])
fails("h_0: found shape [6, 3, 9], expected [6, 4, 9]", model, pack(data, sizes, order),
      h_0[:, :3])
fails("h_0: found shape [6, 9], expected [6, 4, 9]", model, pack(data, sizes), h_0[:, 0])
fails("sorted_indices: found [0, 1, 1, 2], expected each of 0 to 3 once", model,
      pack(data, sizes, [0, 1, 1, 2]))
fails("unsorted_indices: found another order than that of sorted_indices", model,
      pack(data, sizes, order, order))
fails("input: found float64, expected float32; input.astype('float32') gives it",
      model, pack(data.astype(float), sizes))
fails("lengths: found lengths for a PackedSequence, expected none", model, pack(data, sizes),
      lengths=LENGTHS)


# Dropout: torch's network under the same mask, layer by layer (C6).
def dropped(gru, x, h_0, mask, p):
    """x [T, B, I], h_0 [D*L, B, H], mask [L-1, T, B, D*H]; output, h_n."""
    D, last = 1 + gru.bidirectional, []
    for layer in range(gru.num_layers):
        one = torch.nn.GRU(x.shape[2], gru.hidden_size, bidirectional=gru.bidirectional)
        one.load_state_dict({name.replace(f"_l{layer}", "_l0"): value for name, value
                             in gru.state_dict().items() if f"_l{layer}" in name})
        x, h = evaluate(one, x, h_0[layer * D:layer * D + D])
        last.append(h)
        if layer < gru.num_layers - 1:
            x = x * mask[layer] / (1 - p) if p < 1 else torch.zeros_like(x)
    return x, torch.cat(last)


x, h_0 = torch.from_numpy(x), torch.from_numpy(h_0)
SEED = 0x123456789ABCDEF0
for p in (0.0, 0.25, 1.0):
    gru = torch.nn.GRU(I, H, L, dropout=p, bidirectional=True)
    model = grucc.compile(gru, training=True)
    assert model.training and model.dropout == p
    mask = grucc.draw_mask(p, SEED, L - 1, T, range(B), 2 * H)
    assert mask.shape == (L - 1, T, B, 2 * H) and mask.dtype == np.uint8
    assert abs(mask.mean() - (1 - p)) < 0.05
    wanted = dropped(gru, x, h_0, torch.from_numpy(mask), p)
    by_mask = model(x, h_0, dropout_mask=mask)
    for a, b in zip(by_mask, wanted):
        close(a, b, 4e-6)
    by_seed = model(x, h_0, dropout_seed=SEED)
    for form in (mask.astype(bool), torch.from_numpy(mask), torch.from_numpy(mask).bool(),
                 np.asfortranarray(mask)):
        same(model(x, h_0, dropout_mask=form)[0], by_mask[0])
    for a, b in zip(by_seed, by_mask):
        same(a, b)  # N5, drawn by the model and by NumPy
    # Packed or padded, a row keeps its own mask (N5).
    padded, last = model(x, h_0, LENGTHS, dropout_seed=SEED)
    packed = pack_padded_sequence(x, LENGTHS, enforce_sorted=False)
    for how in ({"dropout_seed": SEED}, {"dropout_mask": mask}):
        output, h_n = model(packed, h_0, **how)
        same(pad_packed_sequence(output)[0], padded)
        same(h_n, last)
        same(model(x, h_0, LENGTHS, **how)[0], padded)
    ordered = [7, 5, 2, 1]
    packed = pack_padded_sequence(x, ordered)
    same(pad_packed_sequence(model(packed, h_0, dropout_seed=SEED)[0])[0],
         model(x, h_0, ordered, dropout_seed=SEED)[0])
    if 0 < p < 1:
        assert (model(x, h_0, dropout_seed=SEED + 1)[0] != by_seed[0]).any()
        same(model(x[:, 1], h_0[:, 1], dropout_mask=mask[:, :, 1:2])[0], by_mask[0][:, 1])
        spy = Spy(model)
        model(x, dropout_mask=mask)
        assert spy.dropout_mask == mask.ctypes.data

# In inference dropout is nothing, in whatever mode the module is.
inference = grucc.compile(gru.train())
assert not inference.training and inference.dropout == 1
close(inference(x, h_0)[0], evaluate(gru.eval(), x, h_0)[0])
model = grucc.compile(gru, training=True)
fails("dropout_seed: found one, expected a model compiled with training=True", inference, x,
      dropout_seed=1)
fails("dropout_mask: found one, expected a model compiled with training=True", inference, x,
      dropout_mask=mask)
fails("dropout_seed: found neither a seed nor a mask, expected one of them", model, x)
fails("dropout_seed: found both a seed and a mask, expected one of them", model, x,
      dropout_seed=1, dropout_mask=mask)
fails("dropout_seed: found 1.5, expected an integer", model, x, dropout_seed=1.5)
fails("dropout_seed: found -1, expected 0 to 2^64 - 1", model, x, dropout_seed=-1)
fails("dropout_mask: found shape [2, 7, 3, 18], expected [2, 7, 4, 18]", model, x,
      dropout_mask=mask[:, :, 1:])
fails("dropout_mask: found float32, expected uint8 or bool", model, x,
      dropout_mask=mask.astype(np.float32))
