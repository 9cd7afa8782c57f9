# ===- old_cpu.py - grucc and what it writes, on a CPU of 2008 -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------=== #
"""old_cpu.py BUILD: run in an empty folder."""

import os
import shutil
import subprocess
import sys

import numpy as np
from safetensors.numpy import save_file

bin_folder = sys.argv[1] + "/bin/"
NETWORK = ["--input-size=3", "--hidden-size=9", "--init=uniform", "--name=m"]


def run(folder, program, *arguments, cpu=None):
    os.makedirs(folder, exist_ok=True)
    under = ["qemu-x86_64", "-cpu", cpu] if cpu else []
    done = subprocess.run([*under, bin_folder + program, *arguments], cwd=folder, capture_output=True, text=True)
    # What qemu says of CPUs that it only nearly is.
    said = [line for line in done.stderr.splitlines() if not line.startswith("qemu-x86_64: warning: ")]
    return done.returncode, done.stdout, said


def same(name):
    with open(f"here/{name}", "rb") as here, open(f"there/{name}", "rb") as there:
        return here.read() == there.read()


if not shutil.which("qemu-x86_64"):
    print("left out, for want of qemu-x86_64")
    sys.exit()
# N6: the compiler writes the same bytes there, for CPUs that it does not run on, too.
for level in ("x86-64-v2", "x86-64-v3"):
    for folder, cpu in (("here", None), ("there", "Nehalem")):
        found = run(folder, "grucc", *NETWORK, f"--target={level}", "-o", level + ".so", cpu=cpu)
        assert found == (0, "", []), (folder, found)
    assert same(level + ".so"), level
# Its own machine is what it can run.
code, report, said = run("there", "grucc", *NETWORK, "-o", "native.so", "--report", cpu="Nehalem")
assert (code, said) == (0, []) and "target     x86-64-v2, machine x86-64-v2, for want of" in report, (report, said)

# What was compiled for it runs, with the same bits; what was not is refused before it is called.
x = np.random.default_rng(0).standard_normal((7, 3, 3)).astype(np.float32)
for folder in ("here", "there"):
    save_file({"input": x}, folder + "/in.safetensors")
for folder, cpu in (("here", None), ("there", "Nehalem")):
    found = run(folder, "grucc-run", "x86-64-v2.so", "--input=in.safetensors", "--output=v2.safetensors", cpu=cpu)
    assert found == (0, "", []), (folder, found)
assert same("v2.safetensors")
found = run("there", "grucc-run", "x86-64-v3.so", "--input=in.safetensors", "--output=v3.safetensors", cpu="Nehalem")
assert found == (1, "", ["x86-64-v3.so: error: cpu: found SSE4.2, expected SSE4.2 AVX2 FMA"]), found
assert not os.path.exists("there/v3.safetensors")
# Nothing of grucc's runs on one without SSE4.2.
for arguments in (["--print-targets", "--target=native"], [*NETWORK, "--target=native", "-o", "none.so"]):
    code, _, said = run("there", "grucc", *arguments, cpu="core2duo")
    assert code == 1 and said[0].startswith("grucc: error: target: found a CPU that runs none of them"), (code, said)
print("on Nehalem")
