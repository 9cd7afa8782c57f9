# ===- __init__.py - Compiles GRU networks and runs them on arrays -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Compiles GRU networks ahead of time and runs them on NumPy arrays and torch tensors.

A torch.nn.GRU goes in, and what comes out is called as it is:

>>> import grucc, torch
>>> gru = torch.nn.GRU(10, 20, num_layers=2)
>>> model = grucc.compile(gru)
>>> input = torch.randn(5, 3, 10)                    # [T, B, I]
>>> output, h_n = model(input)                       # [T, B, H], [L, B, H]
>>> torch.allclose(output, gru(input)[0], atol=1e-6)
True

So are a dict of arrays, a file that the compiler reads, and a network by its sizes alone,
whose weights are drawn. NumPy arrays give NumPy arrays, and torch is not needed:

>>> import numpy as np
>>> model = grucc.compile(grucc.GRU(10, 20, batch_first=True, seed=7))
>>> input = np.zeros((3, 5, 10), np.float32)         # [B, T, I]
>>> output, h_n = model(input, lengths=[5, 0, 2])    # [B, T, H], [L, B, H]
>>> output.shape, h_n.shape
((3, 5, 20), (1, 3, 20))

One step at a time, the state kept by the caller, with the same bits:

>>> state = None
>>> for t in range(5):
...     y, state = model.step(input[:, t], state)    # [B, I] -> [B, H]
>>> bool((y[0] == output[0, 4]).all()), state.h.shape
(True, (1, 3, 20))

Rows of it begin anew while the others go on; `state.h` itself is a read-only copy:

>>> state.reset([0, 2])
>>> state.h.any(axis=(0, 2)).tolist()
[False, True, False]

A module is compiled as it computes now: weight_norm, pruning and parametrizations are evaluated,
and what would change the network unseen is refused, such as hooks and a `forward` of its own. What
tensors alone do not say is assumed with a warning, unless it is said:

>>> rows_first = grucc.compile(gru.state_dict(), batch_first=True)

The model takes the module's place in another, net.gru = grucc.compile(net.gru); what becomes of
its weights, modes and devices, grucc.torch.Model says:

>>> net = torch.nn.Sequential(torch.nn.Linear(4, 10), gru).eval()
>>> net[1] = grucc.compile(gru)
>>> with torch.no_grad():
...     output, h_n = net(torch.randn(5, 3, 4))

It is no operator of torch: torch.compile calls it as it is, and whatever would record its output as
a constant, such as torch.jit.trace, is refused. grucc.torch.compile_module makes operators, which
torch.compile and torch.export keep, of every GRU inside of a module; its weights stay parameters.

A model is a shared library that C programs can use, too, with the header of
`grucc --header`; it stays what it is after Python has gone:

>>> model.save("encoder.so")
>>> again = grucc.load("encoder.so")
>>> bool((again(input)[0] == model(input)[0]).all())
True
>>> again.hidden_size, again.batch_first, again.report["dtype"]
(20, True, 'float32')

As this library it travels, with external weights of its own:

>>> import copy, pickle
>>> other = pickle.loads(pickle.dumps(model))        # as in torch.save and spawned processes
>>> bool((copy.deepcopy(other)(input)[0] == model(input)[0]).all())
True

A target of NVIDIA's GPUs is compiled anywhere, and runs with the same bits where there is a
driver; arrays go to the device and back, CUDA tensors of torch stay there:

>>> gpu = grucc.compile(grucc.GRU(10, 20, seed=7), target="sm_80")
>>> gpu.target, gpu.device
('sm_80', 0)

What is wrong is said as the compiler says it, in a grucc.InputError (a ValueError):

>>> model(input[..., :9])
Traceback (most recent call last):
    ...
grucc.InputError: input: found shape [3, 5, 9], expected [B, T, 10]

Models are kept where only this user may write, and found again; `python -m grucc.cache` shows and
clears them. The package runs the `grucc` executable ($GRUCC, or the one built beside these sources,
or the one on PATH) and loads grucc's runtime library ($GRUCC_RUNTIME, or the one beside the
executable, or the one on the loader's path), which checks the models that it loads.
"""

from ._arrays import address
from ._cache import cache_folder
from ._compile import compile, load
from ._dropout import draw_mask
from ._errors import Error, InputError
from ._library import aligned
from ._model import Model
from ._network import GRU
from ._packed import PackedSequence
from ._state import State

__version__ = "0.1.0"
__all__ = ["Error", "GRU", "InputError", "Model", "PackedSequence", "State", "cache_folder",
           "compile", "draw_mask", "load"]
