# ===- table.py - The results as a table for people -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The results as a table for people."""

from peers.engines import TITLES, TITLES_ONCE_MORE

WORDS = {True: "reached", False: "NOT reached", None: "not known"}

PROBES = (("float32", "float32_gflops", "GFLOP/s"), ("L1", "l1_gb_s", "GB/s"), ("L2", "l2_gb_s", "GB/s"),
          ("L3", "l3_gb_s", "GB/s"), ("memory", "memory_gb_s", "GB/s"))


def format_time(us):
    return f"{us:.3f}" if us < 10 else f"{us:.2f}" if us < 100 else f"{us:.1f}" if us < 10000 else f"{us:.0f}"


def format_bytes(count):
    return f"{count // 1024} KiB" if count < 1 << 20 else f"{count / (1 << 20):g} MiB"


def format_fact(key, value):
    if key == "caches":
        return ", ".join(f"{level} {format_bytes(size)}" for level, size in value.items()) or "unknown"
    if key == "versions":
        return ", ".join(f"{TITLES.get(name, name)} {version.removeprefix('grucc ')}" for name, version in value.items())
    if key == "missing":
        return "; ".join(f"{TITLES.get(name, name)} ({why})" for name, why in value.items()) or "none"
    if key == "not_restricted":
        return ", ".join(TITLES[name] for name in value) or "none"
    if key == "probes":
        rates = [f"{name} {value[key]:.1f} {unit}" for name, key, unit in PROBES if key in value]
        return ", ".join(rates) or "none"
    if key == "clock_ghz":
        return f"{value:.3f}" if value else "unknown"
    return value


def cell(row, name):
    taken = row["engines"].get(name)
    if not taken:
        return "-"
    return format_time(taken["us"]) + ("*" if taken.get("recorded") else "")


def spread(row):
    """How much longer grucc's slowest turn took than its fastest: what the machine's neighbours did."""
    turns = row["engines"].get("grucc", {}).get("turns_us")
    return f"{max(turns) / min(turns):.2f}" if turns else "-"


def print_table(results):
    rows, machine = results["workloads"], results["machine"]
    for key, value in machine.items():
        print(f"{key:15s} {format_fact(key, value)}")
    known = TITLES | TITLES_ONCE_MORE
    names = [name for name in known if any(name in row["engines"] for row in rows)]
    titles = [known[name] for name in names]
    widths = [max(10, len(title)) for title in titles]
    label = max([26, *(len(row["name"]) for row in rows)])
    print(f"\nmicroseconds of one call, the least of all turns (*: recorded elsewhere, scaled by the clocks)\n\n"
          f"{'workload':{label}s} call " + " ".join(f"{title:>{width}s}" for title, width in zip(titles, widths))
          + "  ratio limit/us time/limit spread  best peer")
    for row in rows:
        limit = row["engines"].get("grucc", {}).get("limit_us")
        print(f"{row['name']:{label}s} {row['call']:4s} "
              + " ".join(f"{cell(row, name):>{width}s}" for name, width in zip(names, widths))
              + (f" {row['ratio']:6.2f}" if "ratio" in row else f" {'-':>6s}")
              + f" {format_time(limit) if limit else '-':>8s}"
              + (f" {row['limit_ratio']:10.2f}" if "limit_ratio" in row else f" {'-':>10s}")
              + f" {spread(row):>6s}  {TITLES.get(row.get('best_peer'), '-')}")
    print_left_out(rows)
    print("\nratio: the best peer's time over grucc's; spread: grucc's slowest turn over its fastest. grucc and oneDNN are\n"
          "called from C and C++; the time of the others has one Python call in it, which tiny steps feel.")
    if results["goals"]:
        print()
    for goal in results["goals"]:
        print(f"{goal['goal']} {WORDS[goal['reached']]:11s}  {goal['what']}: {goal['numbers']}")


def print_left_out(rows):
    left_out = [(row["name"], name, why) for row in rows for name, why in row["failures"].items()]
    if left_out:
        print("\nleft out:")
    for workload, name, why in left_out:
        print(f"  {workload}: {(TITLES | TITLES_ONCE_MORE).get(name, name)}: {why}")
