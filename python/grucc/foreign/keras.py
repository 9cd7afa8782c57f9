# ===- keras.py - The GRUs of a Keras model -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
""".keras (a zip of config.json and model.weights.h5) and .h5 (both in one). Gates stand in the
order z, r, h; reset_after says where the reset gate applies; hard_sigmoid has been x / 6 + 1/2 since
Keras 3 and was x / 5 + 1/2 before. Sequences are batch first."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from .._arguments import shown
from .._errors import InputError
from .network import Found, from_zrh, matrix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._types import Json
    from .network import Weights

_LARGEST = 1 << 32
_ACTIVATIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "softsign": "softsign",
                "softplus": "softplus", "elu": "elu", "linear": "affine(1, 0)",
                None: "affine(1, 0)"}


def _activation(name: str, value: object, version: int) -> str:
    """grucc's text of Keras's word."""
    word = value
    if isinstance(value, dict):
        word = value.get("config") if isinstance(value.get("config"), str) else value.get("class_name")
    if word == "hard_sigmoid":
        slope = 1 / 6 if version >= 3 else 0.2
        return f"hard_sigmoid({slope!r}, 0.5)"
    if word == "leaky_relu" and version >= 3:
        return "leaky_relu(0.2)"
    if word not in _ACTIVATIONS:
        known = ", ".join(filter(None, _ACTIVATIONS))
        raise InputError(f"{name}: found {shown(value)}, expected {known}, hard_sigmoid or "
                         "leaky_relu")
    return _ACTIVATIONS[word]


def _major(version: object) -> int:
    """3 of "3.15.1"."""
    version = version.decode() if isinstance(version, bytes) else version
    found = re.match(r"(\d+)\.", version) if isinstance(version, str) else None
    if not found:
        raise InputError(f"keras_version: found {shown(version)}, expected a version: hard_sigmoid "
                         "and layers' names depend on it")
    return int(found[1])


def _snake(name: str) -> str:
    """As Keras names groups of its own file: SpatialDropout1D is spatial_dropout1d."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


class _Weights:
    """Arrays of one layer, in its order: kernel, recurrent kernel, bias."""

    def __init__(self, file: Any, is_new: bool) -> None:  # h5py has no types
        self.file, self.is_new = file, is_new

    def of(self, place: str, name: str) -> list[object]:
        import h5py  # type: ignore[import-not-found, import-untyped, unused-ignore]
        group = self.file.get(place)
        if not isinstance(group, h5py.Group):
            raise InputError(f"{name}: found no weights at {place}, expected them there")
        found: dict[str, Any] = {}

        def visit(at: str, item: object) -> None:
            if isinstance(item, h5py.Dataset):
                found[at] = item
        group.visititems(visit)
        if self.is_new:
            items = sorted(found.items(), key=lambda pair: int(pair[0]) if pair[0].isdigit() else -1)
            return [item[()] for _, item in items]
        by_end = {at.rsplit("/", 1)[-1].partition(":")[0]: item for at, item in found.items()}
        return [by_end[end][()] for end in ("kernel", "recurrent_kernel", "bias") if end in by_end]


def _direction(name: str, config: Json, arrays: Sequence[object], end: str) -> Weights:
    """{torch's name: array} of one direction."""
    if len(arrays) != 2 + bool(config.get("use_bias", True)):
        raise InputError(f"{name}: found {len(arrays)} arrays, expected "
                         f"{2 + bool(config.get('use_bias', True))}")
    units = config.get("units")
    if not isinstance(units, int) or isinstance(units, bool) or units < 1:
        raise InputError(f"{name}.units: found {shown(units)}, expected a whole number")
    tensors = {"weight_ih_l0": matrix(f"{name}: kernel", arrays[0], [None, 3 * units]).T,
               "weight_hh_l0": matrix(f"{name}: recurrent_kernel", arrays[1], [units, 3 * units]).T}
    if config.get("use_bias", True):
        after = config.get("reset_after", False)
        bias = matrix(f"{name}: bias", arrays[2], [2, 3 * units] if after else [3 * units])
        tensors["bias_ih_l0"] = bias[0] if after else bias
        tensors["bias_hh_l0"] = bias[1] if after else np.zeros_like(bias)
    return {key + end: from_zrh(value) for key, value in tensors.items()}


def _facts(name: str, config: Json, version: int) -> dict[str, str | bool]:
    facts: dict[str, str | bool] = {"batch_first": True}
    if not config.get("reset_after", False):
        facts["reset"] = "before"
    gate = _activation(f"{name}.recurrent_activation",
                       config.get("recurrent_activation", "sigmoid"), version)
    candidate = _activation(f"{name}.activation", config.get("activation", "tanh"), version)
    if gate != "sigmoid":
        facts["gate_activation"] = gate
    if candidate != "tanh":
        facts["candidate_activation"] = candidate
    return facts


def _gru(name: str, config: Json, place: str, weights: _Weights, version: int) -> Found:
    found = Found(name)
    try:
        found.facts = _facts(name, config, version)
        cell = place + "/cell" if weights.is_new else place
        found.tensors = _direction(name, config, weights.of(cell, name), "")
        if config.get("go_backwards"):
            found.facts["direction"] = "reverse"
            if config.get("return_sequences"):
                found.notes.append("go_backwards: Keras leaves these outputs in the order in which "
                                   "it makes them, the last step first; grucc's stand at their steps")
    except InputError as reason:
        found.fault, found.tensors = str(reason), {}
    return found


def _bidirectional(name: str, config: Json, place: str, weights: _Weights, version: int) -> Found:
    found = Found(name)
    try:
        inner = (config.get("layer") or {}).get("config") or {}
        other = (config.get("backward_layer") or {}).get("config") or {**inner, "go_backwards": True}
        merge = config.get("merge_mode", "concat")
        if merge != "concat":
            raise InputError(f"{name}.merge_mode: found {shown(merge)}, expected concat: the sum or "
                             "the mean of directions is no GRU's output")
        found.facts = _facts(name, inner, version)
        if _facts(name, other, version) != found.facts or other.get("units") != inner.get("units"):
            raise InputError(f"{name}.backward_layer: found another network than the forward one's, "
                             "expected the same")
        if inner.get("go_backwards") or not other.get("go_backwards"):
            raise InputError(f"{name}: found directions {inner.get('go_backwards')} and "
                             f"{other.get('go_backwards')} of go_backwards, expected a forward and a "
                             "backward one")
        if weights.is_new:
            places = [f"{place}/{half}_layer/cell" for half in ("forward", "backward")]
        else:
            import h5py
            halves: list[str] = []
            weights.file[place].visititems(
                lambda at, item: halves.append(at) if isinstance(item, h5py.Group) and
                re.fullmatch(r"(forward|backward)_[^/]*", at.rsplit("/", 1)[-1]) else None)
            places = [f"{place}/{at}" for half in ("forward", "backward") for at in halves
                      if at.rsplit("/", 1)[-1].startswith(half)]
            if len(places) != 2:
                raise InputError(f"{name}: found {len(places)} directions in the file, expected two")
        found.tensors = {
            **_direction(name, inner, weights.of(places[0], name), ""),
            **_direction(name, other, weights.of(places[1], name), "_reverse")}
        if not inner.get("return_sequences"):
            found.notes.append("return_sequences: Keras returns the last state of each direction "
                               "(h_n), not the outputs")
    except (InputError, KeyError) as reason:
        found.fault, found.tensors = str(reason), {}
    return found


def _walk(config: Json, place: str, weights: _Weights, version: int,
          depth: int = 0) -> Iterator[Found]:
    """The networks among a model's layers; names of groups count as Keras's own writer does."""
    used: dict[str, int] = {}
    layers = config.get("layers")
    if not isinstance(layers, list) or depth > 16:
        raise InputError(f"config.json: found layers as {shown(layers)[:40]}, expected a list")
    for layer in layers:
        layer = layer if isinstance(layer, dict) else {"class_name": layer}
        kind, own = layer.get("class_name"), layer.get("config")
        if not isinstance(kind, str) or not isinstance(own, dict):
            raise InputError(f"config.json: found {shown(kind)[:60]}, expected a layer")
        name = str(own.get("name", kind))
        group = _snake(kind)
        count = used[group] = used.get(group, -1) + 1
        at = (f"{place}layers/{group}{f'_{count}' if count else ''}" if weights.is_new
              else f"{place}{name}")
        if kind in ("GRU", "CuDNNGRU"):
            if kind == "CuDNNGRU":
                own = {**own, "reset_after": True, "recurrent_activation": "sigmoid"}
            yield _gru(name, own, at, weights, version)
        elif kind == "Bidirectional":
            inner = (own.get("layer") or {}).get("class_name")
            if inner == "GRU":
                yield _bidirectional(name, own, at, weights, version)
            else:
                yield Found(name, fault=f"{name}: found Bidirectional of {shown(inner)}, expected "
                                        "of a GRU")
        elif kind in ("RNN", "TimeDistributed") and "GRU" in json.dumps(own):
            yield Found(name, fault=f"{name}: found a GRU inside of {kind}, expected a GRU layer")
        elif isinstance(own.get("layers"), list):
            yield from _walk(own, f"{at}/" if weights.is_new else place, weights, version, depth + 1)


def _networks(config: object, weights: _Weights, version: int) -> list[Found]:
    own = config.get("config") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(own, dict):
        raise InputError("config.json: found no model, expected a Sequential or functional one")
    if "layers" not in own:
        raise InputError(f"config.json: found a model of the class {shown(config.get('class_name'))} "
                         "without a list of layers, expected a Sequential or functional one")
    networks = list(_walk(own, "" if weights.is_new else "model_weights/", weights, version))
    if not networks:
        kinds = sorted({str(layer.get("class_name")) for layer in own["layers"]
                        if isinstance(layer, dict)})
        raise InputError(f"config.json: found {', '.join(kinds)[:200]}, expected a GRU layer")
    return networks


def _json(name: str, text: bytes | str) -> object:
    try:
        contents: object = json.loads(text)
        return contents
    except (ValueError, RecursionError, TypeError):
        raise InputError(f"{name}: found no JSON, expected the model's config") from None


def read(path: str) -> list[Found]:
    """The networks of a Keras model."""
    try:
        import h5py
    except ImportError:
        raise InputError("file: found a Keras model and no h5py, expected h5py to read it: pip "
                         "install h5py") from None
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts = {}
                for name in ("config.json", "metadata.json", "model.weights.h5"):
                    if archive.getinfo(name).file_size > _LARGEST:
                        raise InputError(f"{name}: found more than {_LARGEST} bytes, expected less")
                    parts[name] = archive.read(name)
            metadata = _json("metadata.json", parts["metadata.json"])
            version = _major(metadata.get("keras_version") if isinstance(metadata, dict) else None)
            with h5py.File(io.BytesIO(parts["model.weights.h5"]), "r") as file:
                return _networks(_json("config.json", parts["config.json"]), _Weights(file, True),
                                 version)
        with h5py.File(path, "r") as file:
            text = file.attrs.get("model_config")
            if text is None:
                raise InputError("model_config: found none (weights alone), expected a whole model: "
                                 "model.save writes it")
            return _networks(_json("model_config", text), _Weights(file, False),
                             _major(file.attrs.get("keras_version")))
    except KeyError as reason:
        raise InputError(f"file: found {reason.args[0] if reason.args else reason}, expected a Keras "
                         "model") from None
    except (OSError, zipfile.BadZipFile, RuntimeError, ValueError, AttributeError) as reason:
        if isinstance(reason, InputError):
            raise
        raise InputError(f"file: found what cannot be read ({' '.join(str(reason).split())[:160]}), "
                         "expected a Keras model") from None
