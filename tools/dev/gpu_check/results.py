# ===- results.py - What was found, on disk as it comes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""gpu-check.json: {"complete", "seconds", "device", "bundle", and for every section "planned",
"results", "left_out", "state"}; replaced as a whole, so that whoever looks, and whenever, finds a
file that is whole."""

import json
import os
import time

from . import Problem

SECTIONS = ("correct", "sanitize", "times", "peers", "fit")


def save(path, text):
    """All of it or nothing."""
    try:
        with open(path + ".new", "w") as file:
            file.write(text)
        os.replace(path + ".new", path)
    except OSError as reason:
        raise Problem(f"--out: found {reason}, expected a folder to write to") from None


class Results:
    def __init__(self, folder, start):
        self.path, self.start, self.written = f"{folder}/gpu-check.json", start, 0
        self.data = {"program": "gpu-check", "complete": False, "seconds": 0,
                     "when": time.strftime("%Y-%m-%dT%H:%M:%S%z")}

    def write(self, now=True):
        """At most once a second, unless `now`."""
        moment = time.monotonic()
        if not now and moment - self.written < 1:
            return
        self.data["seconds"] = round(moment - self.start, 1)
        save(self.path, json.dumps(self.data, indent=0) + "\n")
        self.written = moment

    def set(self, name, value):
        self.data[name] = value
        self.write()

    def begin(self, name, planned):
        self.set(name, {"state": "cut", "planned": planned, "results": [], "left_out": []})

    def add(self, name, record):
        self.data[name]["results"].append(record)
        self.write(now=False)

    def facts(self, name, facts):
        self.data[name]["facts"] = facts

    def last(self, name):
        return self.data[name]["results"][-1]

    def has(self, name):
        return bool(self.data[name]["results"])

    def leave_out(self, name, count, why, excused=False):
        if count:
            self.data[name]["left_out"].append({"count": count, "why": why, "excused": excused})

    def note(self, name, why, excused=False):
        """Something of what was done was left out."""
        self.data[name]["left_out"].append({"count": 0, "why": why, "excused": excused})

    def end(self, name, left, why, excused=False):
        """why: not all of it was done; excused: nor had to be."""
        self.leave_out(name, left, why, excused)
        if why and not left:
            self.note(name, why, excused)
        self.data[name]["state"] = "cut" if why else "done"
        self.write()


def failures(data):
    """(section, kernel or network, what, why) of whatever is wrong."""
    for section in SECTIONS:
        for record in data.get(section, {}).get("results", []):
            if record.get("ok") is False:
                yield (section, record.get("kernel") or record["id"], record.get("what", ""),
                       record.get("why", ""))


def is_good(record):
    return record.get("ok", True) is True


def unknown(section, found):
    """{why: count} of the results that say nothing, or not all."""
    reasons = {}
    for record in found["results"]:
        why = None
        if record.get("ok", True) is None:
            why = record.get("why", "it says nothing")
        elif (section == "correct" and record.get("bits") == "not compared"
              and record["network"].endswith("_float32")):
            why = "bits of float32 compared with no CPU's, since this one does not run x86-64-v3"
        if why:
            reasons[why] = reasons.get(why, 0) + 1
    return reasons


def left_out(data):
    """(section, count or None for all, why, excused) of whatever was not done."""
    for section in SECTIONS:
        found = data.get(section)
        if found is None:
            yield section, None, "not begun", False
            continue
        counted = 0
        for entry in found["left_out"]:
            counted += entry["count"]
            yield section, entry["count"], entry["why"], entry["excused"]
        proves_code_alone = section == "peers" and found.get("facts", {}).get("on") == "cpu"
        for why, count in unknown(section, found).items():
            yield section, count, why, proves_code_alone
        missing = found["planned"] - len(found["results"]) - counted
        if missing > 0:
            yield section, missing, "the run ended", False
        elif found["state"] == "cut" and not found["left_out"]:
            yield section, 0, "the run ended", False


def is_complete(data):
    return data["complete"] and all(excused for *_, excused in left_out(data))


def is_right(data):
    return is_complete(data) and not list(failures(data))
