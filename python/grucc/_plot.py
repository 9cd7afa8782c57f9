# ===- _plot.py - A picture of a compiled network -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What `grucc --report=svg` draws, by matplotlib, from the report that a model was made with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ._arguments import shown
from ._errors import Error, InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ._model import Model
    from ._types import Json

_COLOURS = {"L1": "#1a8754", "L2": "#2367d1", "L3": "#c47a00", "memory": "#c5352b",
            "arithmetic": "#7a45d6", "sum latency": "#0b8489", "loops": "#7d8590",
            "gates": "#b04a9b", "on a GPU": "#7d8590"}
_MOST_LAYERS = 8  # drawn apart; of more, the first, and those above as one


class _Row(NamedTuple):
    label: str
    microseconds: float
    bound: str
    text: str


def plot(model: Model, ax: Axes | None) -> Axes:
    """Model.plot."""
    report = _report_of(model)
    rows = list(_gpu_rows(report) if "gpu" in report else _cpu_rows(report))
    try:
        from matplotlib import pyplot
        from matplotlib.axes import Axes
    except ImportError:
        raise Error("matplotlib: found none, expected it for Model.plot: pip install matplotlib"
                    ) from None
    if ax is None:
        ax = pyplot.subplots(figsize=(11, 1.2 + 0.3 * len(rows)), layout="constrained")[1]
    elif not isinstance(ax, Axes):
        raise InputError(f"ax: found {shown(ax)}, expected matplotlib's Axes or None")

    longest = max(row.microseconds for row in rows)
    for bound in dict.fromkeys(row.bound for row in rows):
        at = [y for y, row in enumerate(rows) if row.bound == bound]
        ax.barh(at, [rows[y].microseconds for y in at], color=_COLOURS[bound], label=bound)
    for y, row in enumerate(rows):
        ax.text(row.microseconds + longest / 80, y, row.text, va="center", fontsize="small")
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 2.2 * longest)  # the words behind the longest bar have room
    ax.set_title(f"{_network(report)}\na step of one row: {report['step_microseconds']:.3g} µs",
                 loc="left", fontsize="medium", parse_math=False)
    ax.set_xlabel(f"µs, predicted from the facts of {report['machine']}, not measured")
    ax.legend(title="bound by", loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _report_of(model: Model) -> Json:
    """The compiler's report of the level that runs here."""
    report: Json = model.report
    for level in report.get("levels", ()):
        if level["target"] == model.target:
            report = {**report, **level}
    if "gpu" not in report and not report.get("parts"):
        raise Error("report: found none of its parts, expected that of a model that grucc.compile "
                    "has made: a file that is loaded does not say them")
    return report


def _network(report: Json) -> str:
    words = [str(report["input_size"]), str(report["hidden_size"])]
    if report["num_layers"] > 1:
        words.append(f"num_layers={report['num_layers']}")
    if report["bidirectional"]:
        words.append("bidirectional=True")
    name = report["name"] if len(report["name"]) <= 40 else report["name"][:37] + "..."
    return f"{name}: GRU({', '.join(words)}), {report['dtype']}, for {report['target']}"


def _layers(report: Json) -> list[tuple[int, str]]:
    """Of each layer that is drawn its number, and what it is called."""
    count = report["num_layers"]
    if count <= _MOST_LAYERS:
        return [(layer, f"layer {layer}") for layer in range(count)]
    return [(0, "layer 0"), (1, f"layers 1 to {count - 1}, each")]


def _cpu_rows(report: Json) -> Iterator[_Row]:
    for layer, label in _layers(report):
        for part in report["parts"]:
            if part["layer"] == layer:
                step = part["step"]
                text = f"{step['microseconds']:.3g} µs"
                if "bytes" in part:
                    text += f" by {step['bound']}; {_weights(part)}"
                yield _Row(f"{label} {part['direction']}: {part['part']}", step["microseconds"],
                           step["bound"], text)


def _weights(part: Json) -> str:
    """768 KiB float32, 16 x 16 units, L2 24%, L3 76%"""
    size = part["bytes"]
    units = ((size, "bytes") if size < 1 << 10 else
             (size / (1 << 10), "KiB") if size < 1 << 20 else (size / (1 << 20), "MiB"))
    kept = ", ".join(f"{level} {100 * some / size:.0f}%"
                     for level, some in part["step"]["kept_in"].items())
    streams = f", {part['streams']} streams" if part["streams"] > 1 else ""
    return (f"{units[0]:.4g} {units[1]} {part['storage']}, {part['panels']} x "
            f"{part['panel_units']} units{streams}, {kept}")


def _gpu_rows(report: Json) -> Iterator[_Row]:
    directions = ["forward", "reverse"] if report["bidirectional"] else [report["direction"]]
    for _, label in _layers(report):
        for direction in directions:
            for part, time in report["gpu"]["step_parts_microseconds"].items():
                yield _Row(f"{label} {direction}: {part.replace('_', '-')}", time, "on a GPU",
                           f"{time:.3g} µs")
