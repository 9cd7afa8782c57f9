"""Writes safetensors files byte by byte, good ones and bad ones."""
import json
import struct

LETTERS = {"F64": "d", "F32": "f", "F16": "e", "I64": "q", "I8": "b", "BOOL": "?"}


def pack(dtype, values):
    """The bytes of `values`; BF16 values are the upper halves of float32."""
    if dtype == "BF16":
        return b"".join(struct.pack("<f", v)[2:] for v in values)
    if dtype.startswith("I"):
        values = [int(v) for v in values]
    return struct.pack(f"<{len(values)}{LETTERS[dtype]}", *values)


def gru_shapes(i=3, h=2, layers=1, bias=True, bidirectional=False, prefix=""):
    """{name: shape} in torch's order."""
    shapes = {}
    directions = ["", "_reverse"] if bidirectional else [""]
    for layer in range(layers):
        for direction in directions:
            suffix = f"_l{layer}{direction}"
            inputs = i if layer == 0 else len(directions) * h
            shapes[f"{prefix}weight_ih{suffix}"] = [3 * h, inputs]
            shapes[f"{prefix}weight_hh{suffix}"] = [3 * h, h]
            if bias:
                shapes[f"{prefix}bias_ih{suffix}"] = [3 * h]
                shapes[f"{prefix}bias_hh{suffix}"] = [3 * h]
    return shapes


def values_for(shape, start=1):
    count = 1
    for size in shape:
        count *= size
    return [(start + k) % 17 / 16 - 0.5 for k in range(count)]


def tensors(shapes, dtype="F32", dtypes={}):
    """[(name, dtype, shape, bytes)]; `dtypes` overrides the dtype by name."""
    return [(n, dtypes.get(n, dtype), s, pack(dtypes.get(n, dtype), values_for(s)))
            for n, s in shapes.items()]


def header_of(entries, metadata=None):
    """The header as a dict, and the data."""
    header, data = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, dtype, shape, raw in entries:
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    return header, data


def join(header, data, length=None):
    """A file of a header (dict, str or bytes) and data."""
    if isinstance(header, dict):
        header = json.dumps(header)
    if isinstance(header, str):
        header = header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def file_of(entries, metadata=None):
    return join(*header_of(entries, metadata))


def gru_file(metadata=None, dtype="F32", dtypes={}, **sizes):
    return file_of(tensors(gru_shapes(**sizes), dtype, dtypes), metadata)
