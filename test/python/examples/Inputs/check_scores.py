# ===- check_scores.py - The scores of the example, one sequence at a time -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_scores.py EXAMPLE FOLDER: scores.npy has the score of each sequence of FOLDER's files, in
their order: the bits that the network gives for the sequence alone."""

import pathlib
import sys

import numpy as np

import grucc

sys.path.insert(0, sys.argv[1])
import score  # noqa: E402

folder = pathlib.Path(sys.argv[2])
model = grucc.compile(grucc.GRU(score.I, score.H, seed=score.SEED))
head = np.random.default_rng(score.SEED).standard_normal(score.H, np.float32)
found, at = np.load(folder / "scores.npy"), 0
for path in sorted(folder.glob("part-*.npz")):
    with np.load(path) as part:
        ends = part["lengths"].cumsum()
        rows = np.split(part["steps"], ends[:-1])
        assert len(rows[-1]) == part["lengths"][-1]
    for row in rows:
        wanted = (model(row)[1][-1] * head).sum()
        assert found[at] == wanted, (path, at, found[at], wanted)
        at += 1
assert at == len(found) > 1000 and len(set(found)) > 0.9 * at
print(at, "sequences one by one")
