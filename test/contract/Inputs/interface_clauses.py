# ===- interface_clauses.py - The promises of the C interface (A3) -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------=== #
"""interface_clauses.py CLAUSE FOLDER. Letters: T, B, I, H, L as in networks.py."""

import ctypes as C
import os
import sys
from threading import Barrier, Thread

import numpy as np

from compiled import (ARGS_SIZE, MISALIGNED, NULL, OK, SHAPE, UNSUPPORTED, Args, Model, Room,
                      address, compile_model, levels, same_bits)
from networks import draw_network

rng = np.random.default_rng(3)
HUGE = 2**62


def model_of(folder, network, name, *options):
    path = network.save(f"{folder}/{name}.safetensors")
    model = Model(compile_model(path, f"{folder}/{name}.so", *options, name=name),
                  network.tensors.values())
    return model


class Call:
    """A whole call of NAME_run, every field right; copies of what it could write."""
    T, B = 4, 3

    def __init__(self, model):
        T, B, m = self.T, self.B, model
        self.model = model
        self.arrays = {
            "input": np.ones((T, B, m.I), np.float32),
            "h_0": np.ones((m.L, B, m.H), np.float32),
            "output": np.full((T, B, m.H), 7, np.float32),
            "h_n": np.full((m.L, B, m.H), 7, np.float32),
            "lengths": np.full(B, T, np.int64),
            "batch_sizes": np.full(T, B, np.int64),
            "dropout_mask": np.ones((m.L, T, B, m.H), np.uint8),
        }
        # 64 bytes more than needed, so that misaligned ones fit too.
        self.sizes = {"workspace": m.workspace_bytes(T, B), "state": m.state_bytes(B),
                      "weights": m.descriptor.weights_bytes}
        for name, size in self.sizes.items():
            room = np.full(size + 128, 7, np.uint8)
            skip = -room.ctypes.data % 64
            self.arrays[name] = room[skip:skip + size + 64]
        if m.external:
            self.arrays["weights"][:len(m.weights)] = m.weights
        self.kept = {name: array.copy() for name, array in self.arrays.items()}

    def pointer(self, name):
        return address(self.arrays[name])

    def run(self, **changes):
        fields = {"size": C.sizeof(Args), "seq_len": self.T, "batch": self.B}
        for name in ("input", "h_0", "output", "h_n", "workspace"):
            fields[name] = self.pointer(name)
        if self.model.external:
            fields["weights"] = self.pointer("weights")
        return self.model.run(C.byref(Args(**(fields | changes))))

    def step(self, x="input", y="output", state="state", workspace="workspace", weights="weights",
             batch=B):
        """Names of buffers, or None."""
        if not self.model.external and weights == "weights":
            weights = None
        given = [None if n is None else self.pointer(n) for n in (x, y, state, workspace, weights)]
        return self.model.step(*given, batch)

    def untouched(self):
        for name, array in self.arrays.items():
            assert (array.view(np.uint8) == self.kept[name].view(np.uint8)).all(), f"wrote to {name}"


def a3_status(folder):
    network = draw_network(rng, 5, 18, 2)
    for kind in ("baked", "external"):
        model = model_of(folder, network, kind, f"--weights={kind}")
        call, external = Call(model), kind == "external"

        def expect(status, found):
            assert found == status, f"{kind}: found status {found}, expected {status}"
            call.untouched()

        expect(ARGS_SIZE, model.run(None))
        for size in (0, -1, 1, C.sizeof(Args) - 8, C.sizeof(Args) + 8, HUGE):
            expect(ARGS_SIZE, call.run(size=size))
        for count in (-1, -HUGE, -2 * HUGE, HUGE, 2 * HUGE - 1):
            expect(SHAPE, call.run(seq_len=count))
            expect(SHAPE, call.run(batch=count))
            expect(SHAPE, call.step(batch=count))
            expect(SHAPE, model.init_state(call.pointer("state"), None, count))
            expect(SHAPE, model.read_state(call.pointer("state"), call.pointer("h_n"), count))
            assert model.state_bytes(count) == -1
            assert model.workspace_bytes(count, 1) == model.workspace_bytes(1, count) == -1
        for T, B in ((2**40, 2**40), (2**32, 2**32), (2**31, 2**33), (3, 2**61), (-1, -1)):
            expect(SHAPE, call.run(seq_len=T, batch=B))
            assert model.workspace_bytes(T, B) == -1
        expect(UNSUPPORTED, call.run(dropout_mask=call.pointer("dropout_mask")))
        expect(UNSUPPORTED, call.run(lengths=call.pointer("lengths"),
                                     batch_sizes=call.pointer("batch_sizes")))
        # C10: each length in 0..T; batch sizes in 0..B that never grow.
        for bad in (-1, call.T + 1, HUGE, -2 * HUGE):
            for row in range(call.B):
                lengths = np.full(call.B, call.T, np.int64)
                lengths[row] = bad
                expect(SHAPE, call.run(lengths=address(lengths)))
        sizes = [[call.B + 1] + [0] * (call.T - 1), [-1] * call.T, [HUGE] * call.T,
                 [0] * (call.T - 1) + [1]]
        for bad in sizes:
            expect(SHAPE, call.run(batch_sizes=address(np.array(bad, np.int64))))
        for name in ("input", "output", "h_n", "workspace"):
            expect(NULL, call.run(**{name: None}))
        for name in ("x", "y", "state", "workspace"):
            expect(NULL, call.step(**{name: None}))
        expect(NULL, model.init_state(None, None, 1))
        expect(NULL, model.read_state(None, call.pointer("h_n"), 1))
        expect(NULL, model.read_state(call.pointer("state"), None, 1))
        if external:
            expect(NULL, call.run(weights=None))
            expect(NULL, call.step(weights=None))
            weights = list(network.tensors.values())
            pointers = (C.c_void_p * len(weights))(*[address(w) for w in weights])
            expect(NULL, model.pack(None, call.pointer("weights")))
            expect(NULL, model.pack(pointers, None))
            expect(MISALIGNED, model.pack(pointers, call.pointer("weights") + 4))
            for missing in range(len(weights)):
                pointers[missing] = None
                expect(NULL, model.pack(pointers, call.pointer("weights")))
                pointers[missing] = address(weights[missing])
        else:
            assert model.pack is None
            expect(UNSUPPORTED, call.run(weights=call.pointer("weights")))
            expect(UNSUPPORTED, model.step(*[call.pointer(n) for n in (
                "input", "output", "state", "workspace", "weights")], call.B))
        for off in (1, 4, 32, 63):
            expect(MISALIGNED, call.run(workspace=call.pointer("workspace") + off))
            given = [call.pointer(n) for n in ("input", "output", "state", "workspace")]
            given.append(call.pointer("weights") if external else None)
            for i in (2, 3) + ((4,) if external else ()):
                moved = [p + off if n == i else p for n, p in enumerate(given)]
                expect(MISALIGNED, model.step(*moved, call.B))
            if external:
                expect(MISALIGNED, call.run(weights=call.pointer("weights") + off))
            expect(MISALIGNED, model.init_state(call.pointer("state") + off, None, 1))
            expect(MISALIGNED, model.read_state(call.pointer("state") + off, call.pointer("h_n"), 1))
        # Nothing there to read or to write: no pointer is needed.
        assert call.run(seq_len=0, input=None, output=None) == OK
        assert call.run(batch=0, input=None, output=None, h_n=None, h_0=None) == OK
        assert call.step(x=None, y=None, batch=0) == OK
        if not external:  # C6: a model for training takes a mask, whatever p is
            training = Call(model_of(folder, network, "training", "--training"))
            assert training.run(dropout_mask=training.pointer("dropout_mask")) == OK
            none = Call(model_of(folder, draw_network(rng, 5, 9), "one", "--training"))
            assert none.run(dropout_mask=none.pointer("dropout_mask")) == OK
        # What inference does not look at.
        assert call.run(dropout_seed=2**64 - 1, parallel_context=1) == OK


def a3_bounds(folder):
    # The watch itself: one byte too far on either side is seen.
    room = Room(1000)
    for at_end in (False, True):
        buffer = room.place(1000, at_end)
        assert room.intact()
        C.memset(address(buffer) + (-1 if at_end else 1000), 0, 1)
        assert not room.intact()
    for level in levels():
        for I, H, L in ((1, 1, 1), (130, 31, 1), (3, 65, 3)):
            network = draw_network(rng, I, H, L)
            model = model_of(folder, network, f"m_{H}_{level[-2:]}", f"--target={level}",
                             "--weights=external" if H == 31 else "--batch-first")
            for T, B in ((0, 1), (1, 0), (1, 1), (5, 3), (40, 9), (3, 13)):
                x = rng.standard_normal((T, B, I)).astype(np.float32)
                h_0 = rng.standard_normal((L, B, H)).astype(np.float32)
                results = [form(x, h_0, at_end=at_end) for at_end in (False, True)
                           for form in (model.sequence, model.steps)]
                # Garbage in workspace, state, output and h_n has no influence.
                assert not np.isnan(results[0][0]).any() and not np.isnan(results[0][1]).any()
                for y, h_n in results[1:]:
                    assert same_bits(y, results[0][0]) and same_bits(h_n, results[0][1])


def a3_h_n_in_place(folder):
    for options in ((), ("--batch-first",)):
        network = draw_network(rng, 6, 21, 3)
        model = model_of(folder, network, f"m{len(options)}", *options)
        for T, B in ((0, 2), (1, 1), (5, 3), (300, 4)):
            x = rng.standard_normal((T, B, 6)).astype(np.float32)
            h_0 = rng.standard_normal((3, B, 21)).astype(np.float32)
            y, h_n = model.sequence(x, h_0)
            y_in_place, h_in_place = model.sequence(x, h_0, alias=True)
            assert same_bits(y, y_in_place) and same_bits(h_n, h_in_place), (options, T, B)


def a3_re_entrant(folder):
    # Two models at once, each from eight threads at once, each with its own buffers.
    networks = [draw_network(rng, 24, 70, 2), draw_network(rng, 24, 33, 1)]
    paths = []
    for i, network in enumerate(networks):
        source = network.save(f"{folder}/{i}.safetensors")
        paths.append(compile_model(source, f"{folder}/{i}.so", name=f"model_{i}"))
    x = rng.standard_normal((200, 4, 24)).astype(np.float32)
    expected = [Model(path).sequence(x) for path in paths]
    barrier, wrong = Barrier(16), []

    def work(which):
        model = Model(paths[which])  # the same code; buffers of its own
        barrier.wait()
        for _ in range(5):
            for y, h_n in (model.sequence(x), model.steps(x)):
                if not (same_bits(y, expected[which][0]) and same_bits(h_n, expected[which][1])):
                    wrong.append(which)

    threads = [Thread(target=work, args=(i % 2,)) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong


if __name__ == "__main__":
    os.makedirs(sys.argv[2], exist_ok=True)
    globals()[sys.argv[1]](sys.argv[2])
