# ===- _network.py - Networks and weights as Python programs hold them -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""torch.nn.GRU's arguments and tensors, from modules, dicts and grucc.GRU."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, cast

import numpy as np

from ._arguments import real_number, shown, truth, whole_number
from ._arrays import as_numpy, is_tensor, torch_module
from ._errors import InputError, no_memory, shape_error
from ._module import weights_of
from ._refusals import check_names, refusal

if TYPE_CHECKING:
    import torch
    from numpy.typing import ArrayLike, NDArray
    from typing_extensions import TypeIs

    from ._types import Sizes


def dtype_name(dtype: object) -> str:
    """"float32" of NumPy's, torch's or Python's way to say it; other words stay."""
    if isinstance(dtype, str):
        return dtype
    torch = torch_module()
    if torch is not None and isinstance(dtype, torch.dtype):
        return str(dtype).partition(".")[2]
    try:
        if dtype is not None:  # NumPy's float64
            return str(np.dtype(cast("type", dtype)).name)
    except Exception:  # of several kinds
        pass
    raise InputError(f"dtype: found {shown(dtype)}, expected float32 or float64")


@dataclasses.dataclass(frozen=True)
class GRU:
    """A network by torch.nn.GRU's arguments, for grucc.compile; its weights are drawn as torch
    draws them, U(-1/sqrt(H), 1/sqrt(H)), from `seed`.

    input_size, hidden_size   I and H: features of a step's input, and of the state
    num_layers                L, stacked layers
    bias, batch_first         False: no bias tensors; True: [B, T, ...], not [T, B, ...]
    dropout                   the probability to drop between layers when training, 0 to 1
    bidirectional             every layer runs in both directions
    dtype                     "float32" or "float64", as text, NumPy's or torch's

    What is of another kind raises grucc.InputError here, what is out of range in grucc.compile.

    What other libraries' GRUs may have and torch's has not: reset="before" applies the reset gate
    before the product; gate_activation and candidate_activation are names such as "relu", with
    ONNX's alpha and beta as in "hard_sigmoid(0.2, 0.5)"; clip, above 0, limits what activations are
    of; direction="reverse" goes from the last step to the first."""
    input_size: int
    hidden_size: int
    num_layers: int = 1
    bias: bool = True
    batch_first: bool = False
    dropout: float = 0.0
    bidirectional: bool = False
    dtype: str = dataclasses.field(default="float32", kw_only=True)
    seed: int = dataclasses.field(default=0, kw_only=True, repr=False)
    direction: str | None = dataclasses.field(default=None, kw_only=True)
    reset: str = dataclasses.field(default="after", kw_only=True)
    gate_activation: str = dataclasses.field(default="sigmoid", kw_only=True)
    candidate_activation: str = dataclasses.field(default="tanh", kw_only=True)
    clip: float | None = dataclasses.field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """As Python's own numbers and words, which JSON knows; their limits are the compiler's."""
        checks: Iterable[tuple[Callable[[str, object], object], Iterable[str]]] = (
            (whole_number, ("input_size", "hidden_size", "num_layers", "seed")),
            (truth, ("bias", "batch_first", "bidirectional")), (real_number, ("dropout",)))
        for check, names in checks:
            for name in names:
                object.__setattr__(self, name, check(name, getattr(self, name)))
        object.__setattr__(self, "dtype", dtype_name(self.dtype))
        if self.clip is not None:
            object.__setattr__(self, "clip", real_number("clip", self.clip))
        for name in ("direction", "reset", "gate_activation", "candidate_activation"):
            value = getattr(self, name)
            if not isinstance(value, str) and (name, value) != ("direction", None):
                raise InputError(f"{name}: found {shown(value)}, expected a text")
        either = {"bidirectional": True, "forward": False, "reverse": False}
        found = either.get(self.direction) if self.direction else None
        if found is not None:  # other words are the compiler's to refuse
            if self.bidirectional and not found:
                raise InputError(f"direction: found {self.direction!r} with bidirectional=True, "
                                 "expected one of the two")
            object.__setattr__(self, "bidirectional", found)
        if self.direction in ("bidirectional", "forward"):
            object.__setattr__(self, "direction", None)  # torch's flag says it

    def __repr__(self) -> str:
        """Without what is as torch has it and torch has no word for."""
        torch = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout",
                 "bidirectional", "dtype")
        words = [f"{field.name}={getattr(self, field.name)!r}" for field in
                 dataclasses.fields(self) if field.name != "seed" and
                 (field.name in torch or getattr(self, field.name) != field.default)]
        return f"GRU({', '.join(words)})"

    def json(self, **others: object) -> str:
        """NETWORK.json of the network, with `others` said instead or as well."""
        keys = {key: value for key, value in dataclasses.asdict(self).items() if key != "seed"}
        return json.dumps({key: value for key, value in (keys | others).items()
                           if value is not None})

    def weight_shapes(self) -> dict[str, Sizes]:
        """{torch's name: shape}, in torch's order: weight_ih_l0 (G, I), weight_hh_l0 (G, H),
        bias_ih_l0 (G,), bias_hh_l0 (G,), ...; G = 3H, rows r, z, n."""
        shapes: dict[str, Sizes] = {}
        directions = ["", "_reverse"][:1 + self.bidirectional]
        rows = 3 * self.hidden_size
        for layer in range(self.num_layers):
            width = len(directions) * self.hidden_size if layer else self.input_size
            for end in directions:
                name = f"l{layer}{end}"
                shapes[f"weight_ih_{name}"] = rows, width
                shapes[f"weight_hh_{name}"] = rows, self.hidden_size
                if self.bias:
                    shapes[f"bias_ih_{name}"] = shapes[f"bias_hh_{name}"] = rows,
        return shapes


def is_torch_gru(what: object) -> TypeIs[torch.nn.GRU]:
    torch = torch_module()
    return torch is not None and isinstance(what, torch.nn.GRU)


def network_of(module: torch.nn.GRU, dtype: object = "float32") -> GRU:
    """The GRU of a torch.nn.GRU, whose first weight is of `dtype`."""
    return GRU(module.input_size, module.hidden_size, module.num_layers, bool(module.bias),
               bool(module.batch_first), module.dropout, bool(module.bidirectional),
               dtype="float64" if dtype_name(dtype) == "float64" else "float32")


def tensors_of(what: object) -> dict[str, ArrayLike | torch.Tensor]:
    """{torch's name: array or tensor} of a torch.nn.GRU, as it computes now, or of a dict."""
    if is_torch_gru(what):
        return dict(weights_of(what, list(network_of(what).weight_shapes())))
    if not isinstance(what, Mapping):
        raise refusal("weights", what)
    check_names("weights", what)
    return dict(what)


_SAFETENSORS = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}


def _known(name: str, dtype: object) -> str:
    """The dtype's name, which safetensors has."""
    found = dtype_name(dtype)
    if found not in _SAFETENSORS:
        raise InputError(f"{name}: found {found}, expected {', '.join(_SAFETENSORS)}")
    return found


def _of_tensor(name: str, tensor: torch.Tensor) -> tuple[str, NDArray[np.generic]]:
    """(dtype's name, array) of one tensor; bfloat16 as int16."""
    import torch  # which the program has imported
    if type(tensor) not in (torch.Tensor, torch.nn.Parameter):
        raise InputError(f"{name}: found a {type(tensor).__qualname__}, expected a torch.Tensor or "
                         "a torch.nn.Parameter: what another class computes is not in its memory")
    dtype = _known(name, tensor.dtype)
    if tensor.is_meta:
        raise InputError(f"{name}: found a tensor on meta, expected one with values")
    try:
        tensor = tensor.detach().cpu().resolve_neg().contiguous()
        return dtype, (tensor.view(torch.int16) if dtype == "bfloat16" else tensor).numpy()
    except (RuntimeError, TypeError) as reason:  # sparse ones, nested ones, those of torch.func
        raise InputError(f"{name}: found a tensor that NumPy cannot read ({reason}), expected "
                         "a strided one") from None


def _weight(name: str, value: ArrayLike | torch.Tensor) -> tuple[str, NDArray[np.generic]]:
    """(dtype's name, contiguous array) of one tensor; bfloat16 as uint16."""
    if is_tensor(value):
        dtype, array = _of_tensor(name, value)
    else:
        array = as_numpy(name, value)
        dtype = _known(name, array.dtype)
    if dtype == "bfloat16":
        array = array.view(np.uint16)
    try:
        return dtype, np.require(array, array.dtype.newbyteorder("<"), ("C", "A"))
    except MemoryError:
        raise no_memory(name, array.shape) from None


# A GRU's tensors, and what wrappers and relatives make of the names.
_GRU_LIKE = re.compile(r"(?:weight|bias)_(?:ih|hh)")


def safetensors(tensors: Mapping[str, ArrayLike | torch.Tensor],
                metadata: Mapping[str, str] | None = None) -> list[bytes | memoryview]:
    """A safetensors file as pieces of bytes, with {text: text} as its metadata: the header, then
    every tensor's own memory. torch's names need no order: they are written as they come. Of the
    other tensors of a whole model, which may be large and of any dtype, the compiler only needs to
    know that they are there."""
    header: dict[str, object] = {"__metadata__": metadata} if metadata else {}
    pieces: list[bytes | memoryview] = []
    end = 0
    for name, value in tensors.items():
        if not _GRU_LIKE.search(name):
            header[name] = {"dtype": "U8", "shape": [0], "data_offsets": [end, end]}
            continue
        dtype, array = _weight(name, value)
        start, end = end, end + array.nbytes
        header[name] = {"dtype": _SAFETENSORS[dtype], "shape": list(array.shape),
                        "data_offsets": [start, end]}
        pieces.append(array.reshape(-1).view(np.uint8).data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return [len(text).to_bytes(8, "little") + text, *pieces]


def in_torch_order(tensors: Mapping[str, ArrayLike | torch.Tensor], shapes: Mapping[str, Sizes],
                   dtype: np.dtype[np.float32] | np.dtype[np.float64]) -> list[NDArray[np.generic]]:
    """Contiguous arrays of `dtype` for Model.set_weights; narrower floats are widened."""
    if tensors.keys() != shapes.keys():
        raise InputError(f"weights: found {sorted(tensors)}, expected {list(shapes)}")
    arrays = []
    for name, shape in shapes.items():
        found, array = _weight(name, tensors[name])
        if array.shape != shape:
            raise shape_error(name, array.shape, *shape)
        if found == "bfloat16":
            array = (array.astype(np.uint32) << 16).view(np.float32)
        if not np.can_cast(array.dtype, dtype, "safe"):
            raise InputError(f"{name}: found {found}, expected {dtype}")
        arrays.append(array.astype(dtype, copy=False))
    return arrays
