# ===- counting.py - Instructions that qemu executes, and bytes of code -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------=== #
"""What tables of instructions have in common: a counter, sizes, and a page that has to say so."""
import pathlib
import re

from artifact_kit import expect, here, run, tool

HERE = pathlib.Path(__file__).resolve().parent


def executed(emulator, *program, **more):
    """Instructions of a program of one thread; `more` is subprocess.run's."""
    done = run([*emulator, "-plugin", here("count.so"), *program], **more)
    found = re.search(r"^instructions: (\d+)$", done.stderr, re.M)
    if done.returncode or not found:
        raise RuntimeError(f"{emulator} {program}: exit code {done.returncode}\n{done.stderr}")
    return int(found[1])


def make_counter():
    tool("clang", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror",
         str(HERE / "count_instructions.c"), "-o", "count.so")


def code_bytes(name):
    return sum(int(size) for size in re.findall(r"^\.text\S*\s+(\d+)", tool("llvm-size", "-A", name), re.M))


def libm_bytes(link_map):
    """Of libm.a and, on x86-64, libmvec.a in a program; picolibc's are members of libc.a."""
    with open(here(link_map)) as file:
        sizes = re.findall(r"^ \.text\S*\s+0x\w+\s+(0x\w+) \S*/(?:lib(?:m|mvec)[-.\d]*\.?a\(|libc\.a\(libm_)",
                           file.read(), re.M)
    return sum(int(size, 16) for size in sizes)


def library_bytes(compiler, name):
    """Of the compiler's own library, what an object draws in, by itself and by libm."""
    with open(here(f"{name}.ld"), "w") as file:
        file.write("SECTIONS {}\n")  # in place of a board's, which asks for more
    tool(*compiler, "-nostdlib", "-r", f"-T{name}.ld", name, "-Wl,--start-group", "-lm", "-lc", "-lgcc", "-Wl,--end-group",
         f"-Wl,--no-gc-sections,-Map={name}.map", "-o", f"{name}.drawn")
    with open(here(f"{name}.map")) as file:
        sizes = re.findall(r"^ \.text\S*\s+0x\w+\s+(0x\w+) \S*/libgcc\.a\(", file.read(), re.M)
    return sum(int(size, 16) for size in sizes)


def check_page(path, fields, within, table, measured, page):
    """The page at `path`, whose numbers are `table`, but for differences that compilers may make; fields(case)
    names the values of one."""
    for case, values in measured.items():
        for field, new, old in zip(fields(case), values, table.get(case, [0] * len(values))):
            expect(abs(new - old) <= within[field] * old, f"{case}: {field} {old} in {path.name}, now {new}")
    expect(path.exists() and page(table) == path.read_text(), f"{path}: not what --write makes of its numbers")


def listed(short, result):
    """Lines for {target: (GRUs, why)} where a promise does not hold."""
    return [f"- {target}, {'; '.join(grus)}: {result}, since {why}\n" for target, (grus, why) in short.items()]
