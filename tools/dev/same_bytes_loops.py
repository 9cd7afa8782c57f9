# ===- same_bytes_loops.py - What loops of two objects are made of -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------------=== #
"""Whether two objects for x86-64 are alike where their bytes are not: function by function the
innermost loops have the same instructions, each as often; nothing more is spilled, no frame is
larger, and there is no more than 1 % more code."""

import collections
import re
import subprocess

from same_bytes_pieces import llvm_tool

MOST_GROWTH = 1.01
HEAD = re.compile(r"^[0-9a-f]+ <(.+)>:$")
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
TARGET = re.compile(r"^0x([0-9a-f]+)")


def functions(path):
    """{name: [(address, opcode, operands)]}."""
    done = subprocess.run([llvm_tool("llvm-objdump"), "-d", "--no-show-raw-insn", path], capture_output=True,
                          text=True, check=True)
    found, code = {}, None
    for line in done.stdout.splitlines():
        if head := HEAD.match(line):
            code = found.setdefault(head[1], [])
        elif code is not None and (inst := LINE.match(line)):
            code.append((int(inst[1], 16), inst[2], inst[3]))
    return found


def innermost_loops(code):
    """How often each opcode stands in each loop that has no loop in it: {histogram: loops}."""
    loops = set()
    for address, opcode, operands in code:
        target = TARGET.match(operands) if opcode.startswith("j") else None
        if target and int(target[1], 16) <= address:
            loops.add((int(target[1], 16), address))
    inner = [a for a in loops if not any(b != a and a[0] <= b[0] and b[1] <= a[1] for b in loops)]
    histograms = collections.Counter()
    for first, last in inner:
        opcodes = collections.Counter(opcode for address, opcode, _ in code if first <= address <= last)
        histograms[tuple(sorted(opcodes.items()))] += 1
    return histograms


def spilled(code):
    """Stores to the stack by its pointer."""
    return sum(1 for _, opcode, operands in code
               if "mov" in opcode and re.search(r"%\w+, -?(0x)?[0-9a-f]*\(%rsp\)$", operands))


def frame_bytes(code):
    pushed = 8 * sum(1 for _, opcode, _ in code if opcode.startswith("push"))
    taken = [re.match(r"\$(0x[0-9a-f]+|\d+), %rsp", operands) for _, opcode, operands in code if opcode.startswith("sub")]
    return pushed + sum(int(amount[1], 0) for amount in taken if amount)


def unlike(old, new):
    """(function, what is not alike) for two objects."""
    before, after = functions(old), functions(new)
    for name in before.keys() | after.keys():
        if name not in before or name not in after:
            yield name, f"only the {'old' if name in before else 'new'} one has it"
    for name in (name for name in before if name in after):
        was, now = innermost_loops(before[name]), innermost_loops(after[name])
        for loop in (was - now).keys() or (now - was).keys():
            said = ", ".join(f"{count} {opcode}" for opcode, count in loop)
            yield name, f"an innermost loop that the {'old' if loop in was - now else 'new'} one alone has: {said}"
            break
        for what, count in (("stores to the stack", spilled), ("bytes of stack", frame_bytes)):
            if count(after[name]) > count(before[name]):
                yield name, f"{what}: found {count(after[name])}, expected at most {count(before[name])}"
    was, now = (sum(map(len, code.values())) for code in (before, after))
    if now > MOST_GROWTH * was:
        yield "(all)", f"instructions: found {now}, expected at most {MOST_GROWTH * was:.0f}"
