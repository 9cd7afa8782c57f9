# ===- cut_off.py - Ends gpu-check in the middle -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""cut_off.py SIGNAL FOLDER COMMAND...: sends it to the command once FOLDER's JSON has a result; says
how the command ended, and fails where processes of it are left."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time


def children(parent):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def main():
    number, folder, *line = sys.argv[1:]
    path = pathlib.Path(folder, "gpu-check.json")
    process = subprocess.Popen(line)
    while process.poll() is None:
        if path.exists() and json.loads(path.read_text()).get("correct", {}).get("results"):
            break
        time.sleep(0.02)
    assert process.poll() is None, "ended by itself"
    workers = children(process.pid)
    os.kill(process.pid, getattr(signal, number))
    print("ended with", process.wait())
    for _ in range(500):
        if not any(map(is_there, workers)):
            break
        time.sleep(0.02)
    assert not any(map(is_there, workers)), workers


if __name__ == "__main__":
    main()
