# ===- torch_exports.py - torch.nn.GRU as torch exports it -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------=== #
"""torch_exports.py FOLDER: by the legacy exporter and, where onnxscript is installed, by the newer
one: one to three layers, both directions, batch_first, h_0 given or not. Each is one network again,
with torch's results. Without GRUCC_EXHAUSTIVE every module by two exporters, in turn."""

import importlib.util
import itertools
import os
import sys
import warnings

import grucc
import numpy as np
import torch

warnings.filterwarnings("ignore")
torch.manual_seed(5)
EXPORTERS = [(False, opset) for opset in (11, 17, 20)]
if importlib.util.find_spec("onnxscript"):
    EXPORTERS += [(True, opset) for opset in (18, 20)]
else:
    print("no onnxscript here: the newer exporter is left out")


def export(gru, arguments, path, dynamo, opset):
    saved, sys.stdout = sys.stdout, open(os.devnull, "w")
    try:
        names = dict(input_names=["input", "h_0"][:len(arguments)], output_names=["output", "h_n"])
        if dynamo:
            torch.onnx.export(gru, arguments, path, opset_version=opset, dynamo=True,
                              external_data=opset == 20, verbose=False, **names)
        else:
            torch.onnx.export(gru, arguments, path, opset_version=opset, dynamo=False,
                              dynamic_axes={"input": {0: "a", 1: "b"}}, **names)
    finally:
        sys.stdout.close()
        sys.stdout = saved


# Sizes that do not change: states of zeros are made of the shape of what is below.
torch.onnx.export(torch.nn.GRU(5, 6, 2), (torch.ones(3, 1, 5),), f"{sys.argv[1]}/fixed.onnx",
                  dynamo=False)
assert grucc.compile(f"{sys.argv[1]}/fixed.onnx", cache=False).num_layers == 2
count = 1
for index, (L, both, first, given) in enumerate(itertools.product((1, 2, 3), *[(False, True)] * 3)):
    gru = torch.nn.GRU(5, 6, L, bidirectional=both, batch_first=first).eval()
    x = torch.randn(4, 3, 5)
    h_0 = torch.randn(L * (1 + both), 4 if first else 3, 6)
    arguments = (x, h_0) if given else (x,)
    with torch.no_grad():
        expected = gru(*arguments)
    turn = EXPORTERS[index % len(EXPORTERS):] + EXPORTERS[:index % len(EXPORTERS)]
    for dynamo, opset in EXPORTERS if os.environ.get("GRUCC_EXHAUSTIVE") else turn[::2][:2]:
        path = os.path.join(sys.argv[1], f"gru_{index}_{opset}_{dynamo}.onnx")
        export(gru, arguments, path, dynamo, opset)
        # The node is time-major; around it the graph has transposes for batch_first.
        model = grucc.compile(path, cache=False, batch_first=first)
        assert (model.num_layers, model.bidirectional) == (L, both), (path, model)
        for found, theirs in zip(model(x.numpy(), h_0.numpy() if given else None), expected):
            error = np.abs(found - theirs.numpy()).max()
            assert error <= 2.0**-21, (path, error)
        count += 1
print(f"{count} exports, each one network")
