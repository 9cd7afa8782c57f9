# ===- _operator.py - grucc::gru, an operator of torch -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A network whose weights are operands: torch.compile and torch.export keep one node of it, and an
exported program its parameters. The model of these sizes and options has external weights; it is
compiled at the first call of a process, or found in grucc's cache. Weights on a GPU have a model
for themselves (_cuda).

Letters: T steps, B batch, I input size, H hidden size, D directions, L layers, G = 3H.
"""

import ctypes
import functools
import typing

import numpy as np
import numpy.typing as npt
import torch
from torch.multiprocessing.reductions import StorageWeakRef

from . import _cuda
from ._compile import compile
from ._errors import Error, InputError, shape_error
from ._model import Model
from ._network import GRU
from ._tracing import check_of

if not hasattr(torch.compiler, "is_exporting"):
    raise ImportError(f"grucc.torch: found torch {torch.__version__}, expected 2.7 or later")

Weights = typing.Sequence[torch.Tensor]
Outputs = tuple[torch.Tensor, torch.Tensor]
Sample = npt.NDArray[np.unsignedinteger[typing.Any]]
_SAMPLES = 16  # at least, of every weight, that each call compares


class Options(typing.NamedTuple):
    """What an operator's model is compiled for, beside sizes and dtype."""
    num_layers: int
    bias: bool
    bidirectional: bool
    batch_first: bool
    target: str
    threads: int


def _network(input_size: int, hidden_size: int, dtype: torch.dtype, options: Options) -> GRU:
    return GRU(input_size, hidden_size, options.num_layers, options.bias, options.batch_first,
               bidirectional=options.bidirectional, dtype=str(dtype).partition(".")[2])


@functools.cache
def _model(*sizes: typing.Any) -> Model:
    """The Model of _network's arguments, without weights."""
    options = sizes[-1]
    return compile(_network(*sizes), target=options.target, threads=options.threads,
                   weights="external")


def model_of(weights: Weights, options: Options) -> Model:
    """The Model for these weights' sizes and dtype; on a GPU, with these weights."""
    if len(weights) < 2 or any(weight.dim() != 2 for weight in weights[:2]):
        raise InputError("weights: found no two matrices, expected torch's weights in torch's "
                         "order: weight_ih_l0 [G, I], weight_hh_l0 [G, H], ...")
    sizes = weights[0].shape[1], weights[1].shape[1], weights[0].dtype, options
    return _cuda.model_of(_network(*sizes), weights) if weights[0].is_cuda else _model(*sizes)


def _sampled(weight: torch.Tensor) -> Sample:
    """A view of some of a contiguous weight's numbers, which does not keep them alive."""
    memory = (ctypes.c_char * weight.nbytes).from_address(weight.data_ptr())
    numbers: Sample = np.frombuffer(memoryview(memory),
                                    np.uint32 if weight.itemsize == 4 else np.uint64)
    return numbers[::max(1, len(numbers) // _SAMPLES)]


class _Held:
    """A model that holds weights, as long as the tensors that they come from stay as they are.

    A tensor of the same address is the same one if its memory has not been freed meanwhile; it has
    not been written to if it counts as many writes. torch counts none by `.data` and by arrays of
    NumPy: those show in the samples, which are not taken of weights on a GPU.
    """

    def __init__(self, weights: Weights, options: Options) -> None:
        # Before they are packed: what is written meanwhile is seen by the next call.
        self.memories = [StorageWeakRef(weight.untyped_storage())  # type: ignore[no-untyped-call]
                         for weight in weights]
        self.writes = [weight._version for weight in weights] if is_counted(weights) else None
        sampled = [weight for weight in weights if not weight.is_cuda] if self.writes else []
        self.samples = [_sampled(weight) for weight in sampled]
        self.numbers = [sample.tobytes() for sample in self.samples]
        model = model_of(weights, options)
        if weights[0].is_cuda:
            self.model = model
            return
        names = model.weight_shapes()
        if len(weights) != len(names):
            raise InputError(f"weights: found {len(weights)} tensors, expected {len(names)}: "
                             f"{', '.join(names)}")
        # The same descriptor and workspaces, and weights of its own.
        self.model = object.__new__(Model)
        vars(self.model).update(vars(model))
        self.model.set_weights(dict(zip(names, weights)))

    def is_of(self, weights: Weights) -> bool:
        return (not self.is_gone() and
                self.writes == [weight._version for weight in weights] and
                self.numbers == [sample.tobytes() for sample in self.samples])

    def is_gone(self) -> bool:
        return any(memory.expired() for memory in self.memories)  # type: ignore[no-untyped-call]


def is_counted(weights: Weights) -> bool:
    """Whether all lie in memory as they are, and count what is written to them."""
    return all(weight.is_contiguous() and not weight.is_inference() and not weight.is_neg()
               for weight in weights)


_held: dict[tuple[object, ...], _Held] = {}  # by options, dtype, shapes and addresses


def holding(weights: Weights, options: Options) -> Model:
    """A Model that holds these weights, packed now or by an earlier call."""
    if not is_counted(weights):
        return _Held(weights, options).model
    key = (options, weights[0].dtype, *[weight.shape for weight in weights[:2]],
           *[weight.data_ptr() for weight in weights])
    held = _held.get(key)
    if held is None or not held.is_of(weights):
        held = _Held(weights, options)
        for other, value in list(_held.items()):
            if value.is_gone():
                _held.pop(other, None)
        _held[key] = held
    return held.model


def forget() -> None:
    """Drops what is kept of all weights."""
    _held.clear()


def _check_shapes(input: torch.Tensor, hx: typing.Optional[torch.Tensor], weights: Weights,
                  options: Options) -> None:
    """What can be said of tensors that have no memory yet."""
    if input.dim() not in (2, 3) or input.shape[-1] != weights[0].shape[1]:
        raise shape_error("input", input.shape, *("BT" if options.batch_first else "TB"),
                          weights[0].shape[1])
    if hx is not None and hx.dim() != input.dim():
        raise InputError(f"hx: found {hx.dim()} axes, expected {input.dim()}, as input")


@torch.library.custom_op("grucc::gru", mutates_args=(), device_types=("cpu", "cuda"))
def gru(input: torch.Tensor, hx: typing.Optional[torch.Tensor],
        weights: typing.Sequence[torch.Tensor], num_layers: int, bias: bool, bidirectional: bool,
        batch_first: bool, target: str, threads: int) -> tuple[torch.Tensor, torch.Tensor]:
    """output, h_n of a whole sequence.

    input    [T, B, I], [B, T, I] with batch_first, or [T, I] unbatched; on the CPU, or with
             hx and weights on one GPU
    hx       [D*L, B, H], [D*L, H] unbatched; None: zeros
    weights  torch's tensors in torch's order, float32 or float64 as input and hx
    target   grucc.compile's of a CPU, as one text; threads: as there
    output   as input with D*H for I; h_n as hx
    """
    options = Options(num_layers, bias, bidirectional, batch_first, target, threads)
    outputs: Outputs = holding(weights, options)(input, hx)
    return outputs


@gru.register_fake
def _shapes(input: torch.Tensor, hx: typing.Optional[torch.Tensor], weights: Weights,
            num_layers: int, bias: bool, bidirectional: bool, batch_first: bool, target: str,
            threads: int) -> Outputs:
    options = Options(num_layers, bias, bidirectional, batch_first, target, threads)
    _check_shapes(input, hx, weights, options)
    hidden_size, directions = weights[1].shape[1], 1 + bidirectional
    rows = [input.shape[0 if batch_first else 1]] if input.dim() == 3 else []
    return (input.new_empty([*input.shape[:-1], directions * hidden_size]),
            input.new_empty([directions * num_layers, *rows, hidden_size]))


_check_recording = check_of(torch)


def _is_recorded(*tensors: typing.Optional[torch.Tensor]) -> bool:
    """Whether anything may want to see operators."""
    try:
        _check_recording()
    except Error:
        return True
    return not all(one is None or type(one) in (torch.Tensor, torch.nn.Parameter)
                   for one in tensors)


def call(input: torch.Tensor, hx: typing.Optional[torch.Tensor], weights: Weights,
         options: Options) -> Outputs:
    """grucc::gru; directly, in half of the time, where nothing records operators."""
    if torch.compiler.is_compiling() or _is_recorded(input, hx, *weights):
        recorded: Outputs = torch.ops.grucc.gru(input, hx, weights, *options)
        return recorded
    outputs: Outputs = holding(weights, options)(input, hx)
    return outputs


def _no_gradients(context: object, *gradients: object) -> None:
    raise Error("grucc::gru: found a backward pass, expected inference: torch.no_grad() around the "
                "call, or torch's own module to train")


gru.register_autograd(_no_gradients)
