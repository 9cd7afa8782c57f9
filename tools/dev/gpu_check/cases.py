# ===- cases.py - What is run with each network and each peer -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The cases of the sections that need torch, made without it."""

from . import networks

MODES = ("float32", "tf32", "float16", "bfloat16")  # of torch


def cases(network, kernels, count=None):
    """kernels: names of those that the model has. "kernel" is the one to blame."""
    name = network["name"]
    made = [("project", f"{name}_{kernel}", {"kernel": kernel}, "by itself")
            for kernel in ("project_input", "project_above") if f"{name}_{kernel}" in kernels]
    for run in networks.runs(network, count):
        what = networks.said(run)
        made += [(regime, f"{name}_{regime}", run, what) for regime in ("scan", "step")
                 if f"{name}_{regime}" in kernels]
        if run["place"] == "host":
            made.append(("plan", name, run, what))
    return [{"id": f"{name}/{i}", "network": name, "kind": kind, "kernel": kernel, "what": what,
             "run": run} for i, (kind, kernel, run, what) in enumerate(made)]


def peer_cases(sizes, batches):
    ceilings = [{"id": "copy", "kind": "copy", "kernel": "copy"},
                *({"id": f"product/{mode}", "kind": "product", "kernel": f"product in {mode}",
                   "mode": mode} for mode in MODES)]
    return ceilings + [{"id": f"{H}/{mode}/{B}", "kind": "gru", "H": H, "B": B, "mode": mode,
                        "kernel": f"torch.nn.GRU({networks.INPUT_SIZE}, {H}) in {mode}"}
                       for H in networks.spread(sizes) for mode in MODES for B in batches]
