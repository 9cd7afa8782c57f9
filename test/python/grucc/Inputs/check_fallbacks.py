# ===- check_fallbacks.py - What compiled modules leave to torch, and say so -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import copy
import io
import types
import warnings

import torch
from torch.nn.utils.rnn import pack_sequence

import grucc.torch
from expect import close, evaluate, fails, same

I, H, T, B = 5, 9, 6, 3
x = torch.randn(T, B, I)


def warned(function, *arguments, **flags):
    """(what it returns, the texts of its warnings)."""
    with warnings.catch_warnings(record=True) as texts:
        warnings.simplefilter("always")
        result = function(*arguments, **flags)
    texts = [one for one in texts if one.category is UserWarning]
    return result, [str(one.message) for one in texts]


def check(reason, fast, *arguments, kind="GRU(5, 9)"):
    """torch computes the call, which says so the first time."""
    found, texts = warned(fast, *arguments)
    assert texts == [f"grucc.torch.{kind} is computed by torch: {reason}"], texts
    assert warned(fast, *arguments)[1] == []
    return found


# Gradients: torch's own, in place or when the input requires them.
GRADIENTS = "found gradients asked for, expected torch.no_grad() or torch.inference_mode()"
gru = torch.nn.GRU(I, H)
trained = grucc.torch.compile_module(copy.deepcopy(gru), inplace=True)
check(GRADIENTS, trained, x)[0].sum().backward()
gru(x)[0].sum().backward()
for a, b in zip(trained.parameters(), gru.parameters()):
    same(a.grad, b.grad)
with torch.no_grad():
    fast_result = trained(x)[0]
same(fast_result, grucc.compile(gru)(x)[0])
leaf = x.clone().requires_grad_()
fast = grucc.torch.compile_module(gru)
same(check(GRADIENTS, fast, leaf)[0], gru(leaf)[0])
h_0 = torch.zeros(1, B, H, requires_grad=True)
assert fast(x, h_0)[1].requires_grad
packed = pack_sequence([leaf[:, 0], leaf[:2, 1]])
assert fast(packed)[0].data.requires_grad
cell = torch.nn.GRUCell(I, H)
same(check(GRADIENTS, grucc.torch.compile_module(cell), leaf[0], kind="GRUCell(5, 9)"),
     cell(leaf[0]))

# Dropout in training mode; where there is none, the mode is nothing.
gru = torch.nn.GRU(I, H, 2, dropout=0.5)
fast = grucc.torch.compile_module(gru)
assert fast.training
torch.manual_seed(3)
found = check("found dropout in training mode, expected module.eval()", fast, x,
              kind="GRU(5, 9, num_layers=2, dropout=0.5)")
torch.manual_seed(3)
same(found[0], evaluate(gru, x)[0])
same(fast.eval()(x)[0], grucc.compile(gru.eval())(x)[0])
assert warned(grucc.torch.compile_module(torch.nn.GRU(I, H)), x)[1] == []

# Other dtypes, devices and contexts.
gru = torch.nn.GRU(I, H)
half = grucc.torch.compile_module(gru).bfloat16()
same(check("found torch.bfloat16 weights, expected float32 or float64", half, x.bfloat16())[0],
     evaluate(copy.deepcopy(gru).bfloat16(), x.bfloat16())[0])
fast = grucc.torch.compile_module(copy.deepcopy(gru).half())
check("found torch.float16 weights, expected float32 or float64", fast, x.half())
same(fast.float()(x)[0], grucc.compile(copy.deepcopy(gru).half().float())(x)[0])
meta = grucc.torch.compile_module(gru).to("meta")
assert check("found tensors on meta, expected all on cpu or cuda", meta, x.to("meta"))[0].is_meta
fast = grucc.torch.compile_module(gru)
with torch.autocast("cpu", torch.bfloat16):
    check("found a call inside of torch.autocast, expected one outside of it", fast, x)
same(fast(x)[0], grucc.compile(gru)(x)[0])

# What records operators by running them, and what transforms them.
fast = grucc.torch.compile_module(gru)
texts = warned(torch.jit.trace, fast, (x,))[1]
assert texts[0] == ("grucc.torch.GRU(5, 9) is computed by torch: found torch.jit.trace, expected "
                    "torch.export"), texts
traced = torch.jit.trace(fast, (x,))
other = torch.randn(2, 4, I)
same(traced(other)[0], evaluate(gru, other)[0])
file = io.BytesIO()
fast = grucc.torch.compile_module(gru)
gradient, texts = warned(torch.func.grad(lambda x: fast(x)[0].sum()), x)
assert texts == ["grucc.torch.GRU(5, 9) is computed by torch: found torch.func's transformation or "
                 "torch.vmap, expected a call outside of it"], texts
close(gradient, torch.func.grad(lambda x: gru(x)[0].sum())(x))
warned(torch.onnx.export, fast, (x,), file, dynamo=False)
assert b"GRU" in file.getvalue()

# Wrong arguments are no reason to go to torch.
fast = grucc.torch.compile_module(gru)
for arguments, text in (((x[..., :4],), "input: found shape [6, 3, 4], expected [T, B, 5]"),
                        ((x.double(),), "input: found torch.float64, expected torch.float32; "
                                        "input.to(torch.float32) gives it"),
                        ((x, torch.zeros(1, 4, H)),
                         "h_0: found shape [1, 4, 9], expected [1, 3, 9]")):
    fails(text, fast, *arguments)
weights, options = fast.weights(), fast.options()
fails("weights: found 3 tensors, expected 4: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0",
      torch.ops.grucc.gru, x, None, weights[:3], *options)
fails("weights: found no two matrices, expected torch's weights in torch's order: weight_ih_l0 "
      "[G, I], weight_hh_l0 [G, H], ...", torch.ops.grucc.gru, x, None, weights[2:], *options)
try:
    torch.ops.grucc.gru(leaf, None, weights, *options)[0].sum().backward()
except grucc.Error as error:
    assert str(error) == ("grucc::gru: found a backward pass, expected inference: torch.no_grad() "
                          "around the call, or torch's own module to train")
else:
    raise AssertionError("a backward pass went through")


# What stays torch's for good.
class Own(torch.nn.GRU):
    def forward(self, input, hx=None):
        return super().forward(2 * input, hx)


def check_stays(why, module):
    net = torch.nn.Sequential(torch.nn.Linear(I, I), torch.nn.ModuleDict({"gru": module}))
    found, texts = warned(grucc.torch.compile_module, net)
    assert texts == [f"1.gru: found {why}: it stays torch's"], texts
    assert type(found[1]["gru"]) is type(module)


check_stays("Own, expected a torch.nn.GRU itself", Own(I, H))
gru = torch.nn.GRU(I, H)
torch.nn.utils.parametrizations.weight_norm(gru, "weight_hh_l0")
check_stays("ParametrizedGRU, expected a torch.nn.GRU itself", gru)
gru = torch.nn.GRU(I, H)
for forward in (lambda input, hx=None: torch.nn.GRU.forward(gru, 2 * input, hx),
                types.MethodType(torch.nn.GRU.forward, gru)):
    gru.forward = forward
    check_stays("another forward than torch.nn.GRU's, expected torch's", gru)
cell = torch.nn.GRUCell(I, H)
cell.forward = lambda input: input
check_stays("another forward than torch.nn.GRUCell's, expected torch's", cell)
gru = torch.nn.GRU(I, H)
gru.proj_size = 4
check_stays("proj_size=4, expected 0", gru)
fails("what: found a grucc.torch.GRU, expected a torch.nn.GRU; its to_torch() gives a copy that is "
      "torch's again", grucc.compile, fast)
assert warned(grucc.torch.compile_module, torch.nn.LSTM(I, H))[1] == [
    "module: found no torch.nn.GRU and no torch.nn.GRUCell in LSTM, expected one"]

# Nothing is half done where the compiler refuses.
net = torch.nn.Sequential(torch.nn.GRU(I, H), torch.nn.GRU(I, H, dtype=torch.float64))
for text, flags in (
        ("target: found 3, expected a text", {"target": 3}),
        ("threads: found 0, expected 1 to 1024", {"threads": 0}),
        ("inplace: found 1, expected True or False", {"inplace": 1})):
    fails(text, grucc.torch.compile_module, net, **flags)
fails("module: found [], expected a torch.nn.Module", grucc.torch.compile_module, [])
for target in ("sm_80", "x86-64-v9"):
    try:
        grucc.torch.compile_module(net, inplace=True, target=target)
    except grucc.Error as error:
        assert "target" in str(error) or "weights" in str(error), error
    else:
        raise AssertionError(f"{target} was taken")
    assert all(type(one) is torch.nn.GRU for one in net)
