# ===- other_systems.py - Objects for Windows and macOS -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------=== #
"""other_systems.py SOURCE: run in an empty folder. Mach-O and COFF by their structure; what is for
Windows on x86-64, whose functions are called in another way, under wine where it is."""

import json
import os
import re
import shutil
import subprocess
import sys

NETWORK = ["--input-size=5", "--hidden-size=33", "--num-layers=2", "--init=uniform", "--name=m"]
LEVELS = "x86-64-v2,x86-64-v3,x86-64-v4"
# A system's kind of objects, and what its C names have in front.
KINDS = {"macos": ("Mach-O", "_"), "windows": ("COFF", "")}
FORMS = {LEVELS: ([], ["--dtype=float64"]), "aarch64": ([], ["--training", "--dropout=0.5"]),
         "aarch64,aarch64-sve256": ([],), "apple-m": ([],)}
COMPILER = "x86_64-w64-mingw32-gcc"
WINE = shutil.which("wine64") or "/usr/lib/wine/wine64"  # where Debian has it
# What a system's compilers give every program.
MAY_ASK_FOR = {"macos": set(), "windows": {"_fltused", "__chkstk"}}
NOT_THERE = {("apple-m", "windows")}
objects = 0


def run(*command, expected=0, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == expected, (command, done.returncode, done.stderr, done.stdout[-2000:])
    return done.stdout


def compiled(path, target, system, *options):
    run("grucc", *NETWORK, *options, f"--target={target}", f"--os={system}", "-o", path)
    return path


# Multiplications, additions and what else makes numbers of numbers.
ARITHMETIC = re.compile(r"v?(fn?m(add|sub)\w*|(add|sub|mul|div|min|max|sqrt|cmp\w*)[ps][sd])$|"
                        r"f(n?ml[as]|n?madd|n?msub|add|sub|mul|div|max\w*|min\w*|cm\w+|cvt\w*)$")
# Of SVE's multiply-adds, and what goes the other way round, which one depends on the register that is written.
SAME = {"fmad": "fmla", "fmsb": "fmls", "fnmad": "fnmla", "fnmsb": "fnmls", "fsubr": "fsub", "fdivr": "fdiv"}


def functions(path, underscore=""):
    """{name: instructions} of every symbol with code."""
    names = {}
    for line in run("llvm-nm", path).splitlines():
        words = line.split()
        if words[-2] in "Tt" and not words[-1].startswith("ltmp"):
            names[int(words[0], 16)] = words[-1].removeprefix(underscore)
    found = {}
    for line in run("llvm-objdump", "-d", "--no-show-raw-insn", path).splitlines():
        label = re.match(r"([0-9a-f]+) <.*>:$", line)
        if label:
            body = found.setdefault(names.get(int(label[1], 16)), [])
        elif re.match(r"\s*[0-9a-f]+:", line):
            body.append(line.split(":", 1)[1])
    return {name: body for name, body in found.items() if name}


def arithmetic(path, underscore=""):
    """Of every symbol with code its arithmetic instructions."""
    found = {}
    for name, lines in functions(path, underscore).items():
        words = [line.split()[0].split(".")[0] for line in lines]  # Apple's has the lanes in it
        words = [SAME.get(word, word) for word in words]
        found[name] = sorted(word for word in words if ARITHMETIC.match(word))
    return found


for system, (kind, underscore) in KINDS.items():
    for target, forms in FORMS.items():
        if (target, system) in NOT_THERE:
            continue
        for options in forms:
            path = compiled("m.o", target, system, *options)
            described = run("llvm-readobj", "--file-headers", path)
            assert re.search(rf"^Format: {kind}[- ]", described, re.MULTILINE), described
            asked = {line.split()[-1] for line in run("llvm-nm", "-u", path).splitlines()}
            assert asked <= MAY_ASK_FOR[system], (system, target, asked)
            symbols = {line.split()[-1]: line.split()[-2] for line in run("llvm-nm", path).splitlines()}
            for name in ("m_run", "m_workspace_bytes", "m_model", "m_supported"):
                assert symbols[underscore + name] in "TDSR", (name, symbols)
            objects += 1
    report = json.loads(run("grucc", *NETWORK, f"--target={LEVELS}", f"--os={system}", "-o", "m.o", "--report=json"))
    assert all(level["code_bytes"] > 5000 for level in report["levels"]), report
    compiled("m.a", "aarch64", system)
    assert "m.o" in run("llvm-ar", "t", "m.a")
    assert run("llvm-nm", "--print-armap", "m.a").count("m_run in m.o") == 1
    objects += 1
print(f"objects: {objects}, none asks for more than it may")

# The same arithmetic, however functions are called and whatever else a system keeps registers for.
counts = []
for target in FORMS:
    ours = arithmetic(compiled("ours.o", target, "linux"))
    # A register that some systems keep for themselves, Android among those called linux.
    listed = run("llvm-objdump", "-d", "--no-show-raw-insn", "ours.o")
    assert "x86" in target or (re.search(r"\b[wx]17\b", listed) and not re.search(r"\b[wx]18\b", listed)), target
    for system, (_, underscore) in KINDS.items():
        if (target, system) in NOT_THERE:
            continue
        theirs = arithmetic(compiled("theirs.o", target, system), underscore)
        assert theirs == ours, (system, target, [name for name in ours if ours[name] != theirs.get(name)])
        counts.append(str(sum(map(len, ours.values()))))
print("arithmetic instructions like those of Linux:", ", ".join(counts))

# AArch64's kernels, which call nothing, are the same instructions one by one, but for what saves registers; steps
# that walk a row in one go have them in another order.
SAVES = re.compile(r"(stp|ldp|str|ldr|add|sub|mov|orr)\b.*\b(sp|x29|x30)\b")


def kernels(path, underscore=""):
    """{name: instructions} of functions that call none, in one spelling."""
    found = {}
    for name, lines in functions(path, underscore).items():
        body = []
        for line in lines:
            line = re.sub(r"\s+", " ", re.split(r" *(?://|;) ", line)[0]).strip()
            name_of, _, operands = line.partition(" ")
            if re.match(r"(b|bl|blr|b\.\w+|cbn?z|tbn?z|adrp)$", name_of):
                operands = ""  # a place
            else:  # Apple's has the lanes in its name
                name_of, operands = name_of.split(".")[0], re.sub(r"([vzp]\d+)\.\d*[bhsdq]", r"\1", operands)
            if not SAVES.match(line):
                body.append(f"{name_of} {operands}".strip())
        if not any(line.startswith("bl") for line in body) and len(body) > 20 and ".step_" not in name:
            found[name] = body
    return found


same = 0
for target in ("aarch64", "apple-m"):
    ours = kernels(compiled("ours.o", target, "linux"))
    for system, (_, underscore) in KINDS.items():
        if (target, system) not in NOT_THERE:
            theirs = kernels(compiled("theirs.o", target, system), underscore)
            different = [name for name in ours if ours[name] != theirs.get(name)]
            assert len(ours) > 5 and not different, (target, system, different)
            same += len(ours)
print("kernels that are the same instructions:", same)

# A program for both systems that prints its results as bits.
with open("main.c", "w") as file:
    file.write(r'''
#include "m.h"
#include <grucc/model.h>
#include <stdio.h>
#include <string.h>
int main(void) {
  static _Alignas(64) char state[M_STATE_BYTES(1)], workspace[1 << 16];
  const grucc_model *model = m_select(NULL);
  float x[5] = {1, -2, 3, 0.5f, 0.25f}, y[33];
  uint32_t bits[33];
  if (!model->supported() || model->workspace_bytes(1, 1) > (int64_t)sizeof workspace)
    return 1;
  printf("%s", model->target);
  model->init_state(state, NULL, 1);
  for (int t = 0; t < 4; ++t) {
    if (model->step(x, y, state, workspace, NULL, 1))
      return 2;
    memcpy(bits, y, sizeof bits);
    for (int j = 0; j < 33; ++j)
      printf(" %08x", (unsigned)bits[j]);
  }
  printf("\n");
  return 0;
}
''')
missing = [program for program in (COMPILER, WINE) if not shutil.which(program)]
if missing:
    print("Windows: left out, for want of", " and ".join(map(os.path.basename, missing)))
    sys.exit()
include = f"-I{sys.argv[1]}/runtime/include"
results = []
for system, compiler, program in (("linux", ["clang"], ["./m.linux"]),
                                  ("windows", [COMPILER, "-static"], [WINE, "./m.exe"])):
    run("grucc", *NETWORK, f"--target={LEVELS}", f"--os={system}", "-o", "m.o", "--header=m.h")
    path = "m.linux" if system == "linux" else "m.exe"
    # What Microsoft's libraries call __chkstk has another name in MinGW's.
    link = [] if system == "linux" else ["-Wl,--defsym=__chkstk=___chkstk_ms"]
    run(*compiler, "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", include, "-I.", "main.c", "m.o", *link, "-o", path)
    results.append(run(*program, env=os.environ | {"WINEPREFIX": os.getcwd() + "/wine", "WINEDEBUG": "-all"}).strip())
assert results[0] == results[1], results
print(f"Windows: {results[1].split()[0]}, the bits of Linux")
