"""Runs grucc on many small cases at once and checks each to the letter (E)."""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

# One error line, then notes; a note never stands alone.
ERROR = re.compile(r"[^\n]+: error: [^\n]+: found [^\n]+, expected [^\n]+")
NOTE = re.compile(r"[^\n]+: note: [^\n]+")


class Case:
    """`files`: {name: bytes} written beside each other. `args`: the command line,
    run in that folder. `expect`: a regular expression on the error line, or on
    all that is printed when `code` is 0. `notes`: all notes, when it is not None."""

    def __init__(self, name, files, args, expect, code=1, prepare=None, outputs=True, notes=None):
        self.name, self.files, self.args = name, files, args
        self.expect, self.code, self.prepare, self.notes = expect, code, prepare, notes
        self.outputs = ["-o", "out.o", "--header=out.h"] if outputs else []


def contents(folder):
    """What every file holds; None: it is no regular file."""
    paths = {name: os.path.join(folder, name) for name in os.listdir(folder)}
    return {name: open(path, "rb").read() if os.path.isfile(path) else None
            for name, path in paths.items()}


def run(case):
    """What is wrong with a case, or None."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in case.files.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(content if isinstance(content, bytes) else content.encode())
        if case.prepare:
            case.prepare(folder)
        before = contents(folder)
        try:
            done = subprocess.run(["grucc", *case.args, *case.outputs], cwd=folder,
                                  capture_output=True, timeout=60)
        except subprocess.TimeoutExpired:
            return "it hangs"
        after = contents(folder)
    errors = done.stderr.decode(errors="replace")
    output = done.stdout.decode(errors="replace")
    shown = f"exit code {done.returncode}\n{errors[:1000]}{output[:1000]}"
    if done.returncode != case.code:
        return f"exit code {done.returncode}, expected {case.code}\n{shown}"
    if case.code == 0:
        return None if re.search(case.expect, output + errors) else f"output\n{shown}"
    lines = [l for l in errors.rstrip("\n").split("\n") if ": warning: " not in l]
    if not ERROR.fullmatch(lines[0]) or not all(NOTE.fullmatch(l) for l in lines[1:]):
        return f"not one error line\n{shown}"
    if not re.search(case.expect, lines[0]):
        return f"another error than {case.expect!r}\n{shown}"
    if case.notes is not None and lines[1:] != case.notes:
        return f"other notes than {case.notes}\n{shown}"
    if output:
        return f"something on standard output\n{shown}"
    if after != before:
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return f"files left behind or changed: {changed}\n{shown}"
    return None


def run_all(cases):
    """Prints every failure and the count; exits with 1 when there is any."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, cases))
    failures = [(c.name, r) for c, r in zip(cases, results) if r]
    for name, reason in failures:
        print(f"FAILED {name}: {reason}")
    print(f"{len(cases) - len(failures)} of {len(cases)} cases passed")
    sys.exit(1 if failures or not cases else 0)
