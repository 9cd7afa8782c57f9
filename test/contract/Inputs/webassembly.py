# ===- webassembly.py - Networks as WebAssembly, in node -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------=== #
"""webassembly.py FOLDER COUNT [INDEX]: so many networks for every target, or one of them again.
GRUCC_EXHAUSTIVE: at least 40 on each."""

import os
import platform
import shutil
import subprocess
import sys

import grucc
from safetensors.numpy import load_file

import node
from other_cpus import HERE, Case, run


def fuses(folder):
    """Whether this engine fuses relaxed multiply-adds, which is its choice: of a * a - b, where the
    product has one bit more than the numbers."""
    run("clang-22", "--target=wasm32", "-mrelaxed-simd", "-O1", "-nostdlib", "-fuse-ld=lld", "-Wl,--no-entry",
        "-Wl,--export-all", f"{HERE}/fuses.c", "-o", f"{folder}/fuses.wasm")
    script = """
    const module = new WebAssembly.Module(require('fs').readFileSync(process.argv[1]));
    const { float32, float64 } = new WebAssembly.Instance(module).exports;
    console.log(float32(1 + 2 ** -12, 1 + 2 ** -11) !== 0 && float64(1 + 2 ** -27, 1 + 2 ** -26) !== 0);"""
    done = subprocess.run(["node", *node.options(), "-e", script, f"{folder}/fuses.wasm"], capture_output=True, text=True)
    return done.stdout.strip() == "true"


class PageCase(Case):
    """A network of other_cpus.py, and what x86-64-v2 gives for it, which fuses nothing either."""

    def __init__(self, index, folder):
        super().__init__(index, folder)
        library, output = f"{self.folder}/v2.so", f"{self.folder}/v2.safetensors"
        run("grucc", f"{self.folder}/net.json", "-o", library, "--name=m", "--target=x86-64-v2")
        run("grucc-run", library, f"--input={self.folder}/in.safetensors", f"--output={output}")
        got = load_file(output)
        self.unfused = got["output"].tobytes() + got["h_n"].tobytes()

    def check_in_node(self, target, expected):
        place = f"{self.folder}/{target}"
        os.makedirs(place)
        run("grucc", f"{self.folder}/net.json", "-o", f"{place}/m.wasm", f"--target={target}", *self.options())
        names = ",".join(grucc.GRU(**self.facts).weight_shapes())
        got = run("node", *node.options(), f"{HERE}/webassembly.mjs", f"{place}/m.mjs", f"{place}/m.wasm", names,
                  input=b"".join(self.parts(1)))
        assert got == expected, (target, self.index, self.facts, self.T, self.B, self.options())


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    if not shutil.which("node"):
        print("left out: wasm32, wasm32-simd and wasm32-relaxed, for want of node")
        return
    sweep = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
    targets = ["wasm32-relaxed"] * fuses(folder)
    if not targets:
        print("left out: wasm32-relaxed, since this engine, on this CPU, fuses no multiply-adds")
    if platform.machine() == "x86_64":
        targets += ["wasm32", "wasm32-simd"]
    else:
        print("left out: wasm32 and wasm32-simd, whose bits only x86-64-v2 has")
    indices = [int(sys.argv[3])] if len(sys.argv) > 3 else range(max(40, count) if sweep else count)
    for index in indices if targets else []:
        case = PageCase(index, folder)
        for place, target in enumerate(targets):
            if (index + place) % 2 == 0 or sweep or len(indices) == 1:
                case.check_in_node(target, case.expected if target == "wasm32-relaxed" else case.unfused)
    print(f"{len(indices)} networks{'' if sweep else ', every other one of them'} on {', '.join(targets) or 'none'}: "
          "equal to the bit")


main()
