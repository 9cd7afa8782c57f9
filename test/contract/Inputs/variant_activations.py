# ===- variant_activations.py - Every activation, over its domain -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-------------------------------------------------------------=== #
"""variant_activations.py LEVEL...: with gates that are affine(0, 0), h' is the candidate alone; an
input weight of 1 gives it x itself. Judged in numbers of 40 digits, on as many samples as CI has
time for."""

import math
import sys

import grucc
import mpmath as mp
import numpy as np

mp.mp.dps = 40
# Text, f(x), and where f may be a small difference of large terms, the size that its error is
# measured by.
FUNCTIONS = [
    ("sigmoid", lambda x: 1 / (1 + mp.exp(-x)), None),
    ("tanh", mp.tanh, None),
    ("relu", lambda x: max(x, mp.mpf(0)), None),
    ("hard_sigmoid(0.25, 0.5)", lambda x: min(max(x / 4 + mp.mpf(0.5), mp.mpf(0)), mp.mpf(1)), None),
    ("softsign", lambda x: x / (1 + abs(x)), None),
    ("softplus", lambda x: max(x, mp.mpf(0)) + mp.log1p(mp.exp(-abs(x))), None),
    ("affine(0.75, -0.25)", lambda x: x * 3 / 4 - mp.mpf(0.25), lambda x: abs(x) * 0.75 + 0.25),
    ("leaky_relu(0.125)", lambda x: x if x >= 0 else x / 8, None),
    ("thresholded_relu(0.5)", lambda x: x if x > mp.mpf(0.5) else mp.mpf(0), None),
    ("scaled_tanh(1.5, 0.5)", lambda x: mp.tanh(x / 2) * 3 / 2, None),
    ("elu(0.5)", lambda x: x if x >= 0 else mp.expm1(x) / 2, None),
]
# At the infinities, and of NaN.
EDGES = {"sigmoid": (0, 1), "tanh": (-1, 1), "relu": (0, math.inf), "hard_sigmoid": (0, 1),
         "softsign": (-1, 1), "softplus": (0, math.inf), "affine": (-math.inf, math.inf),
         "leaky_relu": (-math.inf, math.inf), "thresholded_relu": (0, math.inf),
         "scaled_tanh": (-1.5, 1.5), "elu": (-0.5, math.inf)}


def compiled(text, dtype, level):
    model = grucc.compile(grucc.GRU(1, 1, bias=False, dtype=dtype, gate_activation="affine(0, 0)",
                                    candidate_activation=text), weights="external", target=level,
                          cache=False)
    one = np.zeros((3, 1), dtype)
    one[2] = 1
    model.set_weights({"weight_ih_l0": one, "weight_hh_l0": np.zeros((3, 1), dtype)})
    return model


def samples(rng, dtype):
    x = np.concatenate([rng.uniform(-1, 1, 400), rng.uniform(-20, 20, 600), rng.uniform(-120, 120, 200),
                        rng.standard_normal(200) * 10.0 ** rng.uniform(-12, 6, 200),
                        np.linspace(-0.01, 0.01, 101)])
    return x.astype(dtype)


def largest_error(f, size, x, y):
    """In ulp, where N7 (below 2^-64 a state is 0) has no say."""
    worst = 0.0
    for one, found in zip(x.tolist(), y):
        exact = f(mp.mpf(one))
        if abs(exact) < mp.mpf(2) ** -63 or found == 0:
            assert abs(exact) < mp.mpf(2) ** -62 or exact == 0, (one, found, exact)
            continue
        ulp = np.spacing(max(abs(found), found.dtype.type(size(one) if size else 0)))
        worst = max(worst, float(abs(mp.mpf(float(found)) - exact) / mp.mpf(float(ulp))))
    return worst


def main():
    rng, worst = np.random.default_rng(8), {}
    for level in sys.argv[1:]:
        for dtype in ("float32", "float64"):
            x = samples(rng, dtype)
            for text, f, size in FUNCTIONS:
                model = compiled(text, dtype, level)
                y = model(x.reshape(1, -1, 1))[0].reshape(-1)
                worst[text] = max(worst.get(text, 0.0), largest_error(f, size, x, y))
                low, high = EDGES[text.partition("(")[0]]
                odd = np.array([-np.inf, np.inf, np.nan, 0.0], dtype).reshape(1, -1, 1)
                # x = inf and NaN would be NaN times the weights of the other gates.
                with np.errstate(all="ignore"):
                    at = model(odd)[0].reshape(-1)
                assert np.isnan(at[2]), (text, level, at)
                large = np.array([-3e38, 3e38], dtype).reshape(1, -1, 1)
                ends = model(large)[0].reshape(-1)
                for end, limit in zip(ends, (low, high)):
                    if math.isinf(limit):
                        assert np.sign(end) == np.sign(limit) and abs(end) > 1e36, (text, level, ends)
                    else:
                        assert end == np.dtype(dtype).type(limit), (text, level, ends)
    for text, error in worst.items():
        print(f"{text}: at most {error:.2f} ulp")


main()
