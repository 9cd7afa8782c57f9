# ===- goals.py - What is reached and what is not -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What is reached and what is not, from the times alone.

A goal is {"goal", "what", "reached": true, false or null where a number is missing,
"numbers": words}.
"""

import math

from peers.engines import ALONE, WIDE

AHEAD, AHEAD_WITH_HEADROOM, HEADROOM = 1.0, 1.1, 1.25
DOC_EXAMPLE, GEOMETRIC_MEAN = 4.0, 1.3
LIMIT_RATIO, BATCH_LIMIT_RATIO, LIMIT_FROM_US = 1.10, 1.15, 20.0
NARROW_STEP, NARROW_RUN, L1_WEIGHTS_BYTES = 1.8, 1.4, 40 * 1024
TWO_THREADS, TWO_THREADS_FROM_H = 1.7, 128
COMPILE_SECONDS, COMPILE_SECONDS_LARGE, COMPILE_SMALL_H, CODE_BYTES = 0.5, 3.0, 512, 64 * 1024
STEADY = 1.5  # how much longer than the median the slowest step of a stream may take
LINEAR = 1.10  # how much more a unit may cost than the cheapest of the smaller sizes
LEAVING = 4  # weights up to so many times a cache level are still partly read from it
SHAPE = ("input_size", "hidden_size", "seq_len", "batch")


def judge_row(row):
    """Adds best_peer, ratio, headroom, limit_ratio, narrow_ratio and threads_ratio, where they are known."""
    engines, limit = row["engines"], row["engines"].get("grucc", {}).get("limit_us")
    for key in ("best_peer", "ratio", "headroom", "limit_ratio", "narrow_ratio", "threads_ratio"):
        row.pop(key, None)
    peers = {name: taken["us"] for name, taken in engines.items() if name not in ("grucc", WIDE, ALONE)}
    if peers:
        row["best_peer"] = min(peers, key=peers.get)
        if limit:
            row["headroom"] = peers[row["best_peer"]] / limit
    if "grucc" not in engines:
        return
    taken = engines["grucc"]["us"]
    if peers:
        row["ratio"] = peers[row["best_peer"]] / taken
    if limit:
        row["limit_ratio"] = taken / limit
    for key, name in (("narrow_ratio", WIDE), ("threads_ratio", ALONE)):
        if name in engines:
            row[key] = engines[name]["us"] / taken


def weights_bytes(row):
    """Of the matrices, in float32."""
    rows, directions = 12 * row["hidden_size"], 2 if row["bidirectional"] else 1
    below = row["input_size"] + (row["num_layers"] - 1) * directions * row["hidden_size"]
    return rows * directions * (below + row["num_layers"] * row["hidden_size"])


def state(goal, what, rows, key, bound, is_at_most=False):
    """Whether `key` of every row keeps the bound; the rows that do not are named."""
    known = [row for row in rows if key in row]
    missing = [row["name"] for row in rows if key not in row]
    broken = [row for row in known if (row[key] > bound if is_at_most else row[key] < bound)]
    reached = False if broken else None if missing or not rows else True
    words = [f"{len(known) - len(broken)} of {len(rows)}"]
    if known:
        worst = (max if is_at_most else min)(known, key=lambda row: row[key])
        words.append(f"worst {worst['name']} {worst[key]:.2f}")
    if broken:
        words.append("not: " + ", ".join(f"{row['name']} {row[key]:.2f}" for row in broken))
    if missing:
        words.append("not known: " + ", ".join(missing))
    return {"goal": goal, "what": what, "reached": reached, "numbers": "; ".join(words)}


def judge_peers(rows):
    """P1: beside the peers."""
    goals = [state("P1", "behind no peer", rows, "ratio", AHEAD)]
    close = [row for row in rows if row.get("headroom", HEADROOM) >= HEADROOM]
    unknown = [row["name"] for row in rows if "headroom" not in row]
    goal = state("P1", f"at least {AHEAD_WITH_HEADROOM} times the best peer's speed where the limit allows {HEADROOM}",
                 [row for row in close if "headroom" in row], "ratio", AHEAD_WITH_HEADROOM)
    if unknown:
        goal["numbers"] += f"; no limit known for {len(unknown)}"
        goal["reached"] = None if goal["reached"] is not False else False
    elif not close:
        goal |= {"reached": True, "numbers": "the limit allows it nowhere"}
    goals.append(goal)
    example = [row for row in rows if row["name"] == "doc_example"]
    if example:
        goals.append(state("P1", f"doc_example at least {DOC_EXAMPLE:g} times", example, "ratio", DOC_EXAMPLE))
    others = [row for row in rows if row["name"] != "doc_example"]
    ratios = [row["ratio"] for row in others if "ratio" in row]
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        missing = len(others) - len(ratios)
        reached = None if missing and mean >= GEOMETRIC_MEAN else mean >= GEOMETRIC_MEAN
        goals.append({"goal": "P1", "what": f"geometric mean of the others at least {GEOMETRIC_MEAN}",
                      "reached": reached, "numbers": f"{mean:.3f} of {len(ratios)} workloads"
                      + (f"; not known: {missing}" if missing else "")})
    return goals


def judge_limit(rows):
    """P2: beside the machine's limit."""
    long = [row for row in rows if row["engines"].get("grucc", {}).get("us", LIMIT_FROM_US) >= LIMIT_FROM_US]
    groups = (("at batch 1", [row for row in long if row["batch"] == 1], LIMIT_RATIO),
              ("in batches", [row for row in long if row["batch"] > 1], BATCH_LIMIT_RATIO))
    return [state("P2", f"{where} at most {bound:.2f} times the limit from {LIMIT_FROM_US:g} us up", chosen, "limit_ratio",
                  bound, is_at_most=True) for where, chosen, bound in groups if chosen]


def judge_narrow(rows):
    """P4: weights of bfloat16's values beside any others."""
    large = [row for row in rows if weights_bytes(row) > L1_WEIGHTS_BYTES]
    steps = [row for row in large if row["call"] == "step"]
    runs = [row for row in large if row["call"] == "run" and row["batch"] == 1]
    return [state("P4", f"narrow weights beyond L1: {call} at least {bound} times as fast", chosen, "narrow_ratio", bound)
            for call, chosen, bound in (("step", steps, NARROW_STEP), ("run at batch 1", runs, NARROW_RUN)) if chosen]


def judge_compiler(rows):
    """P5: how long grucc compiled, and how much code there is; nothing of runs that do not say so."""
    known = [row | row["engines"]["grucc"] for row in rows if "code_bytes" in row["engines"].get("grucc", {})]
    groups = ((f"up to H = {COMPILE_SMALL_H}", lambda h: h <= COMPILE_SMALL_H, COMPILE_SECONDS),
              ("beyond", lambda h: h > COMPILE_SMALL_H, COMPILE_SECONDS_LARGE))
    goals = [state("P5", f"compiled within {bound:g} s, {where}", chosen, "compile_seconds", bound, is_at_most=True)
             for where, belongs, bound in groups if (chosen := [row for row in known if belongs(row["hidden_size"])])]
    return goals + ([state("P5", f"at most {CODE_BYTES} bytes of code", known, "code_bytes", CODE_BYTES, is_at_most=True)]
                    if known else [])


def judge_steady(rows):
    """P6: the slowest step of a stream beside the median, each step's the least of several times."""
    return [state("P6", f"{kind}: the slowest step at most {STEADY} times the median", rows, f"{kind}_ratio", STEADY,
                  is_at_most=True) for kind in ("sound", "silence")]


def judge_pairs(pairs):
    """P3: two threads beside one."""
    large = [row for row in pairs if row["batch"] > 1 or row["hidden_size"] >= TWO_THREADS_FROM_H]
    return [state("P3", f"two threads at least {TWO_THREADS} times as fast as one, at batch 1 from H = "
                  f"{TWO_THREADS_FROM_H} and at any larger batch", large, "threads_ratio", TWO_THREADS),
            state("P3", "two threads never slower than one", pairs, "threads_ratio", 1.0)] if pairs else []


def find_pairs(rows):
    """What --scaling timed on two threads, with its time on one."""
    rows = [row for row in rows if row["axis"] == "threads"]
    pairs = []
    for row in rows:
        one = next((other for other in rows if other["value"] == 1 and all(other[key] == row[key] for key in SHAPE)), None)
        if row["value"] == 2 and one:
            times = [taken["engines"].get("grucc", {}).get("us") for taken in (one, row)]
            pairs.append(row | ({"threads_ratio": times[0] / times[1]} if all(times) else {}))
    return pairs


def find_level(row, caches):
    """How many cache levels the weights have left behind; None where they are leaving one."""
    size = weights_bytes(row)
    left = [level for level in caches.values() if size > level]
    return None if any(size <= LEAVING * level for level in left) else len(left)


def judge_growth(rows, caches):
    """P7: what a unit costs, beside the cheapest of the smaller sizes at the same cache level."""
    goals = []
    for axis in ("seq_len", "batch", "num_layers", "hidden_size"):
        measured, cheapest, leaving = [], {}, []
        for row in (row for row in rows if row["axis"] == axis):
            level = find_level(row, caches)
            if level is None:
                leaving.append(str(row["value"]))
                continue
            if "grucc" in row["engines"]:
                cost = row["engines"]["grucc"]["us"] / row["unit"]
                row = row | {"growth": cost / cheapest.get(level, cost)}
                cheapest[level] = min(cost, cheapest.get(level, cost))
            measured.append(row)
        if measured:
            what = "per operation" if axis == "hidden_size" else f"per {axis}"
            goals.append(state("P7", f"cost {what} at most {LINEAR:.2f} times that of any smaller {axis}", measured,
                               "growth", LINEAR, is_at_most=True))
            if leaving:
                goals[-1]["numbers"] += f"; leaving a cache level, not judged: {', '.join(leaving)}"
    return goals


def judge(results):
    """Adds what is known to every row, and results["goals"]."""
    rows, machine = results["workloads"], results["machine"]
    for row in rows:
        judge_row(row)
    if any("axis" in row for row in rows):
        rows = [row for row in rows if "axis" in row]
        results["goals"] = judge_pairs(find_pairs(rows)) + judge_growth(rows, machine["caches"])
    elif machine["threads"] > 1:
        # P1 and P2 are one thread's.
        results["goals"] = judge_pairs(rows) if machine["threads"] == 2 else []
    elif any(WIDE in row["engines"] or WIDE in row["failures"] for row in rows):
        results["goals"] = judge_narrow(rows)
    else:
        results["goals"] = judge_peers(rows) + judge_limit(rows) + judge_compiler(rows)
