# ===- check_types.py - Runs mypy and compares what it refuses -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_types.py PROGRAM CACHE: mypy --strict refuses the lines of PROGRAM that say
`# refused: CODE`, with that code, and no others."""

import re
import sys

import mypy.api

program, cache = sys.argv[1:]
said, errors, _ = mypy.api.run(["--strict", "--python-version=3.10", "--config-file=",
                                f"--cache-dir={cache}", program])
assert not errors, errors
with open(program) as file:
    expected = {(number, found[1]) for number, line in enumerate(file, 1)
                if (found := re.search(r"# refused: (\S+)$", line))}
found = {(int(line), code) for line, code in
         re.findall(r"^[^:\n]*\.py:(\d+): error: .*\[([a-z-]+)\]$", said, re.MULTILINE)}
assert len(expected) > 20 and found == expected, (
    f"refused unexpectedly: {sorted(found - expected)}, accepted: {sorted(expected - found)}\n"
    f"{said}")
