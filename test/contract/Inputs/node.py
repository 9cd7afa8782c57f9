# ===- node.py - An engine of WebAssembly -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------=== #
"""What node is told, and whether it takes relaxed SIMD."""
import subprocess

RELAXED = "--experimental-wasm-relaxed-simd"  # node has had it without a flag since 22
# [v128, v128, v128] -> [v128]: f32x4.relaxed_madd.
MADD = "0061736d01000000" "010801600" "37b7b7b017b" "03020100" "0a0d010b00200020012002fd85020b"


def options():
    known = subprocess.run(["node", "--v8-options"], capture_output=True, text=True).stdout
    return [RELAXED] * (RELAXED in known)


def takes_relaxed_simd():
    script = f"console.log(WebAssembly.validate(Buffer.from('{MADD}', 'hex')))"
    done = subprocess.run(["node", *options(), "-e", script], capture_output=True, text=True)
    return done.stdout.strip() == "true"
