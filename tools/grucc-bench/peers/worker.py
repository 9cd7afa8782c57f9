# ===- worker.py - One engine in a process of its own -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""python -m peers.worker ENGINE CPUS THREADS TARGET: one engine in a process of its own.

Pinned to CPUS (with commas between). Reads lines of JSON from standard input and answers
each with one: first its version, then

  {"load": FOLDER}   makes the engine of the network there, and writes its result beside it
  {"turn": SECONDS}  {"us": ...}
  {"probe": FOLDER}  grucc alone: {"probes": {...}}; FOLDER is for its files

Every answer may be {"error": TEXT} instead.
"""

import json
import os
import sys


def answer_with(stream):
    def answer(value):
        stream.write(json.dumps(value) + "\n")
        stream.flush()
    return answer


def serve(name, threads, target, answer):
    import numpy as np
    from peers.engines import load_engine
    from peers.network import Network

    try:
        engine_class = load_engine(name)
        answer({"version": engine_class.version()})
    except ImportError as error:
        return answer({"missing": str(error)})
    engine = None
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if "load" in asked:
                if hasattr(engine, "close"):
                    engine.close()
                engine = None  # so that its memory is free first
                engine = engine_class(Network.load(asked["load"]), threads, asked["load"], target)
                output, h_n = engine.result()
                np.savez(f"{asked['load']}/{name}.npz", output=output, h_n=h_n)
                answer({"facts": engine.facts})
            elif "probe" in asked:
                answer({"probes": engine_class.probe(asked["probe"], target)})
            else:
                answer(engine.turn(asked["turn"]))
        except Exception as error:  # whatever an engine raises is what it says of this network
            text = str(error).strip() or type(error).__name__
            answer({"error": text.splitlines()[0]})


def main():
    name, cpus, threads, target = sys.argv[1:]
    os.sched_setaffinity(0, {int(cpu) for cpu in cpus.split(",")})
    # What engines print is not an answer.
    stream = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(name, int(threads), target, answer_with(stream))


if __name__ == "__main__":
    main()
