# ===- count_wasm.py - A WebAssembly module that counts its instructions -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------------------=== #
"""counted(module): the module with what no engine says: a global `executed`, to which every run of
instructions adds its number as it begins, and `stack`, the stack's pointer (WebAssembly 2.0, chapter 5).
`block`, `loop`, `else` and `end` mark places, and are not counted."""

CUSTOM, IMPORT, GLOBAL, EXPORT, CODE = 0, 2, 6, 7, 10
END, MARKS = 0x0b, {0x02, 0x03, 0x05, 0x0b}
# Behind these, others may come next: unreachable, block, loop, if, else, end, br, br_if, br_table, return.
ENDS_OF_A_RUN = {0x00, 0x02, 0x03, 0x04, 0x05, END, 0x0c, 0x0d, 0x0e, 0x0f}


def unsigned(value):
    """LEB128."""
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def signed(value):
    """LEB128 of a number that is not negative, as constants have it."""
    out = bytearray(unsigned(value))
    if out[-1] & 64:
        out[-1] |= 128
        out.append(0)
    return bytes(out)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def skip(self, count):
        self.at += count

    def number(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def numbers(self, count):
        for _ in range(count):
            self.number()

    def part(self):
        """What is behind its number of bytes."""
        size = self.number()
        self.skip(size)
        return self.data[self.at - size:self.at]

    def instruction(self):
        """Its opcode; what belongs to it is skipped."""
        op = self.byte()
        if op in (0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0xd0, 0xd2) or 0x20 <= op <= 0x26 or op in (0x3f, 0x40, 0x41, 0x42):
            self.number()
        elif op == 0x0e or op == 0x1c:  # br_table has one more, its default
            self.numbers(self.number() + (op == 0x0e))
        elif op == 0x11 or 0x28 <= op <= 0x3e:  # call_indirect; memory's alignment and offset
            self.numbers(2)
        elif op in (0x43, 0x44):
            self.skip(4 if op == 0x43 else 8)
        elif op == 0xfc:
            self.numbers({8: 2, 9: 1, 10: 2, 11: 1}.get(self.number(), 0))
        elif op == 0xfd:
            self.vector(self.number())
        elif not (op in (0x00, 0x01, 0x05, END, 0x0f, 0x1a, 0x1b, 0xd1) or 0x45 <= op <= 0xc4):
            raise ValueError(f"opcode {op:#x}")
        return op

    def vector(self, op):
        if op <= 11 or op in (92, 93):  # loads, stores
            self.numbers(2)
        elif op in (12, 13):  # a constant, a shuffle
            self.skip(16)
        elif 21 <= op <= 34:  # a lane
            self.skip(1)
        elif 84 <= op <= 91:  # a lane in memory
            self.numbers(2)
            self.skip(1)


def counted_body(body, index):
    """A function's body that adds to the global `index`."""
    reader = Reader(body)
    for _ in range(reader.number()):  # local variables: so many of a type
        reader.numbers(2)
    out, start, count = bytearray(body[:reader.at]), reader.at, 0
    while reader.at < len(body):
        op = reader.instruction()
        count += op not in MARKS
        if op in ENDS_OF_A_RUN:
            if count:  # global.get, i64.const, i64.add, global.set
                out += b"\x23" + unsigned(index) + b"\x42" + signed(count) + b"\x7c\x24" + unsigned(index)
            out += body[start:reader.at]
            start, count = reader.at, 0
    return bytes(out)


def sections(module):
    reader = Reader(module)
    reader.skip(8)
    while reader.at < len(module):
        kind = reader.byte()
        yield kind, reader.part()


def section_bytes(module, wanted):
    return sum(len(part) for kind, part in sections(module) if kind == wanted)


def pages(module):
    """Of memory, as the module begins."""
    [memory] = [Reader(part) for kind, part in sections(module) if kind == 5]
    memory.numbers(1)
    memory.byte()
    return memory.number()


def counted(module):
    out, index = bytearray(module[:8]), None
    for kind, part in sections(module):
        reader = Reader(part)
        if kind == CUSTOM:
            continue
        if kind == IMPORT and reader.number():
            raise ValueError("imports")
        if kind in (GLOBAL, EXPORT, CODE):
            count, rest = reader.number(), part[reader.at:]
        if kind == GLOBAL:
            index = count
            # A variable of i64, from 0. lld's first is the stack's pointer.
            part = unsigned(count + 1) + rest + b"\x7e\x01\x42\0" + bytes([END])
        elif kind == EXPORT:
            part = unsigned(count + 2) + rest + b"\x08executed\x03" + unsigned(index) + b"\x05stack\x03\0"
        elif kind == CODE:
            bodies = [counted_body(reader.part(), index) for _ in range(count)]
            part = unsigned(count) + b"".join(unsigned(len(body)) + body for body in bodies)
        out += bytes([kind]) + unsigned(len(part)) + part
    return bytes(out)
