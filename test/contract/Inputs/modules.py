# ===- modules.py - WebAssembly modules beside plain C's -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------=== #
"""What small_machines.py measures of the targets of WebAssembly."""
import collections
import json
import os
import pathlib
import shutil

import node
from artifact_kit import expect, grucc, here, network, tool
from count_wasm import CODE, counted, pages, section_bytes

HERE = pathlib.Path(__file__).resolve().parent
HEADERS, LIBRARIES = pathlib.Path("/usr/include/wasm32-wasi"), pathlib.Path("/usr/lib/wasm32-wasi")
# What clang is told for the same instructions.
Module = collections.namedtuple("Module", "target flags")
MODULES = [Module("wasm32", []), Module("wasm32-simd", ["-msimd128"]),
           Module("wasm32-relaxed", ["-msimd128", "-mrelaxed-simd"])]
MEMORY = ["speed_module", "size_module", "ram", "speed_stack", "size_stack", "plain_O3_stack", "plain_Os_stack", "kib"]
# As compiler/write/WebAssembly.cpp links.
LINKED = ["-nostdlib", "-fuse-ld=lld", "-Wl,--no-entry,--export=plain_gru_step,--export=__heap_base,--stack-first,"
          "-zstack-size=16384,--strip-all,--compress-relocations"]


def missing(module):
    """What it wants and is not here."""
    names = [name for name in ("clang-22", "node") if not shutil.which(name)]
    names += ["wasi-libc"] * (not LIBRARIES.exists())
    relaxed = module.target == "wasm32-relaxed" and not names
    return names + ["relaxed SIMD"] * (relaxed and not node.takes_relaxed_simd())


def read(name):
    with open(here(name), "rb") as file:
        return file.read()


def step_of(module, *arguments):
    """Instructions of a step, and bytes of stack."""
    with open(here(f"{module}.counted"), "wb") as file:
        file.write(counted(read(module)))
    found = json.loads(tool("node", *node.options(), str(HERE / "count_steps.mjs"), here(f"{module}.counted"),
                            *map(str, arguments)))
    return found["step"], found["stack"]


def check_counter():
    """A loop whose instructions are known."""
    with open(here("loop.s"), "w") as file:
        file.write(".globl plain_gru_step\nplain_gru_step:\n.functype plain_gru_step (i32, i32, i32) -> ()\n"
                   "local.get 2\nf32.const 0.5\nf32.store 0\ni32.const 1000\nlocal.set 0\nloop\nlocal.get 0\n"
                   "i32.const 1\ni32.sub\nlocal.tee 0\nbr_if 0\nend_loop\nend_function\n")
    tool("clang-22", "--target=wasm32", "loop.s", *LINKED, "-o", "loop.wasm")
    step, stack = step_of("loop.wasm", "plain", 1, 1, 1)
    expect((step, stack) == (5 + 5 * 1000, 0), f"5005 instructions and no stack, counted as {step} and {stack}")


def measure(module, sizes, place, options, levels):
    """{field: value}: grucc's with these options, and plain C's at these levels."""
    os.mkdir(here(place))
    found = {}
    for kind, how in options.items():
        report = json.loads(grucc(*network(*sizes), f"--target={module.target}", "--functions=step,state", *how, "--name=m",
                                  "-o", f"{place}/{kind}.wasm", "--report=json"))
        code = read(f"{place}/{kind}.wasm")
        found[kind], found[f"{kind}_stack"] = step_of(f"{place}/{kind}.wasm", "grucc", *sizes, report["state_bytes"],
                                                            report["workspace_bytes"])
        found[f"{kind}_code"], found[f"{kind}_module"] = section_bytes(code, CODE), len(code)
        found["ram"], found["kib"] = report["state_bytes"] + report["workspace_bytes"], 64 * pages(code)
    names = [f"-D{name}={size}" for name, size in zip(("INPUT", "HIDDEN", "LAYERS"), sizes)]
    for level in levels:
        plain = f"{place}/{level}.wasm"
        tool("clang-22", "--target=wasm32", *module.flags, f"-{level}", "-ffast-math", "-Wall", "-Wextra", *names,
             "-isystem", str(HEADERS), str(HERE / "plain_gru.c"), *LINKED, f"-L{LIBRARIES}", "-lc", "-o", plain)
        found[f"plain_{level}"], found[f"plain_{level}_stack"] = step_of(plain, "plain", *sizes)
        found[f"plain_{level}_code"] = section_bytes(read(plain), CODE)
    return found
