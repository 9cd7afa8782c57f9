"""run_readme.py README.md BUILD FOLDER: runs the README's fenced examples in FOLDER.

A python or sh block is run, where `build` is the folder BUILD and ~ is FOLDER; another is
kept under the name in its first line. The first python block, the first sh block and those that
node runs, where it is installed, must print the same numbers; a board's, where its emulator is
installed, must end well. The plug-in must do what PyTorch does, in two instances. Every stage of the
stage table must be one that --stop-after knows, and every path that the README names must exist.
"""

import math
import os
import pathlib
import re
import shutil
import subprocess
import sys

import readme_plugin

readme, build, folder = map(pathlib.Path, sys.argv[1:])
text = readme.read_text()
# What blocks that begin with a program need, which may not be installed.
WANTED = {"node": "node", "runtime/examples/keyword-mcu/run": "qemu-system-arm"}
# `python3` is the one that has torch.
environment = {**os.environ, "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}",
               "PYTHONPATH": str(readme.resolve().parent / "python"),
               "XDG_CACHE_HOME": str(folder / "cache"), "HOME": str(folder),
               "CMAKE_GENERATOR": "Ninja"}
(folder / "build").symlink_to(build)
(folder / "runtime").symlink_to(readme.resolve().parent / "runtime")
readme_plugin.save_networks(folder)


def run(command, source):
    done = subprocess.run(command, input=source, cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f"{source}\n--- exit code {done.returncode}\n{done.stdout[:2000]}")
    if done.returncode != 0:
        sys.exit("run_readme.py: an example of the README failed")
    return done.stdout


printed = {"python": [], "sh": [], "node": []}
for language, source in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
    if language in ("c", "cpp", "cmake", "js"):
        name = re.match(r"(?:/\*|//|#) ([\w/]+\.\w+)(?: \*/)?\n", source)[1]
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(source)
    elif language == "python":
        printed["python"].append(run([sys.executable, "-"], source))
    elif language == "sh":
        program = source.split()[0]
        wanted = WANTED.get(program)
        if wanted and not shutil.which(wanted):
            print(f"left out, for want of {wanted}: {source}")
        else:
            kind = "node" if program == "node" else "sh"
            printed[kind].append(run(["bash", "-euo", "pipefail", "-s"], source))
    else:
        sys.exit(f"run_readme.py: a block in '{language}' cannot be run")

expected = [float(word) for word in printed["python"][0].split()]
for said in [printed["sh"][0], *printed["node"]]:
    found = [float(word) for word in said.split()]
    if len(expected) != 3 or len(found) != 3 or not all(
            math.isclose(a, b, abs_tol=2e-6) for a, b in zip(expected, found)):
        sys.exit(f"run_readme.py: PyTorch printed {expected}, the program {found}")
promised = re.search(r"^It prints `([-.0-9 ]+)`", text, re.MULTILINE)[1].split()
if not all(math.isclose(a, float(b), abs_tol=1e-6) for a, b in zip(expected, promised, strict=True)):
    sys.exit(f"run_readme.py: the README promises {promised}, found {expected}")
readme_plugin.check(folder)
# What the programs of single sections promise in their comments.
for promise in (r"^x86-64-v[234]$", r"^left -?nan, right (\S+), left again \1$"):
    if not any(re.search(promise, said, re.MULTILINE) for said in printed["sh"]):
        sys.exit(f"run_readme.py: nothing printed {promise}")

# compiler/README.md has a row for every folder, and one for every level between two of them.
page = (readme.parent / "compiler" / "README.md").read_text()
rows = re.findall(r"^\| `([\w/]+)/` \|", page[:page.index("## ")], re.MULTILINE)
named = list(dict.fromkeys(row.split("/")[0] for row in rows))
folders = sorted(path.name for path in (readme.parent / "compiler").iterdir() if path.is_dir())
if named != folders:
    sys.exit(f"run_readme.py: compiler/README.md has rows of {named}, and there are the folders {folders}")
levels = re.findall(r"^\| `(\w+)` \|", page[page.index("| level |"):page.index("Where is decided")], re.MULTILINE)
# A stage is called as its folder is, but for the levels of a CPU; the last folder has no MLIR to print.
stages = [*named[:-2], *levels[1:], named[-2]]
help = run(["grucc", "--help"], "")
if not re.search(r"\s+".join(["Print the MLIR after", ", ".join(stages[:-1]).replace(" ", r"\s+"), "or", stages[-1]]), help):
    sys.exit(f"run_readme.py: grucc --help names other stages than {stages}")
for stage in stages:
    if not run(["bash", "-eu", "-s"], f"grucc gru.safetensors -o - --stop-after={stage}").strip():
        sys.exit(f"run_readme.py: the stage {stage} printed nothing")

# The README's bytes of a small network are those of the page of small machines, which measures hold.
stated = re.search(r"GRU\((\d+ → \d+)\) takes (\d+) bytes of code, (\d+) of RAM and (\d+) of stack on a Cortex-M4F",
                   text).groups()
machines = (readme.parent / "compiler/target/cpu/SMALL_MACHINES.md").read_text()
first, second = [row.split(" | ") for row in re.findall(rf"^\| cortex-m4f \| {stated[0]} \| (.*) \|$", machines, re.MULTILINE)]
if stated[1:] != (first[5], second[2], second[5]):
    sys.exit(f"run_readme.py: the README says {stated[1:]}, SMALL_MACHINES.md {first[5], second[2], second[5]}")

for path in re.findall(r"`([a-z]+/[\w/-]*)`|\]\(([\w/.]+)\)", text):
    path = path[0] or path[1]
    if not (readme.parent / path).exists() and path != "build/bin":
        sys.exit(f"run_readme.py: found no {path} in the tree, but in the README")
