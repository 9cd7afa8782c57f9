# ===- interpreted.py - A model for a GPU, run by the interpreter of PTX -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Launches the kernels of a .ptx as the header beside it says, by grucc-ptx-run.

Letters: T steps, B batch, I input_size, H hidden_size, D directions, L layers."""

import re
import subprocess

import numpy as np
from safetensors.numpy import load_file, save_file

PARTS = ("w_ih", "bias", "w_hh", "w_hh_step", "b_hn")


class Interpreted:
    """A compiled model; `options` go to every run of grucc-ptx-run."""

    def __init__(self, path, folder, *options):
        self.path, self.folder, self.options = path, folder, list(options)
        with open(path.removesuffix(".ptx") + ".h") as file:
            defines = dict(re.findall(r"^#define [^_\n]*?_([A-Z_]+) ([^/\n]+?)(?: /\*.*)?$",
                                      file.read(), re.M))
        number = lambda name: int(defines[name])
        self.I, self.H, self.L = map(number, ("INPUT_SIZE", "HIDDEN_SIZE", "NUM_LAYERS"))
        self.D = number("OUTPUT_SIZE") // self.H
        self.kernels = {}
        for kernel in ("PROJECT_INPUT", "PROJECT_ABOVE", "SCAN", "STEP"):
            if kernel in defines:
                plan = [number(f"{kernel}_{field}")
                        for field in ("THREADS", "SHARED_BYTES", "ROWS", "COLUMNS")]
                self.kernels[kernel.lower()] = (defines[kernel].strip('"'), *plan)
        with open(path.removesuffix(".ptx") + ".weights", "rb") as file:
            weights = np.frombuffer(file.read(), np.float32)
        assert 4 * len(weights) == number("WEIGHTS_BYTES")
        # Each part by itself, so that what reads beyond it is found.
        layers = [[int(n) for n in row.split(",")]
                  for row in re.findall(r"{([-\d, ]+)}", defines["LAYERS"])]
        starts = sorted({at for layer in layers for at in layer if at >= 0}) + [4 * len(weights)]
        ends = dict(zip(starts, starts[1:]))
        self.layers = [{part: None if at < 0 else weights[at // 4:ends[at] // 4]
                        for part, at in zip(PARTS, layer)} for layer in layers]

    def launch(self, kernel, rows, arguments, written):
        """The tensors of `written` as the kernel leaves them. Arguments are arrays, numbers,
        None, or the shape of a tensor that the kernel writes all of."""
        name, threads, shared, block_rows, columns = self.kernels[kernel]
        line = ["grucc-ptx-run", self.path, f"--kernel={name}", f"--block={threads}",
                f"--grid={-(-rows // block_rows)},{columns}", f"--shared={shared}"]
        tensors = {}
        for i, argument in enumerate(arguments):
            if isinstance(argument, tuple):  # new, of this shape
                line.append(f"--arg={i}=new:t{i}:F32[{','.join(map(str, argument))}]")
            elif isinstance(argument, np.ndarray):
                tensors[f"t{i}"] = np.ascontiguousarray(argument)
                line.append(f"--arg={i}=@t{i}")
            else:
                line.append(f"--arg={i}={'null' if argument is None else argument}")
        save_file(tensors, f"{self.folder}/in.safetensors")
        done = subprocess.run([*line, f"--args={self.folder}/in.safetensors",
                               f"--output={self.folder}/out.safetensors", *self.options],
                              capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(line)}\n{done.stdout}{done.stderr}"
        out = load_file(f"{self.folder}/out.safetensors")
        return [out[f"t{i}"] for i in written]

    def run(self, x, h_0, lengths, form, regime):
        """x [T, B, I], h_0 [L*D, B, H] or None, lengths [B] or None; form is time_first,
        batch_first or packed (lengths never growing), regime scan or step. Output
        [T, B, D*H] and h_n [L*D, B, H]."""
        T, B, _ = x.shape
        H, D = self.H, self.D
        offsets = None
        where = np.arange(T * B).reshape(T, B)  # of row (t, b)
        strides = (B, 1)
        if form == "batch_first":
            where, strides = np.arange(T * B).reshape(B, T).T, (1, T)
        if form == "packed":
            sizes = np.array([(lengths > t).sum() for t in range(T)])
            offsets = np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64)
            where, strides = offsets[:, None] + np.arange(B), (0, 1)
        takes_part = np.ones((T, B), bool)
        if lengths is not None:
            takes_part = np.arange(T)[:, None] < lengths
        used = takes_part if form == "packed" else np.ones((T, B), bool)
        rows = int(used.sum())
        below = np.zeros((rows, self.I), np.float32)
        below[where[used]] = x[used]
        h_n = np.zeros((self.L * D, B, H), np.float32)
        for layer in range(self.L):
            output = np.full((rows, D * H), np.nan, np.float32)
            for d in range(D):
                index = layer * D + d
                parts = self.layers[index]
                padded = lengths is not None and form != "packed"
                # Rows that take no part need no gates, and the other direction's columns
                # are not this one's: what is left must be told by NaN.
                nothing = lambda *shape: np.full(shape, np.nan, np.float32)
                gates, = self.launch(
                    "project_input" if layer == 0 else "project_above", rows,
                    [below, parts["w_ih"], parts["bias"],
                     nothing(rows, 3 * H) if padded else (rows, 3 * H), rows,
                     lengths if padded else None, T if form == "batch_first" else B,
                     int(form == "batch_first")], [3])
                size = rows * D * H - d * H
                arguments = [gates, parts["w_hh"], parts["b_hn"],
                             None if h_0 is None else h_0[index],
                             (size,) if D == 1 else nothing(size), D * H, (B, H), lengths,
                             offsets, T, B, *strides, d]
                if regime == "scan":
                    part, h_n[index] = self.launch("scan", B, arguments, [4, 6])
                else:
                    arguments[1] = parts["w_hh_step"]
                    arguments[4], arguments[6] = nothing(size), nothing(B, H)
                    for t in range(T)[::-1 if d else 1]:
                        arguments[4], arguments[6] = self.launch("step", B, [*arguments, t], [4, 6])
                    part, h_n[index] = arguments[4], arguments[6]
                whole = nothing(rows * D * H)
                whole[d * H:] = part
                columns = slice(d * H, (d + 1) * H)
                output[:, columns] = whole.reshape(rows, D * H)[:, columns]
            below = output
        y = np.zeros((T, B, D * H), np.float32)
        y[used] = below[where[used]]
        return y, h_n
