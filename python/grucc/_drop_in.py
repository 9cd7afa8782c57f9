# ===- _drop_in.py - A model in the place of a torch.nn.GRU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Imported only where the program has imported torch."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any

import torch

from . import _model
from ._dask import send_by_pickle
from ._errors import Error, InputError
from ._of_module import of_module
from ._tracing import opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    from ._types import Array, Counts

_KEEPS = "grucc.torch.compile_module keeps weights as torch's parameters"

_call = torch.nn.Module.__call__  # torch.fx puts another in its place while it records


def _requires_grad(value: Any) -> bool:  # tensors, arrays, packed sequences and what stands for one
    value = value.data if hasattr(value, "batch_sizes") else value
    return getattr(value, "requires_grad", False) is True  # torch.fx has values of its own


@send_by_pickle
class Model(_model.Model, torch.nn.Module):
    """A grucc.Model that is a torch.nn.Module as well, so that it takes the place of one:
    net.gru = grucc.compile(net.gru). Made by grucc.compile of a torch.nn.GRU; of a file, by
    grucc.torch.Model("encoder.so"), whose flags are those of grucc.load.

    It is called as a grucc.Model, which takes what torch.nn.GRU takes, and hooks run around calls.
    Its weights are constants of the code, and it has no parameters:

    state_dict()     raises grucc.Error, and so does that of the module around it: nothing would be
                     said of these weights. load_state_dict() of a GRU's weights raises, too
    train(), eval()  change nothing, and `training` stays what the model was compiled for: a model
                     for inference drops nothing in training mode, either, which train() warns of
                     where the network has dropout; one with training=True asks for its seed or mask
    to(), half(), …  do nothing where dtype and device are the model's, else raise
                     grucc.InputError. A model for a GPU may be sent to any device: it follows its
                     input
    gradients        end here: a call warns, once, where they are asked for and input or h_0 needs
                     them
    deepcopy, pickle and torch.save  as a grucc.Model, with its hooks. A process without torch gets
                     a plain grucc.Model
    """
    __module__ = "grucc.torch"
    proj_size = 0

    def __init__(self, *arguments: Any, **flags: Any) -> None:
        """Of a shared library that grucc wrote: the arguments are grucc.load's."""
        torch.nn.Module.__init__(self)
        _model.Model.__init__(self, *arguments, **flags)
        self._warned: set[str] = set()

    if not TYPE_CHECKING:  # which knows grucc.Model's, of the same types

        def __call__(self, *arguments, **flags):
            return _call(self, *arguments, **flags)

        __call__.__doc__ = _model.Model.__call__.__doc__
        __call__.__signature__ = inspect.signature(_model.Model.__call__)

    def _warn(self, text: str, stacklevel: int) -> None:
        if text not in self._warned:
            self._warned.add(text)
            warnings.warn(text, stacklevel=stacklevel)

    @opaque
    def forward(self, input: Any, h_0: Array | None = None, lengths: Counts | None = None,
                **flags: Any) -> tuple[Any, Any]:
        """output, h_n of input, h_0, lengths and the other flags of a call: see grucc.Model."""
        if torch.is_grad_enabled() and any(map(_requires_grad, (input, h_0, flags.get("hx")))):
            self._check_tracing()  # an error comes first
            self._warn("input: found one that requires gradients, which end at a compiled model, "
                       "expected torch.no_grad() around the call, or torch's own module to train",
                       6)
        return _model.Model.__call__(self, input, h_0, lengths, **flags)

    def flatten_parameters(self) -> None:
        """Nothing: for programs that call torch.nn.GRU's."""

    def train(self, mode: bool = True) -> Model:
        """The model itself, as it was: `mode` changes nothing. A warning where it asks for dropout
        that the model was not compiled with."""
        if mode and not self.training and self.dropout > 0 and self.num_layers > 1:
            self._warn("dropout: found train() of a model compiled for inference, which drops "
                       "nothing, expected eval(), or torch's own module to train", 3)
        return self

    def state_dict(self, *arguments: Any, prefix: str = "", **flags: Any) -> NoReturn:
        """Raises grucc.Error, whatever arguments, prefix and flags are: weights are constants of
        the code."""
        name = prefix.rstrip(".") or "a model"
        raise Error(f"state_dict: found {name}, which grucc has compiled, expected torch's own "
                    "GRU: its weights are constants of the code; its `save` keeps them, "
                    f"{_KEEPS}")

    def _load_from_state_dict(self, state_dict: Mapping[str, object], prefix: str,
                              local_metadata: object, strict: bool, missing_keys: list[str],
                              unexpected_keys: list[str], error_msgs: list[str]) -> None:
        found = [key for key in state_dict if key.startswith(prefix)]
        if found:
            error_msgs.append(f"{prefix.rstrip('.') or 'model'}: found {found[0]} for a model that "
                              "grucc has compiled, whose weights are constants of the code, "
                              f"expected to load before grucc.compile; {_KEEPS}")

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> Model:
        """What to(), half(), cuda() and the like do to a module's tensors."""
        probe = torch.empty(0, dtype=getattr(torch, self.dtype.name))
        found = fn(probe)
        if found.dtype != probe.dtype:
            raise InputError(f"to: found {found.dtype}, expected {probe.dtype}, which the model "
                             "was compiled for: torch's own module is converted before "
                             "grucc.compile")
        if not self._gpu and found.device.type != "cpu":
            raise InputError(f"to: found {found.device}, expected cpu, which the model was "
                             f"compiled for ({self.target}): grucc.compile(gru, target=\"sm_80\") "
                             "and the like make models for NVIDIA's GPUs")
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        function, (_, *facts) = super().__reduce__()
        hooks = {name: value for name, value in vars(self).items() if "_hooks" in name and value}
        return function, (of_module, *facts), hooks or None
