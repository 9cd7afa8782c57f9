"""Outputs that cannot be written (E)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), *[os.pardir] * 3, "compiler", "frontend", "Inputs"))
from cases import Case, run_all
from safetensors_file import gru_file

cases = []


def bad(name, args, expect, prepare=None):
    cases.append(Case(name, {"net.safetensors": gru_file()}, ["net.safetensors", *args], expect,
                      prepare=prepare, outputs=False))


def full_device(name):
    return lambda folder: os.symlink("/dev/full", os.path.join(folder, name))


for extension in ("o", "a", "so", "s", "ll"):
    bad(f"no folder for .{extension}", ["-o", f"none/out.{extension}"], r"none/out\..*No such file or directory")
    bad(f"a full device for .{extension}", ["-o", f"out.{extension}"], r"No space left on device",
        full_device(f"out.{extension}"))
bad("no folder for the MLIR", ["--stop-after=frontend", "-o", "none/out.mlir"], r"No such file or directory")
bad("no folder for the header", ["-o", "out.o", "--header=none/out.h"], r"none/out\.h.*No such file or directory")
bad("a full device for the header", ["-o", "out.o", "--header=out.h"], r"No space left on device",
    full_device("out.h"))
bad("output is a folder", ["-o", "out.o"], r"out\.o: .*directory",
    lambda folder: os.mkdir(os.path.join(folder, "out.o")))
bad("header is a folder", ["-o", "out.o", "--header=out.h"], r"out\.h: .*directory",
    lambda folder: os.mkdir(os.path.join(folder, "out.h")))
bad("output under a file", ["-o", "net.safetensors/out.o"], r"Not a directory")
bad("name too long", ["-o", "a" * 300 + ".o"], r"File name too long")
bad("a read-only system file", ["-o", "/proc/version", "--emit=o", "--name=v"], r"/proc/version: .*found")

run_all(cases)
