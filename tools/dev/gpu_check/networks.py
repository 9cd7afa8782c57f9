# ===- networks.py - The networks that are judged, and the runs of each -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Which networks are compiled, and what is run with each: plain data, the same at home, where they
are compiled, and on the machine that runs them."""

PRECISIONS = ("exact", "float16", "bfloat16")  # grucc's --precision
SIZES = (64, 128, 192, 256, 512, 768, 1024, 1536, 2048)  # H that are timed
BATCHES = (1, 8, 32, 128)
INPUT_SIZE = 64  # of timed networks, as in FIGURES.md
STEPS = 100
TARGETS = ("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120")

# I, H, L, D, bias, batch_first: the most telling first. H and I that are and are not multiples of
# tiles and blocks; networks that scan can hold, and others; one so large that it fills a card.
LARGE = (64, 1000, 1, 1, True, False)
SHAPES = ((8, 16, 1, 1, True, False), (7, 24, 2, 2, True, False), (64, 48, 1, 1, False, True),
          (130, 150, 1, 2, True, False), (17, 33, 2, 1, True, True), LARGE,
          (40, 128, 1, 1, True, False), (3, 5, 1, 2, True, False), (64, 200, 2, 1, True, False),
          (5, 96, 1, 2, False, False), (1, 1, 1, 1, True, False), (33, 64, 2, 1, True, False),
          (20, 300, 1, 1, True, True))

# T, B, form (plain, lengths: 0 among them, packed), h_0 (none, given, same: h_n's memory) and where
# the tensors are. Packed rows know no batch first.
RUNS = ((5, 3, "lengths", "given", "device"), (4, 17, "plain", "none", "device"),
        (6, 33, "packed", "given", "device"), (1, 1, "plain", "same", "device"),
        (3, 8, "lengths", "none", "host"), (5, 9, "lengths", "same", "device"),
        (40, 2, "plain", "given", "device"), (0, 2, "plain", "given", "device"),
        (7, 32, "packed", "none", "device"), (2, 31, "plain", "same", "host"))
LARGE_RUNS = ((2, 8, "plain", "given", "device"), (3, 33, "lengths", "none", "device"),
              (3, 1, "packed", "given", "device"))


def named(precision):
    return "float32" if precision == "exact" else precision


def has(target, precision):
    """sm_75 has no products in bfloat16."""
    return target != "sm_75" or precision != "bfloat16"


def correct_networks(count=None):
    """Networks that are compared, `count` of a precision: weights are drawn from `seed`."""
    return [{"name": f"c{number}_{named(precision)}", "precision": precision, "seed": number,
             "I": I, "H": H, "L": L, "D": D, "bias": bias, "batch_first": batch_first,
             "coarse": shape == LARGE}
            for number, shape in enumerate(SHAPES[:count]) for precision in PRECISIONS
            for I, H, L, D, bias, batch_first in [shape]]


def timed_networks(sizes=SIZES):
    """Networks that are timed: one layer, one direction; weights come where they run."""
    return [{"name": f"t{H}_{named(precision)}", "precision": precision, "I": INPUT_SIZE, "H": H,
             "L": 1, "D": 1, "bias": True, "batch_first": False}
            for H in sizes for precision in PRECISIONS]


def runs(network, count=None):
    return [{"T": T, "B": B, "form": form, "h_0": h_0, "place": place}
            for T, B, form, h_0, place in (LARGE_RUNS if network["coarse"] else RUNS)[:count]
            if not (form == "packed" and network["batch_first"])]


def said(run):
    h_0 = {"none": "no h_0", "given": "h_0", "same": "h_0 in h_n"}[run["h_0"]]
    return f"T={run['T']} B={run['B']} {run['form']}, {h_0}, {run['place']}"


def spread(sizes):
    """The middle, then what is farthest from all before it: a list that is cut tells of all."""
    left, order = sorted(sizes), []
    while left:
        far = lambda size: min((abs(left_at[size] - left_at[other]) for other in order), default=0)
        left_at = {size: i for i, size in enumerate(sorted(sizes))}
        pick = max(left, key=far) if order else left[len(left) // 2]
        order.append(pick)
        left.remove(pick)
    return order
