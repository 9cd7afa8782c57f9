# ===- bare_machines.py - Networks on CPUs without a system -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------=== #
"""bare_machines.py FOLDER COUNT [INDEX]: so many networks for every target, or one of them again.
GRUCC_EXHAUSTIVE: at least 40 on each."""

import collections
import os
import re
import shutil
import subprocess
import sys

import numpy as np

from other_cpus import HERE, Case, run

# What gcc is told, qemu's board, where it has its program and where its memory.
Board = collections.namedtuple("Board", "target compiler flags emulator board program memory kib")
ARM, RISCV = "arm-none-eabi-gcc", "riscv64-unknown-elf-gcc"
BOARDS = [
    # No board of qemu's has room for these networks beside a core of ARMv6-M, whose code an M3 runs.
    Board("cortex-m0plus", ARM, ["-march=armv6s-m", "-mfloat-abi=soft"], "qemu-system-arm", "mps2-an385", 0, 0x20000000, 4096),
    Board("cortex-m3", ARM, ["-mcpu=cortex-m3", "-mfloat-abi=soft"], "qemu-system-arm", "mps2-an385", 0, 0x20000000, 4096),
    Board("cortex-m4f", ARM, ["-mcpu=cortex-m4", "-mfloat-abi=hard"], "qemu-system-arm", "mps2-an386", 0, 0x20000000, 4096),
    Board("cortex-m7", ARM, ["-mcpu=cortex-m7+nofp.dp", "-mfloat-abi=hard"], "qemu-system-arm", "mps2-an500", 0, 0x20000000, 4096),
    Board("cortex-m33", ARM, ["-mcpu=cortex-m33", "-mfloat-abi=hard"], "qemu-system-arm", "mps2-an505", 0x10000000, 0x38000000, 4096),
    Board("cortex-m55", ARM, ["-mcpu=cortex-m55", "-mfloat-abi=hard"], "qemu-system-arm", "mps3-an547", 0, 0x20000000, 512),
    Board("riscv32-imafc", RISCV, ["-march=rv32imafc", "-mabi=ilp32f"], "qemu-system-riscv32", "virt", 0x80000000, 0x80400000, 4096),
    Board("riscv32-imc", RISCV, ["-march=rv32imc", "-mabi=ilp32"], "qemu-system-riscv32", "virt", 0x80000000, 0x80400000, 4096),
]
# Without fused multiply-adds: the bits of x86-64-v2, whose every step is the same.
UNFUSED = ["cortex-m0plus", "cortex-m3", "riscv32-imc"]
# What compilers give every program of a CPU without floating point, and nothing else (A2).
HELPERS = re.compile(r"__aeabi_(f(add|sub|mul|div|cmp\w+)|(i|ui)2f|f2(i|ui)z|u?idiv(mod)?|u?ldivmod|lmul|l(sl|sr)|lasr|lcmp)"
                     r"|__(add|sub|mul|div)sf3|__(eq|ne|lt|le|gt|ge|unord)sf2|__muldi3|__u?(div|mod)si3|__float(un)?sisf|__fix(uns)?sfsi")


class SmallCase(Case):
    HIDDEN = [1, 3, 4, 8, 13, 16, 20, 33, 48]

    def __init__(self, index, folder):
        super().__init__(index, folder, dtype="float32")
        self.fused = self.expected

    def unfused(self):
        """What x86-64-v2 gives, under an emulated CPU of that level."""
        library = f"{self.folder}/v2.so"
        run("grucc", f"{self.folder}/net.json", "-o", library, "--name=m", "--target=x86-64-v2")
        run("qemu-x86_64", "-cpu", "Nehalem", shutil.which("grucc-run"), library, f"--input={self.folder}/in.safetensors",
            f"--output={self.folder}/v2.safetensors")
        from safetensors.numpy import load_file
        got = load_file(f"{self.folder}/v2.safetensors")
        return got["output"].tobytes() + got["h_n"].tobytes()

    def check_on(self, board):
        place = f"{self.folder}/{board.target}"
        os.makedirs(place)
        run("grucc", f"{self.folder}/net.json", "-o", f"{place}/m.o", "--name=m", f"--header={place}/m.h",
            f"--target={board.target}", *self.options())
        left = run("llvm-nm", "-u", "-j", f"{place}/m.o").decode().split()
        allowed = [name for name in left if board.target in UNFUSED and HELPERS.fullmatch(name)]
        assert left == allowed, (board.target, self.facts, left)
        with open(f"{place}/given.bin", "wb") as file:
            for part in self.parts(1):
                file.write(part.ljust(-(-len(part) // 64) * 64, b"\0"))
        with open(f"{place}/given.S", "w") as file:
            file.write(f'.section .rodata\n.balign 64\n.globl given\ngiven: .incbin "{place}/given.bin"\n.balign 64\n')
        streams = ["-DSTREAMS"] * (self.facts["direction"] == "forward")
        names = {"__flash": board.program, "__flash_size": board.kib * 1024, "__ram": board.memory, "__ram_size": board.kib * 1024}
        run(board.compiler, "-specs=picolibc.specs", *["-mthumb"] * (board.compiler == ARM), *board.flags, "-O1", "-Wall",
            "-I", place, "-DREAL=float", *streams, f"{HERE}/bare_machines.c", f"{place}/given.S", f"{place}/m.o", "-T", "picolibc.ld",
            *(f"-Wl,--defsym={name}={value:#x}" for name, value in names.items()), "-o", f"{place}/m")
        done = subprocess.run([board.emulator, "-M", board.board, *["-bios", "none"] * (board.board == "virt"), "-nographic",
                               "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native",
                               "-kernel", f"{place}/m"], cwd=place, capture_output=True, timeout=120)
        with open(f"{place}/out.bin", "rb") as file:
            got = file.read()
        expected = self.unfused() if board.target in UNFUSED else self.fused
        assert done.returncode == 0 and got == expected, (board.target, self.index, self.facts, self.T, self.B,
                                                          self.options(), done.returncode, done.stderr[-500:])


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    sweep = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
    count = max(40, count) if sweep else count
    there = [board for board in BOARDS if shutil.which(board.compiler) and shutil.which(board.emulator)]
    for board in BOARDS:
        if board not in there:
            print(f"left out: {board.target}, for want of {board.compiler} or {board.emulator}")
    indices = [int(sys.argv[3])] if len(sys.argv) > 3 else range(count)
    for index in indices if there else []:
        case = SmallCase(index, folder)
        for place, board in enumerate(there):
            if (index + place) % 4 == 0 or sweep or len(indices) == 1:
                case.check_on(board)
    print(f"{len(indices)} networks{'' if sweep else ', one of four of them'} on {', '.join(board.target for board in there) or 'none'}: "
          "equal to the bit")


main()
