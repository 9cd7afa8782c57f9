# ===- check_call.py - Sequences: every form of input, both kinds of arrays -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import numpy as np
import torch

import grucc
from expect import Spy, close, evaluate, fails, same

T, B, I, H, L = 7, 3, 5, 9, 2
rng = np.random.default_rng(0)


def f32(*shape):
    return rng.standard_normal(shape).astype(np.float32)


# What torch computes, in both layouts, directions and dtypes, with and without h_0.
for flags in ({}, {"batch_first": True, "bias": False}, {"bidirectional": True, "num_layers": L},
              {"bidirectional": True, "batch_first": True, "dtype": torch.float64}):
    gru = torch.nn.GRU(I, H, **flags)
    model = grucc.compile(gru)
    states = gru.num_layers * (1 + gru.bidirectional)
    x = torch.randn(*(B, T) if gru.batch_first else (T, B), I, dtype=flags.get("dtype"))
    h_0 = torch.randn(states, B, H, dtype=flags.get("dtype"))
    for arguments in ((x,), (x, h_0), (x[0], h_0[:, 0]), (x[0],)):
        wanted, found = evaluate(gru, *arguments), model(*arguments)
        assert all(isinstance(v, torch.Tensor) and not v.requires_grad for v in found)
        arrays = model(*(a.numpy() for a in arguments))
        for a, b, c in zip(found, wanted, arrays):
            close(a, b)
            assert type(c) is np.ndarray
            same(torch.from_numpy(c), a)
    assert (model.input_size, model.hidden_size, model.num_layers) == (I, H, gru.num_layers)
    assert (model.bias, model.batch_first, model.bidirectional, model.dropout, model.training) == (
        gru.bias, gru.batch_first, gru.bidirectional, 0, False)
    assert str(model.dtype) in str(x.dtype) and model.num_directions == 1 + gru.bidirectional

gru = torch.nn.GRU(I, H, L, bidirectional=True)
model = grucc.compile(gru)
x, h_0 = f32(T, B, I), f32(2 * L, B, H)
output, h_n = model(x, h_0)

# Lengths in any order, 0 too, in every form that integers have.
lengths = [2, 7, 0]
for form in (lengths, tuple(lengths), np.array(lengths), np.array(lengths, np.int8),
             np.array([2, 9, 7, 9, 0, 9])[::2], torch.tensor(lengths)):
    ragged, last = model(x, h_0, form)
    for b, n in enumerate(lengths):
        alone, h_alone = model(x[:n, b], h_0[:, b])
        same(ragged[:n, b], alone)
        same(last[:, b], h_alone)
        assert not ragged[n:, b].any()
same(model(x, lengths=np.full(B, T))[0], model(x)[0])
assert model(torch.from_numpy(x), lengths=lengths)[0].shape == (T, B, 2 * H)

# Nothing contiguous is copied, and results are what the model wrote.
spy = Spy(model)
counts = np.array(lengths)
for case in ((x, h_0, counts), tuple(map(torch.from_numpy, (x, h_0, counts))),
             (x, torch.from_numpy(h_0), counts), (torch.from_numpy(x), h_0, counts)):
    address = [a.data_ptr() if isinstance(a, torch.Tensor) else a.ctypes.data for a in case]
    found = model(*case)
    assert [spy.input, spy.h_0, spy.lengths] == address
    assert [spy.output, spy.h_n] == [grucc.address(v) for v in found]
    assert type(found[0]) is type(found[1]) is type(case[0])
    assert (spy.seq_len, spy.batch, spy.weights, spy.batch_sizes) == (T, B, 0, 0)
read_only = x.copy()
read_only.flags.writeable = False
same(model(read_only, h_0)[0], output)
assert spy.input == read_only.ctypes.data
needs_gradient = torch.from_numpy(x).requires_grad_()
same(model(needs_gradient, h_0)[0].numpy(), output)
assert spy.input == needs_gradient.data_ptr()

# What is not contiguous or not aligned is copied, and left alone.
wide = np.zeros((B, T, 2 * I), np.float32)
wide.transpose(1, 0, 2)[..., ::2] = x
strided = wide.transpose(1, 0, 2)[..., ::2]
odd = np.zeros(4 * x.size + 1, np.uint8)[1:].view(np.float32).reshape(x.shape)
odd[:] = x
negated = torch._neg_view(torch.from_numpy(-x))
for form in (strided, odd, torch.from_numpy(wide).transpose(0, 1)[..., ::2], negated,
             torch.from_numpy(odd)):
    found = model(form, h_0[:, ::-1][:, ::-1])[0]
    same(found if isinstance(found, np.ndarray) else found.numpy(), output)
    assert spy.input not in (form.data_ptr() if isinstance(form, torch.Tensor) else
                             form.ctypes.data, 0) and spy.input % 4 == 0
same(strided, x)

# Numbers without a dtype become the model's; no steps and no rows are sequences, too (C13).
same(model([[0] * I, [1] * I])[0], model(np.array([[0] * I, [1] * I], np.float32))[0])
for kind in (lambda a: a, torch.from_numpy):
    empty, still = model(kind(x[:0]), kind(h_0))
    same(still, kind(h_0))
    assert empty.shape == (0, B, 2 * H) and type(empty) is type(kind(x))
    assert not model(kind(x[:0]))[1].any()
    assert [v.shape for v in model(kind(x[:, :0]), lengths=[])] == [(T, 0, 2 * H), (2 * L, 0, H)]
    assert model(kind(x[:0, 0]))[0].shape == (0, 2 * H)

# What is wrong is said; nothing is repaired.
tensor = torch.from_numpy(x)
fails("input: found shape [7, 3, 9], expected [T, B, 5]", model, f32(T, B, 9))
fails("input: found shape [7], expected [T, B, 5]", model, f32(T))
fails("input: found shape [], expected [T, B, 5]", model, 1.0)
fails("input: found shape [1, 1, 1, 5], expected [T, B, 5]", model, torch.zeros(1, 1, 1, 5))
fails("input: found shape [7, 9], expected [B, T, 5]",
      grucc.compile(grucc.GRU(I, H, batch_first=True)), f32(T, 9))
fails("input: found float64, expected float32; input.astype('float32') gives it",
      model, x.astype(np.float64))
fails("input: found >f4, expected float32; input.astype('float32') gives it",
      model, x.astype(">f4"))
fails("input: found torch.float64, expected torch.float32; input.to(torch.float32) gives it",
      model, tensor.double())
fails("input: found a torch.strided tensor on meta, expected a strided one on cpu", model,
      tensor.to("meta"))
fails("input: found a torch.sparse_coo tensor on cpu, expected a strided one on cpu", model,
      tensor.to_sparse())
fails("input: found <U1, expected float32", model, np.full((T, B, I), "x"))
fails("h_0: found shape [4, 3, 8], expected [4, 3, 9]", model, x, f32(4, B, 8))
fails("h_0: found shape [4, 3, 9], expected [4, 9]", model, x[:, 0], h_0)
fails("h_0: found torch.float64, expected torch.float32; h_0.to(torch.float32) gives it",
      model, x, torch.from_numpy(h_0).double())
fails("lengths: found 8 at row 1, expected 0 to 7", model, x, None, [7, 8, 9])
fails("lengths: found -1 at row 0, expected 0 to 7", model, x, lengths=np.array([-1, 0, 0]))
fails("lengths: found shape [2], expected [3]", model, x, lengths=[1, 2])
fails("lengths: found float64 with 1 axes, expected integers with one axis", model, x,
      lengths=[1.0, 2.0, 3.0])
fails("lengths: found int64 with 2 axes, expected integers with one axis", model, x,
      lengths=[[1, 2, 3]])
fails("lengths: found lengths for unbatched input, expected none", model, x[:, 0], lengths=[7])
fails("dropout_mask: found shape [1], expected [1, 7, 3, 18]", model, x, dropout_mask=[1])
assert issubclass(grucc.InputError, ValueError) and issubclass(grucc.InputError, grucc.Error)
