# ===- other_limits.py - What calls must not do on other CPUs -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------=== #
"""other_limits.py SOURCE: run in an empty folder. Sizes that addresses of 32 bits do not hold, and
registers of SVE that have another length than the code is for."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORKS = [["--input-size=4", "--hidden-size=64"], ["--input-size=600", "--hidden-size=1"],
            ["--input-size=600", "--hidden-size=100", "--bidirectional", "--num-layers=2"],
            ["--input-size=1", "--hidden-size=3", "--dtype=float64", "--num-layers=3"],
            ["--input-size=2", "--hidden-size=40", "--training", "--dropout=0.5", "--num-layers=4"]]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (command, done.returncode, done.stdout, done.stderr[-2000:])
    return done.stdout


def there(compiler, emulator):
    missing = [program for program in (compiler, emulator) if not shutil.which(program)]
    if missing:
        print(f"left out for want of {missing[0]}")
    return not missing


def build(compiler, source, target, network, *macros):
    run("grucc", "--init=uniform", "--name=m", f"--target={target}", *network, "-o", "m.o", "--header=m.h")
    run(compiler, "-static", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{sys.argv[1]}/runtime/include", "-I.", *macros,
        f"{HERE}/{source}", "m.o", "-o", "m")


if there("arm-linux-gnueabihf-gcc", "qemu-arm"):
    for network in NETWORKS:
        real = "double" if "--dtype=float64" in network else "float"
        build("arm-linux-gnueabihf-gcc", "other_limits.c", "armv7-neon", network, f"-DREAL={real}", "-DLIMIT=(1ll<<30)")
        assert run("qemu-arm", "-cpu", "cortex-a15", "./m") == "1\n"
    print(len(NETWORKS), "networks within 2^30 bytes")

if there("aarch64-linux-gnu-gcc", "qemu-aarch64"):
    for bits in (128, 256, 512):
        build("aarch64-linux-gnu-gcc", "other_length.c", f"aarch64-sve{bits}", ["--input-size=3", "--hidden-size=20"])
        for parts in (1, 2, 4, 8):
            said = run("qemu-aarch64", "-cpu", f"max,sve-max-vq={parts},sve-default-vector-length=-1", "./m")
            fits = bits == 128 * parts
            assert said == ("0 0 0 0 0 written\n" if fits else "8 8 8 8 8 untouched\n"), (bits, parts, said)
    print("other lengths of registers refused")
