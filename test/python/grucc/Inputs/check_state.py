# ===- check_state.py - Resetting rows, read-only copies, states that travel -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import copy
import io
import pickle

import numpy as np
import torch

import grucc
from expect import fails, same

B, I, H, L = 4, 5, 9, 2
rng = np.random.default_rng(0)


def f32(*shape):
    return rng.standard_normal(shape).astype(np.float32)


model = grucc.compile(grucc.GRU(I, H, L, seed=3))
x, h_0 = f32(6, B, I), f32(L, B, H)
h_0[0, 0, :3] = np.nan, np.inf, 1e-40  # bits that arithmetic would not keep
plain = np.asarray


def bits(array):
    return plain(array).view(np.uint32)


# reset: those rows of all layers, and no bit of another.
for kind in (np.asarray, torch.from_numpy):
    rows = [(2, [2]), (np.int64(0), [0]), ([3, 1], [3, 1]), (slice(1, 3), [1, 2]),
            (slice(None), [0, 1, 2, 3]), (slice(0, 4, 2), [0, 2]), (slice(3, None, -2), [3, 1]),
            (slice(None, None, -1), [3, 2, 1, 0]), ([], []), (range(2), [0, 1]), (slice(9, 12), []),
            ([True, False, False, True], [0, 3]), (kind(np.array([False] * 4)), []),
            (kind(np.array([2, 0], np.int32)), [2, 0]), (kind(np.array([1], np.uint8)), [1]),
            (np.array([3, 9, 1])[::2], [3, 1]), (np.array([], np.int64), [])]
    for given, numbers in rows:
        wanted, state = h_0.copy(), model.state(kind(h_0))
        wanted[:, numbers] = 0
        assert state.reset(given) is None
        same(bits(state.h), bits(wanted))
        new = f32(L, len(numbers), H)
        wanted[:, numbers] = new
        state.reset(given, kind(new))
        same(bits(state.h), bits(wanted))
        assert type(model.step(kind(x[0]), state)[0]) is type(kind(x[0]))  # the stream's kind stays
    state = model.state(kind(h_0))
    state.reset([1, 1, 3])
    assert not plain(state.h)[:, [1, 3]].any()
same(bits(model.state(h_0).h), bits(h_0))
# A row that is reset goes on as a stream that begins.
_, state = model.step(x[0])
state.reset(1)
y, state = model.step(x[1], state)
same(y[1], model.step(x[1])[0][1])
same(y[0], model(x[:2])[0][1, 0])

state = model.state(h_0)
for wrong, found in ((4, 4), (-1, -1), ([0, 7, -1], 7), (np.uint64(1 << 63), 1 << 63)):
    fails(f"rows: found {found}, expected 0 to 3", state.reset, wrong)
fails("rows: found 0, expected none, as the state has none", model.state(batch=0).reset, 0)
model.state(batch=0).reset([])
fails("rows: found shape [3], expected [4]", state.reset, [True] * 3)
for wrong, found in ((True, "bool with 0"), (1.0, "float64 with 0"), ([[1]], "int64 with 2"),
                     (None, "object with 0"), ("1", "<U1 with 0")):
    fails(f"rows: found {found} axes, expected row numbers or a mask", state.reset, wrong)
fails("h_0: found shape [2, 1, 9], expected [2, 2, 9]", state.reset, [0, 1], f32(L, 1, H))
fails("h_0: found float64, expected float32; h_0.astype('float32') gives it",
      state.reset, 0, np.zeros((L, 1, H)))
fails("rows: found [1, 1], expected each row of h_0 once", state.reset, [1, 1], f32(L, 2, H))
same(bits(state.h), bits(h_0))

# h is a copy, and does not take what would go nowhere.
h = state.h
assert type(h) is np.ndarray
for write in (lambda: h.__setitem__(0, 0), lambda: h.fill(0), lambda: np.copyto(h, 0),
              lambda: np.add(h, 1, out=h), lambda: h[:, 1].__setitem__(0, 0)):
    try:
        write()
    except ValueError as error:
        assert "read-only" in str(error), error
    else:
        raise AssertionError("a read-only array was written to")
state.h = h  # and is a state
same(bits(state.h), bits(h_0))
same(model(x[:, :2], h[:, 2:])[0], model(x[:, :2], h_0[:, 2:])[0])

h_0 = f32(L, B, H)
state = model.state(torch.from_numpy(h_0))
h, other = state.h, torch.zeros(L, B, H)


def augment():
    g = h
    g += 1


def assign(name, value):
    return lambda: setattr(h, name, value)


for name, write in (
        ("__setitem__", lambda: h.__setitem__((slice(None), 1), 0)), ("zero_", h.zero_),
        ("copy_", lambda: h.copy_(other)), ("add_", lambda: h.add_(1)), ("add_", augment),
        ("fill_", lambda: h[:, 1].fill_(0)), ("__setitem__", lambda: h[1].__setitem__(0, 0)),
        ("zero_", lambda: h.view(-1).zero_()), ("zero_", lambda: h.detach().zero_()),
        ("zero_", lambda: h.data.zero_()), ("zero_", lambda: h.mT.zero_()),
        ("zero_", lambda: h.unbind(1)[2].zero_()), ("zero_", lambda: h.chunk(2)[1].zero_()),
        ("zero_", lambda: [row.zero_() for row in h]), ("zero_", lambda: h.contiguous().zero_()),
        ("index_fill_", lambda: h.index_fill_(1, torch.tensor([1]), 0)),
        ("masked_fill_", lambda: h.masked_fill_(h > 0, 0)), ("add", lambda: torch.add(h, 1, out=h)),
        ("sort", lambda: torch.sort(h, out=(h, torch.empty(0, dtype=torch.int64)))),
        ("relu", lambda: torch.nn.functional.relu(h, inplace=True)), ("relu_", h.relu_),
        ("zero_", lambda: torch.nn.init.zeros_(h)), ("__set__", assign("data", other)),
        ("_foreach_zero_", lambda: torch._foreach_zero_([other, h]))):
    fails(f"h: found {name} on a copy of the state, expected state.reset(rows, h_0) or "
          "state.h = h_0", write)
for array in (h.numpy(), np.asarray(h), h[:, 1].numpy()):
    assert not array.flags.writeable
same(h.clone(), torch.from_numpy(h_0))
# In place, what leaves the values alone is as ever.
for name, arguments, shape in (
        ("requires_grad_", (), (L, B, H)), ("share_memory_", (), (L, B, H)),
        ("unsqueeze_", (0,), (1, L, B, H)), ("squeeze_", (), (L, B, H)),
        ("transpose_", (1, 2), (L, H, B))):
    own = state.h
    result = getattr(own, name)(*arguments)
    assert type(result) is type(h) and own.shape == shape, name
    fails("h: found zero_ on a copy of the state, expected state.reset(rows, h_0) or "
          "state.h = h_0", result.detach().zero_)
own = state.h
try:
    own.detach_()
except RuntimeError as error:  # torch's, whose advice fits
    assert "Use detach() instead" in str(error), error
own.requires_grad = True
own.mul(own).sum().backward()
same(own.grad.clone(), torch.from_numpy(2 * h_0))
own.grad = None
# What is computed from it is as ever.
for result in (h + 1, h.clone(), torch.stack([h, h]), h.sum(), h @ torch.zeros(H, 2), h.double(),
               h.max(0).values, torch.zeros_like(h), copy.deepcopy(h), h[:, [1, 2]]):
    assert type(result) is torch.Tensor
    result.zero_()
other.copy_(h)
other += h
other[0] = h[0]
torch.add(h, h, out=other)
same(other, torch.from_numpy(h_0 + h_0))
assert type(other) is torch.Tensor and int(h.numel()) == h_0.size and bool((h == h).all())
file = io.BytesIO()
torch.save(h, file)
file.seek(0)
same(torch.load(file), torch.from_numpy(h_0))
same(model(torch.from_numpy(x), h)[0], model(torch.from_numpy(x), torch.from_numpy(h_0))[0])
state.h = h
state.reset([1], h[:, 2:3])
same(state.h.clone()[:, 1], torch.from_numpy(h_0[:, 2]))

# A copy by any way is of its moment, and goes on with its own bits.
for kind in (np.asarray, torch.from_numpy):
    state = model.state(kind(h_0))
    model.step(kind(x[0]), state)
    copies = [state.copy(), copy.copy(state), copy.deepcopy(state),
              pickle.loads(pickle.dumps(state))]
    wanted = plain(state.h).copy()
    y = model.step(kind(x[1]), state)[0]
    for other in copies:
        same(plain(other.h), wanted)
        assert type(other.h) is type(state.h)
        same(other.model.step(kind(x[1]), other)[0], y)
    assert all(other.model is model for other in copies[:-1])
    # A stream and its model stay together, whichever is copied first.
    state = model.state(kind(h_0))
    wanted = model.step(kind(x[0]), state.copy())[0]
    for pair in ({"model": model, "state": state}, {"state": state, "model": model}):
        for again in (copy.deepcopy(pair), pickle.loads(pickle.dumps(pair))):
            assert again["model"] is not model and again["state"] is not state
            same(again["model"].step(kind(x[0]), again["state"])[0], wanted)
same(plain(pickle.loads(pickle.dumps(model.state(batch=0))).h), np.zeros((L, 0, H), np.float32))
another = grucc.compile(grucc.GRU(I, H, L, seed=4))
fails("state: found a state of another model, expected one of this model", another.step, x[0],
      model.state(batch=B))
