# ===- networks_to_draw.py - Networks whose pictures are looked at -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------=== #
"""Small and large, of CPUs and a GPU, with the longest words."""
import json
import subprocess

STOP = ["--weights=external", "-o", "m.mlir", "--stop-after=schedule"]
NETWORKS = {
    "tiny": ["--input-size=1", "--hidden-size=8", "--machine=zen3", *STOP],
    "both": ["--input-size=600", "--hidden-size=600", "--num-layers=2", "--bidirectional",
             "--machine=zen3", *STOP],
    "wide": ["--input-size=13000", "--hidden-size=5600", "--machine=armv7-vfp4", *STOP],
    "deep": ["--input-size=40", "--hidden-size=128", "--num-layers=1024", "--bidirectional",
             "--machine=sapphire-rapids", *STOP],
    "eight": ["--input-size=128", "--hidden-size=40", "--num-layers=8", "--bidirectional",
              "--dtype=float64", "--machine=zen4", *STOP],
    "levels": ["--input-size=8", "--hidden-size=20", "--reset=before", "--direction=reverse",
               "--gate-activation=hard_sigmoid(0.25, 0.5)", "--clip=3.25",
               "--target=x86-64-v2,x86-64-v3", "--weights=external", "-o", "m.o"],
    "W" * 300: ["--input-size=2", "--hidden-size=3", "--machine=named.json", *STOP],
    "gpu": ["--input-size=128", "--hidden-size=64", "--num-layers=2", "--init=uniform",
            "--target=sm_90", "-o", "m.so"],
}


def write_machine():
    """A machine whose name is as long as one may be."""
    facts = {"name": "M" * 64, "target": "x86-64-v3",
             "fma_per_cycle": 2, "loads_per_cycle": 2, "mhz": 2000, "l1_bytes": 32768,
             "l2_bytes": 524288, "l3_bytes": 8388608, "l2_bandwidth": 24, "l3_bandwidth": 8}
    with open("named.json", "w") as file:
        json.dump({"machine": facts}, file)


def grucc(name, options, form):
    done = subprocess.run(["grucc", *options, f"--name={name}", f"--report={form}"],
                          capture_output=True, text=True)
    assert done.returncode == 0, (options, done.stderr)
    return done.stdout
