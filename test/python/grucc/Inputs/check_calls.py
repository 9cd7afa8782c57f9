# ===- check_calls.py - Calls by the extension, beside those by Python -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_calls.py CASES: whatever is given, the extension ends as Python does: the same arrays, bit
for bit, or the same exception. Letters: T steps, B batch, I input size, H hidden size."""

import ctypes
import os
import random
import signal
import sys
import threading
import time
import warnings
import weakref

import numpy as np
import torch
from expect import fails

import grucc
from grucc import _library, _native

warnings.simplefilter("ignore")
draw = random.Random(1)
I, H = 2, 3


class Array(np.ndarray):
    pass


class Tensor(torch.Tensor):
    pass


def numbers(shape):
    return np.random.default_rng(draw.randrange(100)).standard_normal(shape)


def misaligned(array):
    memory = bytearray(array.nbytes + 1)
    found = np.frombuffer(memory, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    found[...] = array
    return found


def read_only(array):
    array.flags.writeable = False
    return array


def transposed(value):
    return value.T.copy().T if isinstance(value, np.ndarray) else value.mT.contiguous().mT


NUMPY = [lambda a: a] * 8 + [
    np.asfortranarray, transposed, misaligned, read_only, lambda a: a[::-1], lambda a: a[..., ::-1],
    lambda a: a.astype(np.float64), lambda a: a.astype(np.float32), lambda a: a.astype(">f4"),
    lambda a: a.astype(np.int32),
    lambda a: a.astype(complex), lambda a: a.view(Array), np.ma.array, lambda a: a.tolist(),
    lambda a: memoryview(np.ascontiguousarray(a)), lambda a: np.broadcast_to(a[:1], a.shape),
    lambda a: np.repeat(a, 2, -1)[..., ::2], lambda a: a.astype(object)]
TORCH = [lambda t: t] * 8 + [
    transposed, lambda t: t.double(), lambda t: t.float(), lambda t: t.bfloat16(),
    lambda t: t.to(torch.cfloat), lambda t: t.requires_grad_(), torch.nn.Parameter,
    lambda t: t.as_subclass(Tensor), torch._neg_view,
    lambda t: torch.complex(t, t).conj().imag, lambda t: torch.complex(t, t).imag,
    lambda t: t.to_sparse(), lambda t: t.to("meta"), lambda t: t[:1].expand(t.shape),
    lambda t: torch._efficientzerotensor(t.shape), lambda t: t.to_mkldnn(),
    lambda t: torch.nested.as_nested_tensor(list(t)), lambda t: t.detach()[..., :0],
    lambda t: torch.quantize_per_tensor(t, 0.1, 0, torch.qint8), lambda t: (t * 2).clone()]
OTHERS = [None, 1, 1.5, "x", (), [], b"", object(), np.float32(1), np.ones(()), torch.ones(())]


def drawn(shape, dtype):
    """An array of the shape, or of one like it, in one of many forms."""
    shape = list(shape)
    if draw.random() < 0.15 and shape:
        shape[draw.randrange(len(shape))] = draw.choice([0, 1, 2, 3, 7])
    if draw.random() < 0.06:
        shape = shape[1:] if draw.random() < 0.5 else [2, *shape]
    if draw.random() < 0.03:
        return draw.choice(OTHERS)
    array = numbers(shape).astype(dtype)
    try:
        if draw.random() < 0.5:
            return draw.choice(NUMPY)(array)
        return draw.choice(TORCH)(torch.from_numpy(array))
    except (RuntimeError, ValueError, IndexError):  # a form that this shape has not
        return array


def outcome(function, *arguments, **flags):
    """What comes of a call, as something to compare."""
    try:
        found = function(*arguments, **flags)
    except Exception as error:
        return type(error), str(error)
    return [described(value) for value in found if not isinstance(value, grucc.State)]


def described(value):
    if isinstance(value, torch.Tensor):
        return (type(value), value.dtype, value.shape, value.stride(), value.requires_grad,
                value.is_inference(), value.numpy().tobytes())
    return (type(value), value.dtype, value.shape, value.strides, str(value.flags), value.tobytes())


class Counted:
    """A function of the extension, with how often it gives something."""

    def __init__(self, function):
        self.function, self.calls, self.made = function, 0, 0

    def __call__(self, *arguments):
        found = self.function(*arguments)
        self.calls, self.made = self.calls + 1, self.made + (found is not None)
        return found


def pair(**network):
    """A model, and the same one by Python alone."""
    made = grucc.compile(grucc.GRU(I, H, seed=3, **network))
    made._check_tracing()  # it knows that torch is there
    made._quick_run, made._quick_step = Counted(made._quick_run), Counted(made._quick_step)
    python = grucc.load(made.path)
    assert made._calls is not None and type(made._calls).__module__ == "grucc._calls"
    python._calls = python._quick_run = python._quick_step = None
    return made, python


MODELS = [pair(), pair(batch_first=True, num_layers=2), pair(bidirectional=True),
          pair(dtype="float64")]


def compare_calls(cases):
    for case in range(cases):
        model, python = draw.choice(MODELS)
        seq_len, batch = draw.choice([1, 2, 4]), draw.choice([1, 2, 3])
        axes = (batch, seq_len) if model.batch_first else (seq_len, batch)
        states = model.num_directions * model.num_layers
        unbatched = draw.random() < 0.2
        x = drawn((seq_len, I) if unbatched else (*axes, I), model.dtype)
        h_0 = (drawn((states, H) if unbatched else (states, batch, H), model.dtype)
               if draw.random() < 0.4 else None)
        found, expected = (outcome(m, x, h_0) for m in (model, python))
        assert found == expected, (case, model, x, h_0, found, expected)


def compare_steps(cases):
    for case in range(cases):
        model, python = draw.choice(MODELS[:2] + MODELS[3:])
        batch = draw.choice([1, 1, 2, 3])
        states = [m.state(batch=batch) for m in (model, python)]
        if draw.random() < 0.05:
            states = [draw.choice([None, 3, "x"])] * 2
        for _ in range(3):
            x = drawn((I,) if batch == 1 and draw.random() < 0.3 else (batch, I), model.dtype)
            found, expected = (outcome(m.step, x, s) for m, s in zip((model, python), states))
            assert found == expected, (case, model, x, found, expected)
        if isinstance(states[0], grucc.State):
            assert states[0].h.tobytes() == states[1].h.tobytes(), (case, model)


def compare_contexts():
    """Where torch does more than compute."""
    x, (model, python) = torch.randn(4, 2, I), MODELS[0]
    array, state = x.numpy(), torch.zeros(1, 2, H)

    class Watching(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, arguments=(), flags=None):
            return function(*arguments, **(flags or {}))

    def under(context, *arguments):
        def call(m):
            with context():
                return m(*arguments)
        return call

    def traced(m):
        torch.jit.trace(lambda a: a + m(x)[0].sum(), (x,), check_trace=False)

    def also_traced(m):
        torch.jit.trace(lambda a: a + float(m(array)[0].sum()), (x,), check_trace=False)

    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.fx.experimental.proxy_tensor import make_fx
    calls = [under(torch.inference_mode, x), under(torch.no_grad, x), under(Watching, x),
             under(torch.enable_grad, x.clone().requires_grad_()),
             under(FakeTensorMode, x), under(FakeTensorMode, array), traced, also_traced,
             under(lambda: torch.device("meta"), x, state), under(torch.inference_mode, array),
             lambda m: make_fx(lambda a: a + m(a)[0].sum())(x),
             lambda m: make_fx(lambda a: a + m(x)[0].sum(), pre_dispatch=True)(x),
             lambda m: make_fx(lambda a: a + float(m(array)[0].sum()))(x),
             lambda m: torch.func.vmap(lambda a: m(a)[0])(x.expand(2, 4, 2, I)),
             lambda m: torch.func.vmap(lambda a: a + m(x)[0])(torch.zeros(2, 4, 2, H)),
             lambda m: torch.func.grad(lambda a: m(a)[0].sum())(x),
             lambda m: torch.func.grad(lambda a: a.sum() + m(x)[0].sum())(x),
             lambda m: torch.func.functionalize(lambda a: m(a)[0])(x),
             lambda m: torch.func.functionalize(lambda a: a.sum() + m(x)[0].sum())(x)]
    for number, call in enumerate(calls):
        found, expected = (outcome(lambda: [*call(m)]) for m in (model, python))
        assert found == expected, (number, found, expected)


def check_memory():
    """Arrays go in and come out as they are, and Python's lock is free meanwhile."""
    model = MODELS[0][1]
    descriptor, seen = _library.Descriptor(), []
    ctypes.memmove(ctypes.addressof(descriptor), ctypes.addressof(model.descriptor),
                   ctypes.sizeof(descriptor))

    def run(args):
        seen.append(_library.Args.from_address(args))
        seen[-1] = [getattr(seen[-1], n) for n in ("input", "h_0", "output", "h_n", "seq_len")]
        return 0

    kept = descriptor.run = type(descriptor.run)(run)

    def calls(empty=np.empty):
        made = _native._extension().Calls(ctypes.addressof(descriptor), descriptor, np.ndarray,
                                          empty, model.dtype)
        _native.observe(made, torch)
        return made

    for kind in (lambda a: a, torch.from_numpy):
        x, h_0 = (kind(np.ones(s, np.float32)) for s in ((4, 2, I), (1, 2, H)))
        output, h_n = calls().run(x, h_0, model._weights, model._workspace)
        assert seen.pop() == [*map(grucc.address, (x, h_0, output, h_n)), 4]
        assert type(output) is type(x) and output.shape == (4, 2, H) and h_n.shape == h_0.shape
    # Making an array may call the model once more, as a finalizer does, for a larger workspace.
    x = np.ones((4, 2, I), np.float32)

    def empty(*arguments):
        model(np.ones((400, 2, I), np.float32))
        return np.empty(*arguments)

    def alive(args):
        at = _library.Args.from_address(args).workspace
        assert at == grucc.address(workspace()), "the workspace is gone"
        seen.append(at)
        return 0

    model(x)
    workspace = weakref.ref(model._workspace.reserved[2])
    kept = descriptor.run = type(descriptor.run)(alive)
    assert calls(empty).run(x, None, model._weights, model._workspace) is not None
    assert seen.pop() and not seen and workspace() is None

    kept = descriptor.run = type(descriptor.run)(lambda args: 2)
    assert calls().run(x, None, model._weights, model._workspace) is None  # Python says why
    del kept

    # A run that ends when another thread of Python lets it: with the lock held, never.
    library, (there, here) = ctypes.CDLL(None), os.pipe()
    os.dup2(there, 0)
    ctypes.c_void_p.from_buffer(descriptor, _library.Descriptor.run.offset).value = ctypes.cast(
        library.getchar, ctypes.c_void_p).value

    def later():
        time.sleep(0.05)
        os.write(here, b"\0")

    signal.alarm(60)
    threading.Thread(target=later).start()
    assert calls().run(x, None, model._weights, model._workspace) is not None
    signal.alarm(0)


def check_late_weights():
    model = grucc.compile(grucc.GRU(I, H, seed=3), weights="external")
    x = np.ones((4, 2, I), np.float32)
    fails("weights: found none, expected set_weights before the first call", model, x,
          kind=grucc.Error)
    for scale in (1, 2):
        weights = {n: np.full(s, 0.1 * scale, np.float32) for n, s in model.weight_shapes().items()}
        model.set_weights(weights)
        found = model(x)[0]
        model._quick_run, quick = None, model._quick_run
        assert found.tobytes() == model(x)[0].tobytes()
        model._quick_run = quick


cases = int(sys.argv[1])
compare_calls(cases)
compare_steps(cases // 3)
compare_contexts()
check_memory()
check_late_weights()
for name in ("_quick_run", "_quick_step"):
    counts = [getattr(model, name) for model, _ in MODELS]
    calls, made = (sum(getattr(c, n) for c in counts) for n in ("calls", "made"))
    assert calls / 10 < made < calls * 0.9, (name, calls, made)  # both ways have been gone
    print(f"{name}: {made} of {calls} calls by the extension, the others by Python")
