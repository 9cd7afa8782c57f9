# ===- check_examples.py - The examples of a module's documentation -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_examples.py MODULE [LATE]...: at least ten examples run, and all print what they say; the
modules LATE are not imported by importing MODULE."""

import doctest
import importlib
import sys

module = importlib.import_module(sys.argv[1])
early = [name for name in sys.argv[2:] if name in sys.modules]
assert not early, early
found = doctest.testmod(module)
assert found.failed == 0 and found.attempted >= 10, found
