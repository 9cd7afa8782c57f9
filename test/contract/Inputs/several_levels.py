# ===- several_levels.py - Artifacts with code for several levels of a CPU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------------=== #
"""several_levels.py SOURCE: run in an empty folder."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
from levels import LEVELS, native_level
from safetensors.numpy import save_file

GRUCC_RUN = shutil.which("grucc-run")
here = native_level(machine="")
reachable = LEVELS[:LEVELS.index(here) + 1]
compiled = 0


def run(*command, expected=0):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == expected, (command, done.returncode, done.stderr)
    return done.stdout, done.stderr


def functions(path):
    """Of every symbol with code its instructions, but for where they are and lead to, and padding."""
    listing, _ = run("llvm-objdump", "-d", "--no-show-raw-insn", "--no-leading-addr", path)
    found = {}
    for block in re.split(r"^<", listing, flags=re.MULTILINE)[1:]:
        name, body = block.split(">:\n", 1)
        lines = [re.sub(r"<.*?>|0x[0-9a-f]+", "there", line.strip())
                 for line in body.splitlines() if line.startswith((" ", "\t"))]
        while lines and re.match(r"(cs\s+)?nop|int3", lines[-1]):
            lines.pop()
        found[name] = lines
    return found


def prefix(level):
    return "m" if level == LEVELS[0] else "m_" + level.replace("-", "_")


class Case:
    def __init__(self, index):
        rng = np.random.default_rng([77, index])
        self.index, self.dtype = index, np.float64 if index == 3 else np.float32
        self.inputs, self.hidden = int(rng.choice([1, 3, 20])), int(rng.choice([5, 8, 16, 33, 64, 130]))
        self.layers, self.both = int(rng.choice([1, 2])), index % 3 == 1
        self.options = [f"--input-size={self.inputs}", f"--hidden-size={self.hidden}", "--init=uniform", "--name=m",
                        f"--num-layers={self.layers}", f"--seed={index}"]
        self.options += ["--bidirectional"] * self.both + ["--dtype=float64"] * (index == 3)
        self.options += ["--reset=before"] * (index % 4 == 2)
        rows, steps = int(rng.choice([1, 3, 9])), int(rng.choice([1, 6]))
        tensors = {"input": rng.standard_normal((steps, rows, self.inputs)).astype(self.dtype)}
        if index % 2:
            tensors["lengths"] = rng.integers(0, steps + 1, rows)
        save_file(tensors, f"{index}.in")

    def compile(self, targets, path):
        run("grucc", *self.options, "--target=" + ",".join(targets), "-o", path)

    def output(self, path, cpu=None):
        """Of a run here, or on another CPU."""
        under = ["qemu-x86_64", "-cpu", cpu] if cpu else []
        run(*under, GRUCC_RUN, path, f"--input={self.index}.in", f"--output={self.index}.out")
        with open(f"{self.index}.out", "rb") as file:
            return file.read()

    def check(self):
        global compiled
        self.compile(LEVELS, "all.so")
        self.compile(LEVELS, "all.o")
        assert run("llvm-nm", "-u", "all.o")[0] == ""
        whole, of_level = functions("all.o"), {}
        for level in LEVELS:
            self.compile([level], level + ".o")
            for name, body in functions(level + ".o").items():
                assert whole[prefix(level) + name[1:]] == body, (self.options, level, name)
                compiled += 1
            self.compile([level], level + ".so")
            if level in reachable:
                of_level[level] = self.output(level + ".so")
        assert self.output("all.so") == of_level[here], (self.options, here)
        if shutil.which("qemu-x86_64"):
            for cpu, level in (("Nehalem", "x86-64-v2"), ("Haswell", "x86-64-v3")):
                if level in reachable:
                    assert self.output("all.so", cpu) == of_level[level], (self.options, cpu)


cases = [Case(index) for index in range(5)]
for case in cases:
    case.check()
print(len(cases), "networks,", compiled, "functions like those of one level")

# Linked into a program that knows the header alone, and runs what NAME_select gives.
with open("linked.c", "w") as file:
    file.write(r'''
#include "all.h"
#include <grucc/model.h>
#include <stdio.h>
static const char *run(const grucc_model *model) {
  float x[16] = {1, 2, 3}, y[64] = {0};
  static _Alignas(64) char state[65536], workspace[65536];
  if (!model->supported())
    return model->target;
  if (model->state_bytes(1) > (int64_t)sizeof state || model->workspace_bytes(1, 1) > (int64_t)sizeof workspace ||
      model->init_state(state, NULL, 1) || model->step(x, y, state, workspace, NULL, 1) || y[0] == 0)
    return "a failure";
  return model->target;
}
int main(void) {
  const uint64_t none[4] = {0}, fma[4] = {7}, all[4] = {15};
  printf("%s, %s, %s, %s", run(all_select(NULL)), run(all_select(none)), run(all_select(fma)), run(all_select(all)));
  printf(all_model.select == all_select && all_select(all)->select == all_select ? "\n" : ", and another select\n");
  return all_model.run == NULL;
}
''')
run("grucc", "--input-size=3", "--hidden-size=40", "--init=uniform", "--target=" + ",".join(LEVELS), "-o", "all.o", "--header=all.h")
run("clang", "-std=c11", "-Wall", "-Wextra", "-Werror", "-static", f"-I{sys.argv[1]}/runtime/include", "-I.", "linked.c", "all.o",
    "-o", "linked")
found = run("./linked")[0].strip().split(", ")
assert found[0] == here, found
print("linked: NULL, 0, 7, 15 give", ", ".join(found))

# What the header says of sizes is of the functions that it declares.
with open("sizes.c", "w") as file:
    file.write(r'''
#include "given.h"
#include <grucc/model.h>
int main(void) { return given_model.weights_bytes != GIVEN_WEIGHTS_BYTES || given_workspace_bytes(1, 3) != GIVEN_STEP_WORKSPACE_BYTES(3); }
''')
run("grucc", "--input-size=3", "--hidden-size=40", "--weights=external", "--target=" + ",".join(LEVELS), "-o", "given.o", "--header=given.h")
run("clang", "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{sys.argv[1]}/runtime/include", "-I.", "sizes.c", "given.o", "-o", "sizes")
run("./sizes")

# Where there is less.
emulator = shutil.which("qemu-x86_64")
if emulator:
    words = []
    for cpu, level in (("Nehalem", "x86-64-v2"), ("Haswell", "x86-64-v3")):
        found = run("qemu-x86_64", "-cpu", cpu, "./linked")[0].split(", ")[0]
        assert found == level, (cpu, found)
        words.append(f"on {cpu} {found}")
    print(", ".join(words))
    # The lowest is not for it: refused by the runtime, and by NAME_supported.
    _, said = run("qemu-x86_64", "-cpu", "core2duo", GRUCC_RUN, "all.so", "--input=0.in", "--output=no.out", expected=1)
    assert "all.so: error: cpu: found none, expected SSE4.2\n" in said, said
    assert run("qemu-x86_64", "-cpu", "core2duo", "./linked")[0].split(", ")[0] == LEVELS[0]
    print("on core2duo no level, and it says so")
else:
    print("emulated: left out, for want of qemu-x86_64\non core2duo left out, for want of qemu-x86_64")

# Weights once for all whose panels are alike, and said so: by the width of their vectors, or by what they are kept in.
words = []
for hidden in (8, 16, 64):
    report = json.loads(run("grucc", "--input-size=3", f"--hidden-size={hidden}", "--init=uniform", "--name=m",
                            "--target=" + ",".join(LEVELS), "-o", "m.o", "--report=json")[0])
    levels = report["levels"]
    assert [level["target"] for level in levels] == LEVELS and report["target"] == LEVELS[0]
    own = [level for level in levels if "weights_of" not in level]
    symbols = re.findall(r"^\S+ r (\S+\.weights)$", run("llvm-nm", "m.o")[0], re.MULTILINE)
    assert len(symbols) == len(own), (symbols, own)
    assert report["weights_bytes"] == sum(level["weights_bytes"] for level in own)
    assert report["code_bytes"] == sum(level["code_bytes"] for level in levels) and all(level["code_bytes"] > 5000 for level in levels)
    words.append(f"{ {1: 'once', 2: 'twice', 3: 'three times'}[len(own)] } of {len(levels)}")
print("weights:", ", ".join(words))
