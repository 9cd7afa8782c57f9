# ===- one_error.py - A command that fails with one line -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""one_error.py STATUS COMMAND...: prints the error line of a command that ends with that status and
says nothing else but how far it came."""

import subprocess
import sys


def main():
    status, *line = sys.argv[1:]
    done = subprocess.run(line, capture_output=True, text=True)
    lines = [one for one in done.stderr.splitlines()
             if not one.endswith((" compiled", ": packing"))]
    assert done.returncode == int(status), (done.returncode, done.stderr)
    assert len(lines) == 1 and not done.stdout, (lines, done.stdout)
    print(lines[0])


if __name__ == "__main__":
    main()
