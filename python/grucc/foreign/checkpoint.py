# ===- checkpoint.py - The GRUs of a PyTorch checkpoint -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
""".pt, .pth, .ckpt, .tar: read by torch's own weights_only=True, which runs no code of the file.
Tensors are found under whatever dicts they stand in."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING

import numpy as np

from .._arguments import shown
from .._errors import InputError
from .network import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from numpy.typing import NDArray

    from .network import Weights

_DEEPEST = 16
# What wrappers put in front of a module's name.
_WRAPPERS = re.compile(r"(?:^|(?<=\.))(?:module|_orig_mod|_forward_module)\.")
_TENSOR = re.compile(r"(?P<prefix>(?:.*\.)?)(?P<name>(?P<kind>weight|bias)_(?P<of>ih|hh|hr)"
                     r"(?:_l(?P<layer>\d+)(?P<reverse>_reverse)?)?)(?P<form>_g|_v|_orig|_u|_mask)?$")
_PARAMETRIZED = re.compile(r"(?P<prefix>(?:.*\.)?)parametrizations\.(?P<name>[^.]+)\."
                           r"(?P<part>original[01]?|[0-9].*)$")


def _load(path: str) -> object:
    try:
        import torch
    except ImportError:
        raise InputError("file: found a PyTorch checkpoint and no torch, expected torch to read it: "
                         "pip install torch") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a TorchScript file, which is refused below
            contents: object = torch.load(path, map_location="cpu", weights_only=True)
            return contents
    except Exception as reason:  # of many kinds, whatever the file is
        text = " ".join(str(reason).split())
        if "TorchScript" in text:
            raise InputError("file: found a TorchScript file, expected a checkpoint: torch.jit.load "
                             "it and torch.save its state_dict()") from None
        if "Unsupported global" in text or "weights_only" in text.lower():
            raise InputError("file: found more than tensors (a pickled module, or a program's own "
                             "classes), expected a checkpoint of tensors: torch.save "
                             "module.state_dict() where the program is") from None
        raise InputError(f"file: found what torch.load cannot read ({text[:200]}), expected a "
                         "checkpoint") from None


def _tensors(what: object, at: str = "", depth: int = 0) -> Iterator[tuple[str, torch.Tensor]]:
    """(path, tensor) of everything in dicts, lists and what is like them."""
    import torch
    if isinstance(what, torch.Tensor):
        yield at, what
    elif isinstance(what, dict) and depth < _DEEPEST:
        for key, value in what.items():
            yield from _tensors(value, f"{at}.{key}" if at else str(key), depth + 1)
    elif isinstance(what, (list, tuple)) and depth < _DEEPEST:
        for index, value in enumerate(what):
            yield from _tensors(value, f"{at}.{index}" if at else str(index), depth + 1)


def _array(name: str, tensor: torch.Tensor) -> NDArray[np.floating]:
    """Widened exactly where NumPy has no such dtype."""
    if tensor.is_quantized or not tensor.is_floating_point():
        raise InputError(f"{name}: found {str(tensor.dtype).partition('.')[2]}, expected floating-"
                         "point weights: a quantised GRU has lost the others")
    tensor = tensor.detach()
    if str(tensor.dtype) not in ("torch.float32", "torch.float64", "torch.float16"):
        tensor = tensor.float()
    return np.ascontiguousarray(tensor.contiguous().numpy())


def _normed(name: str, norm: torch.Tensor, direction: torch.Tensor) -> NDArray[np.floating]:
    """g v / |v|, the norm over all but the axis that g keeps (torch.nn.utils.weight_norm)."""
    g, v = _array(name, norm).astype(np.float64), _array(name, direction)
    axes = tuple(axis for axis in range(v.ndim) if g.ndim == v.ndim and g.shape[axis] == 1)
    if g.ndim == 0 or g.size == 1:
        axes = tuple(range(v.ndim))
    elif g.ndim != v.ndim or any(g.shape[axis] not in (1, v.shape[axis]) for axis in range(v.ndim)):
        raise InputError(f"{name}: found a norm of shape {list(g.shape)} for {list(v.shape)}, "
                         "expected weight_norm's")
    wide = v.astype(np.float64)
    normed: NDArray[np.float64] = g * wide / np.sqrt((wide * wide).sum(axis=axes, keepdims=True))
    return normed.astype(v.dtype)


class _Group:
    """What stands under one prefix."""

    def __init__(self) -> None:
        self.plain: dict[str, torch.Tensor] = {}
        self.forms: dict[str, dict[str, torch.Tensor]] = {}
        self.parametrized: dict[str, dict[str, torch.Tensor]] = {}
        self.cell = False

    def add(self, found: re.Match[str], name: str, tensor: torch.Tensor) -> None:
        name = name if found["layer"] is not None else name + "_l0"
        self.cell |= found["layer"] is None
        if found["form"]:
            self.forms.setdefault(name, {})[found["form"]] = tensor
        else:
            self.plain[name] = tensor

    def tensors(self) -> Weights:
        """{torch's name: array}: norms are evaluated, other reparametrizations refused by name."""
        arrays = {name: _array(name, tensor) for name, tensor in self.plain.items()}
        for name, parts in self.forms.items():
            if set(parts) != {"_g", "_v"}:
                kind = "pruning" if "_mask" in parts else "spectral_norm"
                raise InputError(f"{name}: found it under {kind}, expected the tensor itself: "
                                 f"{'prune.remove' if '_mask' in parts else 'remove_spectral_norm'} "
                                 "before state_dict() makes it one")
            arrays[name] = _normed(name, parts["_g"], parts["_v"])
        for name, parts in self.parametrized.items():
            if set(parts) != {"original0", "original1"}:
                raise InputError(f"{name}: found it under a parametrization, expected the tensor "
                                 "itself: parametrize.remove_parametrizations before state_dict() "
                                 "makes it one")
            arrays[name] = _normed(name, parts["original0"], parts["original1"])
        return arrays


def _fault(arrays: Weights) -> str:
    """Why the tensors are no GRU's, or nothing."""
    for name in ("weight_ih_l0", "weight_hh_l0"):
        if name not in arrays:
            return f"{name}: found no such tensor, expected every tensor of the GRU"
    hidden = arrays["weight_hh_l0"].shape
    if any("weight_hr" in name for name in arrays) or (len(hidden) == 2 and
                                                       hidden[0] == 4 * hidden[1]):
        return "weight_hh_l0: found an LSTM's, expected a GRU's of 3 * hidden_size rows"
    if len(hidden) == 2 and hidden[0] == hidden[1]:
        return "weight_hh_l0: found a plain RNN's, expected a GRU's of 3 * hidden_size rows"
    if len(hidden) != 2 or hidden[0] != 3 * hidden[1]:
        return f"weight_hh_l0: found shape {list(hidden)}, expected [3 * hidden_size, hidden_size]"
    if arrays["weight_ih_l0"].ndim != 2 or arrays["weight_ih_l0"].shape[0] != hidden[0]:
        return (f"weight_ih_l0: found shape {list(arrays['weight_ih_l0'].shape)}, expected "
                f"[{hidden[0]}, input_size]")
    return ""


def read(path: str) -> list[Found]:
    """The networks of a checkpoint."""
    groups: dict[str, _Group] = {}
    quantised: list[str] = []
    for at, tensor in _tensors(_load(path)):
        name = _WRAPPERS.sub("", at)
        found, parametrized = _TENSOR.match(name), _PARAMETRIZED.match(name)
        if parametrized:
            group = groups.setdefault(parametrized["prefix"], _Group())
            group.parametrized.setdefault(parametrized["name"], {})[parametrized["part"]] = tensor
        elif found:
            groups.setdefault(found["prefix"], _Group()).add(found, found["name"], tensor)
        elif "_all_weight_values" in name or "_packed_params" in name:
            quantised.append(name)
    networks = []
    for prefix, group in groups.items():
        if not any("_hh" in name for name in [*group.plain, *group.forms, *group.parametrized]):
            continue
        one = Found(prefix.rstrip("."))
        try:
            one.tensors = group.tensors()
            one.fault = _fault(one.tensors)
        except InputError as reason:
            one.fault = str(reason)
        if one.fault:
            one.tensors = {}
        elif group.cell:
            one.notes.append("a GRUCell: a network of one layer")
        networks.append(one)
    if not networks:
        words = (f"a quantised network ({shown(quantised[0])})" if quantised else
                 "no tensor named weight_hh_l0")
        raise InputError(f"file: found {words}, expected the tensors of a GRU")
    return networks
