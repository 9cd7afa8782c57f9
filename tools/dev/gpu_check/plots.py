# ===- plots.py - A run as pictures -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""times.png: runs over H, beside torch and the prediction; model.png: predicted beside measured
times, before and after the fit."""

import os

from . import Problem
from .table import PRECISIONS, peer_times, predicted_run


def draw(data, folder):
    """What was drawn, or how to."""
    try:
        import matplotlib
        matplotlib.use("Agg")
        from matplotlib import pyplot
    except ImportError:
        return ("plots: no matplotlib here; where there is one: gpu-check --show gpu-check.json "
                "--plots=DIR")
    records = [record for record in data.get("times", {}).get("results", []) if "device" in record]
    if not records:
        return "plots: nothing was timed"
    try:
        os.makedirs(folder, exist_ok=True)
        draw_times(pyplot, data, records, f"{folder}/times.png")
        drawn = [f"{folder}/times.png"]
        if data.get("fit", {}).get("points"):
            draw_model(pyplot, data["fit"]["points"], f"{folder}/model.png")
            drawn.append(f"{folder}/model.png")
    except OSError as reason:
        raise Problem(f"{folder}: found {reason.strerror}, expected to draw there") from None
    return f"plots: {', '.join(drawn)}"


def draw_times(pyplot, data, records, path):
    peers = peer_times(data)
    batches = sorted({record["B"] for record in records})
    figure, axes = pyplot.subplots(1, len(PRECISIONS), figsize=(15, 5), sharey=True)
    for axis, precision in zip(axes, PRECISIONS):
        for i, B in enumerate(batches):
            of = sorted((record for record in records
                         if record["precision"] == precision and record["B"] == B),
                        key=lambda record: record["H"])
            sizes = [record["H"] for record in of]
            predicted = [predicted_run(data, record) for record in of]
            torch = [peers.get((H, precision, B)) for H in sizes]
            for values, style, what in ((
                    [record["device"]["median"] for record in of], "o-", "grucc"),
                    (torch, "x--", "torch"), (predicted, ":", "predicted")):
                points = [(H, value) for H, value in zip(sizes, values) if value is not None]
                if points:
                    axis.plot(*zip(*points), style, color=f"C{i}", label=f"{what}, B = {B}")
        axis.set(title=precision, xlabel="H", xscale="log", yscale="log")
    axes[0].set_ylabel(f"us of {data['bundle']['steps']} steps")
    handles, labels = axes[0].get_legend_handles_labels()
    if labels:
        axes[-1].legend(handles, labels, fontsize="small")
    figure.suptitle(data.get("device", {}).get("name", ""))
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def draw_model(pyplot, points, path):
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 5), sharey=True)
    for axis, when in zip(axes, ("before", "after")):
        for i, kind in enumerate(("project_input", "scan", "step")):
            of = [point for point in points if point["kernel"].endswith(kind)]
            axis.plot([point["time"] for point in of], [point[when] for point in of], ".",
                      color=f"C{i}", label=kind)
        ends = [min(point["time"] for point in points), max(point["time"] for point in points)]
        axis.plot(ends, ends, "k-", linewidth=0.5)
        axis.set(title=f"{when} the fit", xlabel="measured us", xscale="log", yscale="log")
    axes[0].set_ylabel("predicted us")
    axes[0].legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
