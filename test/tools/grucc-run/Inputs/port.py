# ===- port.py - torch.nn.GRU by hand, right or with one mistake -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A port such as people write, in float64 and time-major, with one switch for
each mistake that people make."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def float16(x):
    return x.astype(np.float16).astype(np.float64)


def bfloat16(x):
    bits = x.astype(np.float32).view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7FFF + ((bits >> np.uint64(16)) & np.uint64(1))) >> np.uint64(16)
    return (bits << np.uint64(16)).astype(np.uint32).view(np.float32).astype(np.float64)


def cell(w, x, h, wrong):
    """w: weight_ih [3H, I], weight_hh [3H, H], bias_ih, bias_hh [3H]; x [I], h [H]."""
    H = len(h)
    wi, wh, bi, bh = (t.copy() for t in w)
    order = next((m[-3:] for m in wrong if m.startswith("gate-order")), "rzn")
    wi, wh, bi, bh = (np.concatenate([t.reshape(3, H, -1)[order.index(g)] for g in "rzn"])
                      .reshape(t.shape) for t in (wi, wh, bi, bh))
    if "weight-hh-transposed" in wrong:
        wh = wh.reshape(3, H, H).transpose(0, 2, 1).reshape(3 * H, H)
    if wrong & {"biases-left-out", "bias-ih-left-out"}:
        bi[:] = 0
    if wrong & {"biases-left-out", "bias-hh-left-out"}:
        bh[:] = 0
    if "weights-float16" in wrong:
        wi, wh, bi, bh = map(float16, (wi, wh, bi, bh))
    if "weights-bfloat16" in wrong:
        wi, wh, bi, bh = map(bfloat16, (wi, wh, bi, bh))
    squash, bend = sigmoid, np.tanh
    if "hard-sigmoid-0.2" in wrong:
        squash = lambda v: np.clip(0.2 * v + 0.5, 0, 1)
    if "hard-sigmoid-1/6" in wrong:
        squash = lambda v: np.clip(v / 6 + 0.5, 0, 1)
    if "candidate-relu" in wrong:
        bend = lambda v: np.maximum(v, 0)
    if "candidate-softsign" in wrong:
        bend = lambda v: v / (1 + np.abs(v))
    if "candidate-sigmoid" in wrong:
        bend = sigmoid
    if "activations-swapped" in wrong:
        squash, bend = bend, squash
    for name, most in (("clip-1", 1), ("clip-3", 3)):
        if name in wrong:
            squash, bend = ((lambda v, f=f, most=most: f(np.clip(v, -most, most)))
                            for f in (squash, bend))
    gi = wi @ x + bi
    gh = wh @ h + bh
    r, z = squash(gi[:H] + gh[:H]), squash(gi[H:2 * H] + gh[H:2 * H])
    if "reset-before-product" in wrong:
        n = bend(gi[2 * H:] + wh[2 * H:] @ (r * h) + bh[2 * H:])
    elif "new-bias-outside-reset" in wrong:
        n = bend(gi[2 * H:] + bh[2 * H:] + r * (wh[2 * H:] @ h))
    else:
        n = bend(gi[2 * H:] + r * gh[2 * H:])
    return (1 - z) * h + z * n if "update-reversed" in wrong else (1 - z) * n + z * h


def run(tensors, num_layers, directions, x, h_0=None, lengths=None, kept=None, p=0.0, wrong=()):
    """tensors: name -> array, x [T, B, I], kept [L-1, T, B, D*H] in training."""
    wrong = set(wrong)
    T, B, D, L = x.shape[0], x.shape[1], directions, num_layers
    H = tensors["weight_hh_l0"].shape[1]
    if "axes-swapped" in wrong:
        output, h_n = run(tensors, L, D, x.transpose(1, 0, 2), wrong=wrong - {"axes-swapped"})
        return output.transpose(1, 0, 2), h_n
    names = [f"{l}{'_reverse' if d else ''}" for l in range(L) for d in range(D)]
    weights = [[tensors.get(f"{kind}_l{n}", np.zeros(3 * H)).astype(np.float64)
                for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")] for n in names]
    if "directions-swapped" in wrong:
        weights = [weights[i ^ 1] for i in range(len(weights))]
    states = np.zeros((D * L, B, H)) if h_0 is None or "h-0-ignored" in wrong else h_0
    own = np.full(B, T) if lengths is None else lengths
    output, h_n = np.zeros((T, B, D * H)), np.zeros((D * L, B, H))
    for b in range(B):
        sequence = x[:, b].astype(np.float64)
        for l in range(L):
            halves = []
            for d in range(D):
                index = d * L + l if "states-direction-major" in wrong else l * D + d
                end = T if "lengths-ignored" in wrong else int(own[b])
                if d and "reverse-starts-in-padding" in wrong:
                    end = T
                steps = range(end)
                if (d and "reverse-runs-forward" not in wrong) or "direction-other-way" in wrong:
                    steps = reversed(steps)
                h, one = states[index, b].astype(np.float64), np.zeros((T, H))
                for turn, t in enumerate(steps):
                    if "state-not-carried" in wrong:
                        h = np.zeros(H)
                    h = cell(weights[l * D + d], sequence[t], h, wrong)
                    one[turn if d and "reverse-not-turned-back" in wrong else t] = h
                h_n[index, b] = one[T - 1] if "h-n-of-last-step" in wrong else h
                halves.append(one)
            if "backward-first" in wrong:
                halves.reverse()
            sequence = np.concatenate(halves, axis=1)
            if kept is not None and l + 1 < L and "no-dropout" not in wrong:
                sequence = sequence * kept[l, :, b] / (1 - p)
        output[:, b] = sequence
        if wrong & {"lengths-ignored", "reverse-starts-in-padding"} and "clears" in wrong:
            output[own[b]:, b] = 0
        if "padding-not-zero" in wrong:
            output[own[b]:, b] = 0.25
    return output, h_n
