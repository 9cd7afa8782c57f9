# ===- sanitize.py - Kernels under NVIDIA's compute-sanitizer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Section 2: each tool on a process that runs some small networks, without torch."""

import ctypes
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from array import array

from . import model as models
from . import networks, supervisor

TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
SHAPES = 3  # of networks.SHAPES
LEAST_SECONDS = 10  # that a process under a tool takes
PLACES = ("$CUDA_HOME/bin", "/usr/local/cuda/bin")  # beside the path
FOUND = 99  # its status where the tool has found something
FAILURES = ("Traceback (most recent call last)", "CUDA error", "CUDA_ERROR_")  # of what it looks at


def cases(bundle, count=None):
    """A case for each tool: starting a process under a tool takes longer than its kernels do."""
    numbers = range(min(SHAPES, count or SHAPES))
    names = [network["name"] for network in bundle.names("correct") if network["seed"] in numbers]
    return [{"id": tool, "what": tool, "tool": tool, "kernel": "small networks", "networks": names}
            for tool in TOOLS if names]


def find():
    places = [os.environ.get("PATH", os.defpath), *map(os.path.expandvars, PLACES)]
    return shutil.which("compute-sanitizer", path=os.pathsep.join(places))


def run(entry, job, all_cases, results, until):
    """In the supervisor."""
    program = find()
    results.begin("sanitize", len(all_cases))
    if not program:
        results.end("sanitize", len(all_cases), "no compute-sanitizer on the path or in "
                    + " or ".join(PLACES), excused=True)
        return
    for number, case in enumerate(all_cases):
        left, cases_left = until - time.monotonic(), len(all_cases) - number
        if supervisor.Stuck.why or left <= LEAST_SECONDS:
            results.end("sanitize", cases_left, supervisor.Stuck.why or "no time left")
            return
        # One that is slow leaves time for the others.
        seconds = max(min(left, 2 * left / cases_left), LEAST_SECONDS)
        found = one(program, entry, {**job, "cases": [case]}, case["tool"], seconds)
        if found["ok"] is None:
            results.leave_out("sanitize", 1, f"{case['id']}: {found['why']}")
        else:
            results.add("sanitize", {**case, **found})
    results.end("sanitize", 0, None)


def one(program, entry, job, tool, seconds):
    """What a tool says of a case."""
    line = [program, f"--tool={tool}", f"--error-exitcode={FOUND}", "--target-processes=all",
            sys.executable, "-B", str(entry), "--worker", "sanitized"]
    path = supervisor.write_job(job)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   start_new_session=True, env=supervisor.environment(job, path))
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return {"ok": None, "why": f"not over in {seconds:.0f} s"}
        finally:
            supervisor.kill(process)
            os.unlink(path)
        output.seek(0)
        said = output.read().decode(errors="replace")
    return verdict(process.returncode, said)


def verdict(status, said):
    """ok: true only where the tool says that it has looked and found nothing; none where it has not
    looked, unless the kernels' own process says that it failed."""
    counts = [int(number) for number in re.findall(r"SUMMARY: (\d+) (?:error|hazard)", said)]
    if status == 0 and counts and not any(counts):
        return {"ok": True}
    lines = [text.strip("= ") for text in said.splitlines() if text.startswith("=========")]
    words = " | ".join([text for text in lines or said.splitlines()[-4:] if text][:8])[:600]
    how = "errors" if any(counts) else f"status {status}"
    if counts or any(sign in said for sign in FAILURES):
        return {"ok": False, "why": f"{how}: {words}"}
    return {"ok": None, "why": f"no summary, {how}: {words}"}


def run_sanitized(worker):
    """Under the tool: sequences of several lengths by scan and by step, from the host's memory."""
    runtime = models.open_runtime(worker.bundle.runtime())
    for name in worker.job["cases"][0]["networks"]:
        network = worker.bundle.networks[name]
        file = models.open_file(runtime, worker.bundle.model(name))
        regimes = ["scan"] * bool(models.descriptor_of(file).scan.name) + ["step"]
        for regime in regimes:
            handle = models.open_copy(file, regime)
            handle.set_device(worker.bundle.device)
            run_once(handle, network, T=3, B=5)
            handle.close()
        file.close()


def run_once(handle, network, T, B):
    generator, keep = random.Random(5), []

    def numbers(kind, values, *shape):
        data = array(kind, values)
        keep.append((ctypes.c_char * (len(data) * data.itemsize)).from_buffer(data))
        return models.tensor(ctypes.addressof(keep[-1]), *shape,
                             dtype=models.FLOAT32 if kind == "f" else models.INT64)

    def floats(*shape):
        size = 1
        for extent in shape:
            size *= extent
        return numbers("f", (generator.uniform(-1, 1) for _ in range(size)), *shape)

    lead = (B, T) if network["batch_first"] else (T, B)
    states = network["L"] * network["D"], B, network["H"]
    call = models.Call()
    call.input = floats(*lead, network["I"])
    call.lengths = numbers("q", [T, 0, *(generator.randint(0, T) for _ in range(B - 2))], B)
    call.h_0 = floats(*states)
    call.output = floats(*lead, network["D"] * network["H"])
    call.h_n = floats(*states)
    handle.run(call)
