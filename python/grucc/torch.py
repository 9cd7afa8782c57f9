# ===- torch.py - Modules of torch with compiled GRUs inside -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""GRUs inside of torch's modules: every one at once, or one by one. For torch 2.7 and later.

compile_module gives a copy of a module in which every torch.nn.GRU and torch.nn.GRUCell is computed
by grucc. It is for inference: none of its parameters requires gradients.

>>> import torch, grucc.torch
>>> class Net(torch.nn.Module):
...     def __init__(self):
...         super().__init__()
...         self.gru = torch.nn.GRU(10, 20, bidirectional=True)
...         self.linear = torch.nn.Linear(40, 3)
...     def forward(self, x):
...         return self.linear(self.gru(x)[0])
>>> net = Net().eval(); fast = grucc.torch.compile_module(net)
>>> x = torch.randn(5, 3, 10)  # [T, B, I]
>>> torch.allclose(fast(x), net(x), atol=1e-6)
True

Its parameters stay where they were: state_dict, load_state_dict, to, deepcopy and pickle are
torch's, and what is written to a weight is seen by the next call:

>>> fast.state_dict().keys() == net.state_dict().keys()
True
>>> with torch.no_grad():
...     for module in (fast, net):
...         _ = module.gru.weight_hh_l0.mul_(2)
>>> torch.allclose(fast(x), net(x), atol=1e-6)
True

The GRU is one operator of torch, grucc::gru, whose operands are the weights. torch.compile keeps
it whole (fullgraph=True), and so does torch.export, T and B being dynamic, if asked for:

>>> T, B = torch.export.Dim("T"), torch.export.Dim("B")
>>> exported = torch.export.export(fast, (x,), dynamic_shapes={"x": {0: T, 1: B}})
>>> [node.target for node in exported.graph.nodes if "grucc" in str(node.target)]
[<OpOverload(op='grucc.gru', overload='default')>]
>>> torch.export.save(exported, "net.pt2")

A process that loads it, or an AOTInductor package of it, imports grucc.torch before. The model is found
in grucc's cache there, or compiled at the first call: on any machine. grucc.compile gives the same bits:

>>> again = torch.export.load("net.pt2").module()
>>> x = torch.randn(9, 2, 10)
>>> torch.allclose(again(x), fast(x), atol=1e-6)
True
>>> bool((fast.gru(x)[0] == grucc.compile(net.gru)(x)[0]).all())
True

What grucc does not compute, torch's own code does, and a warning says why, once for each reason and
module: gradients that input, hx or weights require (torch.no_grad() and torch.inference_mode() say
that none are meant), dropout between layers in training mode, tensors on several devices or on one
that is neither the CPU nor NVIDIA's, weights other than float32 and, on the CPU, float64,
torch.autocast, torch.func and torch.vmap, torch.jit.trace and torch.onnx.export. In torch.compile
that is a graph break. Exported programs are for inference: they record the operator whether or not
gradients are required, and a backward pass through it raises grucc.Error.

On a GPU the operator is enqueued on torch's current stream. Its model, for the newest target that
the device runs, has the weights inside: it is found in the cache by what they hold, or compiled, at
the first call and after every write to one.

A packed sequence is computed by grucc in eager calls; torch.compile leaves it to Python.

torch counts writes to a tensor, but for those through `.data` and through arrays of NumPy that
share its memory. Each call looks at some numbers of every weight on the CPU for these: what is
written to a whole weight is seen, and after writing single numbers, or to weights on a GPU,
`forget()` drops what is kept of all weights.

One GRU can be replaced by hand, as a constant: see Model, which grucc.compile makes of a module.
"""

from __future__ import annotations

import copy
import warnings
from typing import TYPE_CHECKING, Any, TypeVar, overload

import torch
from torch.nn.utils.rnn import PackedSequence

from . import _operator
from ._arguments import shown, truth
from ._dask import send_by_pickle
from ._drop_in import Model
from ._errors import InputError
from ._fallback import fall_back, why_not_of, why_torch
from ._module import METHODS, another
from ._threads import check as check_threads

if TYPE_CHECKING:
    from ._types import Target

__all__ = ["GRU", "GRUCell", "Model", "compile_module", "forget"]

M = TypeVar("M", bound=torch.nn.Module)
S = TypeVar("S", torch.Tensor, PackedSequence)


@send_by_pickle
class _Compiled:
    """What the two modules below have in common. The class alone is another than torch's: weights,
    hooks, mode and names of one stay."""
    of: type[torch.nn.GRU] | type[torch.nn.GRUCell]
    reasons: set[str]
    target: str
    threads: int

    def weights(self) -> list[torch.Tensor]:
        """The tensors, in torch's order."""
        raise NotImplementedError

    def options(self) -> _operator.Options:
        """What the model is compiled for."""
        raise NotImplementedError

    @classmethod
    def prepare(cls, module: Any, target: str, threads: int) -> None:
        """Compiles what the first call of torch's module needs."""
        module.reasons, module.target, module.threads = set(), target, threads
        weights = cls.weights(module)
        if why_not_of(weights, weights) is None:
            prepare = _operator.holding if weights[0].is_cuda else _operator.model_of
            prepare(weights, cls.options(module))

    def to_torch(self) -> Any:
        """A copy that is torch's own module again: a torch.nn.GRU or a torch.nn.GRUCell."""
        other = copy.deepcopy(self)
        del other.reasons, other.target, other.threads
        other.__class__ = self.of  # type: ignore[assignment]  # the class alone is another
        return other

    def _get_name(self) -> str:
        return f"grucc.torch.{type(self).__name__}"


class GRU(_Compiled, torch.nn.modules.rnn.RNNBase):
    """A torch.nn.GRU that grucc computes; compile_module makes them. Called as torch's."""
    of = torch.nn.GRU

    def weights(self) -> list[torch.Tensor]:
        """The parameters, in torch's order: weight_ih_l0 [G, I], weight_hh_l0 [G, H], ..."""
        return [getattr(self, name) for name in self._flat_weights_names]

    def options(self) -> _operator.Options:
        """What the model is compiled for."""
        return _operator.Options(self.num_layers, self.bias, bool(self.bidirectional),
                                 self.batch_first, self.target, self.threads)

    if TYPE_CHECKING:

        def __call__(self, input: S, hx: torch.Tensor | None = None) -> tuple[S, torch.Tensor]: ...

        def to_torch(self) -> torch.nn.GRU: ...

    def forward(self, input: torch.Tensor | PackedSequence, hx: torch.Tensor | None = None
                ) -> tuple[torch.Tensor | PackedSequence, torch.Tensor]:
        """output, h_n: see torch.nn.GRU.

        input   [T, B, I], [B, T, I] with batch_first, [T, I] unbatched, or a PackedSequence
        hx      [D*L, B, H], [D*L, H] unbatched; zeros when left out
        output  as input with D*H for I; h_n as hx

        Shapes and dtypes that do not fit raise grucc.InputError.
        """
        operands = [input.data if isinstance(input, PackedSequence) else input]
        operands += [] if hx is None else [hx]
        weights = self.weights()
        why = why_torch(self, self.num_layers > 1 and self.dropout > 0, weights, *operands)
        if why is not None:
            outputs: tuple[torch.Tensor, torch.Tensor] = fall_back(self, why, input, hx)
            return outputs
        if isinstance(input, PackedSequence):
            packed: tuple[PackedSequence, torch.Tensor] = self._packed(input, hx)
            return packed
        return _operator.call(input, hx, weights, self.options())

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _packed(self, input: PackedSequence,
                hx: torch.Tensor | None) -> tuple[PackedSequence, torch.Tensor]:
        output: tuple[PackedSequence, torch.Tensor] = (
            _operator.holding(self.weights(), self.options())(input, hx))
        return output


class GRUCell(_Compiled, torch.nn.RNNCellBase):
    """A torch.nn.GRUCell that grucc computes; compile_module makes them. Called as torch's."""
    of = torch.nn.GRUCell

    def weights(self) -> list[torch.Tensor]:
        """The parameters: weight_ih [G, I], weight_hh [G, H], and with bias two of [G]."""
        biases = [self.bias_ih, self.bias_hh] if self.bias else []
        return [self.weight_ih, self.weight_hh, *biases]

    def options(self) -> _operator.Options:
        """What the model is compiled for: one layer, one direction."""
        return _operator.Options(1, bool(self.bias), False, False, self.target, self.threads)

    if TYPE_CHECKING:

        def __call__(self, input: torch.Tensor,
                     hx: torch.Tensor | None = None) -> torch.Tensor: ...

        def to_torch(self) -> torch.nn.GRUCell: ...

    def forward(self, input: torch.Tensor, hx: torch.Tensor | None = None) -> torch.Tensor:
        """[B, H] or [H]: the state after input [B, I] or [I] and hx [B, H] or [H], or zeros.
        Shapes and dtypes that do not fit raise grucc.InputError."""
        weights = self.weights()
        why = why_torch(self, False, weights, input, *([] if hx is None else [hx]))
        if why is not None:
            h_n: torch.Tensor = fall_back(self, why, input, hx)
            return h_n
        # One step of a sequence, batched or not.
        state = None if hx is None else hx.unsqueeze(0)
        return _operator.call(input.unsqueeze(0), state, weights, self.options())[1].squeeze(0)


def _why_not(module: torch.nn.GRU | torch.nn.GRUCell) -> str | None:
    """Why a module is left to torch for good, or None."""
    kind = torch.nn.GRU if isinstance(module, torch.nn.GRU) else torch.nn.GRUCell
    if type(module) is not kind:
        return f"{type(module).__name__}, expected a torch.nn.{kind.__name__} itself"
    name = another(module, kind, METHODS) or ("forward" if "forward" in vars(module) else None)
    if name:
        return f"another {name} than torch.nn.{kind.__name__}'s, expected torch's"
    if getattr(module, "proj_size", 0):
        return f"proj_size={module.proj_size}, expected 0"
    return None


@overload
def compile_module(module: torch.nn.GRU, *, inplace: bool = ..., target: Target = ...,
                   threads: int = ...) -> GRU: ...


@overload
def compile_module(module: torch.nn.GRUCell, *, inplace: bool = ..., target: Target = ...,
                   threads: int = ...) -> GRUCell: ...


@overload
def compile_module(module: M, *, inplace: bool = ..., target: Target = ...,
                   threads: int = ...) -> M: ...


def compile_module(module: torch.nn.Module, *, inplace: bool = False, target: Target = "native",
                   threads: int = 1) -> torch.nn.Module:
    """A copy of a torch.nn.Module whose GRUs and GRU cells are computed by grucc, for inference.

    module   any torch.nn.Module, or a torch.nn.GRU or torch.nn.GRUCell itself;
             its GRUs become grucc.torch.GRU, its cells grucc.torch.GRUCell (no torch.nn.GRU and
             torch.nn.GRUCell for isinstance), which keep weights, names, hooks, mode and everything
             else; to_torch() of one is a copy that is torch's again
    inplace  change the module itself, and return it. What requires gradients goes on to do so, and
             is left to torch unless the call is under torch.no_grad()
    target   of grucc.compile, a CPU's; on a GPU the device says it
    threads  of grucc.compile

    Their models are compiled now, or found in grucc's cache. What is no torch.nn.GRU itself, such
    as a class of its own or one with parametrizations, stays as it is, with a warning; so does the
    module, with a warning, when there is none inside. What is no module, no target of a CPU and no
    number of threads raises grucc.InputError.
    """
    if not isinstance(module, torch.nn.Module):
        raise InputError(f"module: found {shown(module)}, expected a torch.nn.Module")
    if isinstance(target, (list, tuple)) and all(isinstance(name, str) for name in target):
        target = ",".join(target)
    if not isinstance(target, str):
        raise InputError(f"target: found {shown(target)}, expected a text")
    threads = check_threads(threads)
    if not truth("inplace", inplace):
        module = copy.deepcopy(module).requires_grad_(False)
    found, taken = False, []
    for name, one in module.named_modules():
        if isinstance(one, (torch.nn.GRU, torch.nn.GRUCell)):
            found, why = True, _why_not(one)
            if why is None:
                kind: type[_Compiled] = GRU if type(one) is torch.nn.GRU else GRUCell
                kind.prepare(one, target, threads)
                taken.append((kind, one))
            else:
                warnings.warn(f"{name or 'module'}: found {why}: it stays torch's", stacklevel=2)
        found = found or isinstance(one, (_Compiled, Model))
    for kind, one in taken:  # now that all are compiled
        one.__class__ = kind  # type: ignore[assignment]  # the class alone is another
    if not found:
        warnings.warn(f"module: found no torch.nn.GRU and no torch.nn.GRUCell in "
                      f"{type(module).__name__}, expected one", stacklevel=2)
    return module


def forget() -> None:
    """Drops what is kept of all weights: the next calls read them anew."""
    _operator.forget()
