# ===- levels.py - What can run here -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------=== #
"""levels.py MACHINE: succeeds where this CPU runs what is compiled for that entry of the table."""

import os
import re
import subprocess
import sys

LEVELS = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]


def native_level(grucc="grucc", machine=None):
    """What grucc takes --target=native for: GRUCC_NATIVE, or `machine`; "" is this CPU."""
    environment = os.environ | ({} if machine is None else {"GRUCC_NATIVE": machine})
    done = subprocess.run([grucc, "--input-size=1", "--hidden-size=1", "--init=uniform",
                           "--target=native", "--stop-after=schedule"], env=environment, capture_output=True, text=True)
    found = re.search(r'#rnn.machine<name = "[^"]+", target = "([^"]+)"', done.stdout)
    if not found:
        raise RuntimeError(f"{grucc}: found no machine\n{done.stderr}")
    return found[1]


def runs_here(machine, grucc="grucc"):
    here, wanted = (LEVELS.index(native_level(grucc, name)) for name in ("", machine))
    return wanted <= here


def levels():
    """The targets whose code runs here: that of native_level and those below; says which do not."""
    count = LEVELS.index(native_level()) + 1
    for level in LEVELS[count:]:
        print(f"not run here: {level}")
    return LEVELS[:count]


if __name__ == "__main__":
    sys.exit(not runs_here(sys.argv[1]))
