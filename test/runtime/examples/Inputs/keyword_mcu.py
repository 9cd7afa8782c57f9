# ===- keyword_mcu.py - The keyword network on boards -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""keyword_mcu.py EXAMPLE FOLDER: what the README of the example promises, on every board that qemu has here."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

example, folder = map(pathlib.Path, sys.argv[1:])
BOARDS = {"mps2-an386": "qemu-system-arm", "mps3-an547": "qemu-system-arm", "virt": "qemu-system-riscv32"}
environment = {name: value for name, value in os.environ.items() if name not in ("CC", "GRUCC_TARGET")}
# A register of floating point is used before it is on, or it never is: a text of reset, and what mutants have for it.
LATER = {"cortex_m.c": (r'"  ldr r0, =0xe000ed88\n"', r'"  vpush {d8}\n  ldr r0, =0xe000ed88\n"'),
         "riscv.c": (r'"  li t0, 0x2000\n"', r'"  fmv.w.x fs0, zero\n  li t0, 0x2000\n"')}
NEVER = {"cortex_m.c": (r'"  str r1, [r0]\n"', ""), "riscv.c": (r'"  csrs mstatus, t0\n"', "")}


def expect(condition, *what):
    if not condition:
        sys.exit(f"keyword_mcu.py: {' '.join(map(str, what))}")


def run(command, **options):
    """(exit code, what it printed)."""
    done = subprocess.run(command, env=environment, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    return done.returncode, done.stdout


def play(source, board, place):
    """The program in the folder `source`."""
    return run([source / "run", board, place])


def mutant(name, file, old, new):
    """A copy of the example that differs in one place."""
    copy = folder / name
    shutil.copytree(example, copy, dirs_exist_ok=True)
    text = (example / file).read_text()
    expect(text.count(old) == 1, file, "has not one", old)
    (copy / file).write_text(text.replace(old, new))
    return copy


def reference():
    """What the program has to say but for instructions, by what Reference and the readout give."""
    text = (example / "utterances.h").read_text()
    words = re.findall(r'"(\w+)"', (example / "keyword_head.h").read_text())
    said = [int(word) for word in re.search(r"said\[.*= \{([\d, ]+)\}", text)[1].split(",")]
    features = np.array([int(q) for q in re.findall(r"-?\d+", text[text.index("[BANDS] = "):])])
    x = features.reshape(len(said), 50, 12).transpose(1, 0, 2).astype(np.float32) / 16  # [T, B, I]
    save_file({"input": np.ascontiguousarray(x)}, folder / "in.safetensors")
    (folder / "net.json").write_text(f'{{"input_size": 12, "hidden_size": 24, "weights": "{example}/keyword.safetensors"}}')
    subprocess.run(["grucc-run", "--reference", folder / "net.json", f"--input={folder}/in.safetensors",
                    f"--output={folder}/out.safetensors"], check=True)
    output = load_file(folder / "out.safetensors")["output"]  # [T, B, H]
    total = 2166136261
    for bits in np.ascontiguousarray(output.transpose(1, 0, 2)).view(np.uint32).flatten().tolist():
        total = (total ^ bits) * 16777619 % 2**32
    heads = re.findall(r"-?0x[\d.a-fp+-]+(?=f)", (example / "keyword_head.h").read_text())
    head = np.array([float.fromhex(value) for value in heads], np.float32)
    heard = (output[-1] @ head[:-4].reshape(4, 24).T + head[-4:]).argmax(1)
    expect((heard == said).all(), "Reference hears", heard)
    return [*(f"said {words[w]}, heard {words[w]}" for w in said), f"{len(said)} of {len(said)} right, the sum of all outputs {total:x}"]


def judge(board, found, expected, counted=True):
    """Counts of instructions a step; the rest has to be what is expected."""
    status, printed = found
    counts = [int(count) for count in re.findall(r", (\d+) instructions a step$", printed, re.MULTILINE)]
    lines = re.sub(r", \d+ instructions a step$", "", printed, flags=re.MULTILINE).splitlines()
    expect(status == 0 and lines[-len(expected):] == expected, board, "exit code", status, "and", printed)
    expect(len(counts) == counted * (len(expected) - 1) and all(counts), board, counts)
    return counts


def check(board, expected):
    there = folder / board
    first, second = play(example, board, there), play(example, board, there)
    counts = judge(board, first, expected)
    expect(max(counts) - min(counts) <= 1, board, "steps of unlike cost:", counts)
    expect(first == second, board, "two runs differ:", first, second)
    print(f"{board}: {counts[0]} instructions a step")
    at, size = re.search(r"^(\w+) (\w+) \w stack$", run(["llvm-nm", "-S", there / "keyword.elf"])[1], re.MULTILINE).groups()
    aligned = 16 if board == "virt" else 8  # to what the calling convention asks for
    expect((int(at, 16) + int(size, 16)) % aligned == 0, board, "the stack begins at", at, "+", size)

    start = "riscv.c" if board == "virt" else "cortex_m.c"
    for name, (old, new) in {"later": LATER[start], "never": NEVER[start]}.items():
        found = play(mutant(f"{board}-{name}", start, old, new), board, folder / f"{board}-{name}-built")
        expect(found == (1, "error: a fault\n"), board, "with floating point on", name, "gave", found)
    # A clock that is not one nanosecond an instruction is noticed, and so is a word that was not said.
    found = play(mutant(f"{board}-clock", "run", "-icount shift=0", "-icount shift=1"), board, folder / f"{board}-clock-built")
    judge(board, found, expected, counted=False)
    status, printed = play(mutant(f"{board}-said", "utterances.h", "= {0, 1,", "= {0, 2,"), board, folder / f"{board}-said-built")
    expect(status == 1 and "\n3 of 4 right, " in printed, board, "exit code", status, "for a word that was not said:", printed)
    return counts


expected, found = reference(), {}
for board, qemu in BOARDS.items():
    if shutil.which(qemu):
        found[board] = check(board, expected)

# The commands of the README, as they stand there.
readme = (example / "README.md").read_text()
commands = re.findall(r"^    ((?:CC=(\S+) )?\./run (\S+))$", readme, re.MULTILINE)
expect([board for _, gcc, board in commands if not gcc] == list(BOARDS), "the README runs other boards")
copy = shutil.copytree(example, folder / "example")
for command, gcc, board in commands:
    lacking = [program for program in (gcc, BOARDS[board]) if program and not shutil.which(program)]
    if lacking:
        print(f"left out: {command}, for want of {' and '.join(lacking)}")
    else:
        judge(command, run(["bash", "-euc", command], cwd=copy), expected)
block = re.search(r"^```\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[1]
promised = judge("README.md", (0, block), expected)
for a, b in zip(promised, found.get("mps2-an386", promised), strict=True):
    expect(abs(a - b) <= 0.1 * b, f"README.md: found {a} instructions a step, expected about {b}")
