# ===- options.py - The command line of grucc-bench-peers -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The command line of grucc-bench-peers."""

import argparse
import pathlib

from peers.engines import ENGINES, RECORDED
from peers.errors import fail

LIST = pathlib.Path(__file__).resolve().parents[1] / "workloads.json"
TARGETS = ("native", "x86-64-v2", "x86-64-v3", "x86-64-v4")
MEASURING = ("workloads", "only", "engines", "threads", "repeat", "seconds", "target", "seed", "narrow", "scaling")
DESCRIPTION = """\
Times grucc beside other engines in one run, on every workload of a list: float32,
inference. Engines take turns, each in a pinned process of its own; results must agree
with PyTorch's in float64 before any time is taken; the least of all turns counts.

grucc and oneDNN are timed from C and C++. The others are called from Python, their
inputs and outputs bound once where they can be, so their time has one Python call in
it, some microseconds. RTNeural is a peer by times recorded on another machine of the same
level, scaled by the ratio of clocks, and marked so."""
EPILOG = """\
With --threads=N every process is pinned to the first N CPUs that this one may use; else to
the first. --target=x86-64-v3 restricts the peers as well, those that can be; the others are
named. Exit codes: 0 done, 1 nothing was measured or a file is bad, 2 the command line is bad."""


def count(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a whole number from 1")
    return int(text)


def positive(text):
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"found {text!r}, expected a number above 0")
    return value


def engine_list(text):
    names = text.split(",")
    for name in names:
        if name not in ENGINES and name != RECORDED:
            known = ", ".join([*ENGINES, RECORDED])
            raise argparse.ArgumentTypeError(f"found {name!r}, expected names among {known}, with commas between")
    return names


class Parser(argparse.ArgumentParser):
    def error(self, message):
        what, _, rest = message.removeprefix("argument ").partition(": ")
        found, _, expected = rest.removeprefix("found ").partition(", expected ")
        if not expected:
            what, found, expected = "arguments", f"'{message}'", "what --help lists"
        fail(what, found, expected, code=2)


def parse_arguments(words=None):
    parser = Parser(prog="grucc-bench-peers", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--workloads", default=str(LIST), metavar="FILE",
        help="a JSON list of workloads (default: workloads.json beside this script)")
    add("--scaling", action="store_true",
        help="measure growing sizes instead: T, B, layers, H and threads, for grucc and oneDNN unless --engines says")
    add("--only", default="", metavar="REGEX", help="workloads whose name holds a match")
    add("--engines", type=engine_list, metavar="LIST",
        help=f"peers, with commas between: {', '.join(name for name in [*ENGINES, RECORDED] if name != 'grucc')} "
        "(default: those that are installed); grucc always takes part")
    add("--threads", type=count, default=1, metavar="N", help="threads of every engine (default 1); above 1 "
        "grucc takes part once more, on one thread, as 'grucc_one'")
    add("--repeat", type=count, default=5, metavar="N", help="turns of every engine (default 5)")
    add("--seconds", type=positive, default=0.2, metavar="S", help="how long a turn is (default 0.2)")
    add("--target", choices=TARGETS, default="native", help="what is compiled for (default native)")
    add("--narrow", action="store_true",
        help="round the weights to values that bfloat16 has, for every engine; grucc keeps them narrow by itself, "
        "and takes part once more as 'grucc_wide', with weights that are not rounded")
    add("--seed", type=int, default=0, help="of weights and inputs (default 0)")
    add("--json", metavar="FILE", help="write everything there as JSON as well")
    add("--plots", metavar="DIR", help="draw plots there, as PNG and SVG (needs matplotlib)")
    add("--from", dest="earlier", metavar="FILE", help="measure nothing: print and draw an earlier --json again")
    arguments = parser.parse_args(words)
    changed = [name for name in MEASURING if getattr(arguments, name) != parser.get_default(name)]
    if arguments.earlier and changed:
        fail("--from", f"--{changed[0]} too", "only --json and --plots beside it", code=2)
    if arguments.scaling and arguments.workloads != str(LIST):
        fail("--scaling", "--workloads too", "one of both", code=2)
    return arguments
