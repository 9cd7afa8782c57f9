# ===- readme_plugin.py - The README's plug-in beside PyTorch -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------------------=== #
"""Two instances of a plug-in of two networks, amp and cab, a block of samples in turn: each plays
what the networks give in PyTorch, to the bit what it plays alone."""

import ctypes
import sys

import numpy as np
import torch
from safetensors.torch import save_file

SAMPLES, BLOCK = 96, 32


def networks():
    torch.manual_seed(1)
    return {"amp": torch.nn.GRU(1, 8), "cab": torch.nn.GRU(8, 4)}


def save_networks(folder):
    (folder / "plugin").mkdir()
    for name, gru in networks().items():
        save_file(gru.state_dict(), folder / f"plugin/{name}.safetensors",
                  metadata={"batch_first": "false"})


def expected(signal):
    with torch.no_grad():
        sound = torch.from_numpy(signal)[:, None]
        for gru in networks().values():
            sound = gru(sound)[0]
    return sound[:, 0].numpy()


def play(plugin, signals):
    """All signals at once, each by an instance of its own."""
    instances = [plugin.create() for _ in signals]
    if None in instances:
        return None
    outputs = [signal.copy() for signal in signals]
    for at in range(0, SAMPLES, BLOCK):
        for instance, output in zip(instances, outputs):
            block = output[at:at + BLOCK].ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            plugin.process(instance, block, BLOCK)
    for instance in instances:
        plugin.destroy(instance)
    return outputs


def check(folder):
    plugin = ctypes.CDLL(str(folder / "plugin/build/libplugin.so"))
    plugin.create.restype = ctypes.c_void_p
    plugin.process.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_float), ctypes.c_int]
    plugin.destroy.argtypes = [ctypes.c_void_p]
    signals = list(np.random.default_rng(2).uniform(-1, 1, (2, SAMPLES)).astype(np.float32))
    together = play(plugin, signals)
    if together is None:
        print("the plug-in does not run here: x86-64-v3")
        return
    for signal, output in zip(signals, together):
        if not np.allclose(output, expected(signal), atol=2e-6):
            sys.exit("readme_plugin.py: the plug-in plays other samples than PyTorch")
        if not np.array_equal(output, play(plugin, [signal])[0]):
            sys.exit("readme_plugin.py: an instance plays other samples beside another one")
