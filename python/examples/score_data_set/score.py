# ===- score.py - Scores a data set that is larger than the workers' memory -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Sequences of several lengths lie in files; a network reads each to its end, and a linear layer
makes a number of its last state. dask.distributed gives the files to processes on this machine,
each under a limit of memory, which hold one file at a time.

Letters: N steps of all sequences of a file, B sequences, T steps, I input size, H hidden size.
"""

import argparse
import os
import pathlib
import resource
import sys
import tempfile
import time

import dask
import numpy as np
from dask.distributed import Client, LocalCluster, as_completed
from dask.utils import format_bytes, parse_bytes

import grucc

I, H = 16, 64
PART_STEPS = 1 << 18    # of a file: 16 MiB
LENGTHS = 20, 401       # of a sequence, in steps: from, and below
ROWS = 64               # sequences of a call
SEED = 1


def write_part(path, index):
    """Writes steps [N, I] float32, one sequence behind the other, and lengths [B]; and gives the
    size of the file."""
    rng = np.random.default_rng((SEED, index))
    lengths = rng.integers(*LENGTHS, PART_STEPS // LENGTHS[0])
    lengths = lengths[:np.searchsorted(lengths.cumsum(), PART_STEPS, side="right")]
    steps = rng.standard_normal((lengths.sum(), I), np.float32)
    np.savez(path, steps=steps, lengths=lengths)
    return os.path.getsize(path)


def scores_of(model, head, steps, lengths):
    """[B]: one number of each sequence; those of like lengths go through the network together."""
    starts, scores = lengths.cumsum() - lengths, np.empty(len(lengths), np.float32)
    order = np.argsort(lengths, kind="stable")
    for rows in (order[at:at + ROWS] for at in range(0, len(order), ROWS)):
        input = np.zeros((lengths[rows].max(), len(rows), I), np.float32)  # [T, B, I]
        for b, row in enumerate(rows):
            input[:lengths[row], b] = steps[starts[row]:starts[row] + lengths[row]]
        _, h_n = model(input, lengths=lengths[rows])
        # Row by row, a sum in one order: the number does not depend on the sequences beside it.
        scores[rows] = (h_n[-1] * head).sum(axis=1)
    return scores


def score_part(path, model, head):
    """On a worker: (scores [B], steps, the most memory in bytes that this process has had)."""
    with np.load(path) as part:
        steps, lengths = part["steps"], part["lengths"]
    scores = scores_of(model, head, steps, lengths)
    return scores, len(steps), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def show_progress(done, count, began):
    """A line that is written over on a terminal; elsewhere one for every tenth."""
    text = f"{done} of {count} files, {time.perf_counter() - began:.0f} s"
    if sys.stdout.isatty():
        print(f"\r{text}", end="\n" if done == count else "", flush=True)
    elif done * 10 // count > (done - 1) * 10 // count:
        print(text, flush=True)


def results(futures):
    """What the futures give, in their order, with progress; none is kept by the workers."""
    found, began = [None] * len(futures), time.perf_counter()
    places = {future.key: place for place, future in enumerate(futures)}
    for done, (future, result) in enumerate(as_completed(futures, with_results=True), 1):
        found[places[future.key]] = result
        future.release()
        show_progress(done, len(futures), began)
    return found


def run(folder, options):
    model = grucc.compile(grucc.GRU(I, H, seed=SEED))
    head = np.random.default_rng(SEED).standard_normal(H, np.float32)
    limit, part = parse_bytes(options.memory_limit), PART_STEPS * I * 4
    count = max(1, -(-parse_bytes(options.size) // part))
    paths = [folder / f"part-{index:05}.npz" for index in range(count)]
    with LocalCluster(n_workers=options.workers, threads_per_worker=1, processes=True,
                      memory_limit=limit, dashboard_address=None) as cluster, \
            Client(cluster) as client:
        print(f"{options.workers} workers of {format_bytes(limit)}; writing {len(paths)} files")
        size = sum(results([client.submit(write_part, path, index, pure=False)
                            for index, path in enumerate(paths)]))
        print(f"data set: {format_bytes(size)}, {size / limit / options.workers:.2f} times the "
              "workers' memory together; scoring")
        sent = client.scatter(model, broadcast=True)
        began = time.perf_counter()
        parts = results(
            [client.submit(score_part, path, sent, head, pure=False) for path in paths])
        seconds = time.perf_counter() - began
    scores = np.concatenate([part[0] for part in parts])
    np.save(folder / "scores.npy", scores)
    steps, peak = sum(part[1] for part in parts), max(part[2] for part in parts)
    print(f"{len(scores)} sequences, {steps} steps in {seconds:.1f} s: {steps / seconds:.3g} "
          f"steps/s, {format_bytes(size / seconds)}/s")
    print(f"most memory of a worker: {format_bytes(peak)} of {format_bytes(limit)}")
    # In this process, file by file, where the workers' bits are to be found again.
    again = [score_part(path, model, head)[0] for path in paths[:options.check]]
    if any(a.tobytes() != b[0].tobytes() for a, b in zip(again, parts)):
        sys.exit("score.py: error: scores: found other bits in one process")
    print(f"the same bits in one process: {sum(map(len, again))} sequences of {len(again)} files")
    if peak > limit:
        sys.exit(f"score.py: error: memory: found {peak} bytes, expected at most {limit}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--size", default="64MiB", help="of the data set (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--memory-limit", default="512MB", help="of each (%(default)s)")
    parser.add_argument("--check", type=int, default=2, metavar="FILES",
                        help="files that this process scores again (%(default)s)")
    parser.add_argument("--folder", type=pathlib.Path,
                        help="where to write the data set and scores.npy, which stay there; a "
                        "temporary folder when left out")
    options = parser.parse_args()
    if options.workers < 1:
        parser.error(f"--workers: found {options.workers}, expected 1 or more")
    dask.config.set({"distributed.worker.multiprocessing-method": "spawn"})
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        run(options.folder.absolute(), options)
    else:
        with tempfile.TemporaryDirectory(prefix="score-") as folder:
            run(pathlib.Path(folder), options)


if __name__ == "__main__":
    main()
