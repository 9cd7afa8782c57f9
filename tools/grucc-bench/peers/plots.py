# ===- plots.py - The results as pictures -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The results as pictures, PNG and SVG each."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from peers.engines import RECORDED, TITLES
from peers.goals import AHEAD, AHEAD_WITH_HEADROOM

COLOURS = {"grucc": "#c1272d", "onednn": "#0072b2", "onednn3": "#003f7f", "pytorch": "#e69f00", "onnxruntime": "#009e73",
           "openvino": "#56b4e9", "jax": "#cc79a7", "litert": "#8c6d31", RECORDED: "#777777"}
AHEAD_COLOUR, EVEN_COLOUR, BEHIND_COLOUR = "#2a9d5c", "#d9a400", "#c1272d"


def save(figure, folder, name):
    for ending in ("png", "svg"):
        figure.savefig(folder / f"{name}.{ending}", dpi=130)
    plt.close(figure)


def where(results, threads):
    machine = results["machine"]
    return (f"{machine['cpu']}, {machine['target']} on {machine['level']}, float32, "
            f"{'one thread' if threads == 1 else f'{threads} threads'}")


def us_of(row, name):
    return row["engines"].get(name, {}).get("us")


def plain_ticks(axis, values):
    """Marks at these values and nowhere else, as plain numbers."""
    axis.set_major_locator(FixedLocator(values))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def draw_ratios(results, folder):
    rows = [row for row in results["workloads"] if "ratio" in row and "axis" not in row]
    if not rows:
        return
    rows = sorted(rows, key=lambda row: row["ratio"])
    figure, axes = plt.subplots(figsize=(10, 1.6 + 0.34 * len(rows)), layout="constrained")
    ratios = [row["ratio"] for row in rows]
    colours = [AHEAD_COLOUR if ratio >= AHEAD_WITH_HEADROOM else EVEN_COLOUR if ratio >= AHEAD else BEHIND_COLOUR
               for ratio in ratios]
    axes.barh(range(len(rows)), [ratio - 1 for ratio in ratios], left=1, color=colours, height=0.65)
    axes.set_yticks(range(len(rows)), [row["name"] for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xscale("log")
    marks = [row["headroom"] for row in rows if "headroom" in row]
    least, most = min(ratios + marks + [0.9]) * 0.9, max(ratios + marks + [1.5]) * 1.1
    axes.set_xlim(least, most)
    plain_ticks(axes.xaxis, [tick for tick in (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 50, 100) if least <= tick <= most])
    for number, row in enumerate(rows):
        recorded = ", recorded" if row["best_peer"] == RECORDED else ""
        axes.text(1.01, number, f"{row['ratio']:.2f}  {TITLES[row['best_peer']]}{recorded}", va="center", fontsize=8.5,
                  transform=axes.get_yaxis_transform())
        if "headroom" in row:
            axes.plot([row["headroom"]] * 2, [number - 0.42, number + 0.42], color="black", linewidth=1.6)
    axes.axvline(AHEAD, color="black", linewidth=0.8)
    axes.axvline(AHEAD_WITH_HEADROOM, color="black", linewidth=0.8, linestyle=":")
    axes.set_xlabel("time of the best peer over grucc's (more is better); solid line: 1, dotted: 1.1"
                    + ("; black mark: at the machine's limit" if any("headroom" in row for row in rows) else ""))
    figure.suptitle(f"grucc beside the best peer of each workload\n{where(results, results['machine']['threads'])}", fontsize=11)
    save(figure, folder, "ratio")


def cache_lines(axes, machine, least, most):
    """Where the weights of I = H, 24 H^2 bytes, leave a cache level."""
    for level, size in machine["caches"].items():
        hidden = (size / 24) ** 0.5
        if least < hidden < most:
            axes.axvline(hidden, color="#999999", linewidth=1, linestyle="--")
            axes.text(hidden, 0.99, f" weights fill {level}", transform=axes.get_xaxis_transform(), rotation=90,
                      va="top", ha="right", fontsize=8, color="#555555")


def draw_hidden_sizes(results, folder):
    """Time per step over H, of networks with I = H and one layer that are called step by step:
    runs project the inputs of all steps at once, which is less work a step."""
    rows = [row for row in results["workloads"]
            if row["call"] == "step" and row["input_size"] == row["hidden_size"] and row["num_layers"] == 1
            and us_of(row, "grucc")]
    rows = sorted(rows, key=lambda row: row["hidden_size"])
    sizes = sorted({row["hidden_size"] for row in rows})
    if len(sizes) < 3:
        return
    figure, axes = plt.subplots(figsize=(9, 5.6), layout="constrained")
    for name, title in TITLES.items():
        points = [(row["hidden_size"], us_of(row, name)) for row in rows if us_of(row, name)]
        if points:
            axes.plot(*zip(*points), marker="o", markersize=4, color=COLOURS[name], label=title,
                      linewidth=2.2 if name == "grucc" else 1.2, zorder=3 if name == "grucc" else 2,
                      linestyle="" if name == RECORDED else "-")
    limits = [(row["hidden_size"], row["engines"]["grucc"]["limit_us"]) for row in rows
              if row["engines"]["grucc"].get("limit_us")]
    if limits:
        axes.plot(*zip(*limits), color="black", linestyle=":", linewidth=1.5, label="limit of the machine")
    axes.set_xscale("log")
    axes.set_yscale("log")
    plain_ticks(axes.xaxis, sizes)
    axes.tick_params(axis="x", labelrotation=45)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    cache_lines(axes, results["machine"], sizes[0], sizes[-1])
    axes.set_xlabel("hidden_size = input_size (log)")
    axes.set_ylabel("µs (log)")
    axes.grid(True, which="major", linewidth=0.3)
    axes.legend(fontsize=9, loc="lower right")
    threads = rows[0].get("threads", results["machine"]["threads"])
    figure.suptitle(f"One call of step at batch 1\n{where(results, threads)}", fontsize=11)
    save(figure, folder, "step-by-hidden-size")


def draw_axis(axes, rows, axis, unit, names):
    for name in names:
        points = [(row["value"], us_of(row, name) / row["unit"]) for row in rows if us_of(row, name)]
        if points:
            axes.plot(*zip(*points), marker="o", markersize=4, color=COLOURS[name], label=TITLES[name])
    axes.set_xscale("log")
    plain_ticks(axes.xaxis, [row["value"] for row in rows])
    axes.set_ylim(bottom=0)
    first = rows[0]
    fixed = {"seq_len": f"T = {first['seq_len']}", "batch": f"B = {first['batch']}",
             "num_layers": f"L = {first['num_layers']}"}
    others = ", ".join(text for key, text in fixed.items() if key != axis)
    axes.set_title(f"I = H = {first['hidden_size']}, {others}", fontsize=9.5)
    axes.set_xlabel(f"{axis} (log)")
    axes.set_ylabel(f"µs per {unit}")
    axes.grid(True, linewidth=0.3)
    axes.legend(fontsize=8.5)


def draw_threads(axes, rows, names):
    """Speed over one thread's, a group of bars for each shape."""
    shapes = list(dict.fromkeys((row["hidden_size"], row["seq_len"], row["batch"]) for row in rows))
    most = max(row["value"] for row in rows)
    width, highest = 0.8 / max(1, len(names)), most
    for index, name in enumerate(names):
        for number, shape in enumerate(shapes):
            times = {row["value"]: us_of(row, name) for row in rows
                     if (row["hidden_size"], row["seq_len"], row["batch"]) == shape}
            if times.get(1) and times.get(most):
                speed = times[1] / times[most]
                highest = max(highest, speed)  # caches of several cores: more than their number
                at = number + (index - (len(names) - 1) / 2) * width
                axes.bar(at, speed, width * 0.9, color=COLOURS[name], label=TITLES[name] if number == 0 else None)
                axes.text(at, speed + 0.03, f"{speed:.2f}", ha="center", fontsize=7.5)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_xticks(range(len(shapes)), [f"H {hidden}\nT {steps}\nB {batch}" for hidden, steps, batch in shapes],
                    fontsize=8)
    axes.set_ylim(0, highest * 1.15)
    axes.set_title("I = H, one layer", fontsize=9.5)
    axes.set_ylabel(f"speed of {most} thread{'s' if most > 1 else ''} over one's")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8.5, loc="upper left")


def draw_scaling(results, folder):
    rows = [row for row in results["workloads"] if "axis" in row]
    found = {row["axis"] for row in rows}
    drawn = [(axis, unit) for axis, unit in (("seq_len", "time step"), ("batch", "row"), ("num_layers", "layer"),
                                             ("threads", None)) if axis in found]
    if not drawn:
        return
    figure, grid = plt.subplots((len(drawn) + 1) // 2, min(2, len(drawn)), layout="constrained", squeeze=False,
                                figsize=(6 * min(2, len(drawn)), 0.8 + 4 * ((len(drawn) + 1) // 2)))
    for axes, (axis, unit) in zip(grid.flat, drawn):
        chosen = [row for row in rows if row["axis"] == axis]
        names = [name for name in TITLES if any(us_of(row, name) for row in chosen)]
        draw_threads(axes, chosen, names) if axis == "threads" else draw_axis(axes, chosen, axis, unit, names)
    for axes in list(grid.flat)[len(drawn):]:
        axes.set_axis_off()
    machine = results["machine"]
    figure.suptitle(f"How the cost grows: a flat line is linear growth\n{machine['cpu']}, {machine['target']} on "
                    f"{machine['level']}, float32", fontsize=11)
    save(figure, folder, "scaling")


def draw_plots(results, folder):
    folder.mkdir(parents=True, exist_ok=True)
    draw_ratios(results, folder)
    draw_hidden_sizes(results, folder)
    draw_scaling(results, folder)
