# ===- supervisor.py - Keeps going when a worker does not -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Starts workers, each in a process group of its own, and replaces those that die, hang, or have a
broken context. Knows neither torch nor CUDA, so that nothing of theirs can end it."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time

START_SECONDS = 300  # until the first line: Python and torch from a cold disk
MOST_DEATHS = 3  # one after the other, before a case has begun
END_SECONDS = 10  # for the system to end what is killed
JOB = "GPU_CHECK_JOB"  # the variable of a worker's environment that names its job's file


def write_job(job):
    """The file; what the driver compiles is kept beside it, for the next worker of this run alone."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", dir=job["place"], delete=False) as file:
        json.dump(job, file)
    return file.name


def environment(job, path):
    cache = os.path.join(job["place"], "jit")
    os.makedirs(cache, exist_ok=True)
    return {**os.environ, JOB: path, "CUDA_CACHE_PATH": cache, "CUDA_CACHE_DISABLE": "0"}


class Stuck:
    """Whether something does not end although it was killed: then the card is left alone."""
    why = None


def kill(process):
    """All of its group; its status, None where it does not end."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    try:
        return process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        Stuck.why = f"process {process.pid} does not end, though killed"
        return None


class Worker:
    """One process, its lines as records and the end of what it prints beside them."""

    def __init__(self, entry, section, job):
        self.log, self.job = tempfile.TemporaryFile(), write_job(job)
        self.process = subprocess.Popen(
            [sys.executable, "-B", str(entry), "--worker", section], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.log, start_new_session=True,
            env=environment(job, self.job))
        self.text, self.records, self.is_over = b"", [], False

    def next(self, until):
        """A record; "late" when there is none by then; None at its end."""
        while not self.records:
            left = until - time.monotonic()
            if left <= 0:
                return "late"
            if not select.select([self.process.stdout], [], [], min(left, 1))[0]:
                continue
            piece = os.read(self.process.stdout.fileno(), 1 << 16)
            if not piece:
                self.is_over = True
                return None
            *lines, self.text = (self.text + piece).split(b"\n")
            for line in lines:
                try:
                    self.records.append(json.loads(line))
                except ValueError:
                    pass  # of whatever came between: it is in no record's place
        return self.records.pop(0)

    def said(self):
        """Its last words."""
        size = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(size - 4000, 0))
        lines = self.log.read().decode(errors="replace").splitlines()
        return " | ".join(line.strip() for line in lines if line.strip())[-600:]

    def end(self):
        """Kills what is left of it; how it ended, in words."""
        if self.is_over:
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                pass
        status = kill(self.process)
        self.process.stdout.close()
        said = self.said()
        self.log.close()
        os.unlink(self.job)
        how = ("does not end" if status is None else
               f"signal {-status}" if status < 0 else f"status {status}")
        return f"{how}: {said}" if said else how


class Section:
    """Cases of one kind, in order, up to a moment."""

    def __init__(self, entry, name, job, cases, results, case_seconds):
        self.entry, self.name, self.job, self.cases = entry, name, job, list(cases)
        self.results, self.case_seconds = results, case_seconds
        self.worker, self.under_way, self.words = None, None, ""

    def run(self, until):
        """What is over by then; the results have every case, or say that it was left out."""
        self.results.begin(self.name, len(self.cases))
        deaths = 0
        try:
            while self.cases and time.monotonic() < until:
                if Stuck.why:
                    self.results.end(self.name, len(self.cases), Stuck.why)
                    return
                before = len(self.cases)
                problem = self.go_on(until)
                deaths = 0 if len(self.cases) < before else deaths + 1
                if problem or deaths == MOST_DEATHS:
                    self.results.end(self.name, len(self.cases), problem or
                                     f"worker: found {self.words}, expected it to begin")
                    return
            self.results.end(self.name, len(self.cases), "no time left" if self.cases else None)
        finally:
            if self.worker:
                self.worker.end()

    def go_on(self, until):
        """One worker, as far as it comes; why no other one would come further."""
        self.worker = Worker(self.entry, self.name, {**self.job, "cases": self.cases})
        self.under_way, limit = None, time.monotonic() + START_SECONDS
        problem = None
        while True:
            record = self.worker.next(min(limit, until))
            if record in (None, "late"):
                break
            if "problem" in record:
                problem = record["problem"]
                break
            if "begin" in record:
                self.under_way = record["begin"]
                limit = time.monotonic() + self.case_seconds
            elif "facts" in record:
                self.results.facts(self.name, record["facts"])
            else:
                self.finish(record)
                if record.get("crashed"):
                    self.skip(record)
                limit = time.monotonic() + START_SECONDS
        late = record == "late"
        cut = late and time.monotonic() >= until
        self.words = self.worker.end()
        self.worker = None
        if problem:
            return problem
        if self.under_way is not None and not cut:
            why = f"hangs: no result in {self.case_seconds:g} s" if late else f"dies: {self.words}"
            record = {"id": self.under_way, "ok": False, "crashed": True, "why": why}
            self.finish(record)
            self.skip(record)
        elif late and not cut:
            return f"worker: found nothing in {START_SECONDS} s, expected it to begin"
        return None

    def finish(self, record):
        self.under_way = None
        for i, case in enumerate(self.cases):
            if case["id"] == record["id"]:
                self.results.add(self.name, {**self.cases.pop(i), **record})
                return

    def skip(self, record):
        """A kernel that has crashed would again."""
        crashed = self.results.last(self.name).get("kernel")
        left = [case for case in self.cases if crashed and case.get("kernel") == crashed]
        self.cases = [case for case in self.cases if case not in left]
        self.results.leave_out(self.name, len(left), f"{crashed} has crashed")


def facts(entry, job):
    """What the card is, asked by a process of its own."""
    from . import Problem
    worker = Worker(entry, "facts", job)
    record = worker.next(time.monotonic() + START_SECONDS)
    words = worker.end()
    if isinstance(record, dict) and "facts" in record:
        return record["facts"]
    if isinstance(record, dict) and "problem" in record:
        raise Problem(record["problem"])
    raise Problem(f"driver: found {'nothing' if record else words}, expected it to say what the "
                  "card is")
