# ===- _compile.py - From a network in any form to a model -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""grucc.compile and grucc.load."""

from __future__ import annotations

import json
import os
import warnings as python_warnings
from typing import TYPE_CHECKING, Literal, overload

from . import _compiler
from ._arguments import shown, truth
from ._artifact import Folder
from ._cache import Cache, Entry, Unsafe, file_digest
from ._digests import sha256
from ._errors import Error, InputError
from ._gpu import device_number
from ._library import cpu_lines
from ._model import Model
from ._network import GRU, is_torch_gru
from ._of_module import of_module
from ._source import Source
from ._threads import check as check_threads

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import torch
    from typing_extensions import Unpack

    from ._drop_in import Model as DropIn
    from ._types import Device, Flags, Json, Path, StrPath, Target, Weights

    Found = tuple[Model, Json]  # what is kept of its compilation


class _Compilation:
    """One call of compile: what it needs to find the model in the cache, or to make it."""

    def __init__(self, is_module: bool, source: Source, external: bool, target: Target,
                 arguments: Sequence[str], threads: int, device: Device) -> None:
        self.is_module, self.source, self.external, self.target = (
            is_module, source, external, target)
        self.threads, self.device = threads, device
        self.complaints: list[str] = []
        file = source.input
        self.arguments = [os.path.join(".", file) if file[:1] == "-" else file, *arguments]
        self.compiler = _compiler.find_compiler()

    def key(self) -> str | None:
        """SHA-256 of everything that decides what the compiler writes, or None."""
        contents = self.source.digest(self.external)
        version = _compiler.identity(self.compiler)
        if contents is None or version is None:
            return None
        flags = self.arguments[1:]
        try:
            beside = [file_digest(path) for path in _compiler.files_of(flags)]
        except (OSError, ValueError):
            return None  # the compiler will say it better
        cpu: list[str | None] = []
        if self.target in (None, "native"):  # what the compiler resolves it from
            lines = cpu_lines()
            assumed = os.environ.get("GRUCC_TARGET", "") if self.target is None else ""
            cpu = [assumed, os.environ.get("GRUCC_NATIVE", ""), *(lines.get(key) for key in (
                "vendor_id", "cpu family", "model", "model name", "stepping", "flags"))]
        facts = [contents, flags, beside, version, cpu]
        return sha256(json.dumps(facts).encode()).hexdigest()

    def open_cache(self) -> Cache | None:
        """The Cache, or None where there is none; why it is not safe is a complaint."""
        try:
            return Cache()
        except Unsafe as reason:
            self.complaints.append(str(reason))
        except OSError:
            pass
        return None

    def model(self, cache: Cache | None) -> Found:
        """(the model, what is kept of its compilation), from the cache where it is there."""
        key = self.key() if cache else None
        if not cache or not key:
            return self._made(None)
        entry = Entry(cache, key)
        found = self._found(entry)
        if found:
            return found
        with cache.lock(key):  # whoever had it before may have compiled the same
            return self._found(entry) or self._made(entry)

    def _found(self, entry: Entry) -> Found | None:
        """What `model` gives, or None when there is no entry that is whole."""
        kept = entry.read()
        try:
            if kept is not None:
                model = self._opened(entry.path, kept)
                if entry.is_of(model):
                    return model, kept
        except Error:
            if entry.look() is not None:  # it has neither been removed nor replaced since
                raise
        return None

    def _made(self, entry: Entry | None) -> Found:
        """What `model` gives, compiled; kept in the entry, unless its files changed meanwhile."""
        owner = Folder()
        path, kept = self._build(owner.name)
        if entry and self.key() == entry.key and entry.store(path, kept):
            found = self._found(entry)
            if found:
                return found
        return self._opened(path, kept, owner), kept

    def _opened(self, path: Path, kept: Json, owner: Folder | None = None) -> Model:
        kind = of_module if self.is_module else Model
        return kind(path, kept["report"], owner, self.threads, self.device)

    def _build(self, folder: str) -> tuple[str, Json]:
        """Compiles in `folder`, where only the model stays: its path, and what the cache keeps."""
        output, inputs = os.path.join(folder, "model.so"), Folder()
        self.source.write(inputs.name)
        # Files that are made are named to the compiler as its diagnostics shall name them.
        report, warnings = _compiler.run_compiler(self.compiler, self.arguments, output,
                                                  inputs.name if self.source.files else None)
        # The same file under another name has the same lines, but for its name.
        return output, {"report": report, "warnings": [line.removeprefix(self.arguments[0])
                                                       for line in warnings]}


_complaints: set[str] = set()


def _warn(lines: list[str], complaints: Iterable[str]) -> None:
    """Warns the caller of `compile`; of what is wrong with the cache once in a process."""
    new = [line for line in complaints if line not in _complaints]
    _complaints.update(new)
    for line in dict.fromkeys(new + lines):
        python_warnings.warn(line, stacklevel=3)


def _check_flags(model: Model, flags: Mapping[str, object]) -> None:
    """The command line cannot say that these are False or True; a contradiction is an error all the
    same."""
    for name in ("bias", "bidirectional"):
        found = getattr(model, name)
        if flags.get(name) is not None and bool(flags[name]) != found:
            raise InputError(f"{name}: found {found} in the network, expected {flags[name]}, as "
                             "the flag says")


@overload
def compile(what: Weights | StrPath | GRU, *, target: Target = ..., threads: int = ...,
            device: Device = ..., weights: Literal["baked", "external"] = ...,
            cache: bool | None = ..., **flags: Unpack[Flags]) -> Model: ...


@overload
def compile(what: torch.nn.GRU, *, target: Target = ..., threads: int = ...,
            device: Device = ..., weights: Literal["baked", "external"] = ...,
            cache: bool | None = ..., **flags: Unpack[Flags]) -> DropIn: ...


def compile(what: object, *, target: Target = "native", threads: int = 1, device: Device = None,
            weights: str = "baked", cache: bool | None = True, **flags: object) -> Model:
    """Compiles a network to machine code and gives a Model; of a torch.nn.GRU, one that is a
    torch.nn.Module, too, and takes its place: see grucc.torch.Model.

    what     a torch.nn.GRU, which is compiled as it computes now and stays as it is: weight_norm,
             pruning and parametrizations are evaluated, and what could change the network unseen,
             such as hooks, a `forward` of its own and torch.autocast, is refused; a dict of arrays
             under torch's names, such as a state_dict; the path of a .json, .safetensors or .mlir
             file; or a grucc.GRU
    target   "native", "x86-64-v2", "x86-64-v3" or "x86-64-v4", or a list of them: levels of one
             model, of which the best for a CPU is taken wherever it is loaded; "sm_80" and the like
             for NVIDIA's GPUs from that compute capability on: such a model is compiled and saved
             anywhere, calls need the driver. What is for another kind of CPU is refused, since a
             model is loaded here: the program `grucc --target=aarch64` makes it
    threads  how many a call may use, the calling one among them: small runs and steps stay on one.
    device   of a model for a GPU: the number of the GPU that arrays in the host's memory go to,
             also as "cuda:1"; 0 when left out. CUDA tensors stay where they are
    weights  "baked" into the model, or "external": they can be set again by Model.set_weights;
             those of a module or a dict are set already
    cache    keep the model in $XDG_CACHE_HOME/grucc (~/.cache/grucc), and take it from there when
             the same network is compiled again; the folder may be deleted at any time. It is used
             only if it is this user's and nobody else may write to it, which a warning says;
             $GRUCC_CACHE_BYTES (1 GiB) is the most that it holds, the least recently used go first,
             and `python -m grucc.cache` shows and clears it. Where nothing can be kept, a model's
             file is in a private temporary folder
    flags    what `grucc --help` lists: batch_first=True is --batch-first, dropout=0.1 is
             --dropout=0.1, bias=False is --no-bias; weights that a narrower number holds
             exactly are kept in it unless narrow_weights=False, results are the same;
             training=True builds dropout into the model, whatever mode the module is in (but
             spectral_norm, which training changes in every forward, needs module.eval()); name
             is the prefix of its symbols (gru)

    What is wrong with the arguments raises grucc.InputError, with the compiler's text where it is
    the compiler's; what is wrong with the machine (no compiler, no memory, no place to write),
    grucc.Error. The compiler's warnings warn. So does what it
    has to assume: the tensors of a dict or a .safetensors file alone do not say batch_first, which
    batch_first=True and batch_first=False do; a module with dropout between layers that is in
    training mode is compiled for inference, which module.eval() and training=False say.
    """
    check_threads(threads), device_number(device)
    external = isinstance(weights, str) and weights == "external"
    flags = {name: value for name, value in flags.items() if value is not None}
    if not isinstance(flags.get("prefix", ""), str):
        raise InputError(f"prefix: found {shown(flags['prefix'])}, expected a text")
    source = Source(what, flags, external)
    flags = {"name": "gru", **source.flags, **flags}
    if isinstance(target, (list, tuple)) and all(isinstance(name, str) for name in target):
        target = ",".join(target)
    arguments = _compiler.arguments_of({"target": target, "weights": weights, **flags})
    one = _Compilation(is_torch_gru(what), source, external, target, arguments, threads, device)
    # A header is written, too, only when the compiler runs.
    caching = (cache is None or truth("cache", cache)) and "header" not in flags
    model, kept = one.model(one.open_cache() if caching else None)
    file = one.arguments[0]
    _warn([file * line.startswith(": ") + line for line in source.notes + kept["warnings"]],
          one.complaints)
    _check_flags(model, flags)
    if external and source.tensors is not None:
        model.set_weights(source.tensors)
    return model


def load(path: Path, *, threads: int = 1, device: Device = None, mapped: bool = False) -> Model:
    """Opens the shared library at `path`, which grucc wrote: a Model; threads and device as in
    compile.

    The file is copied, checked and then loaded from the copy: each model has its weights in memory
    for itself. With mapped=True the file itself is loaded, once for all processes that do so. That
    is for files in a folder where only those can write whom you trust: the file must not be written
    to (a new one may take its place) as long as the model is there.

    A file that cannot be read, is damaged or is no model of this version raises grucc.InputError; a
    CPU without what it was compiled for, no memory and no runtime library, grucc.Error.
    """
    return Model(path, threads=threads, device=device, mapped=truth("mapped", mapped))
