# ===- levels.py - What can run here -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------=== #
import re
import subprocess

LEVELS = ["x86-64-v2", "x86-64-v3", "x86-64-v4"]


def native_level(grucc="grucc"):
    """What grucc takes --target=native for; GRUCC_NATIVE can lower it."""
    done = subprocess.run([grucc, "--input-size=1", "--hidden-size=1", "--init=uniform",
                           "--stop-after=schedule"], capture_output=True, text=True)
    found = re.search(r'#rnn.machine<name = "[^"]+", level = "([^"]+)"', done.stdout)
    if not found:
        raise RuntimeError(f"{grucc}: found no machine\n{done.stderr}")
    return found[1]


def levels():
    """The targets whose code runs here: that one and those below; says which do not."""
    count = LEVELS.index(native_level()) + 1
    for level in LEVELS[count:]:
        print(f"not run here: {level}")
    return LEVELS[:count]
