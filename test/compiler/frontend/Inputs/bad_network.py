"""Networks in JSON, MLIR and flags that must be refused, and files that are none (E, I1)."""
import os

from cases import Case, run_all
from safetensors_file import gru_file

SIZES = '"input_size": 3, "hidden_size": 2'
cases = []


def bad(name, content, expect, args=(), code=1, file="net.json"):
    files = {file: content, "weights.safetensors": gru_file()}
    cases.append(Case(name, files, [file, *args], expect, code))


def bad_mlir(name, content, expect, args=()):
    bad(name, content, expect, args, file="net.mlir")


def bad_flags(name, args, expect):
    cases.append(Case(name, {}, args, expect, code=2))


def good(name, content, args, expect):
    files = {"net.json": content, "weights.safetensors": gru_file()}
    cases.append(Case(name, files, ["net.json", "--stop-after=frontend", *args], expect, code=0,
                      outputs=False))


good("weights", '{"weights": "weights.safetensors"}', [], r"hidden_size = 2 : i64, input_size = 3")
good("external", "{" + SIZES + ', "batch_first": true}', ["--weights=external"], r"batch_first = true")

# NETWORK.json: text.
bad("empty", "", r"JSON: found invalid text")
bad("array", "[]", r"JSON: found an array, expected an object")
bad("number", "7", r"JSON: found 7, expected an object")
bad("cut off", '{"input_size": 3,', r"JSON: found invalid text")
bad("trailing comma", "{" + SIZES + ",}", r"JSON: found invalid text")
bad("comment", "{} // yes", r"JSON: found invalid text")
bad("two objects", "{}{}", r"JSON: found invalid text")
bad("not UTF-8", b'{"input_size\xff": 3}', r"JSON: found invalid text")
bad("nested 100,000 deep", "[" * 100_000 + "]" * 100_000, r"JSON: found nesting deeper than 16")
bad("nested 100,000 deep, open", '{"a":' * 100_000, r"JSON: found nesting deeper than 16")
bad("ten megabytes of brackets", "[" * 10_000_000, r"file: found 10000000 bytes, expected at most 1048576")
bad("four million keys", "{" + '"k":0,' * 4_000_000 + "}", r"file: found \d+ bytes, expected at most")
bad("a hundred thousand keys", "{" + ",".join(f'"{k}":0' for k in range(100_000)) + "}", r"0: found an unknown key")
for token in ("+3", ".5", "03", "3.", "1e", "--3", "3-3"):
    bad(f"number {token}", '{"input_size": ' + token + "}", r"JSON: found '.*expected a JSON number")

# NETWORK.json: keys.
bad("duplicate key", '{"bias": true, "bias": false}', r"found the key 'bias' twice at line 1")
bad("duplicate key, same value", '{"bias": true,\n"bias": true}', r"'bias' twice at line 2")
bad("unknown key", '{"hidden": 2}', r"hidden: found an unknown key, expected input_size,")
bad("another GRU", "{" + SIZES + ', "linear_before_reset": 0}', r"linear_before_reset: found an unknown")
bad("projection", "{" + SIZES + ', "proj_size": 1}', r"proj_size: found an unknown key")
for key in ("input_size", "hidden_size", "num_layers"):
    for value, found in [("0", "0"), ("-1", "-1"), ("2.0", "the number 2.0"), ("2.5", "the number"),
                         ('"2"', "the string"), ("true", "true"), ("null", "null"), ("[2]", "an array"),
                         ("{}", "an object"), ("1e400", "the number"), ("4294967296", "4294967296"),
                         ("9223372036854775808", "9223372036854775808"),
                         ("9223372036854775808.0", "the number 9.2233720368547758e")]:
        bad(f"{key} {value}", f'{{"{key}": {value}}}', rf"{key}: found {found}.*, expected an integer")
for key in ("bias", "batch_first", "bidirectional"):
    for value in ("1", "0", '"true"', "null", "1.0"):
        bad(f"{key} {value}", f'{{"{key}": {value}}}', rf"{key}: found .*, expected true or false")
for value in ("-0.1", "1.1", "1e999", "true", '"0"', "null"):
    bad(f"dropout {value}", f'{{"dropout": {value}}}', r"dropout: found .*, expected a number from 0 to 1")
for value in ('"float16"', '"Float32"', "32", "null", '"torch.float32"'):
    bad(f"dtype {value}", f'{{"dtype": {value}}}', r"dtype: found .*, expected \"float32\" or")
bad("weights 1", '{"weights": 1}', r"weights: found 1, expected a string")
bad("prefix 1", '{"prefix": 1}', r"prefix: found 1, expected a string")
bad("num_layers 1025", "{" + SIZES + ', "num_layers": 1025}', r"num_layers: found 1025, .* to 1024",
    ["--weights=external"])

# NETWORK.json: meaning.
bad("no weights", "{" + SIZES + "}", r"weights: found no such key, expected a safetensors file")
bad("no sizes", "{}", r"input_size: found no such key", ["--weights=external"])
bad("no hidden_size", '{"input_size": 3}', r"hidden_size: found no such key", ["--init=uniform"])
bad("weights are not there", '{"weights": "none.safetensors"}', r"none\.safetensors: error: file: found 'No such")
bad("weights are the folder", '{"weights": "."}', r"file: found a directory, expected a regular file")
bad("weights are the JSON", '{"weights": "net.json"}', r"net\.json: error: header: found")
bad("weights with a NUL", '{"weights": "weights.safetensors\\u0000"}', r"weights: found 'weights\.safetensors\\x00', expected")
bad("weights are a device", '{"weights": "/dev/zero"}', r"^/dev/zero: error: file: found a special file, expected")
cases.append(Case("weights are a pipe", {"net.json": '{"weights": "pipe"}'}, ["net.json"],
                  r"^pipe: error: file: found a special file, expected a regular file",
                  prepare=lambda folder: os.mkfifo(os.path.join(folder, "pipe"))))
bad("weights are empty", '{"weights": ""}', r"weights: found an empty path")
bad("--init beside weights", '{"weights": "weights.safetensors"}', r"--init: found weights in",
    ["--init=uniform"], 2)
bad("hidden_size against weights", '{"hidden_size": 4, "weights": "weights.safetensors"}',
    r"hidden_size: found 4 \(\"hidden_size\" in net.json\), expected 2 \(tensor weight_hh_l0 \[6, 2\]\)")
bad("bias against weights", '{"bias": false, "weights": "weights.safetensors"}', r"bias: found false")
bad("flag against key", "{" + SIZES + "}",
    r"hidden_size: found 5 \(--hidden-size\), expected 2 \(\"hidden_size\" in net.json\)",
    ["--hidden-size=5", "--init=uniform"])
bad("flag against batch_first", "{" + SIZES + ', "batch_first": false}', r"batch_first: found true",
    ["--batch-first", "--init=uniform"])
bad("flag against prefix", '{"prefix": "a.", "weights": "weights.safetensors"}',
    r"prefix: found 'b\.' \(--prefix\), expected 'a\.'", ["--prefix=b."])
bad("prefix without weights", "{" + SIZES + ', "prefix": "a."}', r"prefix: found no weights file",
    ["--init=uniform"])
bad("--prefix without weights", "{" + SIZES + "}", r"--prefix: found no weights file",
    ["--init=uniform", "--prefix=a."], 2)

# Sizes whose product overflows, or is more than anything can hold.
for i, h, layers in [(2**31 - 1, 2**31 - 1, 1024), (1, 2**31 - 1, 1), (2**31 - 1, 100, 1),
                     (1, 20000, 1), (1, 2000, 1024)]:
    bad(f"GRU({i}, {h}, {layers})",
        f'{{"input_size": {i}, "hidden_size": {h}, "num_layers": {layers}}}',
        r"weights: found .* bytes \(input_size .*\), expected at most 2147483647 bytes", ["--init=uniform"])

# Flags alone.
bad_flags("no flag for the input", ["--hidden-size=2", "--init=uniform"], r"grucc: error: --input-size: found nothing")
bad_flags("no flag for the state", ["--input-size=2", "--init=uniform"], r"--hidden-size: found nothing")
bad_flags("no weights", ["--input-size=3", "--hidden-size=2"], r"--weights: found no weights")
bad_flags("init and external", ["--input-size=3", "--hidden-size=2", "--init=uniform",
                                "--weights=external"], r"--init: found --weights=external too")
cases.append(Case("flags that overflow", {}, ["--input-size=2147483647", "--hidden-size=2147483647",
                  "--num-layers=1024", "--weights=external"], r"weights: found 2\^63 or more bytes"))

# Files that are none.
for name, args, expect in [
        ("no such file", ["none.safetensors"], r"none\.safetensors: error: file: found 'No such file"),
        ("no such folder", ["none/net.json"], r"file: found 'No such file"),
        ("name too long", ["a" * 5000 + ".json"], r"file: found 'File name too long'"),
        ("other extension", ["net.pkl"], r"INPUT: found '\.pkl', expected \.json, \.safetensors, \.onnx or \.mlir"),
        ("no extension", ["net"], r"INPUT: found no extension")]:
    cases.append(Case(name, {}, args, expect))
for extension in ("json", "safetensors", "mlir"):
    name = f"net.{extension}"
    cases.append(Case(f"a folder named {name}", {}, [name], r"file: found a directory",
                      prepare=lambda folder, name=name: os.mkdir(os.path.join(folder, name))))
    cases.append(Case(f"a pipe named {name}", {}, [name], r"file: found a special file",
                      prepare=lambda folder, name=name: os.mkfifo(os.path.join(folder, name))))
    cases.append(Case(f"an endless device named {name}", {}, [name], r"file: found a special file",
                      prepare=lambda folder, name=name: os.symlink("/dev/zero", os.path.join(folder, name))))
    cases.append(Case(f"a link to itself named {name}", {}, [name], r"file: found 'Too many levels",
                      prepare=lambda folder, name=name: os.symlink(name, os.path.join(folder, name))))
cases.append(Case("an empty file", {"net.safetensors": b""}, ["net.safetensors"],
                  r"header: found a file of 0 bytes"))

# NETWORK.mlir.
def module(weights="%w, %u", constants=True, network="rnn.gru", attributes="bias = false, ",
           ret="%y, %h", extra="", resource='weight: "0x04000000' + "00" * 12 + '"'):
    constant = """%w = arith.constant dense<0.5> : tensor<3x1xf32>
    %u = arith.constant dense_resource<weight> : tensor<3x1xf32>""" if constants else ""
    external = "" if constants else ", %w: tensor<3x1xf32>, %u: tensor<3x1xf32>"
    return f"""func.func @f(%x: tensor<?x?x1xf32>{external}) -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>) {{
    {constant}
    %y, %h = {network} %x weights({weights}) {{{attributes}hidden_size = 1 : i64, input_size = 1 : i64}}
        : (tensor<?x?x1xf32>, tensor<3x1xf32>, tensor<3x1xf32>) -> (tensor<?x?x1xf32>, tensor<1x?x1xf32>)
    {extra}
    return {ret} : tensor<?x?x1xf32>, tensor<1x?x1xf32>
  }}
  {{-# dialect_resources: {{ builtin: {{ {resource} }} }} #-}}"""


cases.append(Case("good MLIR", {"net.mlir": module()}, ["net.mlir", "--stop-after=frontend"],
                  r"rnn\.gru", code=0, outputs=False))
cases.append(Case("good external MLIR", {"net.mlir": module(constants=False)},
                  ["net.mlir", "--stop-after=frontend", "--weights=external"], r"rnn\.gru", code=0,
                  outputs=False))
bad_mlir("no function", "", r"module: found 0 operations, expected exactly one func.func")
bad_mlir("no network", "func.func @f() { return }", r"func.func: found 0 rnn.gru, expected exactly one")
bad_mlir("declaration", "func.func private @f()", r"func.func: found 0 blocks, expected one block")
bad_mlir("two functions", "func.func @f() { return }\nfunc.func @g() { return }",
         r"module: found 2 operations")
bad_mlir("another operation", module(extra="%z = arith.constant 1 : i32\n%o = arith.addi %z, %z : i32"),
         r"func.func: found 'arith.addi', expected arith.constant, rnn.gru and func.return only")
bad_mlir("returned the wrong way", module().replace("@f(%x", "@f(%x: tensor<?x?x1xf32>, %g: tensor<1x?x1xf32>, %x2")
         .replace("%x weights", "%x2 weights").replace("return %y, %h", "return %x, %g"),
         r"func.return: found other values")
bad_mlir("constant and argument", module(constants=False).replace(
    "%y, %h =", "%c = arith.constant dense<0.5> : tensor<3x1xf32>\n%y, %h =").replace("(%w, %u)", "(%c, %u)"),
    r"weights: found 1 constants among 2")
bad_mlir("blob of the wrong size", module(resource='weight: "0x0400000000000000"'),
         r"weight_hh_l0: found a constant without its values, expected 12 bytes")
bad_mlir("blob that is not there", module(resource='w: "0x0400000000000000"'),
         r"weight_hh_l0: found a constant without its values")
bad_mlir("arguments without --weights=external", module(constants=False),
         r"weights: found function arguments, expected constants, or --weights=external")
bad_mlir("constants with --weights=external", module(), r"weights: found constants", ["--weights=external"])
bad_mlir("flag against the network", module(), r"hidden_size: found 2 \(--hidden-size\), expected 1 \(the rnn.gru\)",
         ["--hidden-size=2"])
bad_mlir("--training against the network", module(), r"training: found true", ["--training"])
for alignment in ("00000000", "03000000", "00000001"):
    bad_mlir(f"a resource aligned to {alignment}", '// {-#\n{-# dialect_resources: { builtin: { w: "0x' + alignment +
             '00000000" } } #-}', r"resource: found an alignment of \d+ at line 2, expected a power of two up to 4096")
bad_mlir("nested 200,000 deep", "module {" * 200_000, r"nesting: found more than 128 levels of brackets")
bad_mlir("types nested 200,000 deep", "func.func private @f(" + "tuple<" * 200_000, r"nesting: found")
bad_mlir("a chain of aliases", "".join(f"!t{n} = tuple<!t{n - 1}>\n" for n in range(1, 100_000)),
         r"aliases: found more than 128 at line")
bad_mlir("a chain of affine operators", "#a = affine_map<(d) -> (" + "d + " * 200_000 + "d)>",
         r"affine: found an affine map at line 1")
# Aliases that name earlier ones twice double what has to be written: 2^n for n of them.
def doubling(levels, first, pair, use, separator="\n"):
    lines = [first] + [pair.format(n, n - 1) for n in range(1, levels)]
    return separator.join([*lines, use.format(levels - 1), module(constants=False)])


NAMED = "module attributes {{x.y = #a{0}}} {{}}"
for name, first, pair in [("attributes", '#a0 = "x"', "#a{0} = [#a{1}, #a{1}]"),
                          ("attributes over two lines", '#a0 =\n"x"', "#a{0} =\n[#a{1},\n#a{1}]"),
                          ("dictionaries", '#a0 = "x"', "#a{0} = {{a = #a{1}, module = #a{1}}}"),
                          ("types", "!a0 = f32", "!a{0} = tuple\n<!a{1}, !a{1}>"),
                          ("places", '#a0 = loc("x")', "#a{0} = loc(fused[#a{1}, #a{1}])")]:
    for levels in (18, 24, 100):
        bad_mlir(f"{levels} {name}", doubling(levels, first, pair, NAMED.replace("#", first[0])),
                 r"aliases: found uses that stand for more than 65536 at line \d+, expected at most 65536")
bad_mlir("used often enough", doubling(12, '#a0 = "x"', "#a{0} = [#a{1}, #a{1}]", NAMED + NAMED * 20),
         r"aliases: found uses that stand for more than 65536 at line 13")
cases.append(Case("aliases that are used", {"net.mlir": "#a = [1]\n#b = [#a, #a]\nmodule attributes {x.y = #b} {\n"
                                            + module(constants=False).split("{-#")[0] + "\n}"},
                  ["net.mlir", "--stop-after=frontend", "--weights=external"], r"rnn\.gru", code=0, outputs=False))

# Whatever MLIR itself finds is one line in our form, the first.
for name, text, expect in [
        ("no MLIR", "\1", r"^net\.mlir:1:1: error: MLIR: found invalid text \(unexpected character\), expected a network$"),
        ("a name cut off", "module { @ }", r"^net\.mlir:1:11: error: MLIR: found invalid text \(@ identifier expected to start"),
        ("an open string", module().replace("bias = false", 'bias = "'), r"^net\.mlir:\d+:\d+: error: MLIR: found invalid text"),
        ("an unknown operation", module(network="rnn.lstm"), r"^net\.mlir:\d+:\d+: error: MLIR: found invalid text \(custom op 'rnn\.lstm' is"),
        ("two unknown values", module(weights="%a, %b"), r"^net\.mlir:\d+:\d+: error: MLIR: found invalid text \(use of undeclared"),
        ("another shape", module().replace("hidden_size = 1", "hidden_size = 2"),
         r"^net\.mlir:\d+:\d+: error: 'rnn\.gru' op weight_ih_l0: found shape \[3, 1\], expected \[6, 1\]$"),
        ("a bad attribute", "module attributes {x.y = #rnn.storage<int8, exponent = 65>} {}",
         r"^net\.mlir:1:\d+: error: storage: exponent: found 65, expected -64 to 64$")]:
    bad_mlir(name, text, expect)
bad_mlir("zeros", "\0" * 1000, r"file: found a NUL at line 1, expected MLIR text")
bad_mlir("zeros after a network", module() + "\n\0", r"file: found a NUL at line \d+, expected MLIR text")
bad_mlir("bytecode", b"ML\xefR\x06", r"file: found MLIR bytecode, expected MLIR text")

run_all(cases)
