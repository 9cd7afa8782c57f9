# ===- onednn3.py - oneDNN 3 driven from C++ as a peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""oneDNN 3, as PyPI has it: the same driver as oneDNN's, built with the newer release.

That build runs on SYCL, which finds the CPU through OpenCL; what it needs lies beside it.
"""

import os
import pathlib
import sys

from peers.engines.onednn import OneDnn

LIBRARIES = pathlib.Path(sys.prefix) / "lib"
if (LIBRARIES / "libintelocl.so").exists():  # of this worker's process and its own alone
    os.environ.setdefault("OCL_ICD_FILENAMES", str(LIBRARIES / "libintelocl.so"))
    os.environ["LD_LIBRARY_PATH"] = os.pathsep.join(
        [str(LIBRARIES), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])])
os.environ.setdefault("ONEAPI_DEVICE_SELECTOR", "opencl:cpu")
os.environ.setdefault("ONEDNN_VERBOSE", "0")


class OneDnn3(OneDnn):
    PROGRAM = "grucc-bench-onednn3"


ENGINE = OneDnn3
