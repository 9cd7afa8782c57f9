# ===- small_machines.py - Steps on boards beside plain C's -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------=== #
"""small_machines.py [--write]: instructions of a step, code, flash, RAM and stack, grucc's and plain
C's, on every CPU without a system; compiler/target/cpu/SMALL_MACHINES.md has to say so already, or is
written. One case of four is measured, all with --write and GRUCC_EXHAUSTIVE."""
import json
import os
import re
import struct
import sys

from artifact_kit import expect, finish, for_each, grucc, here, network, tool
from boards import BOARDS, HELPERS, UNFUSED, compiler, emulator, linked, missing
from counting import HERE, check_page, code_bytes, executed, libm_bytes, listed, make_counter

PAGE = HERE.parents[2] / "compiler/target/cpu/SMALL_MACHINES.md"
NETWORKS = {"1 → 8": (1, 8, 1), "10 → 20, 2 layers": (10, 20, 2), "10 → 32": (10, 32, 1), "48 → 96": (48, 96, 1),
            "64 → 64": (64, 64, 1), "8 → 16": (8, 16, 1), "4 → 24": (4, 24, 1), "16 → 48": (16, 48, 1)}
# Of the table of instructions and code, and of that of memory.
STEPS = ["speed", "size", "plain_O3", "plain_Os", "speed_code", "size_code", "plain_O3_code", "plain_Os_code"]
MEMORY = ["speed_flash", "size_flash", "ram", "speed_stack", "speed_measured", "size_stack", "size_measured", "helpers"]
FIELDS = STEPS + MEMORY
WITHIN = {field: 0.05 if field.startswith("plain") or field == "helpers" else 0.01 for field in FIELDS}
OPTIONS = {"speed": [], "size": ["--optimize=size"]}
ROUNDS, ROWS_OF_INPUT = 1, 16  # the latter as in gru_steps.h
SMALL, MOST_CODE = ("cortex-m4f", "10 → 32"), 6 * 1024
# Where a promise does not hold: {target: (GRUs, why)}. One that holds again is found, too.
LIBRARY = ("the compiler's library adds and multiplies for both, and sums in the order of all targets (N3), which begin at 0, "
           "take a few more")
NOT_FEWER = {"cortex-m0plus": (["48 → 96", "16 → 48"], LIBRARY),
             "cortex-m3": (["10 → 20, 2 layers", "10 → 32", "48 → 96", "16 → 48"], LIBRARY),
             "riscv32-imc": (list(NETWORKS), LIBRARY)}
NOT_FEWER_FOR_SIZE = {"cortex-m0plus": (["10 → 20, 2 layers", "10 → 32", "48 → 96", "16 → 48"], LIBRARY),
                      "cortex-m3": (["10 → 20, 2 layers", "48 → 96", "16 → 48"], LIBRARY),
                      "cortex-m4f": (["1 → 8"], "checks of a call's arguments weigh where there is little else"),
                      "riscv32-imc": (list(NETWORKS), LIBRARY)}
NOT_SHORT = {}

INTRODUCTION = """\
# Small machines
What `test/contract/Inputs/small_machines.py` measured; a test holds this page against it, and `--write`
writes it. Models are compiled with `--functions=step,state`, for speed and with `--optimize=size`. Plain C
is [plain_gru.c](../../../test/contract/Inputs/plain_gru.c) by Debian 12's gcc for the same CPU, `-ffast-math`
and `-O3` or `-Os`, with picolibc's `expf` and `tanhf`. The code of cortex-m0plus runs on a Cortex-M3.

Instructions are those of one step of one row, and of the loop that calls it, executed by qemu. Bytes of
code are those of grucc's object, and of plain C's with what it draws in of libm; what a CPU without
floating point has from the compiler's library is in neither's bytes, and in both's instructions.
"""
STEPS_HEAD = """
## Instructions of a step, and code
| target | GRU | grucc | for size | plain C, -O3 | -Os | grucc, bytes | for size | plain C, -O3 | -Os | size beside -Os |
|---|---|---|---|---|---|---|---|---|---|---|
"""
MEMORY_HEAD = """
## Flash, RAM and stack, in bytes
Flash is code and constants, weights among them. RAM is state and workspace of one row. The stack is what
the header's `NAME_STACK_BYTES` states and what a call was seen to write of a painted one; `helpers` is
what a call into the compiler's library writes on top, which nothing states.

| target | GRU | flash | for size | RAM | stack | measured | for size | measured | helpers |
|---|---|---|---|---|---|---|---|---|---|
"""


def check_counter():
    """A loop whose instructions are known, on a board."""
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


def measure(board, sizes, place):
    """A value for each of FIELDS."""
    os.mkdir(here(place))
    names = [f"-D{name}={size}" for name, size in zip(("INPUT", "HIDDEN", "LAYERS"), sizes)]
    gcc = [*compiler(board), "-Wall", "-Wextra", "-Wno-attributes", *names, f"-I{place}"]
    driver, found = ["-O1", str(HERE / "small_machines.c")], {}
    for kind, options in OPTIONS.items():
        report = json.loads(grucc(*network(*sizes), f"--target={board.target}", "--functions=step,state", *options, "--name=m",
                                  "-o", f"{place}/m.o", f"--header={place}/m.h", "--report=json"))
        undefined = tool("llvm-nm", "-u", "-j", f"{place}/m.o").split()
        unknown = [name for name in undefined if board.target not in UNFUSED or not HELPERS.fullmatch(name)]
        expect(not unknown, f"{board.target}, {kind}: undefined symbols {unknown}")
        found[kind], found[f"{kind}_measured"], found["helpers"] = steps_of(board, place, *gcc, *driver, f"{place}/m.o")
        found[f"{kind}_code"], found[f"{kind}_stack"] = code_bytes(f"{place}/m.o"), report["stack_bytes"]
        found[f"{kind}_flash"] = flash_bytes(f"{place}/m.o")
        found["ram"] = report["state_bytes"] + report["workspace_bytes"]
    for level in ("O3", "Os"):
        plain = f"{place}/plain.o"
        tool(*gcc, f"-{level}", "-ffast-math", "-c", str(HERE / "plain_gru.c"), "-o", plain)
        found[f"plain_{level}"], *_ = steps_of(board, place, *gcc, "-DPLAIN", *driver, plain)
        found[f"plain_{level}_code"] = code_bytes(plain) + libm_bytes(f"{place}/map")
    return [found[field] for field in FIELDS]


def written():
    """{(target, GRU): a value for each of FIELDS} of the page."""
    table = {}
    for line in (PAGE.read_text() if PAGE.exists() else "").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) < 10 or not re.fullmatch(r"\d+", cells[2]):
            continue
        # The first table has a ratio at its end, and stands before the other.
        numbers = table.setdefault((cells[0], cells[1]), [])
        numbers += map(int, cells[2:10])
    return {case: numbers for case, numbers in table.items() if len(numbers) == len(FIELDS)}


def page(table):
    steps, memory = "", ""
    for board in BOARDS:
        for gru in NETWORKS:
            if values := table.get((board.target, gru)):
                of = dict(zip(FIELDS, values))
                start = f"| {board.target} | {gru} | "
                steps += start + " | ".join(str(of[field]) for field in STEPS) + f" | {of['size_code'] / of['plain_Os_code']:.2f} |\n"
                memory += start + " | ".join(str(of[field]) for field in MEMORY) + " |\n"
    weights = "".join(f"| {gru} | {12 * sum(hidden * (below + hidden + 2) for below in [size] + [hidden] * (layers - 1))} |\n"
                      for gru, (size, hidden, layers) in NETWORKS.items())
    reasons = [*listed(NOT_FEWER, "not fewer instructions than plain C's by -O3"),
               *listed(NOT_FEWER_FOR_SIZE, "for size not fewer than plain C's by -Os"),
               *listed(NOT_SHORT, "for size more than 1.5 times the code of plain C by -Os")]
    return (INTRODUCTION + STEPS_HEAD + steps + "\nEverywhere else grucc's instructions are fewer than plain C's, for speed than by "
            "-O3 and for size\nthan by -Os, whose code is at least two thirds of that for size:\n\n" + "".join(reasons) + MEMORY_HEAD +
            memory + "\nWeights as torch has them, in float32:\n\n| GRU | bytes |\n|---|---|\n" + weights)


def check_promises(case, values):
    target, gru = case
    of = dict(zip(FIELDS, values))

    def promise(holds, excepted, what):
        listed_here = gru in excepted.get(target, [()])[0]
        expect(holds != listed_here, f"{target}, {gru}: {what}, {'' if listed_here else 'not '}listed")

    promise(of["speed"] < of["plain_O3"], NOT_FEWER, f"{of['speed']} instructions, plain C {of['plain_O3']}")
    promise(of["size"] < of["plain_Os"], NOT_FEWER_FOR_SIZE, f"for size {of['size']} instructions, plain C {of['plain_Os']}")
    promise(of["size_code"] <= 1.5 * of["plain_Os_code"], NOT_SHORT,
            f"for size {of['size_code']} bytes of code, plain C {of['plain_Os_code']}")
    expect(case != SMALL or of["size_code"] <= MOST_CODE, f"{case}: {of['size_code']} bytes of code, at most {MOST_CODE}")
    expect((of["helpers"] > 0) == (target in UNFUSED), f"{case}: helpers take {of['helpers']} bytes of stack")
    for kind in OPTIONS:
        measured, stated = of[f"{kind}_measured"], of[f"{kind}_stack"]
        expect(0 < measured <= stated + of["helpers"], f"{case}, {kind}: {measured} bytes of stack, stated {stated}")


def main():
    writes = "--write" in sys.argv[1:]
    there = {board.target: board for board in BOARDS if not missing(board)}
    for board in BOARDS:
        if board.target not in there:
            print(f"left out: {board.target}, for want of {' and '.join(missing(board))}")
    known = re.findall(r"^(\S+) +(?!WebAssembly).*\bnone\b", grucc("--print-targets"), re.M)
    for target in set(known) - {board.target for board in BOARDS}:
        print(f"left out: {target}, which has no board")
    check_counter()
    measured = {}

    def check(case):
        place = f"{case[0]}_{list(NETWORKS).index(case[1])}"
        measured[case] = measure(there[case[0]], NETWORKS[case[1]], place)

    everywhere = writes or os.environ.get("GRUCC_EXHAUSTIVE")
    cases = [(target, gru) for at, target in enumerate(there) for number, gru in enumerate(NETWORKS)
             if everywhere or (at + number) % 4 == 0]
    for_each(cases, check)
    if writes:
        PAGE.write_text(page({**written(), **measured}))
    else:
        check_page(PAGE, FIELDS, WITHIN, written(), measured, page)
    for case, values in {**written(), **measured}.items():
        check_promises(case, values)
    print(f"measured: {len(measured)} of {len(BOARDS) * len(NETWORKS)} on {', '.join(there) or 'none'}")
    finish()


main()
