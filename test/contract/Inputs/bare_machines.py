# ===- bare_machines.py - Networks on CPUs without a system -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------=== #
"""bare_machines.py FOLDER COUNT [INDEX]: so many networks for every target, or one of them again.
GRUCC_EXHAUSTIVE: at least 40 on each."""

import os
import shutil
import subprocess
import sys

import numpy as np

from boards import BOARDS, HELPERS, SOFT, compiler, emulator, linked, missing
from other_cpus import HERE, Case, run


class SmallCase(Case):
    HIDDEN = [1, 3, 4, 8, 13, 16, 20, 33, 48]

    def __init__(self, index, folder):
        super().__init__(index, folder, dtype="float32")

    def check_on(self, board):
        place = f"{self.folder}/{board.target}"
        os.makedirs(place)
        run("grucc", f"{self.folder}/net.json", "-o", f"{place}/m.o", "--name=m", f"--header={place}/m.h",
            f"--target={board.target}", *self.options())
        left = run("llvm-nm", "-u", "-j", f"{place}/m.o").decode().split()
        allowed = [name for name in left if board.target in SOFT and HELPERS.fullmatch(name)]
        assert left == allowed, (board.target, self.facts, left)
        with open(f"{place}/given.bin", "wb") as file:
            for part in self.parts(1):
                file.write(part.ljust(-(-len(part) // 64) * 64, b"\0"))
        with open(f"{place}/given.S", "w") as file:
            file.write(f'.section .rodata\n.balign 64\n.globl given\ngiven: .incbin "{place}/given.bin"\n.balign 64\n')
        streams = ["-DSTREAMS"] * (self.facts["direction"] == "forward")
        run(*compiler(board), "-O1", "-Wall", "-I", place, "-DREAL=float", *streams, f"{HERE}/bare_machines.c", f"{place}/given.S",
            f"{place}/m.o", *linked(board), "-o", f"{place}/m")
        done = subprocess.run(emulator(board, f"{place}/m"), cwd=place, capture_output=True, timeout=120)
        with open(f"{place}/out.bin", "rb") as file:
            got = file.read()
        assert done.returncode == 0 and got == self.expected, (board.target, self.index, self.facts, self.T, self.B,
                                                          self.options(), done.returncode, done.stderr[-500:])


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    sweep = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
    count = max(40, count) if sweep else count
    there = [board for board in BOARDS if not missing(board)]
    for board in BOARDS:
        if board not in there:
            print(f"left out: {board.target}, for want of {' and '.join(missing(board))}")
    indices = [int(sys.argv[3])] if len(sys.argv) > 3 else range(count)
    for index in indices if there else []:
        case = SmallCase(index, folder)
        for place, board in enumerate(there):
            if (index + place) % 4 == 0 or sweep or len(indices) == 1:
                case.check_on(board)
    print(f"{len(indices)} networks{'' if sweep else ', one of four of them'} on {', '.join(board.target for board in there) or 'none'}: "
          "equal to the bit")


if __name__ == "__main__":
    main()
