# ===- __init__.py - What gpu-check consists of -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Letters: T steps, B batch, I input_size, H hidden_size, D directions, L num_layers.

Made at home by `prepare`, judged elsewhere by `judge`, which starts a `worker` for each section:
`correct`, `sanitize`, `times`, `peers`. What the workers say goes to `results`, `fit` and `table`.
Only `correct` and `peers` need torch, and nothing needs NumPy."""


class Problem(Exception):
    """One line, `what: found ..., expected ...`; ends the program with its status."""

    def __init__(self, text, status=1):
        super().__init__(text)
        self.status = status
