# ===- check_memory.py - Memory of a process with a model -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What a process that loads and calls a model of H = 256 has in memory above one that has imported
NumPy alone: all of it, shared pages, too, at its end and at its peak."""

import os
import re
import subprocess
import sys

MOST = 10_000_000  # bytes

NUMPY = """
import numpy as np
"""
MODEL = """
import grucc
model = grucc.load("model.so")
assert model.hidden_size == 256
output, h_n = model(np.zeros((16, 1, 256), np.float32))
y, state = model.step(np.zeros((1, 256), np.float32))
"""
REPORT = """
for file, key in ("/proc/self/smaps_rollup", "Rss"), ("/proc/self/status", "VmHWM"):
    with open(file) as lines:
        print(next(line for line in lines if line.startswith(key + ":")))
"""


def memory(program):
    """(at the end, at the peak) in bytes, of a process of its own."""
    done = subprocess.run([sys.executable, "-B", "-c", program + REPORT], check=True, text=True,
                          capture_output=True, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    end, peak = (1024 * int(kb) for kb in re.findall(r"(\d+) kB", done.stdout))
    return end, peak


if __name__ == "__main__":
    import grucc
    grucc.compile(grucc.GRU(256, 256, seed=3)).save("model.so")
    for _ in range(2):  # the second time all files are in the system's cache
        without, found = memory(NUMPY), memory(NUMPY + MODEL)
    above = [a - b for a, b in zip(found, without)]
    print("above NumPy: {:.1f} MB at the end, {:.1f} at the peak".format(*(v / 1e6 for v in above)))
    assert min(above) > os.path.getsize("model.so") / 2, above  # the weights at least were read
    assert max(above) <= MOST, f"memory: found {above} bytes above NumPy's, expected up to {MOST}"
