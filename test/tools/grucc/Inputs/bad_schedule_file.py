"""Files that --schedule-file must refuse (E)."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), *[os.pardir] * 3, "compiler", "frontend", "Inputs"))
from cases import Case, run_all

NETWORK = ["--input-size=5", "--hidden-size=40", "--init=uniform", "--target=x86-64-v3"]
GOOD = {"machine": "x86-64-v3", "input_size": 5, "hidden_size": 40, "num_layers": 1,
        "bidirectional": False, "dtype": "float32", "schedule": {"panel": 1, "split": "auto"}}
cases = []


def bad(name, text, expect, *options, code=1, place="s.json"):
    text = text if isinstance(text, str) else json.dumps(text)
    cases.append(Case(name, {"s.json": text}, [*NETWORK, "--schedule-file=s.json", *options],
                      f"^{place}: error: {expect}", code))


def without(key):
    return {k: v for k, v in GOOD.items() if k != key}


cases.append(Case("a good one", {"s.json": json.dumps(GOOD)},
                  [*NETWORK, "--schedule-file=s.json", "--stop-after=schedule"],
                  r"panel = 1", code=0, outputs=False))

# The file and its JSON.
cases.append(Case("no file", {}, [*NETWORK, "--schedule-file=none.json"],
                  r"^none\.json: error: file: found 'No such file or directory', expected a readable file"))
cases.append(Case("a folder", {}, [*NETWORK, "--schedule-file=."],
                  r"^\.: error: file: found a directory, expected a regular file"))
whole = json.dumps(GOOD)
for end in range(0, len(whole), 25):
    bad(f"cut at {end}", whole[:end], r"JSON: found invalid text")
bad("more after it", whole + whole, r"JSON: found invalid text")
bad("an array", [GOOD], r"JSON: found an array, expected an object")
bad("a key twice", whole[:-1] + ', "dtype": "float32"}', r"JSON: found the key 'dtype' twice")
bad("deep", "[" * 100000, r"JSON: found nesting deeper than 16")
bad("no text", b"\xff\xfe".decode("latin-1"), r"JSON: found invalid text")

# Keys: all of them, no others, each as this network has it.
bad("an unknown key", {**GOOD, "batch": 1}, r"batch: found an unknown key, expected machine, input_size, ")
bad("an unknown key with a line break", {**GOOD, "a\nb": 1}, r"a\\x0ab: found an unknown key")
for key in GOOD:
    bad(f"no {key}", without(key), rf"{key}: found no such key, expected \w")
for key, value, found in [
        ("machine", "zen5", 'the string "zen5"'), ("machine", "native", 'the string "native"'),
        ("input_size", 6, "6"), ("input_size", "5", 'the string "5"'),
        ("input_size", 5.0, "the number 5.0"), ("hidden_size", 41, "41"), ("num_layers", 2, "2"),
        ("bidirectional", True, "true"), ("bidirectional", 0, "0"), ("bidirectional", None, "null"),
        ("dtype", "float64", 'the string "float64"')]:
    bad(f"{key} is {value!r}", {**GOOD, key: value}, rf"{key}: found {found}, expected ")
bad("the network is another", GOOD, r"dtype: found the string \"float32\", expected the string \"float64\"",
    "--dtype=float64")

# Fields.
bad("no object", {**GOOD, "schedule": "panel=1"}, r"schedule: found the string \"panel=1\", expected an object")
for fields, expect in [
        ({"panels": 1}, r"schedule: found field 'panels', expected lanes, "),
        ({"": 1}, r"schedule: found field '', expected lanes, "),
        ({"panel=2": 1}, r"schedule: found field 'panel=2', expected lanes, "),
        ({"panel\n": 1}, r"schedule: found field 'panel\\x0a', expected lanes, "),
        ({"panel": "1"}, r"schedule: panel: found the string \"1\", expected a whole number"),
        ({"panel": 1.5}, r"schedule: panel: found the number 1\.5, expected a whole number"),
        ({"panel": -1}, r"schedule: panel: found -1, expected a whole number"),
        ({"panel": None}, r"schedule: panel: found null, expected a whole number"),
        ({"panel": {}}, r"schedule: panel: found an object, expected a whole number"),
        ({"panel": True}, r"schedule: panel: found true, expected a whole number"),
        ({"panel": 2 ** 63}, r"schedule: panel: found 9223372036854775808, expected a whole number"),
        ({"panel": 65}, r"schedule: panel: found 65, expected 1 to 64"),
        ({"lanes": 16}, r"schedule: lanes: found 16, expected at most 8 on x86-64-v3"),
        ({"zigzag": 1}, r"schedule: zigzag: found 1, expected true or false"),
        ({"tiles": ["8"]}, r"schedule: tiles: found an array, expected \[rows,vectors,rows,vectors\]"),
        ({"tiles": 8}, r"schedule: tiles: found 8, expected \[rows,vectors,rows,vectors\]"),
        ({"split": [8, 1]}, r"schedule: split: found an array, expected auto, rows, layers, units or none"),
        ({"split": "a\nb"}, r"schedule: split: found the string \"a\\x0ab\", expected auto, ")]:
    bad(f"fields {fields}", {**GOOD, "schedule": fields}, expect)

# With fields on the command line too, that is where the error is, and the file is named.
bad("both", {**GOOD, "schedule": {"unroll": 2}}, r"schedule: panel: found 65, expected 1 to 64",
    "--schedule=panel=65", code=2, place="grucc")

# The file is not written over.
bad("also the output", GOOD, r"-o: found --schedule-file 's\.json', expected another file", "-o", "s.json",
    "--emit=o", code=2, place="grucc")
cases[-1].outputs = []
bad("also the header", GOOD, r"--header: found --schedule-file 's\.json', expected another file",
    "-o", "out.o", "--header=s.json", code=2, place="grucc")
cases[-1].outputs = []

run_all(cases)
