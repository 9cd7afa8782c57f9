# ===- _compile.py - From a network in any form to a model -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""grucc.compile and grucc.load."""

import hashlib
import json
import os
import tempfile
import warnings as python_warnings
from collections.abc import Mapping

from . import _compiler
from ._artifact import Folder
from ._cache import Entry, file_digest, pieces_digest
from ._errors import InputError
from ._library import cpu_lines
from ._model import Model
from ._network import GRU, is_torch_gru, network_of, safetensors, tensors_of
from ._threads import check as check_threads


class _Source:
    """What is compiled: the compiler's INPUT, and how to make it.

    input: a path, or the name of one of the files that are made for the compiler
    files: {name: pieces of bytes}
    flags: those that the source itself implies
    tensors: {torch's name: array} to give to a model with external weights, or None
    notes: what is assumed of it, to warn of
    """

    def __init__(self, what, flags, external):
        self.files, self.flags, self.tensors, self.notes = {}, {}, None, []
        if isinstance(what, (str, os.PathLike)):
            self.input = os.fspath(what)
        elif isinstance(what, GRU):
            self._add_network(what, flags)
            if not external:
                self.flags = {"init": "uniform", "seed": what.seed}
        elif is_torch_gru(what):
            self.tensors = tensors_of(what)
            if not external:
                self.files["weights.safetensors"] = safetensors(self.tensors)
            network = network_of(what, self.tensors["weight_ih_l0"].dtype)
            self._add_network(network, flags)
            if (what.training and network.dropout > 0 and network.num_layers > 1 and
                    flags.get("training") is None):
                self.notes.append("dropout: found a module in training mode, assumed inference; "
                                  "module.eval() or training=False says it, training=True builds "
                                  "dropout in")
        elif isinstance(what, Mapping):
            prefix = flags.get("prefix") or ""
            under = {name: value for name, value in what.items() if name.startswith(prefix)}
            self.tensors = {name[len(prefix):]: value for name, value in under.items()}
            self.input = "weights.safetensors"
            self.files[self.input] = safetensors(under)
        else:
            raise InputError(f"what: found {type(what).__name__}, expected a torch.nn.GRU, a dict "
                             "of arrays, a path or a grucc.GRU")

    def _add_network(self, network, flags):
        self.input = "network.json"
        others = {"weights": "weights.safetensors"} if self.files else {}
        if flags.get("dtype") is not None:
            others["dtype"] = None  # the caller chooses it
        self.files[self.input] = [network.json(**others).encode()]

    def digest(self, external):
        """A JSON value that changes when anything that is compiled does; None when a file cannot
        be read, which the compiler will say better."""
        if self.files:  # the values of external weights are not compiled
            return [[name, pieces_digest(pieces[:1] if external else pieces)]
                    for name, pieces in self.files.items()]
        try:
            digests = [file_digest(self.input)]
            if self.input.endswith(".json"):
                with open(self.input, "rb") as file:
                    beside = json.load(file).get("weights")
                if beside is not None:
                    digests.append(file_digest(os.path.join(os.path.dirname(self.input), beside)))
            return [os.path.splitext(self.input)[1], *digests]
        except (OSError, ValueError, AttributeError, TypeError, RecursionError):
            return None

    def write(self, folder):
        for name, pieces in self.files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.writelines(pieces)


def _key(compiler, source, external, arguments, target):
    """SHA-256 of everything that decides what the compiler writes, or None."""
    contents, version = source.digest(external), _compiler.identity(compiler)
    if contents is None or version is None:
        return None
    try:
        beside = [file_digest(path) for path in _compiler.files_of(arguments)]
    except OSError:
        return None  # the compiler will say it better
    cpu = []
    if target in (None, "native"):  # what the compiler resolves it from
        lines = cpu_lines()
        cpu = [os.environ.get("GRUCC_NATIVE", ""), *(lines.get(key) for key in (
            "vendor_id", "cpu family", "model", "model name", "stepping", "flags"))]
    facts = [contents, arguments, beside, version, cpu]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _build(compiler, source, arguments, folder):
    """Compiles in `folder`, where only the model stays: what the cache keeps of it."""
    output = os.path.join(folder, "model.so")
    with tempfile.TemporaryDirectory(prefix="grucc-") as inputs:
        source.write(inputs)
        # Files that are made are named to the compiler as its diagnostics shall name them.
        report, warnings = _compiler.run_compiler(compiler, arguments, output,
                                                  inputs if source.files else None)
    # The same file under another name has the same lines, but for its name.
    return output, {"report": report,
                    "warnings": [line.removeprefix(arguments[0]) for line in warnings]}


def _from_cache(entry, kept, threads, device):
    """The model, or None when the entry has been removed since it was read."""
    try:
        return Model(entry.model, kept["report"], None, threads, device)
    except InputError:
        if entry.model.exists():
            raise
        return None


def _check_flags(model, flags):
    """The command line cannot say that these are False or True; a contradiction is an error all the
    same."""
    for name in ("bias", "bidirectional"):
        found = getattr(model, name)
        if flags.get(name) is not None and bool(flags[name]) != found:
            raise InputError(f"{name}: found {found} in the network, expected {flags[name]}, as "
                             "the flag says")


def compile(what, *, target="native", threads=1, device=None, weights="baked", cache=True,
            **flags):
    """Compiles a network to machine code and gives a Model.

    what     a torch.nn.GRU, which is compiled as it computes now and stays as it is: weight_norm,
             pruning and parametrizations are evaluated, and what could change the network unseen,
             such as hooks, a `forward` of its own and torch.autocast, is refused; a dict of arrays
             under torch's names, such as a state_dict; the path of a .json, .safetensors or .mlir
             file; or a grucc.GRU
    target   "native", "x86-64-v2", "x86-64-v3" or "x86-64-v4"; "sm_80" and the like for NVIDIA's
             GPUs from that compute capability on: such a model is compiled and saved anywhere,
             calls need the driver
    threads  how many a call may use, the calling one among them: small runs and steps stay on one.
    device   of a model for a GPU: the number of the GPU that arrays in the host's memory go to,
             also as "cuda:1"; 0 when left out. CUDA tensors stay where they are
    weights  "baked" into the model, or "external": they can be set again by Model.set_weights;
             those of a module or a dict are set already
    cache    keep the model in $XDG_CACHE_HOME/grucc (~/.cache/grucc), and take it from there when
             the same network is compiled again; the folder may be deleted at any time
    flags    what `grucc --help` lists: batch_first=True is --batch-first, dropout=0.1 is
             --dropout=0.1, bias=False is --no-bias; weights that a narrower number holds
             exactly are kept in it unless narrow_weights=False, results are the same;
             training=True builds dropout into the model, whatever mode the module is in (but
             spectral_norm, which training changes in every forward, needs module.eval()); name
             is the prefix of its symbols (gru)

    The compiler's errors raise grucc.InputError with its text, its warnings warn. So does what it
    has to assume: the tensors of a dict or a .safetensors file alone do not say batch_first, which
    batch_first=True and batch_first=False do; a module with dropout between layers that is in
    training mode is compiled for inference, which module.eval() and training=False say.
    """
    check_threads(threads)
    external = weights == "external"
    source = _Source(what, flags, external)
    arguments = [os.path.join(".", source.input) if source.input[:1] == "-" else source.input]
    flags = {"name": "gru", **source.flags, **flags}
    arguments += _compiler.arguments_of({"target": target, "weights": weights, **flags})
    compiler = _compiler.find_compiler()

    # A header is written, too, only when the compiler runs.
    caching = cache and flags.get("header") is None
    key = _key(compiler, source, external, arguments[1:], target) if caching else None
    entry = Entry(key) if key else None
    kept = entry and entry.read()
    model = kept and _from_cache(entry, kept, threads, device)
    if not model:
        owner = Folder()
        path, kept = _build(compiler, source, arguments, owner.name)
        # Unless its files changed meanwhile.
        if entry and key == _key(compiler, source, external, arguments[1:], target):
            if entry.store(path, kept):
                model = _from_cache(entry, kept, threads, device)
        model = model or Model(path, kept["report"], owner, threads, device)
    for line in source.notes + kept["warnings"]:
        python_warnings.warn(arguments[0] * line.startswith(": ") + line, stacklevel=2)
    _check_flags(model, flags)
    if external and source.tensors is not None:
        model.set_weights(source.tensors)
    return model


def load(path, *, threads=1, device=None, mapped=False):
    """Opens a shared library that grucc wrote: a Model; threads and device as in compile.

    The file is copied, checked and then loaded from the copy: each model has its weights in memory
    for itself. With mapped=True the file itself is loaded, once for all processes that do so. That
    is for files in a folder where only those can write whom you trust: the file must not be written
    to (a new one may take its place) as long as the model is there.
    """
    return Model(path, threads=threads, device=device, mapped=mapped)
