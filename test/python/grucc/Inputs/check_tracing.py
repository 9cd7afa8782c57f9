# ===- check_tracing.py - Models in what records or transforms torch's operators -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import io
import warnings

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.flop_counter import FlopCounterMode

import grucc
from expect import fails, same

I, H = 5, 9
gru = torch.nn.GRU(I, H)
model = grucc.compile(gru)
x, other = torch.randn(4, 2, I), torch.randn(4, 2, I)
warnings.simplefilter("ignore")  # torch's own, on what it cannot follow


class Calls(torch.nn.Module):
    def forward(self, x):
        return model(x)[0] * 1


def steps(x):
    state, ys = None, []
    for t in range(3):
        y, state = model.step(x[t] * 1, state)
        ys.append(y + 0)
    return torch.stack(ys)


def refuses(found, function, *arguments, **flags):
    fails(f"model: found {found}, expected a call outside of it: a compiled model is no operator "
          "of torch, which would take its output for a constant; grucc.torch.compile_module makes "
          "operators", function, *arguments, **flags, kind=grucc.Error)


# Every kind of input, and steps.
fresh = grucc.load(model.path)  # it has seen no tensor before
calls = [lambda x: fresh(x)[0] * 1, Calls(), steps, lambda x: model(x.numpy()),
         lambda x: model(x.tolist()), lambda x: model(torch.zeros(4, 2, I), x[0, :, :1] + 0)[0],
         lambda x: model(pack_padded_sequence(x, torch.tensor([3, 2])))[1]]
for function in calls:
    refuses("a call that torch.jit.trace or torch.onnx.export records", torch.jit.trace, function,
            x)
refuses("a call that torch.jit.trace or torch.onnx.export records", torch.onnx.export, Calls(),
        (x,), io.BytesIO(), dynamo=False)
for function in calls[:2]:
    refuses("a call that torch.fx records", torch.fx.symbolic_trace, function)
refuses("a call that torch.fx records", torch.fx.symbolic_trace, lambda x: model.step(x))
refuses("a call that torch.fx records", torch.fx.symbolic_trace, lambda h: model(x, h))
for mode in ("real", "fake", "symbolic"):
    for function in (Calls(), steps):
        refuses("a call that ProxyTorchDispatchMode records, as in torch.export and make_fx",
                make_fx(function, tracing_mode=mode), x)
refuses("a call that torch.export or make_fx records", make_fx(Calls(), pre_dispatch=True), x)
refuses("a call that torch.export or make_fx records", torch.export.export, Calls(), (x,),
        strict=False)
with FakeTensorMode() as fake:
    refuses("a call that FakeTensorMode records, as in torch.export and make_fx", model,
            fake.from_tensor(x))
refuses("a FakeTensor without memory, as torch.func, torch.export and the like hand out", model,
        fake.from_tensor(x))
for function in (torch.vmap(lambda x: model(x)[0]), torch.func.grad(lambda x: Calls()(x).sum()),
                 torch.func.functionalize(Calls()), torch.func.jacrev(Calls())):
    refuses("a Tensor without memory, as torch.func, torch.export and the like hand out", function,
            x)

# torch.compile leaves the call to Python, whatever it is asked; and says so when it must not.
for function in (Calls(), steps, lambda x: torch.from_numpy(model(x.numpy())[0]) * 1):
    compiled = torch.compile(function, backend="eager")
    for given in (x, other, torch.randn(5, 3, I)):
        same(compiled(given), function(given))
    torch._dynamo.reset()
same(torch.compile(model, backend="eager")(x)[1], model(x)[1])
torch._dynamo.reset()
for record in (torch.compile(Calls(), backend="eager", fullgraph=True),
               torch.compile(steps, backend="eager", fullgraph=True),
               lambda x: torch.export.export(Calls(), (x,), strict=True)):
    try:
        record(x)
    except Exception as error:
        assert "a model that grucc compiled is no operator of torch" in str(error), error
    else:
        raise AssertionError("a model was recorded")

# What only looks on is no recording; gradients stay out, as documented.
wanted = model(x)[0]
with FlopCounterMode(display=False):
    same(model(x)[0], wanted)
leaf = x.clone().requires_grad_()
same(model(leaf)[0], wanted)
assert not model(leaf)[0].requires_grad
with torch.inference_mode():
    same(model(x)[0], wanted)
