# ===- _module.py - What a torch.nn.GRU computes at this moment -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Clause C16. A module is more than its tensors: methods of its own, hooks, and weights that are
computed from others before every forward. What is known to set weights only is computed here, on
a view that leaves the module as it is; what could change the network otherwise is refused.
"""

from __future__ import annotations

import copy
import sys
from typing import TYPE_CHECKING, cast

from ._errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import torch

    Hook = Callable[..., object]

_PLAIN = "compile a plain torch.nn.GRU that holds its weights"

# Python looks for these in the type alone.
_SPECIAL = ("__call__", "__getattr__", "__getattribute__")

# What a call goes through. flatten_parameters is left out: it only moves memory, and wrappers
# that share or drop weights put an empty one in its place.
METHODS = ("_wrapped_call_impl", "_call_impl", "_slow_forward", "forward", "check_forward_args",
           "check_input", "check_hidden_size", "get_expected_hidden_size", "permute_hidden",
           "_update_flat_weights", "_weights_have_changed", "_init_flat_weights", *_SPECIAL)

# Pre-hooks that set one tensor, from tensors of the module alone: (module, class, its methods).
_SETTERS = (("torch.nn.utils.weight_norm", "WeightNorm", ("__call__", "compute_weight")),
            ("torch.nn.utils.spectral_norm", "SpectralNorm",
             ("__call__", "compute_weight", "reshape_weight_to_matrix")),
            ("torch.nn.utils.prune", "BasePruningMethod", ("__call__", "apply_mask")))


def another(value: object, cls: type, names: Iterable[str]) -> str | None:
    """The first of `names` that is not `cls`'s own method in `value`, or not torch's; or None."""
    for name in names:
        expected = getattr(cls, name, None)
        if expected is None:
            continue  # of another version of torch
        found = getattr(type(value) if name in _SPECIAL else value, name, None)
        if name not in _SPECIAL and getattr(found, "__self__", None) is value:
            found = getattr(found, "__func__")
        home = getattr(expected, "__globals__", {}).get("__name__", "")
        is_original = home.partition(".")[0] == "torch" or expected is object.__getattribute__
        if found is not expected or not is_original:
            return name
    return None


def _is_compiled_call(module: torch.nn.Module) -> bool:
    """Whether module.compile() alone has set what is called instead of _call_impl."""
    compiled = getattr(module, "_compiled_call_impl", None)
    return compiled is None or (
        getattr(compiled, "_torchdynamo_orig_callable", None) == module._call_impl)


def _name_of(hook: Hook) -> str:
    name: str = getattr(hook, "__qualname__", type(hook).__qualname__)
    return name


def _setter(hook: Hook) -> str | None:
    """The class of a known hook that sets a tensor, by its name; or None."""
    for place, name, methods in _SETTERS:
        cls = getattr(sys.modules.get(place), name, None)
        if cls is not None and isinstance(hook, cls) and not another(hook, cls, methods):
            return name
    return None


def _check_hooks(module: torch.nn.Module) -> None:
    """Refuses every hook that could change what goes in and comes out."""
    import torch
    every = torch.nn.modules.module
    strangers = [("forward hook", module._forward_hooks),
                 ("forward hook of all modules", every._global_forward_hooks),
                 ("forward pre-hook of all modules", every._global_forward_pre_hooks)]
    with_kwargs = getattr(module, "_forward_pre_hooks_with_kwargs", ())
    strangers.append(("forward pre-hook", {
        key: hook for key, hook in module._forward_pre_hooks.items()
        if key in with_kwargs or not _setter(hook)}))
    for kind, hooks in strangers:
        for hook in hooks.values():
            raise InputError(f"what: found the {kind} {_name_of(hook)}, expected none: what it "
                             f"does is not compiled; remove it, or {_PLAIN}")
    for hook in module._forward_pre_hooks.values():
        if _setter(hook) == "SpectralNorm" and module.training:
            raise InputError(f"{getattr(hook, 'name')}: found spectral_norm in training mode, "
                             "which changes it in every forward, expected module.eval() before")


def _same_bits(a: torch.Tensor, b: torch.Tensor) -> bool:
    import torch
    return a.shape == b.shape and torch.allclose(a, b, rtol=0, atol=0, equal_nan=True)


def _parametrized(module: torch.nn.Module, name: str) -> torch.Tensor:
    """A tensor of torch.nn.utils.parametrize: evaluated on a copy, which may count or draw."""
    import torch
    from torch.nn.utils import parametrize
    kept = parametrize._cache.get((id(module), name)) if parametrize._cache_enabled else None
    if kept is not None:
        return kept
    remedy = "module.eval() or torch.nn.utils.parametrize.remove_parametrizations before"
    original = cast("torch.nn.ModuleDict", module.parametrizations)[name]
    try:
        again = copy.deepcopy(original)
    except RuntimeError as reason:
        raise InputError(f"{name}: found a parametrization that cannot be copied ({reason}), "
                         f"expected {remedy}") from None
    devices = {tensor.device.index for tensor in original.parameters() if tensor.is_cuda}
    with torch.random.fork_rng(sorted(devices)):
        values: tuple[torch.Tensor, torch.Tensor] = again(), again()
    if not _same_bits(*values):
        raise InputError(f"{name}: found a parametrization that gives another tensor every time, "
                         f"expected {remedy}")
    return values[0]


def _check_attributes(module: torch.nn.Module, names: Iterable[str]) -> None:
    """Refuses a class that says itself what a forward reads as a tensor of the module."""
    from torch.nn.utils import parametrize
    for name in (*names, "_flat_weights", "_flat_weights_names", "_flat_weight_refs"):
        if hasattr(type(module), name) and not parametrize.is_parametrized(module, name):
            raise InputError(f"what: found {type(module).__name__} with {name} of its class, "
                             f"expected it in the module alone; {_PLAIN}")


def _check_autocast(tensors: Iterable[torch.Tensor]) -> None:
    """Refuses a context in which torch computes in another dtype than the tensors'."""
    import torch
    for device in {value.device.type for value in tensors if value.dtype != torch.float64}:
        try:
            is_on = device in ("cpu", "cuda") and torch.is_autocast_enabled(device)
        except TypeError:  # of an older version, which names no device
            is_on = torch.is_autocast_cpu_enabled() if device == "cpu" else (
                torch.is_autocast_enabled())
        if is_on:
            raise InputError("what: found a call inside of torch.autocast, in which the module "
                             "computes with rounded operands, expected one outside of it")


class _View:
    """A module as its pre-hooks see it. What they set stays here."""

    def __init__(self, module: torch.nn.Module) -> None:
        self._module = module

    def __getattr__(self, name: str) -> object:
        module = self._module
        from torch.nn.utils import parametrize
        if parametrize.is_parametrized(module, name):
            return _parametrized(module, name)
        return getattr(module, name)


def weights_of(module: torch.nn.GRU, names: Sequence[str]) -> dict[str, torch.Tensor]:
    """{name: tensor} that a forward of the module would use now, had it its say; the module stays
    as it is, and so do torch's generators. `names`: torch's, in its order."""
    import torch
    name = another(module, torch.nn.GRU, METHODS)
    if name or not _is_compiled_call(module):
        raise InputError(f"what: found {type(module).__name__} with another {name or '__call__'} "
                         "than torch.nn.GRU's, expected torch.nn.GRU's: what another computes is "
                         f"not in the weights; {_PLAIN}")
    _check_hooks(module)
    if getattr(module, "proj_size", 0):
        raise InputError(f"proj_size: found {module.proj_size}, expected 0")
    if names != module._flat_weights_names:
        raise InputError(f"what: found a module of the tensors {module._flat_weights_names}, "
                         f"expected {names}, as its arguments say")
    _check_attributes(module, names)
    view = _View(module)
    try:
        with torch.no_grad():
            for hook in module._forward_pre_hooks.values():
                hook(view, ())
            found: dict[str, torch.Tensor | None] = {name: getattr(view, name, None)
                                                     for name in names}
    except InputError:
        raise
    except Exception as reason:
        raise InputError(f"what: found a module whose weights cannot be computed ({reason}), "
                         f"expected one that can be called; {_PLAIN}") from reason
    # A forward uses _flat_weights, and renews them once it sees that an attribute is another.
    flat, references = module._flat_weights, getattr(module, "_flat_weight_refs", ())
    if not any(value is not None and reference is not None and reference() is not value
               for value, reference in zip(found.values(), references)):
        found = {name: vars(view).get(name, value) for name, value in zip(names, flat)}
    weights = {}
    for name, value in found.items():
        if value is None:
            raise InputError(f"{name}: found none, expected a tensor")
        weights[name] = value
    _check_autocast(weights.values())
    return weights
