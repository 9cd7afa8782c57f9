# ===- check_installed.py - The package as pip installs it -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_installed.py FOLDER [GRUCC]: imports the package that was installed there, which finds
that executable, or the one on PATH."""

import importlib.metadata
import os
import shutil
import subprocess
import sys

sys.path.insert(0, sys.argv[1])

import numpy as np
import grucc
from grucc import _compiler

assert grucc.__file__.startswith(sys.argv[1]), grucc.__file__
model = grucc.compile(grucc.GRU(3, 4))
output, h_n = model(np.ones((5, 2, 3), np.float32))
assert output.shape == (5, 2, 4) and (output[-1] == h_n[0]).all()
y, state = model.step(np.ones(3, np.float32))
assert (y == output[0, 0]).all()
assert "torch" not in sys.modules
with open("/proc/self/maps") as maps:
    loaded = maps.read()
assert os.path.basename(model.path) in loaded and "LLVM" not in loaded and "MLIR" not in loaded

compiler = sys.argv[2] if len(sys.argv) > 2 else shutil.which("grucc")
assert _compiler.find_compiler() == compiler
threaded = grucc.compile(grucc.GRU(3, 4), threads=2)
assert (threaded(np.ones((5, 2, 3), np.float32))[0] == output).all()
[version] = [one.version for one in
             importlib.metadata.distributions(name="grucc", path=[sys.argv[1]])]
said = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout.split()[1]
assert version == grucc.__version__ == said, (version, grucc.__version__, said)
