# ===- _of_module.py - The models of torch's modules -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""pickle finds this function where torch is not installed, too."""

from ._arrays import torch_module
from ._model import Model


def of_module(*arguments):
    """The Model of a torch.nn.GRU: one that is a module as well, where the program has imported
    torch."""
    if torch_module() is None:
        return Model(*arguments)
    from ._drop_in import Model as DropIn
    return DropIn(*arguments)
