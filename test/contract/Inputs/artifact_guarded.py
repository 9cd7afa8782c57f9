"""Baked and external weights give the same bits, and no buffer is left by a byte (A3, A4)."""
import json
import os
import struct
import sys

from artifact_kit import expect, finish, for_each, grucc, here, levels, run, tool

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "artifact_guarded.c")
# One unit, tails of every width, one whole panel, two blocks of k, no bias.
NETWORKS = [dict(i=1, h=1, layers=3), dict(i=10, h=20, layers=2), dict(i=5, h=8), dict(i=70, h=67, bias=False),
            dict(i=3, h=130), dict(i=33, h=49, layers=2, bias=False)]


def safetensors(i, h, layers=1, bias=True):
    """The tensors' bytes in torch's order, and a weights file of them."""
    header, data, random = {}, b"", 1
    for layer in range(layers):
        shapes = {"weight_ih": [3 * h, i if layer == 0 else h], "weight_hh": [3 * h, h]}
        shapes |= {"bias_ih": [3 * h], "bias_hh": [3 * h]} if bias else {}
        for name, shape in shapes.items():
            values = []
            for _ in range(shape[0] * (shape[1] if len(shape) > 1 else 1)):
                random = (random * 1664525 + 1013904223) % 2**32
                values.append((random / 2**31 - 1) / h**0.5)
            raw = struct.pack(f"<{len(values)}f", *values)
            header[f"{name}_l{layer}"] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
            data += raw
    text = json.dumps(header).encode()
    return data, struct.pack("<Q", len(text)) + text + data


def check(case):
    number, level = case
    flags, texts = NETWORKS[number], {}
    data, file = safetensors(**flags)
    for where in ("baked", "external"):
        place = here(f"{number}_{level}_{where}")
        os.mkdir(place)
        for name, content in (("raw", data), ("net.safetensors", file)):
            with open(os.path.join(place, name), "wb") as out:
                out.write(content)
        # External weights take the sizes of the file, and not its values.
        grucc("net.safetensors", f"--weights={where}", f"--target={level}", "-o", "net.o", "--header=net.h", cwd=place)
        tool("clang", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-I.", SOURCE, "net.o", "-o", "program", cwd=place)
        done = run(["./program", "raw"], cwd=place)
        texts[where] = done.stdout
        expect(done.returncode == 0, f"{flags}, {level}, {where}: exit code {done.returncode}\n{done.stdout[-200:]}")
    expect(texts["baked"] == texts["external"], f"{flags}, {level}: external weights give other bits")
    outputs = texts["baked"].count("output")
    expect(outputs == 32, f"{flags}, {level}: found {outputs} outputs, expected 32")


runnable = levels()
for_each([(number, level) for number in range(len(NETWORKS)) for level in runnable
          if level == runnable[-1] or number % 3 == runnable.index(level)], check)
finish()
