# ===- step_instructions.py - Instructions of a step beside plain C's -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------------=== #
"""step_instructions.py [--write]: instructions of a step and bytes of code, grucc's and plain C's,
on every CPU that a compiler and an emulator are here for; compiler/target/cpu/INSTRUCTIONS.md has
to say so already, or is written."""
import collections
import os
import re
import shutil
import sys

from artifact_kit import expect, finish, for_each, grucc, here, network, tool
from counting import HERE, check_page, code_bytes, executed, libm_bytes, listed, make_counter

PAGE = HERE.parents[2] / "compiler/target/cpu/INSTRUCTIONS.md"
ARM, ARM64, RISCV64 = "arm-linux-gnueabihf-gcc", "aarch64-linux-gnu-gcc", "riscv64-linux-gnu-gcc"
SVE = ["-march=armv8.2-a+sve"]
# What gcc is told for the same instructions, and the emulated CPU, by which x86-64's libm chooses, too.
Row = collections.namedtuple("Row", "target compiler flags emulator cpu vector")
ROWS = [
    Row("x86-64-v2", "gcc", ["-march=x86-64-v2"], "qemu-x86_64", "Nehalem", True),
    Row("x86-64-v3", "gcc", ["-march=x86-64-v3"], "qemu-x86_64", "Haswell", True),
    Row("aarch64", ARM64, [], "qemu-aarch64", "max", True),
    Row("apple-m", ARM64, [], "qemu-aarch64", "max", True),
    Row("aarch64-sve128", ARM64, [*SVE, "-msve-vector-bits=128"], "qemu-aarch64", "max,sve-max-vq=1", True),
    Row("aarch64-sve256", ARM64, [*SVE, "-msve-vector-bits=256"], "qemu-aarch64", "max,sve-max-vq=2", True),
    Row("aarch64-sve512", ARM64, [*SVE, "-msve-vector-bits=512"], "qemu-aarch64", "max,sve-max-vq=4", True),
    Row("armv7-vfp4", ARM, ["-march=armv7-a", "-mfpu=vfpv4-d16"], "qemu-arm", "max", False),
    Row("armv7-neon", ARM, ["-march=armv7-a", "-mfpu=neon-vfpv4"], "qemu-arm", "max", True),
    Row("riscv64", RISCV64, [], "qemu-riscv64", "rv64", False),
    # gcc 12 knows no vectors of RISC-V.
    Row("riscv64-v", RISCV64, [], "qemu-riscv64", "rv64,v=true,vext_spec=v1.0,vlen=128", True)]
NETWORKS = {"1 → 8": (1, 8, 1), "10 → 20, 2 layers": (10, 20, 2), "48 → 96": (48, 96, 1),
            "64 → 64": (64, 64, 1)}
# Where a promise does not hold: {target: (GRUs, why)}. One that holds again is found, too.
LARGER = ["48 → 96", "64 → 64"]
NOT_HALF = {
    "x86-64-v2": (list(NETWORKS), "without fused multiply-adds four products take a load, a multiplication and an "
                  "addition, as plain C's do"),
    "x86-64-v3": (["1 → 8", *LARGER], "checks and copies weigh where there is little else, and plain C's activations "
                  "are vectors, too")}
FIELDS = ["grucc", "plain", "object", "plain_object", "plain_linked"]
WITHIN = dict(zip(FIELDS, (0.01, 0.05, 0.01, 0.05, 0.05)))
ROUNDS, ROWS_OF_INPUT = 8, 16  # the latter as in gru_steps.h

INTRODUCTION = """\
# Instructions of a step, and code
What `test/contract/Inputs/step_instructions.py` counted; a test holds this page against it, and
`--write` writes it. Plain C is [plain_gru.c](../../../test/contract/Inputs/plain_gru.c) — torch's
equations and layout, loops over sizes that the compiler knows, libm's `expf` and `tanhf` — by Debian 12's
gcc for the target, `-O3 -ffast-math` and what lets it use the same instructions; it knows none of
RISC-V's vectors, so that plain C is scalar there. On x86-64 glibc has vectors of `expf` and `tanhf`,
elsewhere not.

Instructions are those of one `NAME_step` of one row, or of the plain function, and of the loop that
calls it, executed by qemu; fewer are not always faster. Bytes are those of code: of grucc's object,
which has every other function of the header, too, of plain C's, and of plain C's with what it draws in
of libm. A target that the table does not have has not been counted.

| target | GRU | grucc | plain C | ratio | grucc, bytes | plain C | with libm |
|---|---|---|---|---|---|---|---|
"""


def left_out():
    """{target: why it is not counted here}."""
    known = re.findall(r"^([\w-]+) .*CPUs ", grucc("--print-targets"), re.M)
    reasons = {target: "which has no row" for target in known if target not in [row.target for row in ROWS]}
    for row in ROWS:
        missing = [name for name in (row.compiler, row.emulator) if not shutil.which(name)]
        if row.target not in known:
            reasons[row.target] = "which grucc --print-targets does not list"
        elif missing:
            reasons[row.target] = f"for want of {' and '.join(missing)}"
    return reasons


def check_counter():
    """A loop whose instructions are known."""
    make_counter()
    with open(here("loop.s"), "w") as file:
        file.write(".globl _start\n_start: mov $1000, %ecx\n1: nop\ndec %ecx\njnz 1b\n"
                   "mov $231, %eax\nxor %edi, %edi\nsyscall\n")
    tool("clang", "--target=x86_64-linux-gnu", "-fuse-ld=lld", "-nostdlib", "-static", "loop.s", "-o", "loop")
    counted = executed(["qemu-x86_64"], "./loop")
    expect(counted == 1 + 3 * 1000 + 3, f"3004 instructions, counted as {counted}")


def step_of(row, program):
    """Instructions of a step: what more steps add."""
    few, many = (executed([row.emulator, "-cpu", row.cpu], program, str(rounds))
                 for rounds in (1, 1 + ROUNDS))
    return round((many - few) / (ROUNDS * ROWS_OF_INPUT))


def measure(row, sizes, place):
    """A value for each of FIELDS."""
    os.mkdir(here(place))
    names = [f"-D{name}={size}" for name, size in zip(("INPUT", "HIDDEN", "LAYERS"), sizes)]
    gcc = [row.compiler, "-static", "-O3", "-ffast-math", "-Wall", "-Wextra", *row.flags, *names, f"-I{place}"]
    driver, plain = str(HERE / "step_instructions.c"), f"{place}/plain.o"
    grucc(*network(*sizes), f"--target={row.target}", "--os=linux", "--name=m", "-o", f"{place}/m.o", f"--header={place}/m.h")
    undefined = set(tool("llvm-nm", "-u", "-j", f"{place}/m.o").split())
    expect(not undefined, f"{row.target}: undefined symbols {sorted(undefined)}")
    tool(*gcc, driver, f"{place}/m.o", "-o", f"{place}/m")
    tool(*gcc, "-c", str(HERE / "plain_gru.c"), "-o", plain)
    tool(*gcc, "-DPLAIN", driver, plain, "-lm", f"-Wl,-Map={place}/map", "-o", f"{place}/plain")
    return [step_of(row, f"{place}/m"), step_of(row, f"{place}/plain"), code_bytes(f"{place}/m.o"),
            code_bytes(plain), code_bytes(plain) + libm_bytes(f"{place}/map")]


def written():
    """{(target, GRU): a value for each of FIELDS} of the page."""
    lines = re.findall(r"^\| (\S+) \| (\S+ → .+?) \| (\d+) \| (\d+) \| [\d.]+ \| (\d+) \| (\d+) \| (\d+) \|$",
                       PAGE.read_text() if PAGE.exists() else "", re.M)
    return {(target, gru): list(map(int, values)) for target, gru, *values in lines}


def ratio(values):
    return values[1] / values[0]


def page(table):
    lines = []
    for row in ROWS:
        for gru in NETWORKS:
            if values := table.get((row.target, gru)):
                lines.append(f"| {row.target} | {gru} | {values[0]} | {values[1]} | {ratio(values):.2f} | "
                             f"{values[2]} | {values[3]} | {values[4]} |\n")
    lines += ["\nEverywhere else grucc's are fewer, and on vectors at most half of plain C's:\n\n",
              *listed(NOT_HALF, "more than half of plain C's")]
    return INTRODUCTION + "".join(lines)


def check_promises(row, gru, values):
    found = f"{row.target}, {gru}: {values[0]} instructions, plain C {values[1]}: "
    expect(ratio(values) > 1, found + "not fewer than plain C's")
    if row.vector:
        reached, excepted = ratio(values) >= 2, gru in NOT_HALF.get(row.target, [()])[0]
        expect(reached != excepted, found + f"{'' if reached else 'not '}at most half of plain C's, "
               f"{'' if excepted else 'not '}listed")


def main():
    out, measured = left_out(), {}
    rows = {row.target: row for row in ROWS if row.target not in out}
    for target, why in out.items():
        print(f"left out: {target}, {why}")
    check_counter()

    def check(case):
        row, gru = rows[case[0]], case[1]
        values = measured[row.target, gru] = measure(row, NETWORKS[gru], f"{row.target}_{list(NETWORKS).index(gru)}")
        check_promises(row, gru, values)

    for_each([(target, gru) for target in rows for gru in NETWORKS], check)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(page({**written(), **measured}))
    else:
        check_page(PAGE, lambda case: FIELDS, WITHIN, written(), measured, page)
    print(f"counted: {', '.join(rows) or 'none'}")
    finish()


main()
