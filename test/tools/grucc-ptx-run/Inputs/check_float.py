"""Arithmetic of floating-point numbers, bit for bit."""
from fractions import Fraction

import numpy as np
from ptx import each, same

rng = np.random.default_rng(1)
SPECIAL32 = np.array([0, -0.0, 1, -1, np.inf, -np.inf, np.nan, 1e-40, -1e-40, 3.4e38, 2 ** -126, 0.5], np.float32)


def numbers(dtype, rows):
    bits = {np.float32: np.uint32, np.float64: np.uint64, np.float16: np.uint16}[dtype]
    values = rng.integers(0, np.iinfo(bits).max, (rows, 32), bits, endpoint=True).view(dtype)
    values[:, 8:20] = rng.normal(size=(rows, 12)).astype(dtype)
    values[:, 20:32] = rng.permutation(SPECIAL32.astype(dtype))
    return values


def fma32(a, b, c):
    if not np.isfinite([a, b, c]).all():
        return np.float32(np.float64(a) * np.float64(b) + np.float64(c))
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    if exact == 0:  # the sign is that of the sum of the two zeros
        return np.float32(np.float64(a) * np.float64(b) + np.float64(c))
    near = np.float32(float(exact)) if abs(exact) < Fraction(2) ** 200 else np.float32(np.inf * float(np.sign(exact)))
    with np.errstate(all="ignore"):
        around = [x for x in {np.nextafter(near, np.float32(-np.inf)), near, np.nextafter(near, np.float32(np.inf))}
                  if np.isfinite(x)]
    if not np.isfinite(near):
        return near
    best = min(around, key=lambda x: (abs(Fraction(float(x)) - exact), int(np.float32(x).view(np.uint32)) & 1))
    return best if best else np.float32(np.copysign(0.0, float(exact)))


np.seterr(all="ignore")
a, b, c = (numbers(np.float32, 24) for _ in range(3))
rows = ["add.rn.f32 {d}, {a0}, {a1};", "sub.rn.f32 {d}, {a0}, {a1};", "mul.rn.f32 {d}, {a0}, {a1};",
        "div.rn.f32 {d}, {a0}, {a1};", "sqrt.rn.f32 {d}, {a0};", "rcp.rn.f32 {d}, {a0};", "neg.f32 {d}, {a0};",
        "abs.f32 {d}, {a0};", "copysign.f32 {d}, {a0}, {a1};", "min.f32 {d}, {a0}, {a1};", "max.f32 {d}, {a0}, {a1};",
        "min.NaN.f32 {d}, {a0}, {a1};", "max.NaN.f32 {d}, {a0}, {a1};", "fma.rn.f32 {d}, {a0}, {a1}, {a2};",
        "add.rn.ftz.f32 {d}, {a0}, {a1};", "mul.rn.sat.f32 {d}, {a0}, {a1};", "add.f32 {d}, {a0}, 0f3F800000;",
        "fma.rn.ftz.f32 {d}, {a0}, {a1}, {a2};", "cvt.rni.f32.f32 {d}, {a0};", "cvt.rmi.f32.f32 {d}, {a0};",
        "selp.f32 {d}, {a0}, {a1}, 1;", "slct.f32.f32 {d}, {a0}, {a1}, {a2};", "mov.f32 {d}, {a0};",
        "mul.rn.ftz.f32 {d}, {a0}, {a1};"]
found = each(rows, [a, b, c], np.float32)


def flush(x):
    return np.where(np.abs(x) < np.float32(2 ** -126), np.copysign(np.float32(0), x), x).astype(np.float32)


def least(x, y):
    both = np.where((x < y) | ((x == y) & np.signbit(x)), x, y)
    return np.where(np.isnan(x), y, np.where(np.isnan(y), x, both))


def most(x, y):
    return -least(-x, -y)


def fused(x, y, z):
    return np.array([fma32(*t) for t in zip(x, y, z)], np.float32)


one = np.float32(1)
nan = np.isnan(a) | np.isnan(b)
product = a[15] * b[15]
expected = [a[0] + b[0], a[1] - b[1], a[2] * b[2], a[3] / b[3], np.sqrt(a[4]), one / a[5], -a[6], np.abs(a[7]),
            np.copysign(b[8], a[8]), least(a[9], b[9]), most(a[10], b[10]), np.where(nan[11], np.nan, least(a[11], b[11])),
            np.where(nan[12], np.nan, most(a[12], b[12])), fused(a[13], b[13], c[13]), flush(flush(a[14]) + flush(b[14])),
            np.where(product > 0, np.minimum(product, one), np.float32(0)), a[16] + one,
            flush(fused(flush(a[17]), flush(b[17]), flush(c[17]))), np.rint(a[18]), np.floor(a[19]), a[20],
            np.where(c[21] >= 0, a[21], b[21]), a[22], flush(flush(a[23]) * flush(b[23]))]
for i, row in enumerate(rows):
    same(found[i], np.asarray(expected[i], np.float32), row)

x, y, z = (numbers(np.float64, 5) for _ in range(3))
rows = ["add.rn.f64 {d}, {a0}, {a1};", "mul.rn.f64 {d}, {a0}, {a1};", "div.rn.f64 {d}, {a0}, {a1};",
        "max.f64 {d}, {a0}, {a1};", "neg.f64 {d}, {a0};"]
found = each(rows, [x, y, z], np.float64)
for i, expected in enumerate([x[0] + y[0], x[1] * y[1], x[2] / y[2], most(x[3], y[3]), -x[4]]):
    same(found[i], expected, rows[i])

# float16: rounding from float64 is one rounding of the exact sum or product.
h, g, f = (numbers(np.float16, 6) for _ in range(3))
rows = ["add.rn.f16 {d}, {a0}, {a1};", "mul.rn.f16 {d}, {a0}, {a1};", "sub.rn.f16 {d}, {a0}, {a1};",
        "max.f16 {d}, {a0}, {a1};", "neg.f16 {d}, {a0};", "fma.rn.f16 {d}, {a0}, {a1}, {a2};"]
found = each(rows, [h, g, f], np.float16)
d64 = np.float64
for i, expected in enumerate([h[0].astype(d64) + g[0], h[1].astype(d64) * g[1], h[2].astype(d64) - g[2],
                              most(h[3], g[3]), -h[4], h[5].astype(np.longdouble) * g[5] + f[5]]):
    if i == 5:  # 64 bits of fraction, made odd where something may be lost, would do; finite ones alone
        keep = np.isfinite(expected) & (np.abs(expected) < 60000)
        exact = [Fraction(float(p)) * Fraction(float(q)) + Fraction(float(r)) for p, q, r in
                 zip(h[5][keep], g[5][keep], f[5][keep])]
        for got, want in zip(found[5][keep], exact):
            error = abs(Fraction(float(got)) - want)
            up, down = np.nextafter(got, np.float16(np.inf)), np.nextafter(got, np.float16(-np.inf))
            for other in (up, down):
                if np.isfinite(other):
                    assert error <= abs(Fraction(float(other)) - want), (got, float(want))
        continue
    same(found[i], np.asarray(expected).astype(np.float16), rows[i])

# Pairs: each half for itself.
pair = lambda v: np.ascontiguousarray(np.stack([v[0], v[1]], -1)).view(np.uint32)[None, :, 0]
both = each(["fma.rn.f16x2 {d}, {a0}, {a1}, {a2};"], [pair(h), pair(g), pair(f)], np.uint32)[0]
alone = each(["fma.rn.f16 {d}, {a0}, {a1}, {a2};"] * 2, [h[:2], g[:2], f[:2]], np.float16)
same((both & 0xffff).astype(np.uint16).view(np.float16), alone[0], "low half")
same((both >> 16).astype(np.uint16).view(np.float16), alone[1], "high half")
wide = lambda v: np.ascontiguousarray(np.stack([v[0], v[1]], -1)).view(np.uint64)[None, :, 0]
both = each(["fma.rn.f32x2 {d}, {a0}, {a1}, {a2};"], [wide(a), wide(b), wide(c)], np.uint64)[0]
same((both & 0xffffffff).astype(np.uint32).view(np.float32), fused(a[0], b[0], c[0]), "low float32")
same((both >> 32).astype(np.uint32).view(np.float32), fused(a[1], b[1], c[1]), "high float32")

# Approximations lie within what PTX allows, and --approximation moves them there.
v = np.abs(rng.normal(size=(8, 32))).astype(np.float32) + np.float32(0.01)
rows = ["ex2.approx.f32 {d}, {a0};", "tanh.approx.f32 {d}, {a0};", "rcp.approx.ftz.f32 {d}, {a0};",
        "sqrt.approx.f32 {d}, {a0};", "rsqrt.approx.f32 {d}, {a0};", "lg2.approx.f32 {d}, {a0};",
        "div.full.f32 {d}, {a0}, {a1};", "sin.approx.f32 {d}, {a0};"]
found = each(rows, [v, v[::-1].copy()], np.float32)
w = v.astype(d64)
for i, expected in enumerate([np.exp2(w[0]), np.tanh(w[1]), 1 / w[2], np.sqrt(w[3]), 1 / np.sqrt(w[4]), np.log2(w[5]),
                              w[6] / w[1], np.sin(w[7])]):
    assert (np.abs(found[i] - expected) <= np.abs(expected) * 2.0 ** -23).all(), rows[i]
print("float: all as they should be")
