# ===- engine.py - What an engine is asked for -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What an engine is asked for.

An engine is made in a worker process, of one network and a number of threads:

  ENGINE.version()                what is installed; ImportError where nothing is
  ENGINE(network, threads, folder, target)
  engine.result()                 output [T, B, D*H] and h_n [L*D, B, H], of the calls that are timed
  engine.turn(seconds)            {"us": microseconds of one call, ...}: the least of several samples
  engine.facts                    what else a result says of it, as JSON
"""

import time

import numpy as np

SAMPLE_SECONDS = 2e-3  # so that reading the clock does not count


class Engine:
    """Engines called from Python: they have `set_input(x)`, `call()`, `reset()`,
    `output()` and `last_state()`; `call` alone is timed."""

    def __init__(self, network, threads, folder, target):
        self.network, self.threads, self.folder, self.target = network, threads, folder, target
        self.facts = {}
        self.calls = None

    def result(self):
        self.reset()
        outputs, steps = [], self.network.seq_len
        for start in range(0, len(self.network.x), steps):
            self.set_input(self.network.x[start:start + steps])
            self.call()
            outputs.append(np.array(self.output()))
        return np.concatenate(outputs), np.array(self.last_state())

    def reset(self):
        """The next step begins with zeros."""

    def sample(self, calls):
        """Seconds of so many calls."""
        call = self.call
        start = time.perf_counter()
        for _ in range(calls):
            call()
        return time.perf_counter() - start

    def turn(self, seconds):
        if self.calls is None:
            self.call()
            self.calls = 1
            while self.sample(self.calls) < SAMPLE_SECONDS:
                self.calls *= 2
        end, least = time.perf_counter() + seconds, float("inf")
        while least == float("inf") or time.perf_counter() < end:
            least = min(least, self.sample(self.calls) / self.calls)
        return {"us": least * 1e6}
