# ===- unwind_tables.py - What unwind tables are, and cost -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------=== #
"""Objects with unwind tables and without, over networks: tables for every byte of every function,
which change none and need nothing (A2)."""

import re

from artifact_kit import LEVELS, expect, finish, for_each, grucc, here, network, tool

NETWORKS = [network(i=2, h=4, external=True), [*network(i=9, h=33, layers=2, dtype="float64"), "--bidirectional"],
            [*network(i=7, h=40, layers=4), "--schedule=split=layers,turn_rows=40,split_from=1"]]


def compile_both(number, kind):
    """The paths of one model with tables, as it is by default, and without."""
    flags = [*NETWORKS[number], f"--target={LEVELS[number % 3]}", "--name=net"]
    paths = [f"{number}_{tables}.{kind}" for tables in ("with", "without")]
    grucc(*flags, "-o", paths[0])
    grucc(*flags, "--no-unwind-tables", "-o", paths[1])
    return paths


def content(path, section):
    tool("llvm-objcopy", "-O", "binary", f"--only-section={section}", path, f"{path}{section}")
    with open(here(f"{path}{section}"), "rb") as file:
        return file.read()


def check_ranges(path):
    """Every function has its table, from its first to its last byte."""
    table = tool("llvm-readelf", "-sW", path)
    functions = {(int(at, 16), int(at, 16) + int(size)) for at, size in
                 re.findall(r"^ *\d+: (\w+) +(\d+) FUNC ", table, re.MULTILINE)}
    ranges = re.findall(r"FDE .* pc=(\w+)\.\.\.(\w+)", tool("llvm-dwarfdump", "--eh-frame", path))
    ranges = {(int(begin, 16), int(end, 16)) for begin, end in ranges}
    expect(functions and ranges == functions, f"{path}: tables of {ranges ^ functions} too few or too many")


def check(number):
    tables, none = compile_both(number, "o")
    code = content(tables, ".text")
    expect(code and code == content(none, ".text"), f"{tables}: other code than {none}")
    expect(content(tables, ".rodata") == content(none, ".rodata"), f"{tables}: other constants than {none}")
    expect(tool("llvm-nm", "-u", tables) == "", f"{tables}: undefined symbols")
    expect(".eh_frame" not in tool("llvm-readelf", "-SW", none), f"{none}: has tables")
    check_ranges(tables)
    size = len(content(tables, ".eh_frame"))
    print(f"{tables}: {len(code)} bytes of code, {size} of tables")


def check_text(kind):
    """What clang makes of a text has the same tables."""
    for path, wanted in zip(compile_both(0, kind), (True, False)):
        tool("clang", "-Wno-override-module", "-c", path, "-o", f"{path}.o")
        found = ".eh_frame" in tool("llvm-readelf", "-SW", f"{path}.o")
        expect(found == wanted, f"{path}: tables: found {found}, expected {wanted}")


def check_library():
    """The unwinder finds the tables of a library by a segment."""
    segments = ["GNU_EH_FRAME" in tool("llvm-readelf", "-lW", path) for path in compile_both(0, "so")]
    expect(segments == [True, False], f"libraries with and without a segment of tables: {segments}")


for_each(range(len(NETWORKS)), check)
check_library()
check_text("s")
check_text("ll")
finish()
