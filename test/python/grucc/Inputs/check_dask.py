# ===- check_dask.py - Models on the workers of dask.distributed -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""check_dask.py cluster|modules|CPU: in an empty folder. Models are mapped over the partitions of a
data set by a local cluster of two processes; modules of torch with models inside are serialized;
one worker is on a CPU that lacks what models are compiled for, under qemu.

Letters: T steps, B batch, I input size, H hidden size.
"""

import contextlib
import os
import pathlib
import re
import shutil
import sys

import numpy as np

import grucc

try:
    import dask
    import dask.array
    import dask.bag
    from dask.distributed import Client, LocalCluster
    from distributed.utils import get_mp_context
except ImportError as reason:
    print(f"left out, for want of {reason.name}")
    sys.exit()

I, H, WORKERS, LIMIT = 6, 24, 2, "512MB"
LEVELS = "x86-64-v2", "x86-64-v3"


def partitions(count, rows):
    """Sequences [T, I] of 0 to 30 steps, so many in each of `count` lists."""
    rng = np.random.default_rng(0)
    return [[rng.standard_normal((T, I)).astype(np.float32) for T in rng.integers(0, 31, rows)]
            for _ in range(count)]


def padded(sequences):
    """[T, B, I], and the lengths [B]."""
    lengths = np.array([len(one) for one in sequences])
    input = np.zeros((lengths.max(), len(sequences), I), np.float32)
    for row, one in enumerate(sequences):
        input[:len(one), row] = one
    return input, lengths


def last_states(model, sequences):
    """[B, D*L*H]: what the model knows of each sequence at its end."""
    input, lengths = padded(sequences)
    h_n = model(input, lengths=lengths)[1]
    return h_n.transpose(1, 0, 2).reshape(len(sequences), -1)


def of_partition(sequences, model):
    """For dask.bag's map_partitions: [(process, states)]; a worker needs no torch and no
    compiler."""
    assert "torch" not in sys.modules and "GRUCC" not in os.environ
    return [(os.getpid(), last_states(model, list(sequences)))]


def same(a, b):
    assert a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes(), (a, b)


def models():
    """What a cluster may be given: weights inside, and from elsewhere; one level, and several;
    a module of torch's; two threads."""
    import torch
    torch.manual_seed(0)
    gru = torch.nn.GRU(I, H, 2, bidirectional=True)
    return [grucc.compile(gru), grucc.compile(gru, weights="external"),
            grucc.compile(grucc.GRU(I, H, seed=3), target=LEVELS),
            grucc.compile(gru, weights="external", target=LEVELS, threads=2)]


def check_bag(client, model, data):
    """By a bag, the model going along with the tasks; and once to every worker."""
    wanted = [last_states(model, part) for part in data]
    assert any(one.any() for one in wanted) and wanted[0].tobytes() != wanted[1].tobytes()
    bag = dask.bag.from_delayed([dask.delayed(part) for part in data])
    found = bag.map_partitions(of_partition, model).compute()
    assert len(found) == len(data)
    for (_, states), expected in zip(found, wanted):
        same(states, expected)
    sent = client.scatter(model, broadcast=True)
    tasks = [client.submit(of_partition, part, sent, workers=[worker], pure=False)
             for part, worker in zip(data, [*client.scheduler_info()["workers"]] * len(data))]
    processes = set()
    for [(process, states)], expected in zip(client.gather(tasks), wanted):
        same(states, expected)
        processes.add(process)
    assert len(processes) == WORKERS and os.getpid() not in processes, processes


def check_array(model):
    """An array [B, T, I] in blocks of rows."""
    x = np.random.default_rng(1).standard_normal((11, 9, I)).astype(np.float32)
    found = dask.array.from_array(x, chunks=(4, 9, I)).map_blocks(
        lambda block, model: model(block)[0], model=model, chunks=((4, 4, 3), (9,), (H,)),
        meta=x[:0, :0, :0]).compute()
    same(found, model(x)[0])


@contextlib.contextmanager
def cluster_of(workers):
    """A client of a cluster of processes that know the runtime, and no compiler."""
    compiler = os.environ.pop("GRUCC")
    lib = pathlib.Path(compiler).parents[1] / "lib"
    os.environ["GRUCC_RUNTIME"] = str(lib / "libgrucc_runtime.so.0")
    with LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, memory_limit=LIMIT,
                      dashboard_address=None) as cluster, Client(cluster) as client:
        yield client


def check_cluster():
    data, made = partitions(6, 20), models()
    rows_first = grucc.compile(grucc.GRU(I, H, batch_first=True, seed=4))
    with cluster_of(WORKERS) as client:
        limits = {one["memory_limit"] for one in client.scheduler_info()["workers"].values()}
        assert limits == {dask.utils.parse_bytes(LIMIT)}
        for model in made:
            check_bag(client, model, data)
        check_array(rows_first)
    print(f"{len(made)} models on {WORKERS} workers of {LIMIT}")


def check_lacking(cpu):
    """What was compiled for another CPU is refused there by name, as it arrives and when a task
    opens it; what has code for that CPU runs."""
    if not shutil.which("qemu-x86_64"):
        print("left out, for want of qemu-x86_64")
        return
    one, both, older = (grucc.compile(grucc.GRU(I, H, seed=3), target=target) for target in
                        ("x86-64-v3", LEVELS, "x86-64-v2"))
    [part] = partitions(1, 5)
    one.save("one.so")
    emulated = pathlib.Path("python").absolute()
    emulated.write_text(f'#!/bin/sh\nexec qemu-x86_64 -cpu {cpu} {sys.executable} -B "$@"\n')
    emulated.chmod(0o755)
    get_mp_context().set_executable(str(emulated))
    with cluster_of(1) as client:
        [(_, states)] = client.submit(of_partition, part, client.scatter(both)).result()
        same(states, last_states(older, part))
        for call in (lambda: client.submit(grucc.load, os.path.abspath("one.so")).result(),
                     lambda: client.scatter(one)):
            try:
                call()
            except Exception as error:  # grucc.Error, and dask's with its text
                assert "cpu: found SSE4.2, expected SSE4.2 AVX2 FMA" in str(error), error
            else:
                raise AssertionError("a model for another CPU was opened")
    print("refused by name")


def check_modules():
    """As in scatter, modules with models inside, when distributed knows torch already."""
    import distributed.protocol.torch
    import torch

    import grucc.torch
    torch.manual_seed(0)
    gru, x = torch.nn.GRU(I, H, batch_first=True), torch.randn(3, 7, I)
    fast = grucc.torch.compile_module(gru)
    model = grucc.compile(gru)
    for module in (model, torch.nn.Sequential(torch.nn.Linear(I, I), model),
                   fast, torch.nn.Sequential(torch.nn.Linear(I, I), fast)):
        again = distributed.protocol.deserialize(*distributed.protocol.serialize(module))
        assert again is not module and type(again) is type(module)
        with torch.no_grad():
            same(again(x)[0].numpy(), module(x)[0].numpy())
    print("4 modules")


if __name__ == "__main__":
    dask.config.set({"distributed.worker.multiprocessing-method": "spawn"})
    {"cluster": check_cluster, "modules": check_modules}.get(
        sys.argv[1], lambda: check_lacking(sys.argv[1]))()
