# ===- __init__.py - The parts of grucc-bench-peers -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The parts of grucc-bench-peers.

Letters: T seq_len, B batch, I input_size, H hidden_size, L num_layers, D directions.
"""
