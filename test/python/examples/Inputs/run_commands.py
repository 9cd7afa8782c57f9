# ===- run_commands.py - The commands of an example's README -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""run_commands.py EXAMPLE FOLDER [PROGRAM=ARGUMENTS ...]: runs EXAMPLE/README.md's sh blocks in
FOLDER, where the example's files are copied, in the order in which they stand there. ARGUMENTS come
behind those that the README has for PROGRAM, to make it short; each PROGRAM has to be called. What
the README shows as python has to stand in one of the example's files, line by line."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

example, folder = map(pathlib.Path, sys.argv[1:3])
shorter = dict(one.split("=", 1) for one in sys.argv[3:])
shutil.copytree(example, folder, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
# `python3` is the one that has torch.
path = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
called = set()


def with_arguments(line):
    program = re.match(r"python3 (\S+)", line)
    if not program or program[1] not in shorter:
        return line
    called.add(program[1])
    return f"{line} {shorter[program[1]]}"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", (example / "README.md").read_text(),
                      re.MULTILINE | re.DOTALL)


code = "".join(file.read_text() for file in example.glob("*.py"))
for line in "".join(blocks("python")).splitlines():
    if line.strip() not in code:
        sys.exit(f"run_commands.py: found no '{line}' in the files, but in the README")
for block in blocks("sh"):
    commands = "\n".join(map(with_arguments, block.splitlines()))
    print(commands, flush=True)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=folder,
                          env={**os.environ, "PATH": path}, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"run_commands.py: exit code {done.returncode}")
if called != set(shorter):
    sys.exit(f"run_commands.py: the README calls no {', '.join(set(shorter) - called)}")
