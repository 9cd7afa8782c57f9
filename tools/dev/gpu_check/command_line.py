# ===- command_line.py - Options of gpu-check -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""One error line for whatever is wrong: status 2 for the command line, else 1."""

import argparse
import json
import pathlib
import re
import sys

from . import Problem, networks

ENTRY = pathlib.Path(__file__).resolve().parents[1] / "gpu-check"


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message, 2)


def checked(text, convert, expected):
    """convert(text), or an error where that is a ValueError."""
    try:
        return convert(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"found {text}, expected {expected}") from None


def above_zero(value):
    if not value > 0:
        raise ValueError
    return value


def numbers(text):
    return checked(text, lambda text: [above_zero(int(part)) for part in text.split(",")],
                   "numbers like 64,128")


def count(text):
    return checked(text, lambda text: above_zero(int(text)), "a number above 0")


def seconds(text):
    return checked(text, lambda text: above_zero(float(text)), "seconds, above 0")


def targets(text):
    if not re.fullmatch(r"sm_[0-9]+(,sm_[0-9]+)*", text):
        raise argparse.ArgumentTypeError(f"found {text}, expected targets like sm_80,sm_90")
    return text.split(",")


def parse(arguments):
    parser = Parser(prog="gpu-check", description="Judges every kernel on a GPU.")
    parser.add_argument("--prepare", metavar="OUT", help="make a bundle, to be carried to a GPU")
    parser.add_argument("--targets", type=targets, help="of the bundle: sm_80,sm_90,...")
    parser.add_argument("--show", metavar="JSON", help="print the table of a run, whole or not")
    parser.add_argument("--plots", metavar="DIR", help="with --show: draw its plots there")
    parser.add_argument("--out", default="gpu-check-results", help="where results are written")
    parser.add_argument("--seconds", type=seconds, default=480, help="time for all of it")
    parser.add_argument("--device", type=int, default=0, help="number of the GPU")
    parser.add_argument("--peers-on", choices=("cuda", "cpu", "none"), default="cuda",
                        help="where torch runs; cpu proves that its part works, and no more")
    parser.add_argument("--sizes", type=numbers, help="H that are timed: 64,128,...")
    parser.add_argument("--batches", type=numbers, help="B that are timed: 1,8,...")
    parser.add_argument("--cases", type=count, help="only so many networks and runs are compared")
    parser.add_argument("--case-seconds", type=seconds, default=30,
                        help="what takes longer hangs")
    # Where a stand-in of the driver plays times, what is timed writes nothing.
    parser.add_argument("--times-are-played", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.prepare and options.show:
        parser.error("--show: found it with --prepare, expected one of them")
    if options.plots and not options.show:
        parser.error("--plots: found it without --show, expected both")
    if options.targets and not options.prepare:
        parser.error("--targets: found it without --prepare, expected both")
    return options


def show(options):
    from . import plots, table
    try:
        data = json.loads(pathlib.Path(options.show).read_text())
        text = table.table(data)
    except OSError as reason:
        raise Problem(f"{options.show}: found {reason.strerror}, expected the JSON of a run") from None
    except (ValueError, KeyError, TypeError, AttributeError) as reason:
        raise Problem(f"{options.show}: found {reason!r}, expected the JSON of a run") from None
    print(text, end="", flush=True)
    if options.plots:
        print(plots.draw(data, options.plots))
    return 0


def run(arguments):
    options = parse(arguments)
    if options.worker:
        from .worker import main as work
        return work(options.worker)
    if options.show:
        return show(options)
    if options.prepare:
        from .prepare import prepare
        prepare(options.prepare, options.targets or networks.TARGETS,
                options.sizes or networks.SIZES, options.batches or networks.BATCHES, options.cases)
        return 0
    from .judge import judge
    return judge(ENTRY, options)


def main(arguments):
    try:
        return run(arguments)
    except Problem as problem:
        print(f"gpu-check: error: {problem}", file=sys.stderr)
        return problem.status
