# ===- _tracing.py - Calls that torch would record, refused -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A compiled model is no operator of torch: whatever records operators would record its output as
a constant, and whatever transforms them has no memory to hand out. torch.compile may call one: it
leaves the call to Python (a graph break).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

from ._errors import Error

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import torch

F = TypeVar("F", bound="Callable[..., Any]")


def opaque(function: F) -> F:
    """A function that torch.compile calls and does not read, as torch.compiler.disable makes it,
    which needs torch."""
    vars(function).update(
        _torchdynamo_disable=True, _torchdynamo_disable_recursive=True,
        _torchdynamo_disable_msg="a model that grucc compiled is no operator of torch")
    return function


def refusal(found: str) -> Error:
    return Error(f"model: found {found}, expected a call outside of it: a compiled model is no "
                 "operator of torch, which would take its output for a constant; "
                 "grucc.torch.compile_module makes operators")


def observers(torch: ModuleType) -> tuple[Any, Any, Any, Any]:
    """(tracing, included, before, modes): tracing(), included(before) and modes() are cheap, and
    one of them gives something true while torch records: a trace, a key of torch.export, modes."""
    modes = getattr(torch._C, "_len_torch_dispatch_stack", int)  # older versions have none: 0
    before = getattr(torch._C.DispatchKey, "PreDispatch", None)
    included = torch._C._dispatch_tls_is_dispatch_key_included if before else bool
    return torch._C._get_tracing_state, included, before, modes


def check_of(torch: ModuleType) -> Callable[[], None]:
    """A function that refuses calls while torch records; cheap, since every call asks it."""
    tracing, included, before, modes = observers(torch)

    def check() -> None:
        if tracing():
            raise refusal("a call that torch.jit.trace or torch.onnx.export records")
        if included(before):
            raise refusal("a call that torch.export or make_fx records")
        if modes():
            keys = torch._C._TorchDispatchModeKey
            for key in (keys.PROXY, keys.FAKE, keys.FUNCTIONAL):
                mode = torch._C._get_dispatch_mode(key)
                if mode is not None:
                    raise refusal(f"a call that {type(mode).__name__} records, as in torch.export "
                                  "and make_fx")
    return check


def check_value(value: object) -> None:
    """Refuses what stands for a tensor while torch.fx records."""
    fx = sys.modules.get("torch.fx")
    if fx is not None and isinstance(value, fx.Proxy):
        raise refusal("a call that torch.fx records")


def memory_of(tensor: torch.Tensor) -> int:
    """Where a tensor's first element is; tensors without memory are of what records."""
    try:
        at = tensor.data_ptr()
    except RuntimeError:
        at = 0
    if not at and tensor.numel():
        raise refusal(f"a {type(tensor).__name__} without memory, as torch.func, torch.export and "
                      "the like hand out")
    return at
