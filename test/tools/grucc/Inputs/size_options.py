# ===- size_options.py - Small objects have the same bits -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------=== #
"""size_options.py TARGET: objects with a part of the functions, in the folder that it runs in."""

import json
import re
import subprocess
import sys

import numpy as np
from safetensors.numpy import save_file

import grucc

TARGET = sys.argv[1]
# The functions of a word, beside which nothing is defined but the link check's symbol.
FUNCTIONS = {"run": {"run", "workspace_bytes"}, "ragged": set(), "threads": set(), "step": {"step"},
             "state": {"init_state", "read_state", "reset_state"}, "sizes": {"state_bytes", "workspace_bytes"},
             "supported": {"supported"}, "model": {"model"}}


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def symbols(name):
    found = {line.split()[-1] for line in run("llvm-nm", "--defined-only", "--extern-only", name).splitlines()}
    return {symbol.removeprefix("m_") for symbol in found if "_id_" not in symbol}


rng = np.random.default_rng(5)
network = grucc.GRU(3, 20, num_layers=2)
weights = {name: rng.standard_normal(shape).astype(np.float32) / 3 for name, shape in network.weight_shapes().items()}
save_file(weights, "w.safetensors", metadata={"batch_first": "false"})
x = rng.standard_normal((4, 2, 3)).astype(np.float32)
model = grucc.compile("w.safetensors")
output, h_n = model(x)
lengths = np.array([4, 2])
padded, _ = model(x, lengths=lengths)

code = {}
for words in ("run", "run,ragged", "run,threads", "step", "step,state", "step,state,sizes,supported", "run,ragged,threads,step,state,sizes,supported,model"):
    for options in ([], ["--optimize=size"]):
        report = json.loads(run("grucc", "w.safetensors", "-o", "m.o", "--header=m.h", f"--target={TARGET}", f"--functions={words}",
                                "--report=json", *options))
        expected = set().union(*(FUNCTIONS[word] for word in words.split(",")))
        assert symbols("m.o") == expected, (words, symbols("m.o"))
        with open("m.h") as file:
            declared = set(re.findall(r"\bm_(\w+)[(;]", re.sub(r"/\*.*?\*/|#[^\n]*", "", file.read(), flags=re.S)))
        assert declared - {"args"} - {name for name in declared if name.startswith("id_")} == expected, (words, declared)
        code[words, bool(options)] = report["code_bytes"]
# The less there is, the shorter the code; the shortest schedule is shorter, too.
for few, more in (("step", "step,state"), ("run", "run,ragged"), ("run", "run,threads"),
                  ("step,state", "run,ragged,threads,step,state,sizes,supported,model")):
    for size in (False, True):
        assert code[few, size] < code[more, size], (few, more, code)
# A step in a few kilobytes, where that counts.
small = {}
for options in ([], ["--optimize=size"]):
    small[bool(options)] = json.loads(run("grucc", "--input-size=10", "--hidden-size=32", "--init=uniform", "-o", "small.o", "--name=m",
                                          "--target=cortex-m4f", "--functions=step,state", "--report=json", *options))["code_bytes"]
assert small[True] <= 6 * 1024 and small[True] < 0.5 * small[False], small

# What is there gives the bits of the whole.
MAIN = """
#include "m.h"
#include <stdio.h>
static const float x[] = {%(x)s};
static _Alignas(M_ALIGNMENT) char workspace[1 << 20];
int main(void) {
  static float y[8 * M_HIDDEN_SIZE], h[4 * M_HIDDEN_SIZE];
#ifdef RUN
  const int64_t lengths[] = {4, 2};
  m_args args = {.size = sizeof args, .seq_len = 4, .batch = 2, .input = x, .output = y, .h_n = h, .workspace = workspace};
  if (m_run(&args))
    return 1;
  args.lengths = lengths;
  static float padded[8 * M_HIDDEN_SIZE], last[4 * M_HIDDEN_SIZE];
  args.output = padded, args.h_n = last;
  if (m_run(&args) != LENGTHS)
    return 2;
  fwrite(padded, sizeof padded, LENGTHS == 0, stdout);
#else
  static _Alignas(M_ALIGNMENT) char state[M_STATE_BYTES(2)];
  if (m_init_state(state, NULL, 2))
    return 1;
  for (int t = 0; t < 4; ++t)
    if (m_step(x + 6 * t, y + 2 * t * M_HIDDEN_SIZE, state, workspace, NULL, 2))
      return 1;
  if (m_read_state(state, h, 2))
    return 1;
#endif
  fwrite(y, sizeof y, 1, stdout);
  fwrite(h, sizeof h, 1, stdout);
  return 0;
}
"""
with open("main.c", "w") as file:
    file.write(MAIN % {"x": ", ".join(f"{float(value).hex()}f" for value in x.ravel())})
# Without `ragged` lengths are refused: GRUCC_ERROR_UNSUPPORTED.
for words, defines, before in (("run", ["-DRUN", "-DLENGTHS=5"], b""), ("run,ragged", ["-DRUN", "-DLENGTHS=0"], padded.tobytes()),
                               ("step,state", [], b"")):
    for options in ([], ["--optimize=size"], ["--optimize=size", "--weights-section=.flash"]):
        run("grucc", "w.safetensors", "-o", "m.o", "--header=m.h", f"--target={TARGET}", f"--functions={words}", *options)
        run("cc", "-std=c11", "-Wall", "-Werror", *defines, "main.c", "m.o", "-o", "main")
        done = subprocess.run(["./main"], capture_output=True)
        assert done.returncode == 0 and done.stdout == before + output.tobytes() + h_n.tobytes(), (words, options, done.returncode)
    sections = dict(re.findall(r"^(\S+) +(\d+) ", run("llvm-size", "-A", "m.o"), re.M))
    assert int(sections[".flash"]) >= sum(value.nbytes for value in weights.values()), sections
print("equal to the bit")
