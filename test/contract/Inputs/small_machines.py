# ===- small_machines.py - Steps on boards beside plain C's -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------=== #
"""small_machines.py [--write]: instructions of a step, code, flash, RAM and stack, grucc's and plain
C's, on every CPU without a system and of WebAssembly; compiler/target/cpu/SMALL_MACHINES.md has to say so
already, or is written. One case of four is measured, all with --write and GRUCC_EXHAUSTIVE."""
import json
import os
import re
import struct
import sys

import modules
import published
from artifact_kit import expect, finish, for_each, grucc, here, network, tool
from boards import BOARDS, HELPERS, SOFT, compiler, emulator, linked, missing
from counting import HERE, check_page, code_bytes, executed, libm_bytes, library_bytes, listed, make_counter

PAGE = HERE.parents[2] / "compiler/target/cpu/SMALL_MACHINES.md"
NETWORKS = {"1 → 8": (1, 8, 1), "10 → 20, 2 layers": (10, 20, 2), "10 → 32": (10, 32, 1), "48 → 96": (48, 96, 1),
            "64 → 64": (64, 64, 1), "8 → 16": (8, 16, 1), "4 → 24": (4, 24, 1), "16 → 48": (16, 48, 1)}
MODULES = [module.target for module in modules.MODULES]
# Of the table of instructions and code, and of those of memory, on boards and of modules.
STEPS = ["speed", "size", "plain_O3", "plain_Os", "speed_code", "size_code", "plain_O3_code", "plain_Os_code"]
MEMORY = ["speed_flash", "size_flash", "ram", "speed_stack", "speed_measured", "size_stack", "size_measured", "helpers"]
WITHIN = {field: 0.05 if field.startswith("plain") or field == "helpers" else 0.01
          for field in STEPS + MEMORY + modules.MEMORY}
OPTIONS = {"speed": [], "size": ["--optimize=size"]}
PUBLISHED = "cortex-m4f"  # grucc's beside others' figures
ROUNDS, ROWS_OF_INPUT = 1, 16  # the latter as in gru_steps.h
SMALL, MOST_CODE = ("cortex-m4f", "10 → 32"), 6 * 1024
# Where a promise does not hold: {target: (GRUs, why)}. One that holds again is found, too.
NOT_FEWER = {}
NOT_FEWER_FOR_SIZE = {"cortex-m4f": (["1 → 8"], "checks of a call's arguments weigh where there is little else"),
                      "wasm32": (list(NETWORKS), "the loop over weights moves two addresses where plain C's moves one, and "
                                 "activations are polynomials where musl's `expf` has a table")}
NOT_SHORT = {}

INTRODUCTION = """\
# Small machines
What `test/contract/Inputs/small_machines.py` measured; a test holds this page against it, and `--write`
writes it. Models are compiled with `--functions=step,state`, for speed and with `--optimize=size`. Plain C
is [plain_gru.c](../../../test/contract/Inputs/plain_gru.c) by Debian 12's gcc for the same CPU, `-ffast-math`
and `-O3` or `-Os`, with picolibc's `expf` and `tanhf`. The code of cortex-m0plus runs on a Cortex-M3.

Instructions are those of one step of one row, and of the loop that calls it, executed by qemu. Bytes of
code are those of grucc's object, and of plain C's with what it draws in of libm; of both with what
they draw in of the compiler's library, where a CPU has no floating point.

For WebAssembly, plain C is by clang 22 with the same instructions and linked as grucc links, with `expf` and `tanhf` of
Debian 12's wasi-libc, which are musl's. Instructions are WebAssembly's, of one step, of which an engine makes a CPU's:
[count_wasm.py](../../../test/contract/Inputs/count_wasm.py) has a module count them, but for `block`, `loop`, `else`
and `end`, which do nothing, and node runs it. Bytes of code are those of the module's code section, libm's functions
among them. (The ES module's streams want `sizes`, too, of `--functions`.)
"""
STEPS_HEAD = """
## Instructions of a step, and code
| target | GRU | grucc | for size | plain C, -O3 | -Os | grucc, bytes | for size | plain C, -O3 | -Os | size beside -Os |
|---|---|---|---|---|---|---|---|---|---|---|
"""
MEMORY_HEAD = """
## Flash, RAM and stack of boards, in bytes
Flash is code and constants, weights among them. RAM is state and workspace of one row. The stack is what
the header's `NAME_STACK_BYTES` states and what a call was seen to write of a painted one; `helpers` is
what a call into the compiler's library writes on top, which nothing states.

| target | GRU | flash | for size | RAM | stack | measured | for size | measured | helpers |
|---|---|---|---|---|---|---|---|---|---|
"""
MODULES_HEAD = """
## Modules of WebAssembly, in bytes
A module is the whole file: code, weights and what else it says. RAM is state and workspace of one row, in the
module's memory, which begins with so many KiB: 16 of stack, weights, and what is left of a page of 64. The stack is
what a step and calls of states were seen to write of a painted one; an engine has its own besides.

| target | GRU | module | for size | RAM | stack | for size | plain C, -O3 | -Os | memory, KiB |
|---|---|---|---|---|---|---|---|---|---|
"""


def fields(target):
    return {published.NNOM: published.FIELDS, **dict.fromkeys(MODULES, STEPS + modules.MEMORY)}.get(target, STEPS + MEMORY)


def check_counter():
    """A loop whose instructions are known, on a board and in a module."""
    if not modules.missing(modules.MODULES[0]):
        modules.check_counter()
    make_counter()
    board = next((board for board in BOARDS if board.target == "cortex-m4f" and not missing(board)), None)
    if not board:
        return
    with open(here("loop.s"), "w") as file:
        file.write(".syntax unified\n.thumb\n.word 0x20001000, start + 1\n.thumb_func\nstart: ldr r0, =1000\n1: nop\n"
                   "subs r0, #1\nbne 1b\nmovs r0, #0x18\nldr r1, =0x20026\nbkpt 0xab\n")
    tool(board.compiler, *board.flags, "-nostdlib", "-Wl,-Ttext=0,-e,start", "loop.s", "-o", "loop")
    counted = executed(emulator(board, here("loop")))
    expect(counted == 1 + 3 * 1000 + 3, f"3004 instructions, counted as {counted}")


def steps_of(board, place, *compiled):
    """Instructions of a step, what more steps add, and the deepest stacks: of grucc's functions, of helpers."""
    counts = []
    for rounds in (ROUNDS, 2 * ROUNDS):
        program = f"{place}/{rounds}"
        tool(*compiled, "-lm", *linked(board), f"-Wl,--defsym=rounds={rounds},-Map={place}/map", "-o", program)
        counts.append(executed(emulator(board, here(program)), cwd=here(place)))
    with open(here(f"{place}/out.bin"), "rb") as file:
        deepest = struct.unpack("<2i", file.read())
    return round((counts[1] - counts[0]) / (ROUNDS * ROWS_OF_INPUT)), *deepest


def flash_bytes(name):
    text, data, *_ = tool("llvm-size", name).splitlines()[1].split()
    return int(text) + int(data)


def measure(board, sizes, place, options, levels):
    """{field: value}: grucc's with these options, and plain C's at these levels."""
    os.mkdir(here(place))
    names = [f"-D{name}={size}" for name, size in zip(("INPUT", "HIDDEN", "LAYERS"), sizes)]
    gcc = [*compiler(board), "-Wall", "-Wextra", "-Wno-attributes", *names, f"-I{place}"]
    driver, found = ["-O1", str(HERE / "small_machines.c")], {}
    for kind, how in options.items():
        report = json.loads(grucc(*network(*sizes), f"--target={board.target}", "--functions=step,state", *how, "--name=m",
                                  "-o", f"{place}/m.o", f"--header={place}/m.h", "--report=json"))
        undefined = tool("llvm-nm", "-u", "-j", f"{place}/m.o").split()
        unknown = [name for name in undefined if board.target not in SOFT or not HELPERS.fullmatch(name)]
        expect(not unknown, f"{board.target}, {kind}: undefined symbols {unknown}")
        found[kind], found[f"{kind}_measured"], found["helpers"] = steps_of(board, place, *gcc, *driver, f"{place}/m.o")
        found[f"{kind}_code"] = code_bytes(f"{place}/m.o") + library_bytes(gcc, f"{place}/m.o")
        found[f"{kind}_stack"] = report["stack_bytes"]
        found[f"{kind}_flash"] = flash_bytes(f"{place}/m.o")
        found["ram"] = report["state_bytes"] + report["workspace_bytes"]
    for level in levels:
        plain = f"{place}/plain.o"
        tool(*gcc, f"-{level}", "-ffast-math", "-c", str(HERE / "plain_gru.c"), "-o", plain)
        found[f"plain_{level}"], *_ = steps_of(board, place, *gcc, "-DPLAIN", *driver, plain)
        found[f"plain_{level}_code"] = code_bytes(plain) + libm_bytes(f"{place}/map") + library_bytes(gcc, plain)
    return found


def written():
    """{(target, GRU): a value for each of its fields} of the page."""
    text, table = PAGE.read_text() if PAGE.exists() else "", {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) < 10 or not re.fullmatch(r"\d+", cells[2]):
            continue
        # The first table has a ratio at its end, and stands before the others.
        numbers = table.setdefault((cells[0], cells[1]), [])
        numbers += map(int, cells[2:10])
    table = {case: numbers for case, numbers in table.items() if len(numbers) == len(fields(case[0]))}
    return {**table, **published.written(text)}


def page(table):
    steps, memory = "", {True: "", False: ""}
    for target in [*(board.target for board in BOARDS), *MODULES]:
        for gru in NETWORKS:
            if values := table.get((target, gru)):
                of = dict(zip(fields(target), values))
                start = f"| {target} | {gru} | "
                steps += start + " | ".join(str(of[field]) for field in STEPS) + f" | {of['size_code'] / of['plain_Os_code']:.2f} |\n"
                memory[target in MODULES] += start + " | ".join(map(str, values[len(STEPS):])) + " |\n"
    weights = "".join(f"| {gru} | {12 * sum(hidden * (below + hidden + 2) for below in [size] + [hidden] * (layers - 1))} |\n"
                      for gru, (size, hidden, layers) in NETWORKS.items())
    reasons = [*listed(NOT_FEWER, "not fewer instructions than plain C's by -O3"),
               *listed(NOT_FEWER_FOR_SIZE, "for size not fewer than plain C's by -Os"),
               *listed(NOT_SHORT, "for size more than 1.5 times the code of plain C by -Os")]
    return (INTRODUCTION + STEPS_HEAD + steps + "\nEverywhere else grucc's instructions are fewer than plain C's, for speed than by "
            "-O3 and for size\nthan by -Os, whose code is at least two thirds of that for size:\n\n" + "".join(reasons) + MEMORY_HEAD +
            memory[False] + MODULES_HEAD + memory[True] + "\nWeights as torch has them, in float32:\n\n| GRU | bytes |\n|---|---|\n" +
            weights + published.section(table))


def check_promises(case, values):
    target, gru = case
    of = dict(zip(fields(target), values))

    def promise(holds, excepted, what):
        listed_here = gru in excepted.get(target, [()])[0]
        expect(holds != listed_here, f"{target}, {gru}: {what}, {'' if listed_here else 'not '}listed")

    promise(of["speed"] < of["plain_O3"], NOT_FEWER, f"{of['speed']} instructions, plain C {of['plain_O3']}")
    promise(of["size"] < of["plain_Os"], NOT_FEWER_FOR_SIZE, f"for size {of['size']} instructions, plain C {of['plain_Os']}")
    promise(of["size_code"] <= 1.5 * of["plain_Os_code"], NOT_SHORT,
            f"for size {of['size_code']} bytes of code, plain C {of['plain_Os_code']}")
    expect(case != SMALL or of["size_code"] <= MOST_CODE, f"{case}: {of['size_code']} bytes of code, at most {MOST_CODE}")
    if target in MODULES:
        return
    expect((of["helpers"] > 0) == (target in SOFT), f"{case}: helpers take {of['helpers']} bytes of stack")
    for kind in OPTIONS:
        measured, stated = of[f"{kind}_measured"], of[f"{kind}_stack"]
        expect(0 < measured <= stated + of["helpers"], f"{case}, {kind}: {measured} bytes of stack, stated {stated}")


def available():
    """{target: (how its GRUs are measured, of what)}, where that is possible here."""
    there = {}
    for measurer, lacks, machines in ((measure, missing, BOARDS), (modules.measure, modules.missing, modules.MODULES)):
        for machine in machines:
            if lacking := lacks(machine):
                print(f"left out: {machine.target}, for want of {' and '.join(lacking)}")
            else:
                there[machine.target] = measurer, machine
    known = re.findall(r"^(\S+) .*\bnone\b", grucc("--print-targets"), re.M)
    for target in set(known) - {machine.target for machine in BOARDS + modules.MODULES}:
        print(f"left out: {target}, which has no board")
    return there


def main():
    writes = "--write" in sys.argv[1:]
    there = available()
    check_counter()
    everywhere, measured = writes or os.environ.get("GRUCC_EXHAUSTIVE"), {}
    cases = [(target, gru) for at, target in enumerate(there) for number, gru in enumerate(NETWORKS)
             if everywhere or (at + number) % 4 == 0]
    if PUBLISHED in there:
        cases += [(published.NNOM, gru) for gru in list(published.NNOM_STEPS)[:None if everywhere else 1]]

    def check(case):
        target, gru = case
        measurer, machine = there[PUBLISHED if target == published.NNOM else target]
        sizes, *_ = published.NNOM_STEPS[gru] if target == published.NNOM else [NETWORKS[gru]]
        place = f"{target}_{'_'.join(map(str, sizes))}"
        found = measurer(machine, sizes, place, OPTIONS, [] if target == published.NNOM else ["O3", "Os"])
        measured[case] = [found[field] for field in fields(target)]

    for_each(cases, check)
    table = {**written(), **measured}
    if writes:
        PAGE.write_text(page(table))
    else:
        check_page(PAGE, lambda case: fields(case[0]), WITHIN, written(), measured, page)
    for case, values in table.items():
        if case[0] != published.NNOM:
            check_promises(case, values)
    most = (len(BOARDS) + len(MODULES)) * len(NETWORKS) + len(published.NNOM_STEPS)
    print(f"measured: {len(measured)} of {most} on {', '.join(there) or 'none'}")
    finish()


main()
