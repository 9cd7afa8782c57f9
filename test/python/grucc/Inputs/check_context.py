# ===- check_context.py - The class of a module's tensors, autocast, and its mode -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
import copy
import warnings

import torch

import grucc
from expect import close, evaluate, fails

I, H = 5, 9
x = torch.randn(6, 3, I)
external = grucc.compile(grucc.GRU(I, H), weights="external")


def both(text, module):
    """It is refused on both ways in."""
    fails(text, grucc.compile, module)
    fails(text, external.set_weights, module)


def agrees(module):
    close(grucc.compile(module)(x.to(module.weight_ih_l0.dtype))[0],
          evaluate(module, x.to(module.weight_ih_l0.dtype))[0])


# Tensors of a class that computes something else of their memory.
class Doubled(torch.Tensor):
    """Twice its memory, in a GRU."""
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), flags=None):
        if getattr(function, "__name__", "") != "gru":
            return super().__torch_function__(function, types, arguments, flags)
        input, h_0, weights, *others = arguments
        weights = [(1 + isinstance(value, cls)) * value.as_subclass(torch.Tensor)
                   for value in weights]
        return function(input, h_0, weights, *others)


gru = torch.nn.GRU(I, H)
plain = copy.deepcopy(gru)
gru.bias_hh_l0 = torch.nn.Parameter(gru.bias_hh_l0.detach().as_subclass(Doubled))
plain.bias_hh_l0 = torch.nn.Parameter(2 * plain.bias_hh_l0.detach())
close(evaluate(gru, x)[0], evaluate(plain, x)[0])
DOUBLED = ("found a Doubled, expected a torch.Tensor or a torch.nn.Parameter: what another class "
           "computes is not in its memory")
both(f"bias_hh_l0: {DOUBLED}", gru)
both(f"bias_hh_l0: {DOUBLED}", gru.state_dict())
gru.bias_hh_l0 = torch.nn.Parameter(torch.ones(3 * H))
agrees(gru)

# Inside of autocast a module computes in another dtype than its own.
gru, wide = torch.nn.GRU(I, H), torch.nn.GRU(I, H, dtype=torch.float64)
with torch.autocast("cpu", dtype=torch.bfloat16):
    both("what: found a call inside of torch.autocast, in which the module computes with rounded "
         "operands, expected one outside of it", gru)
    agrees(wide)
    with torch.autocast("cpu", enabled=False):
        agrees(gru)
    tensors = grucc.compile(gru.state_dict(), batch_first=False)(x)[0]
close(tensors, evaluate(gru, x)[0])

# Dropout of a module in training mode is left out, with a warning unless that is said.
drops, one_layer = torch.nn.GRU(I, H, 2, dropout=0.5), torch.nn.GRU(I, H)
note = ("dropout: found a module in training mode, assumed inference; module.eval() or "
        "training=False says it, training=True builds dropout in")
for module, flags, notes in (
        (drops, {}, [note]), (drops, {"training": None, "weights": "external"}, [note]),
        (drops, {"training": False}, []), (drops, {"training": True}, []),
        (copy.deepcopy(drops).eval(), {}, []), (one_layer, {}, []),
        (torch.nn.GRU(I, H, 2), {}, [])):
    for _ in range(2):  # the second one comes from the cache
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            grucc.compile(module, **flags)
        assert [str(warning.message) for warning in caught] == notes, (caught, flags)
        assert all(warning.filename == __file__ for warning in caught)
