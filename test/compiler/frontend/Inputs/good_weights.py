"""Weights arrive bit for bit, whichever way they come in (I1, C4, C7, C11, C12)."""
import json
import math
import os
import re
import struct
import subprocess
import sys
import tempfile

from safetensors_file import file_of, gru_file, gru_shapes, tensors, values_for

FOLDER = tempfile.TemporaryDirectory()
failures = []


def write(name, content):
    with open(os.path.join(FOLDER.name, name), "wb") as f:
        f.write(content if isinstance(content, bytes) else content.encode())


def compile_frontend(*args):
    """(the module, {tensor: bytes}, standard error) of --stop-after=frontend."""
    done = subprocess.run(["grucc", *args, "--stop-after=frontend"], cwd=FOLDER.name,
                          capture_output=True, text=True, timeout=60)
    check(f"{args} is compiled", done.returncode == 0, done.stderr)
    blobs = re.findall(r'(\w+): "0x([0-9A-F]+)"', done.stdout)
    # The first four bytes are the alignment.
    return done.stdout, {name: bytes.fromhex(text)[4:] for name, text in blobs}, done.stderr


def check(promise, holds, shown=""):
    if not holds:
        failures.append(promise)
        print(f"FAILED {promise}\n{shown}")


def float32s(bits):
    return b"".join(struct.pack("<I", b) for b in bits)


# Order of the operands is torch's, whatever the file's order is; data is untouched.
entries = tensors(gru_shapes(layers=2, bidirectional=True))
write("net.safetensors", file_of(entries[::-1]))
module, blobs, stderr = compile_frontend("net.safetensors")
check("every tensor arrives unchanged", blobs == {n: raw for n, _, _, raw in entries})
check("no warning", ": warning: " not in stderr, stderr)
constants = dict(re.findall(r"(%\w+) = arith.constant dense_resource<(\w+)>", module))
operands = re.search(r"weights\(([^)]*)\)", module).group(1).split(", ")
check("operands are in torch's order", [constants[o] for o in operands] == [n for n, *_ in entries], module)
check("layers and directions are inferred", "bidirectional = true" in module and "num_layers = 2" in module, module)
check("64-byte alignment is written", '"0x40000000' in module)

# 16-bit weights widen exactly: every one of the 65536 values, NaN included (C12).
halves = list(range(65536))


def half_to_float32(h):
    sign, exponent, fraction = h >> 15, h >> 10 & 31, h & 1023
    if exponent == 31:
        return sign << 31 | 0x7F800000 | fraction << 13
    value = math.ldexp(fraction + (1024 if exponent else 0), max(exponent, 1) - 25)
    return struct.unpack("<I", struct.pack("<f", -value if sign else value))[0]


# 192 * 277 = 53184 values a file: the two files together cover all.
for start in (0, 65536 - 192 * 277):
    values = halves[start : start + 192 * 277]
    raw = b"".join(struct.pack("<H", v) for v in values)
    ones = {"F16": 0x3C00, "BF16": 0x3F80}
    for dtype, widen in [("F16", half_to_float32), ("BF16", lambda b: b << 16)]:
        write("half.safetensors", file_of([
            ("weight_ih_l0", dtype, [192, 277], raw),
            ("weight_hh_l0", dtype, [192, 64], struct.pack("<H", ones[dtype]) * (192 * 64))]))
        module, blobs, stderr = compile_frontend("half.safetensors")
        check(f"{dtype} from {start} widens to float32",
              blobs["weight_ih_l0"] == float32s(widen(v) for v in values))
        check(f"{dtype} one is 1", blobs["weight_hh_l0"] == struct.pack("<f", 1.0) * (192 * 64))
        check(f"{dtype} without bias (C4)", "bias = false" in module, module[:500])
        check("nan or infinity is one warning a tensor",
              len(re.findall(r"^half.safetensors: warning: weight_ih_l0: found (nan|infinity) at element \d+, "
                             r"expected finite values$", stderr, re.M)) == 1, stderr)

# float64: kept, widened and, when asked for, rounded.
write("f64.safetensors", gru_file(dtype="F64"))
write("f32.safetensors", gru_file(dtype="F32"))
module, blobs, _ = compile_frontend("f64.safetensors")
expected = b"".join(struct.pack("<d", v) for v in values_for([6, 3]))
check("float64 weights make a float64 network", blobs["weight_ih_l0"] == expected and "xf64>" in module)
module, blobs, _ = compile_frontend("f32.safetensors", "--dtype=float64")
check("float32 weights widen to float64", blobs["weight_ih_l0"] == expected and "xf32>" not in module)
module, blobs, stderr = compile_frontend("f64.safetensors", "--dtype=float32")
check("float64 weights round to float32",
      blobs["weight_ih_l0"] == b"".join(struct.pack("<f", v) for v in values_for([6, 3])))
check("rounding is a warning", "f64.safetensors: warning: dtype: found float64 weights, expected float32" in stderr, stderr)

# 16-bit weights beside float32 biases: what they would be if they had been widened before.
for dtype in ("F16", "BF16"):
    shapes = gru_shapes(layers=2)
    halves = {n: dtype for n in shapes if n.startswith("weight")}
    for name, dtypes in [("weights", halves), ("biases", {n: dtype for n in shapes if n not in halves}),
                         ("one tensor", {"weight_hh_l1": dtype})]:
        write("mixed.safetensors", gru_file(layers=2, dtypes=dtypes))
        write("wide.safetensors", gru_file(layers=2))
        for options in ([], ["--dtype=float64"]):
            module, _, stderr = compile_frontend("mixed.safetensors", *options)
            wide = compile_frontend("wide.safetensors", *options)[0]
            check(f"{dtype} {name} beside float32 {options}", module == wide and ": warning: " not in stderr, stderr)

# --prefix takes exactly what is under it; strangers outside may be of any dtype.
inside = tensors(gru_shapes(prefix="enc."))
write("two.safetensors", file_of(tensors(gru_shapes(h=5, prefix="dec.")) + inside +
                                 [("ids", "I64", [2], bytes(16)), ("empty", "BOOL", [0, 9], b"")]))
_, blobs, _ = compile_frontend("two.safetensors", "--prefix=enc.")
check("--prefix selects", blobs == {n[4:]: raw for n, _, _, raw in inside})
write("two.json", json.dumps({"weights": "two.safetensors", "prefix": "enc.", "bias": True}))
_, beside, _ = compile_frontend("two.json")
check("NETWORK.json selects the same", beside == blobs)

# __metadata__ says what cannot be inferred; foreign keys are nobody's business.
write("meta.safetensors", gru_file({"format": "pt", "batch_first": "true", "dtype": "float64",
                                    "input_size": "3", "training": "yes"}))
module, _, stderr = compile_frontend("meta.safetensors")
check("metadata is taken", "batch_first = true" in module and "xf64>" in module, module)
write("quoted.safetensors", gru_file({"dtype": '"float64"'}))
check("metadata may be quoted", "xf64>" in compile_frontend("quoted.safetensors")[0])

# Dropout with one layer has no effect: a warning (C6).
_, _, stderr = compile_frontend("f32.safetensors", "--dropout=0.5")
check("dropout with one layer", stderr.startswith("f32.safetensors: warning: dropout: found 0.5 with one layer, expected 0"), stderr)

# MLIR written by one run is read by the next.
module, blobs, _ = compile_frontend("net.safetensors")
write("net.mlir", module)
again, blobs_again, _ = compile_frontend("net.mlir")
check("MLIR round trip", blobs_again == blobs and "num_layers = 2" in again)


# --init=uniform (C11): Philox4x32-10 as DrawUniform.cpp documents it.
def philox(counter, seed):
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [p1 >> 32 ^ counter[1] ^ key[0], p1 & 0xFFFFFFFF,
                   p0 >> 32 ^ counter[3] ^ key[1], p0 & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


check("Philox's published answer", philox([0, 0, 0, 0], 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8])
for seed in (0, 7, 2**64 - 1):
    _, blobs, _ = compile_frontend("--input-size=3", "--hidden-size=20", "--num-layers=2", "--init=uniform",
                                   f"--seed={seed}")
    for tensor, (name, raw) in enumerate((n, blobs[n]) for n in gru_shapes(h=20, layers=2)):
        count = len(raw) // 4
        words = [w for j in range(0, count, 4) for w in philox([j // 4, 0, tensor, 0], seed)][:count]
        bound = math.sqrt(1 / 20)
        drawn = struct.pack(f"<{count}f", *((2 * (w + 0.5) / 2**32 - 1) * bound for w in words))
        check(f"--seed={seed} {name}", raw == drawn)
default = compile_frontend("--input-size=3", "--hidden-size=2", "--init=uniform")[0]
check("the default seed is 0", default == compile_frontend("--input-size=3", "--hidden-size=2",
                                                           "--init=uniform", "--seed=0")[0])

# External weights are arguments, and the largest allowed network needs no memory.
module, blobs, _ = compile_frontend("net.safetensors", "--weights=external")
check("external weights are arguments", blobs == {} and "arith.constant" not in module and
      module.count("tensor<6x2xf32>") > 0, module)
compile_frontend("--input-size=1", "--hidden-size=13370", "--weights=external")

print("FAILED" if failures else "all promises hold")
sys.exit(1 if failures else 0)
