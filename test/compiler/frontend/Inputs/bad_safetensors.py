"""Weights files that must be refused (E, I1)."""
import json
import struct

from cases import Case, run_all
from safetensors_file import (file_of, gru_file, gru_shapes, header_of, join, pack, tensors,
                              values_for)

GOOD = gru_file()
HEADER, DATA = header_of(tensors(gru_shapes()))
cases = []


def bad(name, content, expect, args=(), code=1, notes=None):
    cases.append(Case(name, {"net.safetensors": content}, ["net.safetensors", *args], expect, code,
                      notes=notes))


def with_header(change, data=DATA):
    """The good file with its header changed in place."""
    header = json.loads(json.dumps(HEADER))
    change(header)
    return join(header, data)


def entry(key, value, name="weight_hh_l0"):
    return with_header(lambda h: h[name].__setitem__(key, value))


# The good file itself, so that the bad ones are bad for their own reason.
cases.append(Case("good", {"net.safetensors": GOOD}, ["net.safetensors", "--stop-after=frontend"],
                  r"rnn\.gru .*hidden_size = 2 : i64, input_size = 3", code=0, outputs=False))

# The file as a whole.
length = struct.unpack("<Q", GOOD[:8])[0]
for n in range(8 + length):
    bad(f"truncated at byte {n}", GOOD[:n], r"net\.safetensors: error: header: found .* bytes")
for n in (8 + length, 9 + length, len(GOOD) - 1):
    bad(f"truncated at byte {n}", GOOD[:n], r"data_offsets: found \[.*\], expected .*end <= ")
bad("one byte too many", GOOD + b"\0", r"file: found 1 bytes after the last tensor, expected the end")
for shift in (0, 27, 40, 62, 63):
    bad(f"header length 2^{shift}", join(json.dumps(HEADER), DATA, length=1 << shift),
        r"header: found .*, expected")
bad("header length 2^64 - 1", join("{}", b"", length=2**64 - 1),
    r"header: found a length of 18446744073709551615 bytes, expected at most 100000000")
bad("header of 100 MB and a byte", struct.pack("<Q", 100_000_001), r"expected at most 100000000")
bad("no header", join("", b""), r"header: found no text")
bad("header is an array", join("[]", b""), r"header: found text beginning with '\['")
bad("header after a space", join(" {}", b""), r"header: found text beginning with ' '")
bad("header is not JSON", join("{weight}", b""), r"header: found invalid text")
bad("text after the header's object", join("{} {}", b""), r"header: found invalid text")
bad("header is not UTF-8", join(b'{"\xff\xfe": 1}', b""), r"header: found invalid text .*UTF-8")
bad("header with a NUL", join(b'{"a\0b": 1}', b""), r"header: found invalid text")
bad("header nested 100,000 deep", join('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", b""),
    r"header: found nesting deeper than 16 at line 1, expected at most 16 levels")
bad("header nested 17 deep", join('{"a":' + "[" * 16 + "]" * 16 + "}", b""), r"nesting deeper")
bad("objects nested 100,000 deep", join('{"a":' * 100_000 + "1" + "}" * 100_000, b""), r"nesting")
bad("header of five million values", join('{"a":[' + "0," * 5_000_000 + "0]}", b""),
    r"header: found more than 4194304 values")
bad("no tensor", join("{}", b""), r"weight_ih_l0: found no such tensor, expected the tensors of a GRU")
bad("a number with a leading zero", join('{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}',
    b"1234"), r"found '01' at line 1, expected a JSON number")

# Tensor entries.
bad("duplicate tensor", join(json.dumps(HEADER)[:-1] + ', "bias_hh_l0": {}}', DATA),
    r"found the key 'bias_hh_l0' twice")
bad("duplicate tensor, escaped", join(json.dumps(HEADER)[:-1] + r', "bias_hh_\u006c0": {}}', DATA),
    r"found the key 'bias_hh_l0' twice")
bad("duplicate dtype", join('{"a":{"dtype":"F32","dtype":"F16","shape":[],"data_offsets":[0,4]}}',
    b"1234"), r"found the key 'dtype' twice")
bad("tensor is a number", with_header(lambda h: h.update(a=1)), r"a: found 1, expected an object")
for key in ("dtype", "shape", "data_offsets"):
    bad(f"no {key}", with_header(lambda h: h["bias_ih_l0"].pop(key)),
        f"bias_ih_l0: found no key '{key}'")
bad("a fourth key", entry("stride", 1), r"weight_hh_l0: found the key 'stride'")
bad("unknown dtype", entry("dtype", "F31"), r"weight_hh_l0.dtype: found the string \"F31\"")
bad("dtype is a number", entry("dtype", 32), r"weight_hh_l0.dtype: found 32")
for value, found in [(6, "6"), ("[6, 2]", "the string"), ([6, -2], "-2"), ([6, 2.0], "the number 2.0"),
                     ([6, 2.5], "the number 2.5"), ([6, "2"], "the string \"2\""), ([6, True], "true"),
                     ([6, None], "null"), ([6, [2]], "an array"), ([6, 2**64], "the number 1.8"),
                     ([6, 2**63], "9223372036854775808")]:
    bad(f"shape {value}", entry("shape", value), f"weight_hh_l0.shape: found {found}")
bad("shape of 2^63 elements", entry("shape", [2**32, 2**31]),
    r"weight_hh_l0.shape: found \[4294967296, 2147483648\], expected a whole number of bytes")
bad("shape whose product wraps to the right size", entry("shape", [2**33, 2**30 + 6, 2]),
    r"weight_hh_l0.shape: found")
bad("shape of other size", entry("shape", [6, 3]), r"found .* \(48 bytes\), expected 72 bytes")
bad("part of a byte", with_header(lambda h: h.update(a={"dtype": "F4", "shape": [1],
    "data_offsets": [0, 0]})), r"a.shape: found \[1\], expected a whole number of bytes")
for value in ([], [0], [0, 4, 8], [8, 4], [0, 10**6], [2**62, 2**63 - 1]):
    bad(f"data_offsets {value}", entry("data_offsets", value),
        r"weight_hh_l0.data_offsets: found \[.*expected \[begin, end\]")
bad("negative offset", entry("data_offsets", [-4, 44]), r"data_offsets: found -4")
bad("overlapping offsets", with_header(lambda h: h["weight_hh_l0"].update(data_offsets=[68, 116])),
    r"weight_hh_l0.data_offsets: found an overlap with weight_ih_l0 \(begins at 68\), expected .* 72")
bad("same offsets twice", with_header(lambda h: h["bias_hh_l0"].update(
    data_offsets=h["bias_ih_l0"]["data_offsets"])), r"found an overlap with bias_")
bad("gap", join({n: {**e, "data_offsets": [o + 4 * (n == "bias_hh_l0") for o in e["data_offsets"]]}
                 for n, e in HEADER.items()}, DATA + b"1234"),
    r"bias_hh_l0.data_offsets: found a gap after bias_ih_l0")
bad("line break in a name", with_header(lambda h: h.update({"a\nb": 1})), r"error: a\\x0ab: found 1")

# What a GRU is (C1, C3, C4).
def shapes_without(*names, **sizes):
    return {n: s for n, s in gru_shapes(**sizes).items() if n not in names}


def replaced(**shapes):
    return file_of(tensors({**gru_shapes(), **shapes}))


for name in gru_shapes(layers=2, bidirectional=True):
    bad(f"missing {name}", file_of(tensors(shapes_without(name, layers=2, bidirectional=True))),
        rf"error: {name}: found no such tensor")
bad("missing layer", file_of(tensors({n: s for n, s in gru_shapes(layers=3).items() if "_l1" not in n})),
    r"weight_ih_l1: found no such tensor, expected shape \[6, 2\]")
bad("extra tensor", replaced(extra=[1]), r"extra: found a tensor that is not the GRU's")
for name in ("weight_ih_l", "weight_ih_l00", "weight_ih_l-1", "weight_ih_l0_", "weight_ih_l0_reversed",
             "weight_ih_l99999999999", "weight_ih_l+1", "bias_l0", "WEIGHT_IH_L0", "weight_rh_l0"):
    bad(f"extra tensor {name}", replaced(**{name: [1]}), r"found a tensor that is not the GRU's")
bad("layer 2000000000", replaced(weight_ih_l2000000000=[6, 2]),
    r"num_layers: found 2000000001, expected an integer from 1 to 1024")
bad("prefix not given", gru_file(prefix="rnn."), r"rnn\.weight_ih_l0: found a tensor that is not the GRU's")
bad("LSTM's gates", file_of(tensors({"weight_ih_l0": [8, 3], "weight_hh_l0": [8, 2]})),
    r"weight_hh_l0: found shape \[8, 2\], an LSTM's four gates, expected a GRU's three")
bad("weight_hh is not [3H, H]", replaced(weight_hh_l0=[6, 3]), r"weight_hh_l0: found shape \[6, 3\]")
bad("weight_ih of other H", replaced(weight_ih_l0=[9, 3]), r"weight_ih_l0: found shape \[9, 3\]")
bad("weight_ih of rank 3", replaced(weight_ih_l0=[6, 3, 1]), r"weight_ih_l0: found shape \[6, 3, 1\]")
bad("bias as a column", replaced(bias_ih_l0=[6, 1]), r"bias_ih_l0: found shape \[6, 1\], expected \[6\]")
bad("bias of other H", replaced(bias_hh_l0=[9]), r"bias_hh_l0: found shape \[9\], expected \[6\]")
bad("layer 1 of other input", file_of(tensors({**gru_shapes(layers=2), "weight_ih_l1": [6, 3]})),
    r"weight_ih_l1: found shape \[6, 3\], expected \[6, 2\]")
bad("hidden_size 0", file_of(tensors({"weight_ih_l0": [0, 3], "weight_hh_l0": [0, 0]})),
    r"hidden_size: found 0 .*expected at least 1")
bad("input_size 0", replaced(weight_ih_l0=[6, 0]), r"input_size: found 0 .*expected at least 1")
bad("integers", gru_file(dtypes={"weight_hh_l0": "I64"}),
    r"weight_hh_l0: found dtype I64, expected F32, F64, F16 or BF16")
bad("int8 everywhere", file_of([(n, "I8", s, bytes(len(values_for(s)))) for n, s in
    gru_shapes().items()]), r"weight_ih_l0: found dtype I8")
bad("mixed dtypes", gru_file(dtypes={"bias_hh_l0": "F64"}),
    r"bias_hh_l0: found dtype F64, expected F32, as weight_ih_l0 has")
bad("mixed dtypes, the other way", gru_file(dtype="F64", dtypes={"bias_hh_l0": "F16"}),
    r"bias_hh_l0: found dtype F16, expected F64, as weight_ih_l0 has")
bad("float16 and bfloat16 beside float32",
    gru_file(dtypes={"weight_hh_l0": "F16", "bias_hh_l0": "BF16"}),
    r"bias_hh_l0: found dtype BF16, expected F16, as weight_hh_l0 has")
bad("float16 beside bfloat16", gru_file(dtype="F16", dtypes={"bias_ih_l0": "BF16"}),
    r"bias_ih_l0: found dtype BF16, expected F16")
bad("float64 value too large for --dtype=float32",
    file_of([(n, "F64", s, pack("F64", [1e300] * len(values_for(s)))) for n, s in
             gru_shapes().items()]), r"weight_ih_l0: found a value too large for float32 at element 0",
    ["--dtype=float32"])

# Flags that contradict (I1).
for flag, expect in [
        ("--input-size=4", r"input_size: found 4 \(--input-size\), expected 3 \(tensor weight_ih_l0 \[6, 3\]\)"),
        ("--hidden-size=3", r"hidden_size: found 3 \(--hidden-size\), expected 2"),
        ("--num-layers=2", r"num_layers: found 2 \(--num-layers\), expected 1"),
        ("--bidirectional", r"bidirectional: found true \(--bidirectional\), expected false"),
        ("--no-bias", r"bias: found false \(--no-bias\), expected true"),
        ("--prefix=rnn.", r"rnn\.weight_ih_l0: found no such tensor")]:
    bad(flag, GOOD, expect, [flag])
bad("--init beside weights", GOOD, r"--init: found weights", ["--init=uniform"], 2)
bad("stranger under --prefix", file_of(tensors({**gru_shapes(prefix="a."), "a.head": [1]})),
    r"a\.head: found a tensor that is not the GRU's, .* under 'a\.'", ["--prefix=a."])
# The notes name the prefixes that would do.
TWO = file_of(tensors({**gru_shapes(prefix="a.b."), **gru_shapes(prefix="c."), "head": [1]}))
NOTE = "net.safetensors: note: {} takes the tensors under that name"
for args, prefixes in [([], "--prefix=a.b. or --prefix=c."), (["--prefix=a"], "--prefix=a.b."),
                       (["--prefix=a."], "--prefix=a.b."), (["--prefix=d."], "--prefix=a.b. or --prefix=c."),
                       (["--prefix=h"], None)]:
    bad(f"several prefixes {args}", TWO, r"found (a tensor that is not the GRU's|no such tensor)", args,
        notes=[NOTE.format(prefixes)] if prefixes else [])

# __metadata__ (I1): strings that hold JSON, of NETWORK.json's keys.
for metadata, expect in [
        ([], r"__metadata__: found an array, expected an object of strings"),
        ({"bias": True}, r"__metadata__.bias: found true, expected a string"),
        ({"note": 1}, r"__metadata__.note: found 1, expected a string"),
        ({"bias": "1"}, r"__metadata__.bias: found 1, expected true or false"),
        ({"bias": "True"}, r"__metadata__.bias: found the string \"True\", expected true or false"),
        ({"dropout": "None"}, r"__metadata__.dropout: found the string \"None\", expected a number"),
        ({"bias": "yes"}, r"__metadata__.bias: found invalid text"),
        ({"bias": "false"}, r"bias: found false .*expected true"),
        ({"hidden_size": "3"}, r"hidden_size: found 3 .*expected 2 \(tensor weight_hh_l0"),
        ({"hidden_size": "2.0"}, r"hidden_size: found the number 2.0"),
        ({"num_layers": "0"}, r"num_layers: found 0, expected an integer from 1"),
        ({"dropout": "2"}, r"dropout: found 2, expected a number from 0 to 1"),
        ({"dtype": "half"}, r"dtype: found the string \"half\""),
        ({"batch_first": "[" * 100_000}, r"__metadata__.batch_first: found nesting"),
        ({"weights": "other"}, r"__metadata__.weights: found 'other'")]:
    bad(f"metadata {str(metadata)[:40]}", gru_file(metadata), expect)
bad("metadata against a flag", gru_file({"dropout": "0.5"}), r"dropout: found 0.25 .*expected 0.5",
    ["--dropout=0.25"])

run_all(cases)
