# ===- fit.py - The cost model's constants, from measured times -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Predictions are the formulas of grucc's report, evaluated at constants; the fit looks for
constants that bring their logarithms near those of the times, and leaves at its value whatever the
times say nothing of."""

import math
import random
import re

from .results import is_good

NOISE, LEAST_NOISE = 0.05, 0.01  # what the model is off anyway, as a part: at first, and at best
# How far from its value a constant may well be, as a factor's logarithm.
DOUBT, CLOCK_DOUBT = math.log(4), 0.02
DETERMINED = 0.2  # the largest uncertainty, as a part, of what is called determined
STARTS, MOST_STEPS = 8, 80


def evaluate(formula, constants):
    """`formula`: text, or what compile() made of it."""
    return eval(formula, {"__builtins__": {}, "max": max}, constants)


def measurements(bundle, results):
    """[(kernel, batch, median time in us, formula)] of what has both."""
    found = []
    for record in results:
        times = record.get("kernels", {}) if is_good(record) else {}
        for one in bundle.report(record["network"])["estimates"] if times else []:
            if one["kernel"] in times and one["batch"] == record["B"]:
                found.append((one["kernel"], one["batch"], times[one["kernel"]]["median"],
                              one["formula"]))
    return found


class Misfit:
    """Least squares in logarithms, of times and of the constants' distances from what they were."""

    def __init__(self, measured, constants, doubts):
        self.names, self.doubts, self.noise = list(constants), doubts, NOISE
        self.before = [math.log(constants[name]) for name in self.names]
        self.formulas = [(compile(formula, "formula", "eval"), math.log(time))
                         for _, _, time, formula in measured]

    def off(self, point):
        constants = dict(zip(self.names, map(math.exp, point)))
        return [math.log(evaluate(formula, constants)) - time for formula, time in self.formulas]

    def cost(self, point, off):
        return (sum((one / self.noise) ** 2 for one in off)
                + sum(((x - y) / doubt) ** 2 for x, y, doubt in zip(point, self.before, self.doubts)))

    def normal(self, point, off):
        """(the matrix J^T J of all terms, half of the gradient)"""
        n, step, columns = len(point), 1e-4, []
        for i in range(n):
            moved = [*point[:i], point[i] + step, *point[i + 1:]]
            columns.append([(b - a) / step for a, b in zip(off, self.off(moved))])
        matrix = [[sum(a * b for a, b in zip(columns[i], columns[j])) / self.noise**2 for j in range(n)]
                  for i in range(n)]
        gradient = [sum(a * b for a, b in zip(column, off)) / self.noise**2 for column in columns]
        for i, doubt in enumerate(self.doubts):
            matrix[i][i] += doubt**-2
            gradient[i] += (point[i] - self.before[i]) * doubt**-2
        return matrix, gradient

    def descend(self, point):
        """Levenberg and Marquardt's way, to (cost, point)."""
        off, damping = self.off(point), 1e-2
        cost = self.cost(point, off)
        for _ in range(MOST_STEPS):
            matrix, gradient = self.normal(point, off)
            while damping < 1e8:
                damped = [[x * (1 + damping * (i == j)) for j, x in enumerate(row)]
                          for i, row in enumerate(matrix)]
                step = solve(damped, [[-g] for g in gradient])
                moved = [x + max(min(s[0], 1.0), -1.0) for x, s in zip(point, step)]
                new_off = self.off(moved)
                new_cost = self.cost(moved, new_off)
                if new_cost < cost:
                    break
                damping *= 4
            else:
                return cost, point
            gain = cost - new_cost
            point, off, cost, damping = moved, new_off, new_cost, max(damping / 8, 1e-6)
            if gain < 1e-6 * cost + 1e-9:
                return cost, point
        return cost, point


def solve(matrix, right):
    """matrix^-1 right, by Gauss; the matrix is positive definite."""
    rows = [[*row, *more] for row, more in zip(matrix, right)]
    n = len(rows)
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                factor = rows[k][i]
                rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i])]
    return [row[n:] for row in rows]


def errors(off):
    """Of predicted over measured times: how far off half of them are, and the worst, as factors."""
    ordered = sorted(map(abs, off))
    return {"median": math.exp(ordered[len(ordered) // 2]), "worst": math.exp(ordered[-1])}


def by_kind(measured, constants):
    """{"project_input": errors, ...}"""
    kinds = {}
    for kernel, _, time, formula in measured:
        kind = kernel.partition("_")[2].partition("_")[2]
        kinds.setdefault(kind, []).append(math.log(evaluate(formula, constants) / time))
    return {kind: errors(off) for kind, off in kinds.items()}


def fit(measured, constants, facts):
    """{"constants": {name: {"before", "after", "off", "determined"}}, "before", "after": errors}"""
    if not measured:
        return {}
    start = dict(constants)
    if facts.get("clock_khz"):
        start["mhz"] = facts["clock_khz"] / 1e3
    doubts = [CLOCK_DOUBT if name == "mhz" else DOUBT for name in start]
    misfit = Misfit(measured, start, doubts)
    draw, best = random.Random(1), None
    for i in range(STARTS):
        point = [x + (draw.uniform(-0.5, 0.5) * doubt if i else 0)
                 for x, doubt in zip(misfit.before, doubts)]
        found = misfit.descend(point)
        best = min(best or found, found)
    # What is left says how much a time is worth beside the doubt.
    off = misfit.off(best[1])
    misfit.noise = max(math.sqrt(sum(x * x for x in off) / len(off)), LEAST_NOISE)
    _, point = misfit.descend(best[1])
    off, n = misfit.off(point), len(point)
    matrix, _ = misfit.normal(point, off)
    inverse = solve(matrix, [[float(i == j) for j in range(n)] for i in range(n)])
    found = {}
    for i, name in enumerate(misfit.names):
        unsure = min(math.sqrt(max(inverse[i][i], 0)), doubts[i])
        found[name] = {"before": constants[name], "after": math.exp(point[i]), "off": unsure,
                       "determined": unsure < DETERMINED}
    after = {name: one["after"] for name, one in found.items()}
    return {"constants": found, "measurements": len(measured),
            "before": errors([math.log(evaluate(formula, constants) / time)
                              for _, _, time, formula in measured]),
            "after": errors(off), "kinds": {"before": by_kind(measured, constants),
                                            "after": by_kind(measured, after)},
            "points": [{"kernel": kernel, "B": batch, "time": time,
                        "before": evaluate(formula, constants), "after": evaluate(formula, after)}
                       for kernel, batch, time, formula in measured]}


def constants_file(text, fitted, name):
    """GpuConstants.def with all that was fitted: two constants may be determined together where
    neither is by itself, and what nothing is known of is what it was."""
    def changed(match):
        one = fitted["constants"].get(match[2])
        return f"{match[1]}{one['after']:.4g}" if one else match[0]
    text = text.replace("// None was measured by grucc.", f"// Fitted by tools/dev/gpu-check to "
                        f"{fitted['measurements']} times on {name}.")
    return re.sub(r"^(GPU_CONSTANT\((\w+), )([^,]+)", changed, text, flags=re.M)
