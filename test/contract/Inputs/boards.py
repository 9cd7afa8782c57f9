# ===- boards.py - Boards that qemu emulates, and programs for them -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------=== #
"""A board for every target without a system, how gcc and picolibc build for it, and how it runs."""

import collections
import pathlib
import re
import shutil

HERE = pathlib.Path(__file__).resolve().parent
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
# Without floating point.
SOFT = ["cortex-m0plus", "cortex-m3", "riscv32-imc"]
# What compilers give every program of a CPU without floating point, and nothing else (A2).
HELPERS = re.compile(r"__aeabi_(f(add|sub|mul|div|cmp\w+)|(i|ui)2f|f2(i|ui)z|u?idiv(mod)?|u?ldivmod|lmul|l(sl|sr)|lasr|lcmp)"
                     r"|__(add|sub|mul|div)sf3|__(eq|ne|lt|le|gt|ge|unord)sf2|__muldi3|__u?(div|mod)si3|__float(un)?sisf|__fix(uns)?sfsi")


def missing(board):
    """The programs that it wants and that are not here."""
    return [name for name in (board.compiler, board.emulator) if not shutil.which(name)]


def compiler(board):
    """gcc for the board, with picolibc."""
    return [board.compiler, "-specs=picolibc.specs", *["-mthumb"] * (board.compiler == ARM), *board.flags]


def linked(board):
    """What gcc is told behind the objects of a program."""
    names = {"__flash": board.program, "__flash_size": board.kib * 1024, "__ram": board.memory, "__ram_size": board.kib * 1024}
    return ["-T", "picolibc.ld", *(f"-Wl,--defsym={name}={value:#x}" for name, value in names.items())]


def emulator(board, program, *options):
    """The command that runs a program, which has semihosting and its files in the folder of the call."""
    return [board.emulator, "-M", board.board, *["-bios", "none"] * (board.board == "virt"), "-nographic", "-monitor", "none",
            "-serial", "none", "-semihosting-config", "enable=on,target=native", *options, "-kernel", program]
