"""A model and a _start are a whole program (A2)."""
import os
import sys

from artifact_kit import expect, finish, for_each, grucc, levels, network, run, tool

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "artifact_alone.c")


def check(level):
    os.makedirs(os.path.join(sys.argv[1], level), exist_ok=True)
    here = os.path.join(sys.argv[1], level)
    grucc(*network(i=10, h=21, layers=2), f"--target={level}", "-o", "net.o", "--header=net.h", cwd=here)
    tool("clang", "-std=c11", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fno-builtin", "-nostdlib", "-static",
         "-fno-stack-protector", "-fuse-ld=lld", "-I.", SOURCE, "net.o", "-o", "alone", cwd=here)
    expect(tool("llvm-nm", "-u", "alone", cwd=here) == "", f"{level}: undefined symbols")
    expect("INTERP" not in tool("llvm-readelf", "-lW", "alone", cwd=here), f"{level}: needs a loader")
    code = run([os.path.join(here, "alone")]).returncode
    expect(code == 0, f"{level}: exit code {code}")


for_each(levels(), check)
finish()
