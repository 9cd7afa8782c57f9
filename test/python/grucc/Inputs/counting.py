# ===- counting.py - How often the compiler runs, and what happens meanwhile -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""GRUCC is a script that writes an o to the file COUNT for every compilation (cache.test)."""

import os
import pathlib

COUNT = pathlib.Path(os.environ["COUNT"])


def compilations(function):
    COUNT.write_text("")
    function()
    return COUNT.read_text().count("o")


def just_before(place, name, action):
    """Does `action` once, before the next call of place.name goes on."""
    function = getattr(place, name)

    def first(*arguments, **flags):
        setattr(place, name, function)
        action()
        return function(*arguments, **flags)
    setattr(place, name, first)
