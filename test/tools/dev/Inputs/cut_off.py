# ===- cut_off.py - Ends gpu-check in the middle -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""cut_off.py SIGNAL PATTERN COMMAND...: sends it to the command once a file has that name and, where
it is gpu-check.json, has a result; says how the command ended, and fails where processes of it are
left."""

import glob
import json
import os
import pathlib
import signal
import subprocess
import sys
import time


def state(pid):
    """(its letter, its parent); None where there is none."""
    try:
        words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return words[0], int(words[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def children(parent):
    pids = [int(path.name) for path in pathlib.Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if (state(pid) or (None, None))[1] == parent]


def is_there(pid):
    found = state(pid)
    return found is not None and found[0] != "Z"


def has_begun(pattern):
    found = glob.glob(pattern)
    return found and (not found[0].endswith(".json") or
                      json.loads(pathlib.Path(found[0]).read_text()).get("correct", {}).get("results"))


def main():
    number, pattern, *line = sys.argv[1:]
    process = subprocess.Popen(line)
    while process.poll() is None and not has_begun(pattern):
        time.sleep(0.02)
    assert process.poll() is None, "ended by itself"
    workers = children(process.pid)
    os.kill(process.pid, getattr(signal, number))
    print("ended with", process.wait())
    for _ in range(3000):
        if not any(map(is_there, workers)):
            break
        time.sleep(0.02)
    assert not any(map(is_there, workers)), workers


if __name__ == "__main__":
    main()
