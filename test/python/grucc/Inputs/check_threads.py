# ===- check_threads.py - One model from many threads, without Python's lock -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import sys
import threading

import numpy as np
import torch

import grucc
from expect import same

# Eight threads on one model, each with lengths and sizes of its own, give what one gives alone.
rng = np.random.default_rng(0)
model = grucc.compile(grucc.GRU(40, 96, 2, bidirectional=True))
streaming = grucc.compile(grucc.GRU(40, 96, 2))
cases = []
for i in range(8):
    T, B = 3 + 5 * i, 1 + i % 3
    x = rng.standard_normal((T, B, 40)).astype(np.float32)
    lengths = rng.integers(0, T + 1, B) if i % 2 else None
    cases.append((x, lengths, model(x, None, lengths), streaming(x)))
problems, barrier = [], threading.Barrier(len(cases))


def work(own):
    try:
        barrier.wait()
        for turn in range(30):
            x, lengths, wanted, streamed = cases[(own + turn) % len(cases)]
            for found, expected in zip(model(x, None, lengths), wanted):
                same(found, expected)
            state = None
            for t in range(len(x)):
                y, state = streaming.step(x[t], state)
            same(y, streamed[0][-1])
            same(model(torch.from_numpy(x), None, lengths)[0].numpy(), wanted[0])
    except BaseException as problem:
        problems.append(problem)
        raise


sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=work, args=(i,)) for i in range(len(cases))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not problems
sys.setswitchinterval(0.005)

# Models that run on several threads give the same, in every form and from threads at once.
shared = grucc.load(model.path, threads=2)
assert shared.threads == 2 and model.threads == 1
twice = grucc.compile(grucc.GRU(40, 96, 2, bidirectional=True), threads=3)
long = rng.standard_normal((400, 9, 40)).astype(np.float32)  # enough to be shared
lengths = rng.integers(0, 401, 9)
wanted = [model(long), model(long, None, lengths)]


def run_shared(other):
    try:
        for _ in range(3):
            for found, expected in zip((other(long), other(long, None, lengths)), wanted):
                same(found[0], expected[0])
                same(found[1], expected[1])
    except BaseException as problem:
        problems.append(problem)
        raise


threads = [threading.Thread(target=run_shared, args=(m,)) for m in (shared, twice, shared)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
run_shared(shared)
assert not problems

# While one thread runs a model, another goes on: nothing else makes Python change threads here.
big = grucc.compile(grucc.GRU(256, 256), target="x86-64-v2")
x = np.zeros((3000, 1, 256), np.float32)
sys.setswitchinterval(1000)
for attempt in range(20):  # other programs may keep this thread from running meanwhile
    began, ended = threading.Event(), threading.Event()

    def run():
        big(x)  # once, so that what follows has all its memory
        began.set()
        big(x)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    began.wait()
    went_on = not ended.is_set()
    thread.join()
    if went_on:
        break
else:
    raise AssertionError("another thread waits until the run has ended")
