# ===- _fallback.py - What torch computes of a compiled module -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What grucc does not compute goes to torch's own forward, and a warning says why."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import torch

from . import _cuda

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .torch import GRU, GRUCell

_FLOATS = torch.float32, torch.float64


def why_not_of(weights: Sequence[torch.Tensor], tensors: Sequence[torch.Tensor]) -> str | None:
    """What grucc does not compute of weights, or of all tensors of a call, whatever the call."""
    place = weights[0].device
    for tensor in tensors:
        if tensor.device != place:
            return f"found tensors on {tensor.device} and {place}, expected all on one device"
    if place.type not in ("cpu", "cuda"):
        return f"found tensors on {place}, expected all on cpu or cuda"
    for weight in weights:
        if weight.dtype not in _FLOATS:
            return f"found {weight.dtype} weights, expected float32 or float64"
    if place.type == "cuda":
        if weights[0].dtype != torch.float32:
            return f"found {weights[0].dtype} weights on {place}, expected float32"
        reason: str | None = _cuda.why_not(place.index)
        return reason
    return None


def why_torch(module: torch.nn.Module, dropout: bool, weights: Sequence[torch.Tensor],
              *operands: torch.Tensor) -> str | None:
    """What grucc does not compute of this call, or None. torch.compile reads it."""
    tensors = [*operands, *weights]
    why = why_not_of(weights, tensors)
    if why is not None:
        return why
    if module.training and dropout:
        return "found dropout in training mode, expected module.eval()"
    if torch.is_autocast_enabled(weights[0].device.type):
        return "found a call inside of torch.autocast, expected one outside of it"
    exports = torch.compiler.is_exporting()
    if exports and torch.onnx.is_in_onnx_export():
        return "found torch.onnx.export, expected torch.export, which keeps operators"
    if not torch.compiler.is_compiling():
        if torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
            return "found torch.jit.trace, expected torch.export"
        if torch._C._are_functorch_transforms_active():
            return "found torch.func's transformation or torch.vmap, expected a call outside of it"
    if not exports and torch.is_grad_enabled() and any(one.requires_grad for one in tensors):
        return "found gradients asked for, expected torch.no_grad() or torch.inference_mode()"
    return None


@torch.compiler.disable  # type: ignore[untyped-decorator]
def fall_back(module: GRU | GRUCell, reason: str, *arguments: Any) -> Any:
    """torch's own forward, with a warning that says why."""
    if reason not in module.reasons:
        module.reasons.add(reason)
        warnings.warn(f"{module!r} is computed by torch: {reason}", stacklevel=6)
    forward: Callable[..., Any] = module.of.forward
    return forward(module, *arguments)


fall_back._torchdynamo_disable_msg = ("what grucc does not compute goes to torch: an eager call "
                                      "warns why; torch.no_grad() is needed, and module.eval()")
