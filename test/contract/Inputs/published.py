# ===- published.py - What others say of their GRUs' steps -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===------------------------------------------------------=== #
"""NNoM's and RTNeural's own figures, for compiler/target/cpu/SMALL_MACHINES.md."""
import re

# NNoM: µs of a GRU's step by its own table of layers, on a Cortex-M4F at 140 MHz.
NNOM = "NNoM"
NNOM_PAGE = "https://github.com/majianjia/nnom/blob/29bed8510fcb7b72ddc65e97188736bb38212dfd/examples/rnn-denoise/README.md"
NNOM_MHZ = 140
FIELDS = ["speed", "size"]  # grucc's instructions beside them
NNOM_STEPS = {"33 → 96": ((33, 96, 1), 1034), "96 → 24": ((96, 24, 1), 251), "24 → 24": ((24, 24, 1), 149),
              "144 → 48": ((144, 48, 1), 706), "168 → 64": ((168, 64, 1), 1099)}
# RTNeural: seconds of so many steps, by its three backends, where its compiler knew the sizes.
RTNEURAL = "https://github.com/jatinchowdhury18/RTNeural-compare/blob/{}/results/bench_{}.txt"
RTNEURAL_FILES = {"Eigen": ("4439e7d0818b4bde6b271b707f7f623a5463c12a", "eigen"),
                  "xsimd": ("4439e7d0818b4bde6b271b707f7f623a5463c12a", "xsimd"),
                  "STL": ("0001c2cd797642a49226d832577e379d76c76c8f", "stl")}
RTNEURAL_SAMPLES = 10 * 48000
RTNEURAL_SECONDS = {4: (0.0314024, 0.0295653, 0.0583909), 8: (0.0699257, 0.0506422, 0.147598),
                    16: (0.128289, 0.105189, 0.361739), 32: (0.353298, 0.366128, 1.32737), 64: (1.15296, 1.26015, 7.76676)}

HEAD = f"""
## What others publish
These figures are their authors', read in the files named here; neither program was run beside grucc.

[NNoM]({NNOM_PAGE})
times each GRU of its speech denoiser, whose numbers have 8 bits, on an STM32L476, a Cortex-M4F overclocked at {NNOM_MHZ} MHz,
where all of the network takes 3.28 ms, as by its CMSIS-NN backend. Beside it are instructions of grucc's steps for
`cortex-m4f`, whose numbers are float32, as above. They are not cycles: that core begins at most one instruction a cycle,
and loads, divisions and flash that waits take several. NNoM states 6512 bytes of RAM for its whole network and no
bytes of code. No other time of a GRU was found in its README, its manual's first page and its examples `uci-har-rnn`,
`keyword_spotting` and `auto_test`.

| GRU | NNoM, µs | cycles | grucc, instructions | for size |
|---|---|---|---|---|
"""


def rtneural():
    names = ",\n".join(f"[{name}]({RTNEURAL.format(*where)})" for name, where in RTNEURAL_FILES.items())
    lines = "".join(f"| {size} → {size} | " + " | ".join(f"{1e6 * seconds / RTNEURAL_SAMPLES:.3f}" for seconds in row) + " |\n"
                    for size, row in RTNEURAL_SECONDS.items())
    return f"""
RTNeural, in float32, publishes times on a desktop's CPU: an Intel i7-9750H at 2.6 GHz in one version of its comparison's
README and an i7-8700B at 3.2 GHz in another, while the files of times say neither. Of boards and browsers its README and its
comparison have none, so that nothing here compares with them, though 64 → 64 is in the tables above, too; grucc beside
RTNeural on x86-64 is in [grucc-bench's results](../../../tools/grucc-bench/results/README.md). µs of a step, of {RTNEURAL_SAMPLES},
with sizes that its compiler knew, by backend:
{names}.

| GRU | {' | '.join(RTNEURAL_FILES)} |
|---|---|---|---|
{lines}"""


def section(table):
    lines = ""
    for gru, (_, us) in NNOM_STEPS.items():
        if values := table.get((NNOM, gru)):
            lines += f"| {gru} | {us} | {us * NNOM_MHZ} | {' | '.join(map(str, values))} |\n"
    return HEAD + lines + rtneural()


def written(text):
    """{(NNOM, GRU): a value for each of FIELDS} of the page."""
    rows = re.findall(r"^\| (\d+ → \d+) \| \d+ \| \d+ \| (\d+) \| (\d+) \|$", text, re.M)
    return {(NNOM, gru): list(map(int, values)) for gru, *values in rows}
