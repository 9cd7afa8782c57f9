# ===- _operands.py - What a call is given, as memory -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: B batch, H hidden size, D directions, L layers. The part of a model that knows arrays of
every kind, and its own file."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _native
from ._arguments import path_of
from ._arrays import NumpyArrays, TorchTensors, as_numpy, is_tensor, shape_of, torch_module
from ._errors import Error, InputError, shape_error
from ._gpu import CudaTensors
from ._raw import RawModel
from ._tracing import check_of, check_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._arrays import Arrays
    from ._types import Array, Device, Path, Sizes


class Operands(RawModel):
    """An open model that looks at arrays; `Model` runs it."""

    def __init__(self, path: str, threads: int, device: Device, mapped: bool) -> None:
        super().__init__(path, threads, device, mapped)
        # SHA-256 of the file of a model that has been copied, or is a copy.
        self._digest: str | None = None
        self._numpy = NumpyArrays(self.dtype)
        self._torch: TorchTensors | None = None

    def save(self, path: Path) -> None:
        """Writes the shared library to `path`: for grucc.load, for C programs, for grucc-run. Where
        it cannot be written, grucc.Error says why, and what was there stays."""
        place = path_of("path", path)
        written = f"{place}.{os.urandom(8).hex()}"  # nobody has put a link there
        try:
            with open(written, "xb") as file:
                file.writelines(self._pieces())
            os.replace(written, place)
        except OSError as reason:
            raise Error(f"{place}: error: file: found {reason.strerror}, expected to copy "
                        f"{self.path} there") from None
        finally:
            with contextlib.suppress(OSError):  # it has its name
                os.remove(written)

    def _pieces(self) -> Iterator[bytes]:
        """The bytes that it was opened from."""
        return self.descriptor.loaded.pieces()

    def _check_tracing(self) -> None:
        """Refuses calls that torch records; once torch is there, a function takes its place."""
        torch = torch_module()
        if torch is not None:
            vars(self).update(_check_tracing=check_of(torch))
            if self._calls is not None:
                _native.observe(self._calls, torch)
            self._check_tracing()

    def _is_copy(self, other: Operands) -> bool:
        return self._digest is not None and self._digest == other._digest

    def _kind(self, name: str, value: object) -> tuple[Arrays[Any], Array]:
        """(the kind of arrays, the array) of what the caller gave; lists become NumPy's."""
        if isinstance(value, np.ndarray):
            return self._numpy, value
        if is_tensor(value):
            if self._torch is None:
                import torch  # which the program has imported: it has a tensor
                self._torch = TorchTensors(self.dtype, torch)
            if self._gpu and value.is_cuda:
                import torch
                return CudaTensors(self.dtype, torch, value.device), value
            return self._torch, value
        check_value(value)
        array = as_numpy(name, value)
        if not hasattr(value, "dtype") and array.dtype.kind in "iuf":
            array = array.astype(self.dtype)
        return self._numpy, array

    def _state_kind(self, arrays: Arrays[Any], h_0: object) -> tuple[Arrays[Any], Array]:
        """(the kind of h_0, h_0), which has to be where the input of kind `arrays` is."""
        kind, h_0 = self._kind("h_0", h_0)
        places = [a.device if type(a) is CudaTensors else "the host" for a in (kind, arrays)]
        if places[0] != places[1]:
            raise InputError(f"h_0: found it on {places[0]}, expected it on {places[1]}, as input")
        return kind, h_0

    def _given_state(self, arrays: Arrays[Any], h_0: Any, shape: Sizes) -> tuple[Array, int]:
        """(h_0, address), of either kind."""
        if not isinstance(h_0, np.ndarray) or arrays is not self._numpy:
            arrays, h_0 = self._state_kind(arrays, h_0)
        if shape_of("h_0", h_0) != shape:
            raise shape_error("h_0", h_0.shape, *shape)
        return arrays.operand("h_0", h_0)
