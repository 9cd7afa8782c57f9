# ===- typed_program.py - What a type checker sees of the package -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Read by mypy --strict, not run: arrays give arrays, tensors give tensors. A line that is to be
refused says so, with mypy's code; all others are to be accepted."""

from pathlib import Path
from typing import Optional, Union

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.rnn import PackedSequence
from typing_extensions import assert_type

import grucc
import grucc.torch
from grucc.foreign import Found, find, select

Singles = NDArray[np.float32]
Doubles = NDArray[np.float64]
Floats = Union[Singles, Doubles]


def compiles(gru: torch.nn.GRU, weights: dict[str, Singles], path: Path) -> None:
    assert_type(grucc.compile(gru), grucc.torch.Model)
    assert_type(grucc.compile(gru.state_dict(), batch_first=True), grucc.Model)
    assert_type(grucc.compile(weights, target=["x86-64-v2", "x86-64-v3"], threads=2), grucc.Model)
    assert_type(grucc.compile(path, cache=False, header="gru.h"), grucc.Model)
    assert_type(grucc.compile(grucc.GRU(3, 4, seed=1), target="sm_80", device=1), grucc.Model)
    assert_type(grucc.load("gru.so", threads=2, mapped=True), grucc.Model)
    grucc.compile(3)  # refused: call-overload
    grucc.compile(gru, batch_frist=True)  # refused: call-overload
    grucc.compile(gru, weights="internal")  # refused: call-overload
    grucc.compile(gru, training="yes")  # refused: call-overload
    grucc.load(gru)  # refused: arg-type
    grucc.load("gru.so", 2)  # refused: call-arg
    grucc.GRU("3", 4)  # refused: arg-type


def calls(model: grucc.Model, singles: Singles, doubles: Doubles, tensor: torch.Tensor,
          packed: PackedSequence, own: grucc.PackedSequence) -> None:
    assert_type(model(singles), tuple[Singles, Singles])
    assert_type(model(doubles, doubles, [5, 2]), tuple[Doubles, Doubles])
    assert_type(model(singles, hx=tensor), tuple[Singles, Singles])
    assert_type(model(tensor, hx=tensor), tuple[torch.Tensor, torch.Tensor])
    assert_type(model(tensor, lengths=torch.ones(3, dtype=torch.int64), dropout_seed=1),
                tuple[torch.Tensor, torch.Tensor])
    assert_type(model(packed), tuple[PackedSequence, torch.Tensor])
    assert_type(model(own), tuple[grucc.PackedSequence, Floats])
    assert_type(model([[0.0, 1.0]]), tuple[Floats, Floats])
    model("text")  # refused: arg-type
    model(np.zeros((5, 3), np.int64))  # refused: type-var
    model(singles, lengths=0.5)  # refused: call-overload
    model(singles, seed=1)  # refused: call-overload
    model(singles, doubles)  # refused: type-var
    model()  # refused: call-overload


def streams(model: grucc.Model, singles: Singles, tensor: torch.Tensor) -> None:
    y, state = model.step(singles)
    assert_type(y, Singles)
    assert_type(state.h, Singles)
    y, state = model.step(singles, state)
    of_tensors = model.state(tensor)
    assert_type(of_tensors.h, torch.Tensor)
    assert_type(model.step(tensor, of_tensors)[1].copy().h, torch.Tensor)
    assert_type(model.step(tensor)[0], torch.Tensor)
    assert_type(model.state(batch=3).h, Floats)
    later: Optional[grucc.State[torch.Tensor]] = None
    for _ in range(3):
        x, later = model.step(tensor, later)
    state.reset([0, 2])
    state.reset(slice(1, None), singles)
    state.h = singles
    model.step(singles, singles)  # refused: call-overload
    model.state(3)  # refused: call-overload
    state.reset("all")  # refused: arg-type
    state.batch = "3"  # refused: assignment


def facts(model: grucc.Model) -> None:
    assert_type(model.hidden_size, int)
    assert_type(model.batch_first, bool)
    assert_type(model.dropout, float)
    assert_type(model.target, str)
    assert_type(model.device, Optional[int])
    assert_type(model.network, grucc.GRU)
    assert_type(model.weight_shapes(), dict[str, tuple[int, ...]])
    assert_type(grucc.cache_folder(), Optional[Path])
    assert_type(grucc.draw_mask(0.5, 1, 1, 5, [0, 1], 20), NDArray[np.uint8])
    assert_type(select("a.pt", find("a.pt"), None), Found)
    model.hidden_size = "20"  # refused: assignment
    model.save(3)  # refused: arg-type
    model.nothing  # refused: attr-defined


class Net(torch.nn.Module):
    pass


def modules(net: Net, gru: torch.nn.GRU, cell: torch.nn.GRUCell, tensor: torch.Tensor,
            packed: PackedSequence) -> None:
    assert_type(grucc.torch.compile_module(net, threads=2), Net)
    fast = grucc.torch.compile_module(gru)
    assert_type(fast, grucc.torch.GRU)
    assert_type(fast(tensor), tuple[torch.Tensor, torch.Tensor])
    assert_type(fast(packed), tuple[PackedSequence, torch.Tensor])
    assert_type(fast.to_torch(), torch.nn.GRU)
    assert_type(grucc.torch.compile_module(cell)(tensor), torch.Tensor)
    grucc.torch.compile_module("net")  # refused: call-overload
    grucc.torch.compile_module(net, inplace="yes")  # refused: call-overload
