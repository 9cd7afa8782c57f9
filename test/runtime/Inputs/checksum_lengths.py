# ===- checksum_lengths.py - What checksum.c has to print -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
from checksum import xxh64

data = bytes((i * 37 + 11) % 256 for i in range(131))
for size in range(128):
    print(f"{xxh64(data[size % 3:][:size]):016x}")
