# ===- _readonly.py - Arrays that say so when they are written to -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""State.h is a copy: what is written there would reach no state. NumPy's arrays have a flag for
it; torch's tensors have none, so that theirs are a subclass.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

import numpy as np

from ._arrays import torch_module
from ._errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any, SupportsIndex

    import torch

    from ._types import A


# In place, of the caller's own tensor, and no value is another one.
_KEEPS_VALUES = {"requires_grad_", "detach_", "share_memory_", "squeeze_", "unsqueeze_", "t_",
                 "transpose_", "swapaxes_", "swapdims_"}


def _is_write(function: Callable[..., object], name: str, arguments: Sequence[object],
              flags: Mapping[str, object], cls: type) -> bool:
    """Whether torch's function, of this name, writes to a tensor of `cls`: add_(h, 1), h[0] = 1,
    h += 1, h.data = x, relu(h, inplace=True), add(x, 1, out=h). Only the first argument is written
    to."""
    owner = getattr(getattr(function, "__self__", None), "__name__", "")
    if name in _KEEPS_VALUES or (name == "__set__" and owner in ("requires_grad", "grad")):
        return False
    first = arguments[0] if arguments else None
    if isinstance(first, (list, tuple)):  # those of _foreach_add_ and the like
        first = next((value for value in first if isinstance(value, cls)), None)
    if isinstance(first, cls):
        in_place = name.endswith("_") and not name.startswith("__")
        augmented = name.startswith("__i") and name not in ("__index__", "__int__", "__invert__",
                                                            "__iter__")
        if in_place or augmented or name in ("__setitem__", "__set__") or flags.get("inplace"):
            return True
    out = flags.get("out")
    return any(isinstance(value, cls) for value in (out if isinstance(out, tuple) else (out,)))


@functools.cache
def _tensor_class() -> type[torch.Tensor]:
    import torch  # which the program has imported: it has a tensor

    class ReadOnly(torch.Tensor):
        """A tensor that torch's functions do not write to, and neither to its views; what is
        computed from it is as ever, and so are copies of it. Its storage and what DLPack hands out
        are memory as any other."""

        @classmethod
        def __torch_function__(cls, function: Callable[..., object], types: Sequence[type],
                               arguments: Sequence[object] = (),
                               flags: dict[str, object] | None = None) -> object:
            flags, name = flags or {}, getattr(function, "__name__", "")
            if _is_write(function, name, arguments, flags, ReadOnly):
                raise InputError(f"h: found {name} on a copy of the state, expected "
                                 "state.reset(rows, h_0) or state.h = h_0")
            with torch._C.DisableTorchFunctionSubclass():
                return view(function(*arguments, **flags), arguments)

        def __iter__(self) -> Iterator[torch.Tensor]:
            return iter(self.unbind(0))

        def __deepcopy__(self, memo: object) -> torch.Tensor:
            return self.clone()

        def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
            reduced: tuple[Any, ...] = self.clone().__reduce_ex__(  # type: ignore[no-untyped-call]
                protocol)
            return reduced

    def storage(tensor: torch.Tensor) -> int:
        return tensor.untyped_storage().data_ptr() if tensor.layout is torch.strided else 0

    def view(result: object, arguments: Sequence[object]) -> object:
        """The result, read-only where it shares memory with a read-only argument."""
        if isinstance(result, np.ndarray):
            result.flags.writeable = result.flags.writeable and result.base is None
        elif type(result) is tuple:
            return tuple(view(value, arguments) for value in result)
        elif type(result) is list:
            return [view(value, arguments) for value in result]
        elif isinstance(result, torch.Tensor) and not isinstance(result, ReadOnly):
            at = storage(result)
            if at and any(isinstance(value, ReadOnly) and storage(value) == at
                          for value in arguments):
                return result.as_subclass(ReadOnly)
        return result

    return ReadOnly


def read_only(array: A) -> A:
    """The array itself, or the tensor as one of a subclass."""
    if isinstance(array, np.ndarray):
        array.flags.writeable = False
        return array
    return cast("A", array.as_subclass(_tensor_class()))
