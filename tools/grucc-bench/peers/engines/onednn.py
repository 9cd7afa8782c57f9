# ===- onednn.py - oneDNN driven from C++ as a peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""oneDNN, driven from C++ by grucc-bench-onednn, which loops and reads the clock."""

import json
import subprocess

import numpy as np

from peers.engine import Engine
from peers.programs import find_program


class OneDnn(Engine):
    PROGRAM = "grucc-bench-onednn"

    def __init__(self, network, threads, folder, target):
        super().__init__(network, threads, folder, target)
        tensors = [tensor for layer in range(network.num_layers) for direction in range(network.directions)
                   for tensor in network.layer(layer, direction)]
        np.concatenate([tensor.ravel() for tensor in [*tensors, network.x]]).tofile(f"{folder}/onednn.in")
        flags = [name for name, is_set in (("--step", network.is_step), ("--bidirectional", network.directions == 2))
                 if is_set]
        self.process = subprocess.Popen(
            [find_program(self.PROGRAM), f"--input-size={network.input_size}", f"--hidden-size={network.hidden_size}",
             f"--num-layers={network.num_layers}", f"--seq-len={len(network.x)}", f"--batch={network.batch}",
             f"--threads={threads}", f"--tensors={folder}/onednn.in", f"--result={folder}/onednn.out", "--serve",
             *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.facts = {"form": self.answer()["form"]}

    @classmethod
    def version(cls):
        path = find_program(cls.PROGRAM)
        if not path:
            raise ImportError(f"no {cls.PROGRAM}")
        text = subprocess.run([path, "--input-size=1", "--hidden-size=1", "--seconds=1e-3"], check=True,
                              capture_output=True, text=True).stdout
        return json.loads(text.splitlines()[0])["version"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.stderr.read().strip() or "oneDNN ended")
        return json.loads(line)

    def result(self):
        network = self.network
        values = np.fromfile(f"{self.folder}/onednn.out", np.float32)
        shape = (len(network.x), network.batch, network.directions * network.hidden_size)
        y, h_n = np.split(values, [np.prod(shape)])
        return y.reshape(shape), h_n.reshape(-1, network.batch, network.hidden_size)

    def turn(self, seconds):
        self.process.stdin.write(f"turn {seconds}\n")
        self.process.stdin.flush()
        return {"us": self.answer()["minimum_us"]}

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


ENGINE = OneDnn
