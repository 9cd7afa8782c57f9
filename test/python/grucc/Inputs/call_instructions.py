# ===- call_instructions.py - Instructions of calls from Python -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""call_instructions.py SOURCE BUILD, in an empty folder: what calls of a model 1 → 8 cost above
the model's own run and step, with the extension and without it."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

COUNT = 1000
# Instructions of a call above the C call, for x86-64-v2: 12 to 16 % more than CPython 3.11.7, NumPy
# 2.4.6 and torch 2.13.0 take, for others of them and of the C library, which chooses by the CPU.
# The same calls through ctypes take more than twice as many.
MOST = {"run numpy": 14000, "run torch": 18500, "step numpy": 10000, "step torch": 13500}


def calls(library, path):
    """Runs under callgrind: has COUNT calls of each kind counted, under their names."""
    import ctypes
    import numpy as np
    import torch
    import grucc
    from grucc._library import ARGS_BYTES, Args

    counter = ctypes.CDLL(library)
    model = grucc.load(path)
    at = ctypes.c_void_p(model.descriptor.loaded.descriptor_address())
    x, output, h_n = (np.ones((1, 1, n), np.float32) for n in (1, 8, 8))
    tensor = torch.from_numpy(x.copy())
    workspace = grucc.aligned(model.report["workspace_bytes"])
    (_, state), (_, tensor_state) = model.step(x[0]), model.step(tensor[0])
    args = Args(size=ARGS_BYTES, seq_len=1, batch=1, input=grucc.address(x),
                output=grucc.address(output), h_n=grucc.address(h_n),
                workspace=grucc.address(workspace))
    step = [at, *(ctypes.c_void_p(v) for v in (args.input, args.output, state.at, args.workspace))]

    def many(function, *arguments):
        def loop():
            for _ in range(COUNT):
                function(*arguments)
        return loop

    for name, case in {"nothing": many(lambda: None),
                       "run C": lambda: counter.run(at, ctypes.byref(args), COUNT),
                       "run numpy": many(model, x), "run torch": many(model, tensor),
                       "step C": lambda: counter.step(*step, COUNT),
                       "step numpy": many(model.step, x[0], state),
                       "step torch": many(model.step, tensor[0], tensor_state)}.items():
        assert not case()  # a status, or None; and what happens once has happened
        counter.begin()
        case()
        counter.end(name.encode())


def counted(package, folder):
    """{name: instructions of one call} with the package there."""
    os.mkdir(folder)
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out",
         sys.executable, "-B", __file__, "--calls", "./counter.so", "model.so"], text=True,
        capture_output=True, env=os.environ | {"PYTHONPATH": str(package), "PYTHONHASHSEED": "0",
                                               "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    for dump in pathlib.Path(folder).iterdir():
        text = dump.read_text()
        name = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
        if name:
            found[name[1]] = int(re.search(r"^totals: (\d+)", text, re.M)[1]) / COUNT
    assert len(found) == 7 and min(found.values()) > 100, found
    return found


def main(source, build):
    subprocess.run(["clang", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                    f"-I{source}/runtime/include", __file__.replace(".py", ".c"),
                    "-o", "counter.so"], check=True)
    subprocess.run(["grucc", "--input-size=1", "--hidden-size=8", "--init=uniform", "--seed=1",
                    "--target=x86-64-v2", "--name=net", "-o", "model.so"], check=True)
    shutil.copytree(f"{source}/python/grucc", "without/grucc",
                    ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    shutil.copytree("without/grucc", "with/grucc")
    shutil.copy(f"{build}/lib/_calls.abi3.so", "with/grucc")
    extension, python = counted("with", "counts"), counted("without", "counts_without")
    for name, most in MOST.items():
        bare = name.split()[0] + " C"
        ours, theirs = (found[name] - found[bare] for found in (extension, python))
        print(f"{name}: {ours:.0f} instructions above the C call, {theirs:.0f} by Python alone")
        assert ours <= most, f"{name}: found {ours:.0f} instructions, expected up to {most}"
        assert theirs > 2 * most, f"{name}: found {theirs:.0f}, which {most} is to tell apart"


if sys.argv[1] == "--calls":
    calls(*sys.argv[2:])
else:
    main(*sys.argv[1:])
