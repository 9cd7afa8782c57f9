# ===- network.py - The network and the input of a workload -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The network and the input of a workload, as every engine gets them."""

import json
import pathlib

import numpy as np
from safetensors.numpy import load_file, save_file

STEPS = 8  # inputs of a step workload: enough for an error of the state to show
KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def is_step(workload):
    """Whether the workload calls for one time step at a time, the state fed back."""
    return (workload["name"].endswith("_step") and workload["seq_len"] == 1
            and workload["batch"] == 1 and not workload["bidirectional"])


def round_to_bfloat16(tensor):
    """The nearest values that bfloat16 has, ties to even, kept as float32."""
    bits = tensor.view(np.uint32)
    rounded = bits + 0x7FFF + ((bits >> 16) & 1)
    return (rounded & np.uint32(0xFFFF0000)).view(np.float32)


class Network:
    """tensors: torch's names, w_ih [3H, I or D*H], w_hh [3H, H], biases [3H], rows r, z, n.
    x: [T, B, I]; of a step workload [STEPS, B, I], which calls of [1, B, I] go through."""

    def __init__(self, workload, tensors, x):
        self.workload, self.tensors, self.x = workload, tensors, x
        self.is_step = is_step(workload)
        self.hidden_size, self.num_layers = workload["hidden_size"], workload["num_layers"]
        self.input_size, self.batch = workload["input_size"], workload["batch"]
        self.seq_len = workload["seq_len"]  # of one call
        self.directions = 2 if workload["bidirectional"] else 1
        self.reset = workload.get("reset", "after")  # torch's, or before the product

    @classmethod
    def draw(cls, workload, seed, is_narrow):
        random = np.random.default_rng(seed)
        hidden, directions = workload["hidden_size"], 2 if workload["bidirectional"] else 1
        tensors = {}
        for layer in range(workload["num_layers"]):
            columns = workload["input_size"] if layer == 0 else directions * hidden
            shapes = [(3 * hidden, columns), (3 * hidden, hidden), (3 * hidden,), (3 * hidden,)]
            for direction in range(directions):
                for kind, shape in zip(KINDS, shapes):
                    drawn = random.uniform(-hidden ** -0.5, hidden ** -0.5, shape).astype(np.float32)
                    name = f"{kind}_l{layer}{'_reverse' if direction else ''}"
                    tensors[name] = round_to_bfloat16(drawn) if is_narrow else drawn
        steps = STEPS if is_step(workload) else workload["seq_len"]
        shape = (steps, workload["batch"], workload["input_size"])
        return cls(workload, tensors, random.uniform(-1, 1, shape).astype(np.float32))

    def layer(self, layer, direction):
        """w_ih, w_hh, b_ih, b_hh."""
        suffix = f"_l{layer}{'_reverse' if direction else ''}"
        return [self.tensors[kind + suffix] for kind in KINDS]

    def save(self, folder):
        folder = pathlib.Path(folder)
        (folder / "workload.json").write_text(json.dumps(self.workload))
        save_file(self.tensors, folder / "net.safetensors")
        save_file({"input": self.x}, folder / "in.safetensors")

    @classmethod
    def load(cls, folder):
        folder = pathlib.Path(folder)
        return cls(json.loads((folder / "workload.json").read_text()),
                   load_file(folder / "net.safetensors"), load_file(folder / "in.safetensors")["input"])

    def reference(self):
        """PyTorch's output [T, B, D*H] and h_n [L*D, B, H], in float64."""
        import torch
        made = torch.nn.GRU(self.input_size, self.hidden_size, self.num_layers,
                            bidirectional=self.directions == 2, dtype=torch.float64)
        made.load_state_dict({name: torch.from_numpy(tensor).double() for name, tensor in self.tensors.items()})
        with torch.inference_mode():
            output, h_n = made(torch.from_numpy(self.x).double())
        return output.numpy(), h_n.numpy()
