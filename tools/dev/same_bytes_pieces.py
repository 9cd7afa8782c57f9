# ===- same_bytes_pieces.py - Takes an artifact apart -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------=== #
"""Functions and other named parts of the files that grucc writes, for tools/dev/same-bytes."""

import json
import re
import shutil
import subprocess

COMMENTS = "(comments)"
NAME = rb'("[^"]*"|[\w.$-]+)'
# What the first line of a piece looks like; it ends where the next begins.
BEGINS = {
    "ll": re.compile(rb"^(?:define|declare)\b[^@]*@" + NAME + rb"|^@" + NAME + rb"|^(attributes #\d+)|^(![\w.]+) ="),
    "ptx": re.compile(rb"^\s*(?:\.(?:visible|weak|extern)\s+)*\.(?:entry|func)\s+(?:\([^)]*\)\s*)?([\w$]+)|"
                      rb"^\s*(?:\.(?:visible|weak|extern)\s+)*\.(?:global|const|shared)\s[^;=]*?([\w$]+)\["),
    "h": re.compile(rb"^\s*#define (\w+)|^[a-z][\w ]*?\**(\w+)[\[(]"),
    "report": re.compile(rb'^  "(\w+)"'),
}
LABEL = re.compile(rb'^(?!\.L)("[^"]+"|[A-Za-z_.$][\w.$]*):')


def llvm_tool(name):
    return shutil.which(name, path="/usr/lib/llvm-22/bin") or shutil.which(name)


def of_text(text, begins):
    parts, name = {}, "(head)"
    for line in text.splitlines(keepends=True):
        found = begins.match(line)
        if found:
            name = next(group for group in found.groups() if group).decode()
        parts.setdefault(name, []).append(line)
    return {name: b"".join(lines) for name, lines in parts.items()}


def of_assembly(text):
    """A symbol's lines end with its .size: what comes then, its section and constants, is the next one's."""
    parts, name, before = {}, None, []
    for line in text.splitlines(keepends=True):
        label = LABEL.match(line)
        if label:
            name = label[1].decode()
            parts.setdefault(name, []).extend(before)
            before = []
        (before if name is None else parts[name]).append(line)
        if name and line.startswith(b"\t.size\t"):
            name = None
    return {name: b"".join(lines) for name, lines in (*parts.items(), ("(end)", before)) if lines}


def of_header(text):
    """All comments together, and the code without them."""
    comments = b"\n".join(re.findall(rb"/\*.*?\*/", text, re.DOTALL))
    code = re.sub(rb"/\*.*?\*/", b"", text, flags=re.DOTALL)
    return of_text(code, BEGINS["h"]) | {COMMENTS: comments}


def of_object(path):
    """Symbols with a size, and the rest of every section: code first, then data that has names."""
    data = path.read_bytes()
    done = subprocess.run([llvm_tool("llvm-readobj"), "--elf-output-style=JSON", "--sections", "--symbols",
                           "--dyn-symbols", path], capture_output=True, check=True)
    [file] = json.loads(done.stdout)
    symbols = {}  # (section, value, size): name, of one of those at the same place
    for symbol in (entry["Symbol"] for key in ("Symbols", "DynamicSymbols") for entry in file.get(key, [])):
        if symbol["Size"]:
            place = (symbol["Section"]["Name"], symbol["Value"], symbol["Size"])
            symbols.setdefault(place, symbol["Name"]["Name"])
    named = {section for section, _, _ in symbols}
    sections = [entry["Section"] for entry in file["Sections"]]
    sections.sort(key=lambda section: (section["Name"]["Name"] != ".text", section["Name"]["Name"] not in named))
    parts = {}
    for section in sections:
        name, offset, size = section["Name"]["Name"], section["Offset"], section["Size"]
        if section["Type"]["Name"] in ("SHT_NULL", "SHT_NOBITS"):
            continue
        at, rest = offset, b""
        for (_, value, length), symbol in sorted(item for item in symbols.items() if item[0][0] == name):
            start = offset + value - section["Address"]
            rest += data[at:start]
            parts[symbol] = data[start:start + length]
            at = max(at, start + length)
        parts[f"section {name}"] = rest + data[at:offset + size]
    return parts


def pieces(kind, path):
    """{name: bytes} of a file, in its order; what no name covers counts with the whole file alone."""
    if kind in ("o", "so"):
        return of_object(path)
    text = path.read_bytes()
    if kind == "s":
        return of_assembly(text)
    if kind.split(".")[-1] == "h":
        return of_header(text)
    return of_text(text, BEGINS[kind]) if kind in BEGINS else {"(all)": text}


def instructions(path, function):
    """The lines of a function of an object, without where they stand; empty for data."""
    options = ["--reloc", "--no-show-raw-insn", "--no-addresses", "--no-print-imm-hex"]
    done = subprocess.run([llvm_tool("llvm-objdump"), *options, f"--disassemble-symbols={function}", path],
                          capture_output=True)
    _, found, lines = done.stdout.partition(f"<{function}>:\n".encode())
    return lines if found else b""
