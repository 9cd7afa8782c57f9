"""What the tests of artifacts share: networks, the compiler, and a list of failures."""
import atexit
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

from levels import LEVELS, levels  # noqa: F401 (for the tests)

folder = tempfile.mkdtemp(prefix="grucc-artifact-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
failures = []
checked = 0


def here(name):
    return os.path.join(folder, name)


def network(i=10, h=20, layers=1, bias=True, batch_first=False, external=False, seed=1,
            dtype="float32"):
    """The flags that describe one network."""
    flags = [f"--input-size={i}", f"--hidden-size={h}", f"--num-layers={layers}"]
    flags += ["--no-bias"] * (not bias) + ["--batch-first"] * batch_first + [f"--dtype={dtype}"]
    return flags + (["--weights=external"] if external else ["--init=uniform", f"--seed={seed}"])


def run(command, **more):
    """The finished command, with its outputs as text."""
    return subprocess.run(command, capture_output=True, text=True, errors="replace",
                          cwd=more.pop("cwd", folder), timeout=120, **more)


def tool(*command, **more):
    """The standard output of a command that must succeed."""
    done = run(command, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def grucc(*args, **more):
    return tool("grucc", *args, **more)


def expect(condition, message):
    """Counts a check, and keeps the message of one that fails."""
    global checked
    checked += 1
    if not condition:
        failures.append(message)
    return bool(condition)


def for_each(cases, check):
    """check(case) for all cases, several at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case, future in [(case, pool.submit(check, case)) for case in cases]:
            try:
                future.result()
            except Exception as error:  # a tool that failed is a finding too
                failures.append(f"{case}: {error}")


def finish():
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{checked} checks, {len(failures)} failed")
    sys.exit(1 if failures or not checked else 0)
