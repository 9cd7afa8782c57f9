# ===- sanitize.py - Kernels under NVIDIA's compute-sanitizer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Section 2: each tool on a process that runs some small networks, without torch."""

import ctypes
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from array import array

from . import model as models
from . import networks

TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
SHAPES = 3  # of networks.SHAPES
SECONDS = 90  # of one process
FOUND = 99  # its status where the tool has found something


def cases(bundle, count=None):
    """A case for each tool and precision: starting a process under a tool takes longer than its
    kernels do."""
    numbers = range(min(SHAPES, count or SHAPES))
    found = []
    for tool in TOOLS:
        for precision in networks.PRECISIONS:
            names = [network["name"] for network in bundle.names("correct")
                     if network["precision"] == precision and network["seed"] in numbers]
            if names:
                found.append({"id": f"{tool}/{precision}", "what": tool, "tool": tool,
                              "kernel": f"kernels in {networks.named(precision)}",
                              "networks": names})
    return found


def run(entry, job, all_cases, results, until):
    """In the supervisor."""
    program = shutil.which("compute-sanitizer")
    results.begin("sanitize", len(all_cases))
    if not program:
        results.end("sanitize", len(all_cases), "no compute-sanitizer on the path",
                    excused=True)
        return
    for number, case in enumerate(all_cases):
        left = until - time.monotonic()
        if left <= 1:
            results.end("sanitize", len(all_cases) - number, "no time left")
            return
        found = one(program, entry, {**job, "cases": [case]}, case["tool"], min(left, SECONDS))
        if found["ok"] is None:
            results.leave_out("sanitize", 1, f"{case['id']}: {found['why']}")
        else:
            results.add("sanitize", {**case, **found})
    results.end("sanitize", 0, None)


def one(program, entry, job, tool, seconds):
    """What a tool says of a case."""
    line = [program, f"--tool={tool}", f"--error-exitcode={FOUND}", "--target-processes=all",
            sys.executable, "-B", str(entry), "--worker", "sanitized"]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=output, stderr=output,
                                   start_new_session=True)
        try:
            process.communicate(json.dumps(job).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return {"ok": None, "why": f"not over in {seconds:.0f} s"}
        finally:
            end(process)
        output.seek(0)
        said = output.read().decode(errors="replace").splitlines()
    if process.returncode == 0:
        return {"ok": True}
    lines = [text.strip("= ") for text in said if text.startswith("=========")]
    words = " | ".join([text for text in lines or said[-4:] if text][:8])[:600]
    found = "errors" if process.returncode == FOUND else f"status {process.returncode}"
    return {"ok": False, "why": f"{found}: {words}"}


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


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
