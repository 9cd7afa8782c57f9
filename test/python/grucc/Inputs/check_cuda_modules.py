# ===- check_cuda_modules.py - Modules with compiled GRUs on a GPU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_cuda_modules.py: CUDA tensors take a model for their GPU, with the bits of a CPU's; on the
stand-in driver, whose tensors have no operators of torch."""

import warnings

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.utils.rnn import PackedSequence, pack_sequence

import grucc.torch
import standin_torch
from counting import compilations
from expect import same
from grucc import _cuda, _operator
from grucc._fallback import why_torch

standin_torch.install()
warnings.simplefilter("error")  # nothing here goes to torch
I, H, T, B = 5, 9, 6, 3
x, capability = torch.randn(T, B, I), (8, 0)
# The stand-in's devices begin with the same addresses, a driver's have none in common.
standin_torch.device_of(1).allocate(1 << 28)
torch.cuda.get_device_capability = lambda number: capability


def on_gpu(fast, number=0):
    """The module, its weights on a device."""
    for name, value in list(fast.named_parameters()):
        fast._parameters[name] = standin_torch.cuda(value.data, number)
    return fast


def same_on_gpu(found, expected, number=0):
    assert found.is_cuda and found.device.index == number
    same(found.cpu(), expected)


def check_calls():
    """All that a GRU may be; its model is compiled once."""
    assert _cuda.target_of(0) == "sm_80"  # asks the compiler, which is none of its compilations
    for flags in ({}, {"num_layers": 2, "bidirectional": True, "batch_first": True},
                  {"bias": False, "num_layers": 2}):
        gru = torch.nn.GRU(I, H, **flags)
        model, states = grucc.compile(gru), gru.num_layers * (1 + gru.bidirectional)
        h_0 = torch.randn(states, T if gru.batch_first else B, H)
        packed = pack_sequence([torch.randn(n, I) for n in (2, 7, 1)], enforce_sorted=False)
        expected = model(x, h_0), model(x), model(packed)
        for number in range(2):
            fast = on_gpu(grucc.torch.compile_module(gru), number)
            given = standin_torch.cuda(x, number)
            data = standin_torch.cuda(packed.data, number)

            def call():
                for a, b in zip(fast(given, standin_torch.cuda(h_0, number)), expected[0]):
                    same_on_gpu(a, b, number)
                for a, b in zip(fast(given), expected[1]):
                    same_on_gpu(a, b, number)
                output, h_n = fast(packed._replace(data=data))
                assert type(output) is PackedSequence
                same_on_gpu(output.data, expected[2][0].data, number)
                same_on_gpu(h_n, expected[2][1], number)

            # What the weights hold finds it: another GPU of the kind compiles nothing.
            assert compilations(call) == 1 - number
            assert compilations(call) == 0
            assert _operator.holding(fast.weights(), fast.options()).target == "sm_80"


def check_writes():
    """Weights that are others have another model."""
    gru = torch.nn.GRU(I, H)
    fast = on_gpu(grucc.torch.compile_module(gru))
    given = standin_torch.cuda(x)
    same_on_gpu(fast(given)[0], grucc.compile(gru)(x)[0])
    with torch.no_grad():
        gru.weight_hh_l0.mul_(2)
    fast._parameters["weight_hh_l0"] = weight = standin_torch.cuda(gru.weight_hh_l0.data)
    same_on_gpu(fast(given)[0], grucc.compile(gru)(x)[0])
    held = _operator.holding(fast.weights(), fast.options())
    assert _operator.holding(fast.weights(), fast.options()) is held
    weight.mul_(1)  # torch counts it
    assert _operator.holding(fast.weights(), fast.options()) is not held
    # A module that is on a GPU before is compiled at once.
    there = on_gpu(torch.nn.GRU(I, H))
    other = []
    assert compilations(lambda: other.append(
        grucc.torch.compile_module(there, inplace=True))) == 1
    assert compilations(lambda: other[0](given)) == 0


def check_targets():
    """The newest that is no newer than the device."""
    global capability
    for capability, target in (((7, 5), "sm_75"), ((8, 8), "sm_87"), ((9, 0), "sm_90"),
                               ((11, 0), "sm_103"), ((13, 0), "sm_121"), ((7, 0), None)):
        _cuda.target_of.cache_clear()
        assert _cuda.target_of(0) == target, (capability, _cuda.target_of(0))
    gru = torch.nn.GRU(I, H)
    there = [standin_torch.cuda(value.data) for value in gru.parameters()]
    cuda, wide = standin_torch.cuda(x), [one.data.double() for one in gru.parameters()]
    wide = [standin_torch.cuda(value) for value in wide]
    for weights, operands, text in (
            (there, [cuda], "found compute capability 7.0 of cuda:0, expected 7.5 or newer"),
            (wide, [cuda], "found torch.float64 weights on cuda:0, expected float32"),
            (there, [x], "found tensors on cpu and cuda:0, expected all on one device"),
            (there, [cuda, standin_torch.cuda(x, 1)],
             "found tensors on cuda:1 and cuda:0, expected all on one device")):
        assert why_torch(gru, False, weights, *operands) == text, text
    _cuda.target_of.cache_clear()
    capability = 8, 0


def check_recorded():
    """What torch.compile and torch.export make of it is the operator, on the same device."""
    fast = grucc.torch.compile_module(torch.nn.GRU(I, H))
    with FakeTensorMode():
        given = torch.empty(T, B, I, device="cuda")
        for name, value in list(fast.named_parameters()):
            there = torch.empty(value.shape, device="cuda")
            fast._parameters[name] = torch.nn.Parameter(there, requires_grad=False)
    with torch.no_grad():
        graph = torch.export.export(torch.nn.Sequential(fast), (given,)).graph
    [node] = [node for node in graph.nodes if "gru" in str(node.target)]
    assert node.target is torch.ops.grucc.gru.default
    output, h_n = node.meta["val"]
    assert str(output.device) == str(h_n.device) == "cuda:0"
    assert (output.shape, h_n.shape) == ((T, B, H), (1, B, H))


check_calls()
check_writes()
check_targets()
check_recorded()
standin_torch.close()
