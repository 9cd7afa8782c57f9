# ===- expect.py - What the tests of the Python package say -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input size, H hidden size, D directions, L layers."""

import struct

import numpy as np
import torch

import grucc

torch.set_num_threads(1)
torch.manual_seed(0)


def fails(text, function, *arguments, kind=grucc.InputError, **flags):
    """Calling it raises `kind` with exactly this text."""
    try:
        function(*arguments, **flags)
    except grucc.Error as error:
        assert type(error) is kind and str(error) == text, ("found   ", type(error), str(error),
                                                            "expected", text)
    else:
        raise AssertionError("no error, expected " + text)


def same(a, b):
    """The same kind of array, the same dtype, shape and bits."""
    assert type(a) is type(b), (type(a), type(b))
    assert a.shape == b.shape and a.dtype == b.dtype, (a.shape, b.shape, a.dtype, b.dtype)
    assert bool((a == b).all()), (a, b)


def close(a, b, tolerance=None):
    """Equal within float32's or float64's rounding, whatever the kind of array."""
    a, b = (v.detach().numpy() if isinstance(v, torch.Tensor) else v for v in (a, b))
    assert a.shape == b.shape and a.dtype == b.dtype, (a.shape, b.shape, a.dtype, b.dtype)
    if tolerance is None:
        tolerance = 1e-12 if a.dtype == np.float64 else 2e-6
    assert np.abs(a - b).max(initial=0) < tolerance, np.abs(a - b).max()


def evaluate(module, *arguments):
    with torch.no_grad():
        return module(*arguments)


class Spy:
    """Records the grucc_args of a model's runs, which Python makes from then on."""
    FIELDS = ("size seq_len batch input h_0 lengths batch_sizes output h_n workspace weights "
              "dropout_seed dropout_mask parallel_for parallel_context threads barrier").split()

    def __init__(self, model):
        self.run, model._run = model._run, self
        model._quick_run = None

    def __call__(self, args):
        self.__dict__.update(zip(self.FIELDS, struct.unpack("=11qQ5q", args)))
        return self.run(args)
