# ===- rtneural.py - The GRUs of audio plug-ins' JSON -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""RTNeural's and AIDA-X's JSON, whose layers have Keras's weights, and GuitarML's, which has a
state_dict of torch. The recurrent part is taken; dense layers are named with their place."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import numpy as np

from .._arguments import shown
from .._errors import InputError
from .network import Found, from_zrh, matrix

if TYPE_CHECKING:
    from .._types import Json

_LARGEST = 1 << 28  # bytes of a file


def _parse(path: str) -> object:
    try:
        if os.path.getsize(path) > _LARGEST:
            raise InputError(f"file: found more than {_LARGEST} bytes, expected less")
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (ValueError, RecursionError, OSError) as reason:
        raise InputError(f"file: found no JSON ({' '.join(str(reason).split())[:120]}), expected a "
                         "model") from None


def _gru(index: int, layer: Json) -> Found:
    """One layer of RTNeural's: kernel [I, 3H], recurrent kernel [H, 3H], biases [2, 3H]; z, r, h,
    the reset gate after the product."""
    name = f"layers.{index}"
    found = Found(name, facts={"batch_first": True})
    try:
        weights = layer.get("weights")
        if not isinstance(weights, list) or len(weights) != 3:
            raise InputError(f"{name}.weights: found {shown(weights)[:40]}, expected three arrays")
        if layer.get("activation") not in ("tanh", "", None):
            raise InputError(f"{name}.activation: found {shown(layer['activation'])}, expected "
                             "tanh, which RTNeural's layer has")
        recurrent = matrix(f"{name}.weights.1", weights[1], [None, None])
        rows = 3 * recurrent.shape[0]
        recurrent = matrix(f"{name}.weights.1", weights[1], [recurrent.shape[0], rows])
        kernel = matrix(f"{name}.weights.0", weights[0], [None, rows])
        biases = matrix(f"{name}.weights.2", weights[2], [2, rows])
        shape = layer.get("shape")
        if isinstance(shape, list) and shape and shape[-1] != recurrent.shape[0]:
            raise InputError(f"{name}.shape: found {shape}, expected [..., {recurrent.shape[0]}]")
        found.tensors = {"weight_ih_l0": kernel.T, "weight_hh_l0": recurrent.T,
                         "bias_ih_l0": biases[0], "bias_hh_l0": biases[1]}
        found.tensors = {key: from_zrh(value).astype(np.float32)
                         for key, value in found.tensors.items()}
    except InputError as reason:
        found.fault = str(reason)
    return found


def _layers(layers: list[Json]) -> list[Found]:
    networks: list[Found] = []
    beside: list[str] = []
    for index, layer in enumerate(layers):
        if not isinstance(layer, dict) or not isinstance(layer.get("type"), str):
            raise InputError(f"layers.{index}: found {shown(layer)[:40]}, expected a layer with its "
                             "type")
        if layer["type"] == "gru":
            networks.append(_gru(index, layer))
        else:
            shape = layer.get("shape")
            beside.append(f"layers.{index}: {layer['type']}"
                          f"{f' of shape {shape}' if shape else ''} stands beside it")
    kinds = sorted({layer["type"] for layer in layers})
    if not networks:
        raise InputError(f"layers: found {', '.join(kinds) or 'none'}, expected a gru")
    for one in networks:
        one.notes += beside
    return networks


def _state_dict(model: Json) -> list[Found]:
    """GuitarML's: torch's names under rec., a linear layer under lin."""
    tensors, notes, found = {}, [], Found("rec", facts={"batch_first": False})
    facts = model.get("model_data") or {}
    kind = facts.get("unit_type") if isinstance(facts, dict) else None
    for name, values in model["state_dict"].items():
        if name.startswith("rec."):
            tensors[name[len("rec."):]] = values
        else:
            notes.append(f"state_dict.{name} stands beside it")
    if isinstance(facts, dict) and facts.get("skip"):
        notes.append(f"model_data.skip: {facts['skip']} inputs are added to the output behind it")
    try:
        if kind not in (None, "GRU"):
            raise InputError(f"model_data.unit_type: found {shown(kind)}, expected GRU")
        hidden = matrix("rec.weight_hh_l0", tensors.get("weight_hh_l0"), [None, None])
        rows = hidden.shape[0]
        if rows != 3 * hidden.shape[1]:
            raise InputError(f"rec.weight_hh_l0: found shape {list(hidden.shape)}, expected a GRU's "
                             "[3 * hidden_size, hidden_size]")
        for name, values in tensors.items():
            shape = [rows] if name.startswith("bias") else [rows, None]
            found.tensors[name] = np.ascontiguousarray(
                matrix(f"rec.{name}", values, shape).astype(np.float32))
    except InputError as reason:
        found.fault, found.tensors = str(reason), {}
    found.notes = notes
    return [found]


def read(path: str) -> list[Found]:
    """The networks of a plug-in's model."""
    model = _parse(path)
    if isinstance(model, dict) and isinstance(model.get("layers"), list):
        return _layers(model["layers"])
    if isinstance(model, dict) and isinstance(model.get("state_dict"), dict):
        return _state_dict(model)
    if isinstance(model, dict) and "hidden_size" in model and "input_size" in model:
        raise InputError("file: found NETWORK.json, expected a plug-in's model: grucc reads it "
                         "itself")
    raise InputError("file: found neither layers nor a state_dict, expected the model of a plug-in")
