# ===- check_gpu.py - Models on a GPU give the bits of models on a CPU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_gpu.py standin|device: on the stand-in driver, or on a GPU."""

import copy
import gc
import pickle
import sys
import threading

import numpy as np
import torch

import grucc
from expect import fails, same
from grucc._arguments import shown

on_device = sys.argv[1] == "device"
rng = np.random.default_rng(0)


def draw(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def compile_both(network, target="sm_80", **flags):
    return grucc.compile(network, **flags), grucc.compile(network, target=target, **flags)


def same_runs(cpu, gpu, *arguments, **others):
    found, expected = gpu(*arguments, **others), cpu(*arguments, **others)
    for a, b in zip(found, expected):
        if isinstance(a, (torch.Tensor, np.ndarray)):
            same(a, b)
        else:
            same(a.data, b.data)
            same(a.batch_sizes, b.batch_sizes)


# Every form of a network and of a call.
for case in range(40 if on_device else 12):
    I, H, L = (int(n) for n in (rng.integers(1, 40), rng.integers(1, 70), rng.integers(1, 4)))
    flags = dict(bias=bool(rng.integers(4)), batch_first=bool(rng.integers(2)),
                 bidirectional=bool(rng.integers(2)))
    cpu, gpu = compile_both(grucc.GRU(I, H, L, seed=case, **flags))
    T, B = int(rng.integers(0, 6)), int(rng.integers(0, 7))
    D = 2 if flags["bidirectional"] else 1
    x, h_0 = draw(*((B, T, I) if flags["batch_first"] else (T, B, I))), draw(D * L, B, H)
    lengths = rng.integers(0, T + 1, B)
    same_runs(cpu, gpu, x)
    same_runs(cpu, gpu, x, h_0, lengths)
    same_runs(cpu, gpu, torch.from_numpy(x), torch.from_numpy(h_0))
    same_runs(cpu, gpu, draw(T + 1, I))
    sizes = np.sort(rng.integers(0, B + 1, T))[::-1]
    order = rng.permutation(B)
    same_runs(cpu, gpu, grucc.PackedSequence(draw(sizes.sum(), I), sizes, order), h_0)
    if D == 1:
        mine, theirs = gpu.state(h_0), cpu.state(h_0)
        for t in range(4):
            step = draw(B, I)
            same(gpu.step(step, mine)[0], cpu.step(step, theirs)[0])
            if t == 1:
                kept = mine.copy(), theirs.copy()
        same(mine.h, theirs.h)
        same(kept[0].h, kept[1].h)
        mine.h = h_0
        same(mine.h, h_0)
        row = draw(I)
        same(gpu.step(row)[0], cpu.step(row)[0])
        same(gpu.step(torch.from_numpy(row))[1].h, cpu.step(torch.from_numpy(row))[1].h)

# What a model says of itself needs no device.
cpu, gpu = compile_both(grucc.GRU(10, 20, 2, seed=3))
assert gpu.device == 0 and cpu.device is None and gpu.target == "sm_80"
assert repr(gpu).startswith("grucc.Model(GRU(input_size=10, hidden_size=20, num_layers=2")
assert gpu.report["target"] == "sm_80" and gpu.report["weights_bytes"] > 0
gpu.save("gpu.so")
again = grucc.load("gpu.so")
assert again.facts()["workspace_bytes"] == 0 and again.hidden_size == 20
x, lengths = draw(5, 3, 10), [5, 0, 2]
same_runs(cpu, again, x, None, lengths)
assert grucc.load("gpu.so", threads=2)(x)[0].shape == (5, 3, 20)

# Shapes and lengths are checked as for a CPU.
fails("input: found shape [5, 3, 9], expected [T, B, 10]", gpu, x[..., :9])
fails("lengths: found 6 at row 1, expected 0 to 5", gpu, x, None, [5, 6, 2])
fails("dropout_seed: found one, expected a model compiled with training=True", gpu, x,
      dropout_seed=1)
fails("weights: found weights, expected none: the model has its own", gpu.set_weights, {})
bidirectional = grucc.compile(grucc.GRU(4, 8, bidirectional=True), target="sm_80")
fails("step: found a bidirectional network, expected one that can stream", bidirectional.step,
      draw(2, 4))
fails("state: found batch -1, expected 0 or more, whose state fits the address space", gpu.state,
      batch=-1)

# The arguments themselves, as they are.
output, h_n = np.empty((5, 3, 20), np.float32), np.empty((2, 3, 20), np.float32)
assert gpu.run_raw(5, 3, x, output, h_n) == 0
same(output, cpu(x)[0])
assert gpu.run_raw(-1, 3, x, output, h_n) == 2
fails("step_raw: found a model for a GPU, expected one for a CPU", gpu.step_raw, x, x, None, 3,
      kind=grucc.Error)

# Devices.
for device in (0, "cuda", "cuda:0"):
    same(grucc.load("gpu.so", device=device)(x)[0], output)
for device in ("gpu", -1, True, 2**31, 2**64, "cuda:4294967296", "cuda:-1", "cuda:\u0661",
               "cuda:" + "9" * 5000):
    fails(f"""device: found {shown(device)}, expected "cuda", "cuda:N" or N, at most 2147483647""",
          grucc.load, "gpu.so", device=device)
assert grucc.load("gpu.so", device="cuda:2147483647").device == 2**31 - 1
fails(f"device: found 1 for a model of {cpu.target}, expected none", grucc.load, cpu.path, device=1)
if not on_device:
    fails("device: found 2 devices, expected device 7", grucc.load("gpu.so", device=7), x,
          kind=grucc.Error)
    same(grucc.load("gpu.so", device=1)(x)[0], output)

# Rows of a state are reset alone; models and states travel.
state, theirs, new = gpu.state(draw(2, 3, 20)), cpu.state(batch=3), draw(2, 1, 20)
theirs.h = state.h
for stream in (state, theirs):
    stream.reset([2, 0])
    stream.reset(2, new)
same(state.h, theirs.h)
assert not state.h.flags.writeable and not state.h[:, 0].any() and state.h[:, 1].all()
for way in (copy.copy, copy.deepcopy, lambda what: pickle.loads(pickle.dumps(what))):
    other, stream = way(gpu), way(state)
    same(other(x)[0], output)
    same(stream.h, state.h)
    same(stream.model.step(x[0], stream)[0], cpu.step(x[0], theirs.copy())[0])
del state, stream, other

# Calls at once, each thread with handles of its own.
problems = []


def work():
    try:
        for _ in range(3):
            same(gpu(x)[0], output)
            state = None
            for t in range(5):
                y, state = gpu.step(x[t], state)
            same(y, output[-1])
    except BaseException as problem:
        problems.append(problem)
        raise


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not problems

# CUDA tensors: they stay on their device, and on torch's current stream there.
if on_device and not torch.cuda.is_available():
    print("torch without CUDA: its tensors are left out")
else:
    if on_device:
        numbers = range(torch.cuda.device_count())
        cuda = lambda array, number: torch.from_numpy(array).to(f"cuda:{number}")  # noqa: E731
    else:
        import standin_torch
        standin_torch.install()
        numbers = range(2)
        cuda = lambda array, number: standin_torch.cuda(torch.from_numpy(array), number)  # noqa: E731
    h_0 = draw(2, 3, 20)
    for number in numbers:
        tensor = cuda(x, number)
        for found, expected in zip(gpu(tensor, cuda(h_0, number), lengths), cpu(x, h_0, lengths)):
            assert found.is_cuda and found.device.index == number
            same(found.cpu().numpy(), expected)
        sizes, order = np.array([3, 2, 2, 1, 1]), np.array([2, 0, 1])
        packed = grucc.PackedSequence(cuda(draw(9, 10), number), sizes, order)
        on_cpu = packed._replace(data=packed.data.cpu().numpy())
        for found, expected in zip(gpu(packed, cuda(h_0, number)), cpu(on_cpu, h_0)):
            found, expected = (v.data if isinstance(v, grucc.PackedSequence) else v
                               for v in (found, expected))
            same(found.cpu().numpy(), expected)
        state = gpu.state(cuda(h_0, number))
        theirs = cpu.state(h_0)
        for t in range(3):
            y, state = gpu.step(cuda(x[t], number), state)
            same(y.cpu().numpy(), cpu.step(x[t], theirs)[0])
        for stream, new in ((state, cuda(h_0[:, :1], number)), (theirs, h_0[:, :1])):
            stream.reset([0])
            stream.reset(1, new)
        same(copy.copy(state).h.cpu().numpy(), theirs.h)
        same(state.h.cpu().numpy(), theirs.h)
        del state, stream, new, found, packed, tensor, y
    fails("input: found torch.float64, expected torch.float32; input.to(torch.float32) gives it",
          gpu, cuda(x.astype(np.float64), 0))
    if not on_device:
        fails("h_0: found it on cuda:1, expected it on cuda:0, as input", gpu, cuda(x, 0),
              cuda(h_0, 1))
        fails("h_0: found it on the host, expected it on cuda:0, as input", gpu, cuda(x, 0), h_0)
        fails("h_0: found it on cuda:0, expected it on the host, as input", gpu, x, cuda(h_0, 0))
        fails("input: found a torch.strided tensor on cuda:0, expected a strided one on cpu", cpu,
              cuda(x, 0))
        standin_torch.close()

# Nothing stays on the device: the stand-in looks at the end.
del gpu, again, bidirectional, threads
gc.collect()
