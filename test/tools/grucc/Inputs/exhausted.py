"""Compiles with ever more memory and room: a run ends with one error line or with all files (E)."""
import os
import re
import resource
import subprocess
import sys

MIB = 1 << 20
NETWORK = ["--input-size=20", "--hidden-size=300", "--init=uniform", "--target=x86-64-v3", "--name=m"]
ERROR = re.compile(r"\w+: error: [^\n]+: found [^\n]+, expected [^\n]+\n")


def run(mib, *args):
    """grucc with so much address space."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (mib * MIB, mib * MIB))
    return subprocess.run(["grucc", *args], capture_output=True, text=True, preexec_fn=limit)


# How much the program and its libraries take before they do anything.
low, high = 16, 4096
while high - low > 4:
    middle = (low + high) // 2
    low, high = (low, middle) if run(middle, "--version").returncode == 0 else (middle, high)

failures, seen = [], set()
for kind in ("o", "so"):
    for more in (*range(0, 20, 2), *range(20, 100, 10)):
        done = run(high + more, *NETWORK, "-o", f"m.{kind}", "--header=m.h")
        left = os.listdir()
        what = f"{high} + {more} MiB for .{kind}"
        if done.returncode == 0:
            if sorted(left) != sorted([f"m.{kind}", "m.h"]):
                failures.append(f"{what}: found {left}, expected both files")
            for name in left:
                os.remove(name)
            seen.add("done")
            break
        if done.returncode != 1 or not ERROR.fullmatch(done.stderr) or done.stdout or left:
            failures.append(f"{what}: exit code {done.returncode}, left {left}\n{done.stderr[:500]}")
        if "memory: found none left" in done.stderr:
            seen.add("none left")
# A library is linked in $TMPDIR: what does not fit there is an error, too. Root may make it small.
subprocess.run(["grucc", *NETWORK, "-o", "m.o"], check=True)
size = os.path.getsize("m.o")
os.remove("m.o")
os.mkdir("small")
for room in (size // 2, size + 8192, size * 3 // 2):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", "small"], capture_output=True)
    if mounted.returncode:
        print("no small disk can be made here")
        break
    try:
        done = subprocess.run(["grucc", *NETWORK, "-o", "m.so"], capture_output=True, text=True,
                              env={**os.environ, "TMPDIR": os.path.abspath("small")})
        left = os.listdir() + os.listdir("small")
    finally:
        subprocess.run(["umount", "small"], check=True)
    if done.returncode != 1 or not ERROR.fullmatch(done.stderr) or left != ["small"]:
        failures.append(f"$TMPDIR of {room} bytes: exit code {done.returncode}, left {left}\n{done.stderr[:500]}")
print("\n".join(failures))
if seen != {"done", "none left"}:
    failures.append("what should be seen")
    print(f"found {seen}, expected a run that ends and one without memory")
sys.exit(1 if failures else 0)
