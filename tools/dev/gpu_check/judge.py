# ===- judge.py - All sections, one after the other, within their time -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""python3 OUT/gpu-check, where the GPU is."""

import importlib.util
import os
import signal
import sys
import tempfile
import time

from . import Problem, fit, plots, sanitize, supervisor, table, times
from .bundle import CONSTANTS, Bundle
from .results import Results, is_right, save

# Sections take these parts of the time; what one leaves is the others'.
SHARES = {"correct": 150, "sanitize": 90, "times": 120, "peers": 90}
LAST_SECONDS = 12  # of the fit, the table and the plots


class Cut(BaseException):
    """Someone wants an end."""


def cut(number, _):
    raise Cut(signal.Signals(number).name)


class Judgement:
    def __init__(self, entry, options, place):
        self.entry, self.options, self.start = entry, options, time.monotonic()
        self.bundle = Bundle(entry.parent, place=place, device=options.device)
        self.bundle.check()
        self.job = {"folder": str(entry.parent), "place": str(place), "device": options.device}
        plan = self.bundle.plan
        self.sizes = options.sizes or plan["sizes"]
        self.batches = options.batches or plan["batches"]
        self.count = options.cases or plan["cases"]
        if not set(self.sizes) <= set(plan["sizes"]):
            raise Problem(f"--sizes: found {self.sizes}, expected some of {plan['sizes']}, which the "
                          "bundle has", 2)
        self.facts = supervisor.facts(entry, self.job)
        self.bundle.choose(self.facts["capability"], self.facts["name"])
        try:
            os.makedirs(options.out, exist_ok=True)
        except OSError as reason:
            raise Problem(f"--out: found {reason}, expected a folder to write to") from None
        self.results = Results(options.out, self.start)
        self.results.set("device", self.facts)
        self.results.set("bundle", {"grucc": plan["grucc"], "target": self.bundle.target,
                                    "steps": plan["steps"]})

    def until(self, section):
        """When a section has to be over."""
        left = list(SHARES)[list(SHARES).index(section):]
        now = time.monotonic()
        remaining = max(self.start + self.options.seconds - LAST_SECONDS - now, 0)
        return now + remaining * SHARES[section] / sum(SHARES[name] for name in left)

    def say(self, text):
        print(f"gpu-check: {time.monotonic() - self.start:.0f} s: {text}", file=sys.stderr)

    def section(self, name, cases, **job):
        self.say(f"{name}: {len(cases)} cases")
        supervisor.Section(self.entry, name, {**self.job, **job}, cases, self.results,
                           self.options.case_seconds).run(self.until(name))

    def run(self):
        self.say(f"{self.facts['name']}, {self.bundle.target}")
        self.bundle.unpack(self.bundle.place)
        self.job["target"] = self.bundle.target
        if importlib.util.find_spec("torch"):
            self.section("correct", self.correct_cases())
        else:
            self.results.begin("correct", len(self.correct_cases()))
            self.results.end("correct", len(self.correct_cases()), "no torch for this Python")
        all_cases = sanitize.cases(self.bundle, self.count)
        self.say(f"sanitize: {len(all_cases)} cases")
        sanitize.run(self.entry, self.job, all_cases, self.results, self.until("sanitize"))
        self.section("times", times.cases(self.bundle, self.sizes, self.batches),
                     is_played=self.options.times_are_played)
        if self.options.times_are_played:
            self.results.note("times", "results of what was timed, not asked for", excused=True)
        self.peers()
        self.fit()
        self.results.data["complete"] = True
        self.results.write()

    def correct_cases(self):
        """Without torch, as correct.cases says."""
        from .cases import cases
        return [case for network in self.bundle.names("correct")[:3 * self.count if self.count else None]
                for case in cases(network, self.bundle.report(network["name"])["kernels"], self.count)]

    def peers(self):
        if self.options.peers_on == "none":
            self.results.begin("peers", 0)
            self.results.end("peers", 0, "not asked for", excused=True)
            return
        from .cases import peer_cases
        is_cpu = self.options.peers_on == "cpu"  # which proves no more with larger ones
        self.section("peers", peer_cases([min(self.sizes)] if is_cpu else self.sizes, self.batches),
                     on=self.options.peers_on, steps=2 if is_cpu else self.bundle.plan["steps"])

    def fit(self):
        self.say("fit")
        self.results.begin("fit", 0)
        constants = self.bundle.plan["constants"][self.bundle.target]
        measured = fit.measurements(self.bundle, self.results.data["times"]["results"])
        fitted = fit.fit(measured, constants, self.facts)
        self.results.data["fit"] |= fitted
        self.results.end("fit", 0, None if measured else "nothing was timed")
        if measured:
            text = (self.bundle.folder / CONSTANTS).read_text()
            save(f"{self.options.out}/{CONSTANTS}",
                 fit.constants_file(text, fitted, self.facts["name"]))


def temporary_folder():
    try:
        return tempfile.TemporaryDirectory(prefix="gpu-check-", ignore_cleanup_errors=True)
    except OSError as reason:
        raise Problem(f"temporary folder: found {reason}, expected one in $TMPDIR") from None


def judge(entry, options):
    with temporary_folder() as place:
        judgement = Judgement(entry, options, place)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, cut)
        try:
            judgement.run()
        except Cut as reason:
            judgement.say(f"ended by {reason}")
        finally:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            data = judgement.results.data
            try:
                judgement.results.write()
            finally:  # wherever it cannot be written
                text = table.table(data)
                print(text, end="", flush=True)
            save(f"{options.out}/gpu-check.txt", text)
        if data["complete"]:
            print(plots.draw(data, options.out))
        return 0 if is_right(data) else 1
