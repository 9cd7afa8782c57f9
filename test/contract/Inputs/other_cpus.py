# ===- other_cpus.py - Networks on other CPUs, under qemu -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------=== #
"""other_cpus.py FOLDER COUNT [INDEX]: so many networks for every target, or one of them again.
GRUCC_EXHAUSTIVE: at least 60."""

import json
import os
import shutil
import subprocess
import sys

import grucc
import numpy as np
from safetensors.numpy import load_file, save_file

# Target, the cross compiler, the emulator and the CPUs that it is to be.
TARGETS = [("aarch64", "aarch64-linux-gnu-gcc", "qemu-aarch64", ["cortex-a53"]),
           ("apple-m", "aarch64-linux-gnu-gcc", "qemu-aarch64", ["cortex-a57"]),
           *((f"aarch64-sve{bits}", "aarch64-linux-gnu-gcc", "qemu-aarch64", [f"max,sve-max-vq={bits // 128}"])
             for bits in (128, 256, 512)),
           ("armv7-vfp4", "arm-linux-gnueabihf-gcc", "qemu-arm", ["cortex-a7"]),
           ("armv7-neon", "arm-linux-gnueabihf-gcc", "qemu-arm", ["cortex-a15"]),
           ("riscv64", "riscv64-linux-gnu-gcc", "qemu-riscv64", ["rv64"]),
           ("riscv64-v", "riscv64-linux-gnu-gcc", "qemu-riscv64",
            [f"rv64,v=true,vext_spec=v1.0,vlen={bits}" for bits in (128, 256, 512)])]
SPLITS = ["rows", "units", "layers"]
ACTIVATIONS = ["sigmoid", "hard_sigmoid", "tanh", "softsign", "relu", "softplus", "elu"]
HERE = os.path.dirname(os.path.abspath(__file__))
shared = set()  # (target, split) of runs that went to several threads


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, **options)
    assert done.returncode == 0, (command, done.returncode, done.stderr[-2000:])
    return done.stdout


class Case:
    """The network of an index, with what Reference says of it."""
    HIDDEN = [1, 3, 4, 8, 13, 16, 20, 33, 48, 70, 100]

    def __init__(self, index, folder, dtype=None):
        rng = self.rng = np.random.default_rng([40, index])
        self.folder, self.index = f"{folder}/{index}", index
        os.makedirs(self.folder)
        both = rng.random() < 0.3
        self.facts = dict(
            input_size=int(rng.choice([1, 2, 7, 16, 33])),
            hidden_size=int(rng.choice(self.HIDDEN)),
            num_layers=int(rng.choice([1, 1, 2])), bias=bool(rng.random() < 0.8),
            direction="bidirectional" if both else str(rng.choice(["forward", "forward", "reverse"])),
            dtype=dtype or ("float64" if index % 4 == 3 else "float32"),
            reset="before" if index % 3 == 1 else "after")
        if index % 5 == 2:
            self.facts |= dict(gate_activation=ACTIVATIONS[index % 2],
                               candidate_activation=ACTIVATIONS[index % 7])
        network = grucc.GRU(**self.facts)
        self.dtype = np.dtype(self.facts["dtype"])
        weights = {name: (rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(self.dtype)
                   for name, shape in network.weight_shapes().items()}
        if index % 6 == 4 and self.dtype == np.float32:  # kept in bfloat16
            for value in weights.values():
                value.view(np.uint32)[...] &= np.uint32(0xffff0000)
        self.names, self.weights = list(weights), list(weights.values())
        self.external, self.threads = index % 7 == 5, 1 + index % 4
        # As small as parts can be, so that such small networks are shared.
        self.split = SPLITS[index // 4 % 3]
        self.schedule = (f"split={self.split},split_units=1,split_rows=1,turn_rows=2,split_turns=1,"
                         "split_from=1" + (",panel=1,tiles=[1,1]" if self.split == "units" else ""))
        save_file(weights, f"{self.folder}/w.safetensors")
        with open(f"{self.folder}/net.json", "w") as file:
            json.dump({**self.facts, "weights": "w.safetensors"}, file)
        self.T, self.B = int(rng.choice([0, 1, 5, 12])), int(rng.choice([1, 2, 3, 7, 17]))
        states = network.num_layers * (2 if both else 1)
        self.given = {"input": rng.standard_normal((self.T, self.B, network.input_size))}
        if rng.random() < 0.5:
            self.given["h_0"] = 0.5 * rng.standard_normal((states, self.B, network.hidden_size))
        self.given = {name: value.astype(self.dtype) for name, value in self.given.items()}
        if rng.random() < 0.3:
            self.given["lengths"] = rng.integers(0, self.T + 1, self.B)
        self.expected = self.reference()

    def reference(self):
        """What Reference gives."""
        save_file(self.given, f"{self.folder}/in.safetensors")
        run("grucc-run", "--reference", f"{self.folder}/net.json",
            f"--input={self.folder}/in.safetensors", f"--output={self.folder}/out.safetensors")
        expected = load_file(f"{self.folder}/out.safetensors")
        return expected["output"].tobytes() + expected["h_n"].tobytes()

    def options(self):
        return ([f"--schedule={self.schedule}"] * (self.threads > 1) + ["--weights=external"] * self.external)

    def parts(self, threads):
        """What a program is given."""
        h_0, lengths = self.given.get("h_0"), self.given.get("lengths")
        head = np.array([self.T, self.B, h_0 is not None, lengths is not None, threads], np.int64)
        sent = [part.tobytes() for part in (head, self.given["input"], h_0, lengths) if part is not None]
        for tensor in self.weights if self.external else []:
            sent += [np.int64(tensor.nbytes).tobytes(), tensor.tobytes()]
        return sent

    def check(self, target, compiler, emulator, cpus):
        place = f"{self.folder}/{target}"
        os.makedirs(place)
        run("grucc", f"{self.folder}/net.json", "-o", f"{place}/m.o", "--name=m",
            f"--header={place}/m.h", f"--target={target}", "--os=linux", *self.options())
        left = run("llvm-nm", "-u", f"{place}/m.o").decode().split()
        assert not left, (target, self.facts, left)
        streams = ["-DSTREAMS"] * (self.facts["direction"] == "forward")
        run(compiler, "-static", "-O1", "-pthread", "-I", place,
            f"-DREAL={'double' if self.dtype == np.float64 else 'float'}", *streams,
            f"{HERE}/other_cpus.c", f"{place}/m.o", "-o", f"{place}/m")
        sent = b"".join(self.parts(self.threads))
        for cpu in cpus:
            done = subprocess.run([emulator, "-cpu", cpu, f"{place}/m"], input=sent, capture_output=True)
            if done.stderr.endswith(b"shared"):
                shared.add((target, self.split))
            assert done.stdout == self.expected and done.returncode == 0, (target, cpu, self.index, self.facts, self.T, self.B, self.options())


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    sweep = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
    if sweep:
        count = max(60, 5 * count)
    there = [row for row in TARGETS if shutil.which(row[1]) and shutil.which(row[2])]
    for target, compiler, emulator, _ in TARGETS:
        if target not in [row[0] for row in there]:
            print(f"left out: {target}, for want of {compiler} or {emulator}")
    indices = [int(sys.argv[3])] if len(sys.argv) > 3 else range(count)
    for index in indices if there else []:
        case = Case(index, folder)
        # One half of the targets, unless it is the sweep or one network.
        for place, row in enumerate(there):
            if (index + place) % 2 == 0 or sweep or len(indices) == 1:
                case.check(*row)
    # Layers are shared where there are several, and as many steps.
    asked = {(row[0], split) for row in there for split in ("rows", "units")}
    assert len(indices) < 12 or asked <= shared, asked - shared
    print(f"{len(indices)} networks{'' if sweep else ', every other one of them'} on {', '.join(row[0] for row in there) or 'none'}: "
          "equal to the bit")


if __name__ == "__main__":
    main()
