# ===- check_travel.py - Models that are copied, pickled and sent -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder; spawned processes import it again."""

import concurrent.futures
import copy
import gc
import hashlib
import io
import multiprocessing
import os
import pathlib
import pickle
import shutil
import subprocess
import sys

import numpy as np
import torch

import grucc
from expect import fails, same

I, H, L = 5, 9, 2
x = np.random.default_rng(0).standard_normal((6, 3, I)).astype(np.float32)


def saved(model):
    file = io.BytesIO()
    torch.save({"model": model}, file)
    file.seek(0)
    return torch.load(file, weights_only=False)["model"]


def pickled(model):
    return pickle.loads(pickle.dumps(model))


WAYS = (copy.copy, copy.deepcopy, pickled, saved,
        lambda model: pickle.loads(pickle.dumps(model, protocol=2)))


def check_every_way():
    training = grucc.compile(grucc.GRU(I, H, L, dropout=0.5, seed=1), training=True)
    for model in (grucc.compile(grucc.GRU(I, H, L, batch_first=True, seed=2), name="voice"),
                  grucc.compile(grucc.GRU(I, H, bidirectional=True), threads=2),
                  grucc.compile(grucc.GRU(I, H, dtype="float64"), cache=False), training):
        given = x.astype(model.dtype)
        flags = {"dropout_seed": 7} if model is training else {}
        wanted = model(given, **flags)
        for way in WAYS:
            other = way(model)
            assert other is not model and type(other) is grucc.Model
            assert repr(other) == repr(model) and other.report == model.report
            assert (other.threads, other.device, other.name) == (
                model.threads, model.device, model.name)
            assert other.path != model.path
            for a, b in zip(other(given, **flags), wanted):
                same(a, b)


def check_external_weights():
    """They go along, and are a copy's own."""
    gru = torch.nn.GRU(I, H)
    model, empty = grucc.compile(gru, weights="external"), grucc.compile(
        grucc.GRU(I, H), weights="external")
    wanted = model(x)[0]
    for way in WAYS:
        other, still = way(model), way(empty)
        same(other(x)[0], wanted)
        other.set_weights(torch.nn.GRU(I, H))
        assert (other(x)[0] != wanted).any()
        same(model(x)[0], wanted)
        fails("weights: found none, expected set_weights before the first call", still, x,
              kind=grucc.Error)
        still.set_weights(gru)
        same(still(x)[0], wanted)


def check_gpu():
    """It needs no GPU to travel."""
    model = grucc.compile(grucc.GRU(I, H), target="sm_80", device=3)
    for way in WAYS:
        other = way(model)
        assert (other.target, other.device, other.report) == ("sm_80", 3, model.report)


def check_spawned():
    model = grucc.compile(grucc.GRU(I, H, seed=5), weights="external")
    model.set_weights(torch.nn.GRU(I, H))
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        same(pool.submit(model, x).result()[0], model(x)[0])
        y, state = pool.submit(model.step, x[1], model.step(x[0])[1]).result()
        same(y, model(x[:2])[0][1])
        same(model.step(x[2], state)[0], model(x[:3])[0][2])


def check_files():
    """Each copy has a file of its own, which goes with it; the original's need not stay."""
    model = grucc.compile(grucc.GRU(I, H, seed=3), cache=False)
    wanted = model(x)[0]
    other = copy.deepcopy(model)
    folder = os.path.dirname(other.path)
    del model
    gc.collect()
    same(other(x)[0], wanted)
    other.save("kept.so")
    same(grucc.load("kept.so")(x)[0], wanted)
    state = other.state()
    del other
    gc.collect()
    assert os.path.exists(folder)
    del state
    gc.collect()
    assert not os.path.exists(folder)
    # A forked process leaves alone what is not its own.
    model = grucc.compile(grucc.GRU(I, H, seed=3), cache=False)
    child = os.fork()
    if not child:
        del model
        gc.collect()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0 and os.path.exists(model.path)


def check_names():
    """What goes along is what was opened, whatever becomes of the file."""
    def goes_along(model):
        for way in WAYS:
            same(way(model)(x)[0], wanted)
        model.save("along.so")
        assert pathlib.Path("along.so").read_bytes() == whole

    compiled = grucc.compile(grucc.GRU(I, H, seed=6))
    wanted, path = compiled(x)[0], pathlib.Path(compiled.path)
    whole = path.read_bytes()
    loaded = grucc.load(path)
    pathlib.Path("same.so").write_bytes(whole)  # what another process that compiles it puts there
    os.replace("same.so", path)
    goes_along(compiled)
    grucc.compile(grucc.GRU(I, 2 * H)).save(path)
    goes_along(compiled)
    shutil.rmtree(grucc.cache_folder())
    goes_along(compiled)
    goes_along(loaded)
    loaded.save(path.name)
    again = grucc.load(path.name)
    again.save(path.name)  # over itself
    goes_along(again)

    # Nor does it matter what is written to it.
    again = grucc.load(path.name)
    pathlib.Path(path.name).write_bytes(b"no model" * 2000)
    goes_along(again)
    assert again.path == os.path.abspath(path.name)


def check_forked():
    """A process goes on when the one that has compiled the model, and its folder, are gone."""
    program = """if True:
        import os, pickle, sys
        import numpy as np
        import grucc
        model = grucc.compile(grucc.GRU(5, 9, seed=3), cache=False)
        ended, end = os.pipe()
        if os.fork():
            sys.exit()
        os.close(end)
        os.read(ended, 1)  # until the other one has ended
        assert not os.path.exists(model.path)
        model.save("forked.so")
        x = np.ones((4, 2, 5), np.float32)
        again = pickle.loads(pickle.dumps(model))
        print((again(x)[0] == grucc.load("forked.so")(x)[0]).all())"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "True\n", done


def check_descriptors():
    """A model's file is closed with it, whatever it was opened for."""
    def opened():
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    model = grucc.compile(grucc.GRU(I, H))
    pathlib.Path("none.so").write_bytes(b"no model" * 20)
    before = opened()
    for _ in range(3):
        other = [way(model) for way in WAYS] + [grucc.load(model.path),
                                                grucc.compile(grucc.GRU(I, H), cache=False)]
        assert opened() == before + len(other)
        del other
        try:
            grucc.load("none.so")
        except grucc.InputError:
            pass
        assert opened() == before


def check_damaged():
    """The bytes are checked as those of a file are, and leave none behind."""
    model = grucc.compile(grucc.GRU(I, H), weights="external")
    model.set_weights(torch.nn.GRU(I, H))
    again, (kind, library, digest, *others, weights) = model.__reduce__()
    folders = pathlib.Path(os.environ["TMPDIR"])
    assert pathlib.Path(again(kind, library, digest, *others, weights).path).parents[1] == folders
    before = sorted(folders.iterdir())
    fails("model: found a damaged shared library, expected the bytes of a compiled model", again,
          kind, library[:-1] + b"?", digest, *others, weights)
    fails("weights: found shape [64], expected [%d]" % len(weights), again, kind, library, digest,
          *others, weights[:64])

    for text, data in (("found no ELF magic", b"no model" * 20),
                       ("bytes at 64, expected them inside the file's 100 bytes", library[:100])):
        try:
            again(kind, data, hashlib.sha256(data).hexdigest(), *others, weights)
        except grucc.InputError as error:
            assert text in str(error), error
        else:
            raise AssertionError("what is no model was opened")
    gc.collect()
    assert sorted(folders.iterdir()) == before


if __name__ == "__main__":
    os.mkdir("temporary")
    os.environ["TMPDIR"] = os.path.abspath("temporary")
    check_every_way()
    check_external_weights()
    check_gpu()
    check_spawned()
    check_files()
    check_names()
    check_forked()
    check_descriptors()
    check_damaged()
