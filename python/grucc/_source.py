# ===- _source.py - What is compiled, as files for the compiler -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A network in any form that grucc.compile takes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ._arguments import path_of
from ._cache import file_digest, open_regular, pieces_digest
from ._errors import Error
from ._network import GRU, is_torch_gru, network_of, safetensors, tensors_of
from ._refusals import check_names, refusal

if TYPE_CHECKING:
    import torch
    from numpy.typing import ArrayLike


class Source:
    """What is compiled: the compiler's INPUT, and how to make it.

    input: a path, or the name of one of the files that are made for the compiler
    files: {name: pieces of bytes}
    flags: those that the source itself implies
    tensors: {torch's name: array} to give to a model with external weights, or None
    notes: what is assumed of it, to warn of
    """

    def __init__(self, what: object, flags: Mapping[str, object], external: bool) -> None:
        self.files: dict[str, list[bytes | memoryview]] = {}
        self.flags: dict[str, object] = {}
        self.tensors: dict[str, ArrayLike | torch.Tensor] | None = None
        self.notes: list[str] = []
        if isinstance(what, (str, os.PathLike)):
            self.input = path_of("what", what)
        elif isinstance(what, GRU):
            self._add_network(what, flags)
            if not external:
                self.flags = {"init": "uniform", "seed": what.seed}
        elif is_torch_gru(what):
            self.tensors = tensors_of(what)
            if not external:
                self.files["weights.safetensors"] = safetensors(self.tensors)
            network = network_of(what, getattr(self.tensors["weight_ih_l0"], "dtype"))
            self._add_network(network, flags)
            if (what.training and network.dropout > 0 and network.num_layers > 1 and
                    flags.get("training") is None):
                self.notes.append("dropout: found a module in training mode, assumed inference; "
                                  "module.eval() or training=False says it, training=True builds "
                                  "dropout in")
        elif isinstance(what, Mapping):
            check_names("what", what)
            prefix = str(flags.get("prefix") or "")
            under = {name: value for name, value in what.items() if name.startswith(prefix)}
            self.tensors = {name[len(prefix):]: value for name, value in under.items()}
            self.input = "weights.safetensors"
            # Where the prefix is wrong, the compiler says which ones there are.
            self.files[self.input] = safetensors(under or what)
        else:
            raise refusal("what", what)

    def _add_network(self, network: GRU, flags: Mapping[str, object]) -> None:
        self.input = "network.json"
        others: dict[str, str | None] = {"weights": "weights.safetensors"} if self.files else {}
        if flags.get("dtype") is not None:
            others["dtype"] = None  # the caller chooses it
        self.files[self.input] = [network.json(**others).encode()]

    def digest(self, external: bool) -> list[object] | None:
        """A JSON value that changes when anything that is compiled does; None when a file cannot
        be read, which the compiler will say better."""
        if self.files:  # the values of external weights are not compiled
            return [[name, pieces_digest(pieces[:1] if external else pieces)]
                    for name, pieces in self.files.items()]
        if self.input.endswith(".onnx"):
            return None  # its weights may be in files beside it, which only the compiler knows
        try:
            digests = [file_digest(self.input)]
            if self.input.endswith(".json"):
                with open_regular(self.input) as file:
                    beside = json.load(file).get("weights")
                if beside is not None:
                    digests.append(file_digest(os.path.join(os.path.dirname(self.input), beside)))
            return [os.path.splitext(self.input)[1], *digests]
        except (OSError, ValueError, AttributeError, TypeError, RecursionError):
            return None

    def write(self, folder: str) -> None:
        try:
            for name, pieces in self.files.items():
                with open(os.path.join(folder, name), "wb") as file:
                    file.writelines(pieces)
        except OSError as reason:
            raise Error(f"{folder}: error: file: found {reason.strerror}, expected to write the "
                        "compiler's input there; TMPDIR names another folder") from None
