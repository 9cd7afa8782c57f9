# ===- other_cpus.py - The runtime's tests on other CPUs, under qemu -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""other_cpus.py SOURCE FOLDER: builds the runtime with Debian's cross compilers, warnings being
errors, and runs its tests in C."""

import dataclasses
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


@dataclasses.dataclass
class Machine:
    usual: str  # the target of models that threads share
    levels: list  # grucc's targets
    system: str  # that gcc's name begins with
    triple: str  # of clang
    emulator: list
    cpus: dict  # of the emulator: what cpu-system.c says of each, and the levels that run there


MACHINES = [
    Machine("aarch64", ["aarch64", "aarch64-sve128", "aarch64-sve256", "aarch64-sve512"],
            "aarch64-linux-gnu", "aarch64-linux-gnu", ["qemu-aarch64"], {
        "max,sve=off": ("0x1 = NEON", {"aarch64"}),
        "max,sve-max-vq=1": ("0x3 = NEON SVE of 128 bits", {"aarch64", "aarch64-sve128"}),
        "max,sve-max-vq=2": ("0x5 = NEON SVE of 256 bits", {"aarch64", "aarch64-sve256"}),
        "max,sve-max-vq=4": ("0x9 = NEON SVE of 512 bits", {"aarch64", "aarch64-sve512"}),
        # The registers could be longer than a thread of this system has them.
        "max,sve-default-vector-length=32": ("0x5 = NEON SVE of 256 bits", {"aarch64", "aarch64-sve256"}),
        # Code for none of their lengths.
        "max,sve-max-vq=8,sve-default-vector-length=128": ("0x1 = NEON", {"aarch64"})}),
    Machine("riscv64", ["riscv64", "riscv64-v"], "riscv64-linux-gnu", "riscv64-linux-gnu", ["qemu-riscv64"], {
        "rv64": ("0x1 = rv64gc", {"riscv64"}),
        "rv64,v=on": ("0x3 = rv64gc V", {"riscv64", "riscv64-v"})}),
    Machine("armv7-neon", ["armv7-vfp4", "armv7-neon"], "arm-linux-gnueabihf", "armv7-linux-gnueabihf",
            ["qemu-arm", "-cpu", "cortex-a15"], {
        "cortex-a9": ("0 = none", {}),  # NEON, but nothing that fuses
        "cortex-a15,neon=off": ("0x1 = VFPv4", {"armv7-vfp4"}),
        "cortex-a15": ("0x3 = VFPv4 NEON", {"armv7-vfp4", "armv7-neon"})})]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, (command, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def compiler(machine):
    return [f"{machine.system}-gcc", "-std=c11", "-O1", "-g", "-fPIC", *INCLUDE]


def build(machine, place):
    """The stand-in of a model and the runtime's objects."""
    objects = []
    for file in sorted(glob.glob(f"{source}/runtime/src/*.c")):
        objects.append(f"{place}/{os.path.basename(file)}.o")
        run(*compiler(machine), "-Wall", "-Wextra", "-Werror", "-c", file, "-o", objects[-1])
    run("clang", f"--target={machine.triple}", *MODEL, *INCLUDE, f"{TESTS}/Inputs/model.c", "-o",
        f"{place}/encoder.so")
    run(sys.executable, "-B", f"{TESTS}/Inputs/checksum.py", "encoder.so", cwd=place)
    build_refused(machine, place)
    return objects


def build_refused(machine, place):
    """What open-file.c opens beside encoder.so, most of it in vain."""
    clang = ["clang", f"--target={machine.triple}", *MODEL, *INCLUDE]
    options = {"other-weights.so": ["-DFIRST=2"], "abi.so": ["-DABI=9"], "cpu.so": ["-DCPU=1ull<<50"],
               "runpath.so": ["-Wl,-rpath,/somewhere"], "constructor.so": ["-include", f"{TESTS}/Inputs/constructor.h"]}
    for name, more in options.items():
        run(*clang, *more, f"{TESTS}/Inputs/model.c", "-o", f"{place}/{name}")
    run(*compiler(machine), "-DSHARED", "-shared", "-nostartfiles", "-ffreestanding", "-fvisibility=hidden",
        "-Wl,--no-as-needed,-Bsymbolic,--entry=grucc_model_entry,--build-id=none", f"{TESTS}/Inputs/model.c",
        "-o", f"{place}/libc.so")
    open(f"{place}/empty.c", "w").close()
    run("clang", f"--target={machine.triple}", "-shared", "-nostdlib", "-fPIC", "-fuse-ld=lld", "-Wl,--build-id=none",
        f"{place}/empty.c", "-o", f"{place}/empty.so")
    run(sys.executable, "-B", f"{TESTS}/Inputs/checksum.py", *(set(options) - {"abi.so"}), "libc.so", cwd=place)


def run_test(machine, place, objects, test, *arguments, emulator=None):
    """What a test in C says there."""
    program = f"{place}/{test}"
    if not os.path.exists(program):
        macros = ["-D_GNU_SOURCE"] * (test in ("pool", "threads"))
        if test == "threads" and not os.environ.get("GRUCC_EXHAUSTIVE"):
            macros.append("-DFEWER=4")
        run(*compiler(machine), *macros, f"{TESTS}/{test}.c", *objects, "-o", program, "-lpthread", "-lm")
    return run(*(emulator or machine.emulator), "-L", f"/usr/{machine.system}", program, *arguments, cwd=place,
               env={**os.environ, "TMPDIR": place + "/temporary"})


def compile_model(place, target, name, *options):
    run("grucc", f"--target={target}", "--name=net", "--input-size=3", "--init=uniform", *options, "-o",
        f"{place}/{name}")


def check_cpus(machine, place, objects):
    """Every CPU opens the models of its levels, and no others; of one with all levels the last that
    it has."""
    for level in machine.levels:
        compile_model(place, level, f"{level}.so", "--hidden-size=4")
    compile_model(place, ",".join(machine.levels), "all.so", "--hidden-size=4")
    for cpu, (features, runs) in machine.cpus.items():
        said = run_test(machine, place, objects, "cpu-system", *(f"{level}.so" for level in machine.levels), "all.so",
                        emulator=[machine.emulator[0], "-cpu", cpu]).splitlines()
        assert said[0] == features and len(said) == 2 + len(machine.levels), (cpu, said)
        refused = f"cpu: found {features.split(' = ')[1]}, expected "
        for level, line in zip(machine.levels, said[1:]):
            expected = f"opened {level}" if level in runs else refused
            assert line.startswith(f"{level}.so: {expected}"), (cpu, said)
        best = [level for level in machine.levels if level in runs][-1:]
        assert said[-1].startswith("all.so: " + (f"opened {best[0]}" if best else refused)), (cpu, said)
        print(machine.triple, "cpu-system", cpu)


def check(machine):
    place = f"{folder}/{machine.triple}"
    os.makedirs(place + "/temporary")
    objects = build(machine, place)
    lengths = run(sys.executable, "-B", f"{TESTS}/Inputs/checksum_lengths.py")
    for test in ("open-model", "open-file", "open-copy", "open-damaged", "checksum", "run", "step", "weights", "pool"):
        said = run_test(machine, place, objects, test)
        assert said == (lengths if test == "checksum" else ""), (machine.triple, test, said)
        print(machine.triple, test)
    check_cpus(machine, place, objects)
    for name, schedule in MODELS.items():
        compile_model(place, machine.usual, name, "--hidden-size=96", "--num-layers=2", f"--schedule={schedule}")
    said = run_test(machine, place, objects, "threads", *(f"./{name}" for name in MODELS))
    assert said == "", (machine.usual, "threads", said)
    print(machine.usual, "threads")


for machine in MACHINES:
    needed = [f"{machine.system}-gcc", machine.emulator[0]]
    missing = [program for program in needed if not shutil.which(program)]
    if missing:
        print(f"left out: {machine.triple}, for want of {missing[0]}")
    else:
        check(machine)
