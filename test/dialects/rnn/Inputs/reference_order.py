#===- reference_order.py - The fixed order of sums, bit by bit --------------===//
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===----------------------------------------------------------------------===//
"""Evaluates rnn.project in float32 and computes the same sums with rational
numbers, rounded once where a fused multiply-add rounds once."""
import itertools
import random
import struct
import subprocess
import sys
from fractions import Fraction

random.seed(1)
# Units, and the blocks of consecutive k that sums are taken in, of all sizes that differ in kind.
BLOCKS = [
    # Three to 32 units: one block, two halves, the first of an even number, or blocks of 16.
    (3, [1]), (3, [7]), (3, [4, 4]), (3, [6, 4]), (3, [8, 5]), (3, [24, 23]), (3, [24, 24]),
    (3, [16, 16, 16, 1]), (3, [16] * 3 + [15]), (3, [16] * 4), (32, [16] * 3 + [1]),
    (3, [16] * 8 + [1]), (3, [16] * 18 + [12]),
    # One and two: blocks of 8 from 17 k on.
    (1, [7]), (1, [8, 8]), (1, [8, 8, 1]), (2, [8, 8]), (2, [8, 8, 1]), (2, [8] * 8),
    (1, [8] * 8 + [1]), (2, [8] * 37 + [4]),
    # More: blocks of 64.
    (33, [7]), (33, [24, 24]), (33, [49]), (33, [64]), (33, [64, 1]), (33, [64, 64, 1]),
]


def rounded(exact):
    """A rational number as the nearest float32, ties to even."""
    if exact == 0:
        return Fraction(0)
    exponent = abs(exact.numerator).bit_length() - exact.denominator.bit_length()
    if abs(exact) < Fraction(2) ** exponent:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, -126) - 23)
    return round(exact / unit) * unit


def project(w, x, bias, blocks):
    total = None
    for begin, count in zip(itertools.accumulate([0, *blocks]), blocks):
        partial = Fraction(0)
        for k in range(begin, begin + count):
            partial = rounded(w[k] * x[k] + partial)
        total = partial if total is None else rounded(total + partial)
    return rounded(total + bias)


def draw(count):
    return [rounded(Fraction(random.gauss(0, 1))) for _ in range(count)]


def dense(rows):
    bits = [struct.unpack("<I", struct.pack("<f", float(v)))[0] for row in rows for v in row]
    return '"0x' + "".join(struct.pack("<I", b).hex().upper() for b in bits) + '"'


failed = 0
cases, text = [], ""
for units, blocks in BLOCKS:
    gates, size = 3 * units, sum(blocks)
    x, w, bias = draw(size), [draw(size) for _ in range(gates)], draw(gates)
    cases.append([project(row, x, b, blocks) for row, b in zip(w, bias)])
    text += f"""
func.func @sums_of_{size}_for_{units}() -> tensor<1x1x{gates}xf32> {{
  %x = arith.constant dense<{dense([x])}> : tensor<1x1x{size}xf32>
  %w = arith.constant dense<{dense(w)}> : tensor<{gates}x{size}xf32>
  %b = arith.constant dense<{dense([bias])}> : tensor<{gates}xf32>
  %g = rnn.project %x, %w bias(%b)
      : (tensor<1x1x{size}xf32>, tensor<{gates}x{size}xf32>, tensor<{gates}xf32>)
      -> tensor<1x1x{gates}xf32>
  return %g : tensor<1x1x{gates}xf32>
}}
"""
with open(sys.argv[1], "w") as file:
    file.write(text)
done = subprocess.run(["rnn-evaluate", sys.argv[1], "float32"], capture_output=True, text=True)
sys.stderr.write(done.stderr)
lines = done.stdout.splitlines()
if done.returncode or len(lines) != len(cases):
    sys.exit(f"rnn-evaluate: found {len(lines)} results, expected {len(cases)}")
for line, expected in zip(lines, cases):
    name, values = line.split(" [")[0], line.split("] ")[1].split()
    for g, (value, number) in enumerate(zip(values, expected, strict=True)):
        if Fraction(float(value)) != number:
            print(f"{name}[{g}]: found {value}, expected {float(number)}")
            failed = 1
sys.exit(failed)
