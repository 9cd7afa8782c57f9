# ===- __init__.py - Every engine that grucc is timed beside -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Every engine that grucc is timed beside: one file each."""

import importlib
from typing import NamedTuple

BENCH = "tools/grucc-bench/requirements-bench.txt"
TESTS = "python/requirements-test.txt"
ONEDNN_AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "DNNL_MAX_CPU_ISA": "AVX2"}  # the second until version 2


class Description(NamedTuple):
    title: str
    module: str
    source: str  # where a missing one comes from
    avx2: dict  # what keeps it within x86-64-v3; None: nothing does


ENGINES = {
    "grucc": Description("grucc", "grucc_engine", "the build of this checkout", {}),
    "onednn": Description("oneDNN", "onednn", "grucc-bench-onednn, built where Debian's libdnnl-dev is installed",
                          ONEDNN_AVX2),
    "onednn3": Description("oneDNN 3", "onednn3", "grucc-bench-onednn3, built with -DGRUCC_ONEDNN3_ROOT=VENV after "
                           f"pip install --requirement {BENCH}", ONEDNN_AVX2),
    "pytorch": Description("PyTorch", "pytorch", TESTS,
                           ONEDNN_AVX2 | {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}),
    "onnxruntime": Description("ONNX Runtime", "onnx_runtime", TESTS, None),
    "openvino": Description("OpenVINO", "open_vino", BENCH, ONEDNN_AVX2),
    # XLA_FLAGS=--xla_cpu_max_isa=AVX2 leaves its matrix products as they are.
    "jax": Description("JAX", "jax_scan", BENCH, None),
    "litert": Description("LiteRT", "litert", BENCH, None),
}
RECORDED = "rtneural"  # a peer by its recorded times alone
WIDE, ALONE = "grucc_wide", "grucc_one"  # grucc once more: with weights that are not narrow, on one thread
TITLES = {name: engine.title for name, engine in ENGINES.items()} | {RECORDED: "RTNeural"}
TITLES_ONCE_MORE = {WIDE: "grucc wide", ALONE: "grucc on one thread"}


def load_engine(name):
    """Its class; ImportError where it is not installed."""
    module = importlib.import_module(f"peers.engines.{ENGINES[name].module}")
    return module.ENGINE
