# ===- _refusals.py - What people try first, named, with the way out -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Modules that are no torch.nn.GRU and dicts that hold more than tensors: what only Python can see.
What is wrong with the tensors of a dict is said by the compiler, as of a file's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ._arguments import shown
from ._arrays import torch_module
from ._errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import torch

_ALONE = "grucc compiles GRU networks alone"
_MOST = 8  # modules that are listed
_DEEPEST = 4  # dicts in dicts that are looked into


def _class_name(module: torch.nn.Module) -> str:
    """torch.nn.LSTM of torch's own; a program's own has its bare name."""
    import torch  # which the program has imported: it has a module
    cls = type(module)
    if getattr(torch.nn, cls.__name__, None) is cls:
        return f"torch.nn.{cls.__name__}"
    has_place = cls.__module__.partition(".")[0] in ("torch", "grucc")
    return f"{cls.__module__}.{cls.__qualname__}" if has_place else cls.__qualname__


def _place(name: str) -> str:
    """How a program says the module that is called layers.0.gru: net.get_submodule("...")."""
    if all(part.isidentifier() for part in name.split(".")):
        return f"net.{name}"
    return f"net.get_submodule({name!r})"


def _listed(places: Sequence[str]) -> str:
    more = len(places) - _MOST
    return ", ".join(places[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _way_out(module: torch.nn.Module, call: str) -> str:
    """What to do with a module that is no GRU, which `call` was given."""
    import torch  # which the program has imported: it has a module
    if isinstance(module, torch.nn.GRUCell):
        return (f"its weights are those of a GRU with one layer: {call}("
                "{name + '_l0': value for name, value in cell.state_dict().items()})")
    if isinstance(module, torch.jit.ScriptModule):
        return "compile the module that it was scripted or traced from, or its state_dict()"
    if hasattr(module, "to_torch"):  # grucc.torch's
        return "its to_torch() gives a copy that is torch's again"
    if isinstance(module, (torch.nn.RNNBase, torch.nn.RNNCellBase)):
        return _ALONE
    inside = list(module.named_modules())
    grus = [_place(name) for name, one in inside if isinstance(one, torch.nn.GRU)]
    if grus:
        return f"it contains {_listed(grus)}: {call}({grus[0]})"
    others = [f"{_class_name(one)} at {_place(name)}" for name, one in inside
              if isinstance(one, (torch.nn.RNNBase, torch.nn.RNNCellBase))]
    if others:
        return f"it contains {_listed(others)}; {_ALONE}"
    return "it contains none"


def refusal(name: str, what: object) -> InputError:
    """The InputError of what is no GRU, no dict and no path."""
    torch = torch_module()
    if torch is not None and isinstance(what, torch.nn.Module):
        call = "grucc.compile" if name == "what" else "set_weights"
        return InputError(f"{name}: found a {_class_name(what)}, expected a torch.nn.GRU; "
                          f"{_way_out(what, call)}")
    found = f"the class {what.__name__}" if isinstance(what, type) else type(what).__name__
    others = "a dict of arrays, a path or a grucc.GRU" if name == "what" else "a dict of arrays"
    return InputError(f"{name}: found {found}, expected a torch.nn.GRU"
                      f"{' or ' if name != 'what' else ', '}{others}")


def _is_gru(value: object) -> bool:
    """A dict with a GRU's tensors, or a module."""
    torch = torch_module()
    return (torch is not None and isinstance(value, torch.nn.Module)) or (
        isinstance(value, Mapping) and
        any(isinstance(key, str) and key.endswith("weight_ih_l0") for key in value))


def _inside(text: str, what: Mapping[object, object], depth: int = 0) -> Iterator[str]:
    """How a program says the values inside of a dict that may be meant."""
    for key, value in what.items():
        if _is_gru(value):
            yield f"{text}[{key!r}]"
        elif isinstance(value, Mapping) and depth < _DEEPEST:
            yield from _inside(f"{text}[{key!r}]", value, depth + 1)


def check_names(name: str, what: Mapping[object, object]) -> None:
    """Refuses a dict that does not hold tensors under torch's names itself: a checkpoint of dicts,
    or what has other keys than texts."""
    if not _is_gru(what):
        places = list(_inside(name, what))
        if places:
            raise InputError(f"{name}: found a dict of others, expected one of a GRU's tensors: "
                             f"give {_listed(places)}")
    for key in what:
        if not isinstance(key, str):
            raise InputError(f"{name}: found the key {shown(key)}, expected torch's names, such as "
                             "weight_ih_l0")
