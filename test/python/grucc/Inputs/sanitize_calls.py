# ===- sanitize_calls.py - The extension under sanitizers -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""sanitize_calls.py SOURCE LIBRARY: builds the extension, and prints the sanitizers' own library.
sanitize_calls.py --run FILE PROGRAM ARGUMENTS...: runs a program of Python with the library that
FILE names loaded first, since Python is not instrumented, and every object in memory of its own."""

import glob
import os
import subprocess
import sys
import sysconfig


def build(source, library):
    subprocess.run(["clang", "-std=c11", "-g", "-O1", "-fPIC", "-shared",
                    "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-shared-libsan",
                    "-isystem", sysconfig.get_path("include"), f"-I{source}/runtime/include",
                    *glob.glob(f"{source}/python/calls/*.c"), "-o", library], check=True)
    names = [f"-print-file-name=libclang_rt.asan{machine}.so"
             for machine in ("", f"-{os.uname().machine}")]  # by how LLVM was built
    found = [subprocess.run(["clang", name], check=True, capture_output=True,
                            text=True).stdout.strip() for name in names]
    print(next(place for place in found if os.path.isabs(place)))


def run(preloaded, *program):
    with open(preloaded) as file:
        os.environ["LD_PRELOAD"] = file.read().strip()
    # What Python leaves to the system at its end is no leak of ours.
    os.environ.update(ASAN_OPTIONS="detect_leaks=0", PYTHONMALLOC="malloc")
    os.execv(sys.executable, [sys.executable, "-B", *program])


if sys.argv[1] == "--run":
    run(*sys.argv[2:])
else:
    build(*sys.argv[1:])
