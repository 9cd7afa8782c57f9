"""Command lines that must be refused (E, I2, I3)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), *[os.pardir] * 3, "compiler", "frontend", "Inputs"))
from cases import Case, run_all
from safetensors_file import gru_file

cases = []


def bad(args, expect, code=2, prepare=None):
    cases.append(Case(" ".join(args)[:80] or "nothing", {"net.safetensors": gru_file()}, args,
                      "grucc: error: " + expect, code, prepare, outputs=False))


GOOD = ["net.safetensors", "-o", "out.o"]

bad([], r"INPUT: found nothing, expected grucc INPUT -o OUTPUT; see grucc --help")
bad(["net.safetensors"], r"-o: found nothing, expected -o OUTPUT")
bad(["-o", "out.o"], r"--input-size: found nothing")
bad([*GOOD, "other.json"], r"INPUT: found 'net\.safetensors' and 'other\.json', expected one input")
bad(["-", "-o", "out.o"], r"INPUT: found '-', expected a file")

# Unknown options, with the nearest one when there is one.
bad([*GOOD, "--hiden-size=2"], r"--hiden-size=2: found an unknown option, expected '--hidden-size=2'")
bad([*GOOD, "--frobnicate"], r"--frobnicate: found an unknown option, expected one that --help lists")
bad([*GOOD, "-hidden-size=2"], r"-hidden-size=2: found an unknown option")
bad([*GOOD, "-O3"], r"-O3: found an unknown option")
bad([*GOOD, "--bidirectional=true"], r"--bidirectional=true: found an unknown option")
bad([*GOOD, "--batch-first", "--no-batch-first"], r"--batch-first: found --no-batch-first too, expected one")
for flag in ("--unwind-tables", "--no-unwind-tables"):
    bad([*GOOD, "--target=sm_80", flag], rf"{flag}: found it for sm_80, expected it for a CPU only")
bad([*GOOD, "--unwind-tables", "--no-unwind-tables"], r"--unwind-tables: found --no-unwind-tables too, expected one")
bad([*GOOD, "--bias"], r"--bias: found an unknown option")
bad([*GOOD, "--"], r"--: found an unknown option")
bad([*GOOD, "--a\nb"], r"--a\\x0ab: found an unknown option")

# Options without their value.
for option in ("-o", "--hidden-size", "--name", "--header", "--seed", "--schedule",
               "--schedule-file", "--tune"):
    bad(["net.safetensors", option], rf"{option}: found no value, expected a value after it")
for option in ("--hidden-size=", "--num-layers=", "--dropout=", "--dtype=", "--seed=", "--init=",
               "--weights=", "--emit=", "--target=", "--precision=", "--stop-after=", "--report=",
               "--schedule=", "--name=", "--header=", "--schedule-file=",
               "--tune=", "--tune-seq-len=", "--tune-batch="):
    bad([*GOOD, option], option[:-1] + r": found (''|an empty value), expected")
bad(["net.safetensors", "-o", ""], r"-o: found an empty value, expected a path")

# Integers: all of the text, decimal, in range.
for option, largest in (("--input-size", 2147483647), ("--hidden-size", 2147483647), ("--num-layers", 1024)):
    for value in ("0", "-1", "+2", "2.0", "2e3", "0x10", " 2", "2 ", "2x", "two", str(largest + 1),
                  "9223372036854775808", "1" * 5000):
        bad([*GOOD, f"{option}={value}"], rf"{option}: found '.*', expected an integer from 1 to {largest}")
for value in ("-1", "18446744073709551616", "1.5", "0x1", "seed"):
    bad([*GOOD, "--init=uniform", f"--seed={value}"], r"--seed: found '.*', expected an integer from 0 to 18446")
for value in ("-0.1", "1.1", "nan", "inf", "half", "0x1p-1", "0,5", "1e400", "0.5x"):
    bad([*GOOD, f"--dropout={value}"], r"--dropout: found '.*', expected a number from 0 to 1")

# Words.
for option, values in [("--dtype", "float16"), ("--dtype", "Float32"), ("--weights", "inside"),
                       ("--init", "normal"), ("--precision", "int4"), ("--emit", "exe"),
                       ("--emit", "PTX"), ("--target", "x86-64"), ("--target", "sm_70"),
                       ("--target", "X86-64-v3"), ("--stop-after", "backend"), ("--report", "xml")]:
    bad([*GOOD, f"{option}={values}"], rf"{option}: found '{values}', expected \w")
bad([*GOOD, "--precision=int8"], r"--precision: found 'int8', expected exact", code=1)

# The same option with two values; twice the same is no contradiction.
for first, second in [("--hidden-size=2", "--hidden-size=3"), ("--name=a", "--name=b"),
                      ("--weights=baked", "--weights=external"), ("--report=json", "--report"),
                      ("--seed=1", "--seed=2"), ("--target=native", "--target=x86-64-v3")]:
    option = first.split("=")[0]
    bad([*GOOD, "--init=uniform", first, second], rf"{option}: found .* and .*, expected one")
bad([*GOOD, "-o", "other.o"], r"-o: found 'out.o' and 'other.o', expected one value")
bad([*GOOD, "--name", "a", "--name=b"], r"--name: found 'a' and 'b', expected one value")
cases.append(Case("twice the same", {"net.safetensors": gru_file()},
                  ["net.safetensors", "--stop-after=frontend", "--hidden-size=2", "--hidden-size", "2",
                   "--stop-after", "frontend"], r"rnn\.gru", code=0, outputs=False))

# Names are C identifiers; nothing is repaired silently.
for name in ("2fast", "a-b", "a b", "a.b", "ü", "a$"):
    bad([*GOOD, f"--name={name}"], rf"--name: found '.*', expected a C identifier")
for output in ("a-b.o", "2.o", "a.b.o", ".o"):
    bad(["net.safetensors", "-o", output, "--emit=o"],
        r"--name: found none, and OUTPUT's stem '.*', expected --name=NAME")

# Outputs.
for output in ("out", "out.exe", "out.PTX", "out.O", "-"):
    bad(["net.safetensors", "-o", output], r"-o: found '.*', expected a name ending in \.o, \.a, \.so, \.wasm, \.s, \.ll")
bad(["net.safetensors", "-o", "out.mlir"], r"--stop-after: found nothing for an output of MLIR")
bad([*GOOD, "--stop-after=layers", "--emit=s"], r"--emit: found --stop-after too")
bad([*GOOD, "--stop-after=layers", "--header=out.h"], r"--header: found --stop-after too")
bad(["net.safetensors", "-o", "net.safetensors", "--emit=o"], r"-o: found INPUT 'net.safetensors', expected another file")
bad(["net.safetensors", "-o", "./net.safetensors", "--emit=o"], r"-o: found INPUT")
bad(["net.safetensors", "-o", "link.o"], r"-o: found INPUT",
    prepare=lambda folder: os.symlink("net.safetensors", os.path.join(folder, "link.o")))
bad([*GOOD, "--header=net.safetensors"], r"--header: found INPUT")
bad([*GOOD, "--header=out.o"], r"--header: found OUTPUT 'out.o', expected another file")
bad(["net.safetensors", "--stop-after=frontend", "--report"], r"--report: found OUTPUT on standard output")
bad([*GOOD, "--seed=3"], r"--seed: found no --init, expected --init=uniform")
bad(["--input-size=3", "--hidden-size=2", "-o", "out.o", "--init=uniform", "--weights=external"],
    r"--init: found --weights=external too")

# What NETWORK.json names is read as well.
NETWORK = b'{"input_size": 3, "hidden_size": 2, "weights": "m.weights"}'


def bad_beside(args, expect, weights="m.weights"):
    files = {"net.json": NETWORK.replace(b"m.weights", weights.encode()), weights: gru_file()}
    cases.append(Case(" ".join(args), files, ["net.json", *args], "^grucc: error: " + expect, 2, outputs=False))


bad_beside(["-o", "m.ptx", "--target=sm_80"],
           r"-o: found 'm\.ptx', expected a name whose weights go to another file than '.*m\.weights'")
bad_beside(["-o", "m.o"], r"-o: found the weights 'm\.o', expected another file", "m.o")
bad_beside(["-o", "out.o", "--header=./m.weights"], r"--header: found the weights 'm\.weights', expected another file")
bad_beside(["--stop-after=layers", "-o", "m.weights"], r"-o: found the weights 'm\.weights', expected another file")
bad_beside(["--tune=./m.weights"], r"--tune: found the weights '\./m\.weights', expected another file")
bad_beside(["-o", "m.weights", "--emit=so", "--target=sm_80", "--ptxas=./m.weights"],
           r"-o: found --ptxas '\./m\.weights', expected another file")

# --schedule=field=value,...
for value in ("panel", "panel=", "=2", "panel=2,", "panel=2,,unroll=1", ","):
    bad([*GOOD, f"--schedule={value}"], r"--schedule: found '.*', expected FIELD=VALUE")
for value, expect in [("panels=1", r"found field 'panels', expected lanes, .* or [a-z_]+$"),
                      ("=1,lanes=8", r"found '=1', expected FIELD=VALUE$"),
                      ("panel\n=1", r"found field 'panel\\x0a', expected lanes, "),
                      ("step_rows=16", r"found field 'step_rows', expected lanes, "),
                      ("panel=two", r"panel: found 'two', expected a whole number$"),
                      ("panel=9223372036854775808", r"panel: found '9223372036854775808', expected a whole number$"),
                      ("zigzag=1", r"zigzag: found '1', expected true or false$"),
                      ("tiles=8", r"tiles: found '8', expected \[rows,vectors,rows,vectors\], whole numbers$"),
                      ("order=steps", r"order: found 'steps', expected layers, reverse or chunks$")]:
    bad([*GOOD, f"--schedule={value}"], rf"--schedule: {expect}")
bad([*GOOD, "--schedule=panel=1,panel=2"], r"--schedule: found panel as '1' and '2', expected one value")
bad([*GOOD, "--schedule=tiles=[8,1,1,2]", "--schedule=tiles=[8,1]"],
    r"--schedule: found tiles as '\[8,1,1,2\]' and '\[8,1\]', expected one value")

# Four layers and two directions have one schedule: one line, of whatever finds the fault.
STACKED = ["--input-size=2", "--hidden-size=3", "--num-layers=4", "--bidirectional", "--init=uniform",
           "--target=x86-64-v3", "-o", "out.o"]
for field, expect in [("panel=65", r"panel: found 65, expected 1 to 64"),
                      ("lanes=16", r"lanes: found 16, expected at most 8 on x86-64-v3"),
                      ("lanes=6", r"lanes: found 6, expected a power of two"),
                      ("unroll=0", r"unroll: found 0, expected 1 to 64"),
                      ("tiles=[4,1]", r"tiles: found 4 rows at the end, expected 1")]:
    bad([*STACKED, f"--schedule={field}"], rf"schedule: {expect}$")
bad([*STACKED[:4], "--init=uniform", "--target=sm_80", "-o", "out.ptx", "--schedule=step_rows=3"],
    r"schedule: step_rows: found 3, expected a power of two from 1 to 32$")

# --tune compiles nothing else.
TUNE = ["net.safetensors", "--tune=s.json"]
for option in ("--emit=so", "--header=out.h", "--stop-after=layers", "--report", "--report=json",
               "--schedule-file=t.json"):
    bad([*TUNE, option], option.split("=")[0] + r": found --tune too, expected one of the two")
bad([*TUNE, "-o", "out.o"], r"-o: found --tune too, expected one of the two")
bad(["net.safetensors", "--tune=-"], r"--tune: found '-', expected a file")
bad(["net.safetensors", "--tune=./net.safetensors"], r"--tune: found INPUT 'net.safetensors', expected another file")
for option in ("--tune-seq-len", "--tune-batch"):
    bad([*GOOD, option + "=2"], rf"{option}: found no --tune, expected --tune=FILE")
    for value in ("0", "-1", "1.0", "1048577"):
        bad([*TUNE, f"{option}={value}"], rf"{option}: found '{value}', expected an integer from 1 to 1048576")
cases.append(Case("a schedule to tune", {"net.safetensors": gru_file()}, [*TUNE, "--schedule=panel=65"],
                  r"^net\.safetensors: error: schedule: panel: found 65, expected 1 to 64", 2, outputs=False))

run_all(cases)
