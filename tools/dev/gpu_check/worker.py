# ===- worker.py - A process that may crash or hang -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""gpu-check --worker SECTION: takes {"folder", "target", "place", "device", "cases", ...} from the
file that $GPU_CHECK_JOB names, since tools that start it keep its input, and says a line of JSON
for each case: {"begin": id} before it, {"id": id, "ok": ..., "why": ...} after it; {"problem":
sentence} where nothing can be done at all."""

import ctypes
import json
import os
import signal
import sys

from . import Problem
from . import model as models
from .bundle import Bundle
from .driver import Driver, DriverError
from .supervisor import JOB


class Worker:
    def __init__(self, section):
        # What libraries print goes to the log.
        self.lines = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self.section = section
        if section != "sanitized":  # whose parent is the tool, of which a thread may end
            try:  # PR_SET_PDEATHSIG: no process stays behind on the card
                ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            except (OSError, AttributeError):
                pass
        with open(os.environ[JOB]) as file:
            self.job = json.load(file)
        self.bundle = Bundle(self.job["folder"], self.job.get("target"), self.job.get("place"),
                             self.job["device"])

    def say(self, **record):
        self.lines.write(json.dumps(record) + "\n")
        self.lines.flush()

    def each(self, judge, driver=None):
        """Says of every case what `judge` finds."""
        crashed = set()
        for case in self.job["cases"]:
            if case.get("kernel") in crashed:
                continue
            self.say(begin=case["id"])
            try:
                found = judge(case)
            except (DriverError, models.Failed, Problem) as reason:
                self.say(id=case["id"], ok=False, crashed=True, why=str(reason))
                crashed.add(case.get("kernel"))
                try:
                    if driver:
                        driver.synchronize()
                        continue
                except DriverError:
                    pass
                self.leave(3)  # every further call would fail, too
            self.say(id=case["id"], **found)

    def leave(self, status):
        """At once: after a crash there is nothing to free."""
        self.lines.flush()
        sys.stderr.flush()
        os._exit(status)

    def run(self):
        if self.section == "facts":
            driver = Driver(self.job["device"])
            models.open_runtime(self.bundle.runtime())  # an old C library, or a place to run nothing
            self.say(facts=driver.facts())
            driver.close()
        elif self.section == "sanitized":
            from .sanitize import run_sanitized
            run_sanitized(self)
        elif self.section == "peers":
            from .peers import Peers
            peers = Peers(self.job["on"], self.job["steps"], self.job["device"])
            self.say(facts=peers.facts())
            self.each(peers.judge)
        else:
            driver = Driver(self.job["device"])
            runtime = models.open_runtime(self.bundle.runtime())
            if self.section == "correct":
                from .correct import Judge
                judge = Judge(self.bundle, driver, runtime)
            else:
                from .times import Timer
                judge = Timer(self.bundle, driver, runtime, self.job.get("is_played"))
            self.each(judge.judge, driver)
            judge.close()
            driver.close()


def main(section):
    worker = Worker(section)
    try:
        worker.run()
    except ImportError as reason:
        worker.say(problem=f"{reason.name}: found {reason}, expected to import it")
        worker.leave(1)
    except Problem as reason:
        worker.say(problem=str(reason))
        worker.leave(1)
    return 0
