# ===- setup.py - Builds the package elsewhere than in the checkout -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""pyproject.toml says what the package is. setuptools would build it beside its sources, and `pip
install` fail where they can only be read."""

import tempfile

from setuptools import setup

folder = tempfile.TemporaryDirectory(prefix="grucc-")  # until the build has ended
setup(options={"egg_info": {"egg_base": folder.name}, "build": {"build_base": folder.name}})
