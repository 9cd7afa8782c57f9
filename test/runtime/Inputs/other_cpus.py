# ===- other_cpus.py - The runtime's tests on other CPUs, under qemu -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""other_cpus.py SOURCE FOLDER: builds the runtime with Debian's cross compilers, warnings being
errors, and runs its tests in C."""

import glob
import os
import shutil
import subprocess
import sys

source, folder = map(os.path.abspath, sys.argv[1:])
INCLUDE = [f"-I{source}/runtime/include", f"-I{source}/runtime/src"]
TESTS = f"{source}/test/runtime"
MODEL = ["-std=c11", "-O1", "-DSHARED", "-shared", "-nostdlib", "-ffreestanding", "-fPIC",
         "-fvisibility=hidden", "-fuse-ld=lld", "-Wl,-z,max-page-size=4096",
         "-Wl,-Bsymbolic,--entry=grucc_model_entry,--build-id=none,--hash-style=both"]
MODELS = {"units.so": "split=units,split_units=1,split_from=1", "rows.so": "split=rows,split_rows=1,split_from=1"}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, (command, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def check(machine):
    compiler, place = f"{machine}-linux-gnu-gcc", f"{folder}/{machine}"
    flags = ["-std=c11", "-O1", "-g", "-fPIC", *INCLUDE]
    os.makedirs(place + "/temporary")
    objects = []
    for file in sorted(glob.glob(f"{source}/runtime/src/*.c")):
        objects.append(f"{place}/{os.path.basename(file)}.o")
        run(compiler, *flags, "-Wall", "-Wextra", "-Werror", "-c", file, "-o", objects[-1])
    run("clang", f"--target={machine}-linux-gnu", *MODEL, *INCLUDE, f"{TESTS}/Inputs/model.c", "-o",
        f"{place}/encoder.so")
    run(sys.executable, "-B", f"{TESTS}/Inputs/checksum.py", "encoder.so", cwd=place)
    for name, schedule in MODELS.items():
        run("grucc", f"--target={machine}", "--input-size=3", "--hidden-size=96", "--num-layers=2",
            "--init=uniform", f"--schedule={schedule}", "-o", f"{place}/{name}")
    lengths = run(sys.executable, "-B", f"{TESTS}/Inputs/checksum_lengths.py")
    for test in ("open-model", "open-copy", "open-damaged", "checksum", "run", "step", "weights", "pool",
                 "threads"):
        # That one cuts files where the last loaded byte is; RISC-V's attributes stand behind it.
        if (machine, test) == ("riscv64", "open-damaged"):
            continue
        if (machine, test) == ("riscv64", "threads") and not os.environ.get("GRUCC_EXHAUSTIVE"):
            continue  # a minute
        gnu = ["-D_GNU_SOURCE"] * (test in ("pool", "threads"))
        run(compiler, *flags, *gnu, f"{TESTS}/{test}.c", *objects, "-o", f"{place}/{test}", "-lpthread", "-lm")
        said = run(f"qemu-{machine}", "-L", f"/usr/{machine}-linux-gnu", f"{place}/{test}",
                   *(f"./{name}" for name in MODELS if test == "threads"), cwd=place,
                   env={**os.environ, "TMPDIR": place + "/temporary"})
        assert said == (lengths if test == "checksum" else ""), (machine, test, said)
        print(machine, test)


for machine in ("aarch64", "riscv64"):
    needed = [f"{machine}-linux-gnu-gcc", f"qemu-{machine}"]
    missing = [program for program in needed if not shutil.which(program)]
    if missing:
        print(f"left out: {machine}, for want of {missing[0]}")
    else:
        check(machine)
