"""Whole numbers, bits, comparison and conversion."""
import numpy as np
from ptx import each, same

np.seterr(all="ignore")
rng = np.random.default_rng(2)


def words(dtype, rows):
    info = np.iinfo(dtype)
    values = rng.integers(info.min, info.max, (rows, 32), dtype, endpoint=True)
    values[:, 0:6] = np.array([0, 1, info.max, info.min, 5, 31], dtype)
    return values


def check(rows, sources, result, expected):
    found = each(rows, sources, result)
    for i, row in enumerate(rows):
        want = np.asarray(expected(i, *[[int(v) for v in s[i]] for s in sources]))
        same(found[i], want.astype(result) if want.dtype != object else
             np.array([int(v) & (2 ** (8 * np.dtype(result).itemsize) - 1) for v in want], np.uint64).astype(result), row)


def per_lane(functions):
    return lambda i, *sources: np.array([functions[i](*lane) for lane in zip(*sources)], object)


def signed(value, bits):
    value &= 2 ** bits - 1
    return value - 2 ** bits if value >> (bits - 1) else value


for bits, signed_type, plain_type in [(32, np.int32, np.uint32), (64, np.int64, np.uint64), (16, np.int16, np.uint16)]:
    mask = 2 ** bits - 1
    rows = [f"add.s{bits} {{d}}, {{a0}}, {{a1}};", f"sub.s{bits} {{d}}, {{a0}}, {{a1}};",
            f"mul.lo.s{bits} {{d}}, {{a0}}, {{a1}};", f"mul.hi.s{bits} {{d}}, {{a0}}, {{a1}};",
            f"mul.hi.u{bits} {{d}}, {{a0}}, {{a1}};", f"mad.lo.s{bits} {{d}}, {{a0}}, {{a1}}, {{a2}};",
            f"div.u{bits} {{d}}, {{a0}}, 7;", f"rem.s{bits} {{d}}, {{a0}}, 7;", f"min.s{bits} {{d}}, {{a0}}, {{a1}};",
            f"max.u{bits} {{d}}, {{a0}}, {{a1}};", f"neg.s{bits} {{d}}, {{a0}};", f"abs.s{bits} {{d}}, {{a0}};",
            f"and.b{bits} {{d}}, {{a0}}, {{a1}};", f"or.b{bits} {{d}}, {{a0}}, {{a1}};",
            f"xor.b{bits} {{d}}, {{a0}}, {{a1}};", f"not.b{bits} {{d}}, {{a0}};", f"shl.b{bits} {{d}}, {{a0}}, 5;",
            f"shr.s{bits} {{d}}, {{a0}}, 5;", f"shr.u{bits} {{d}}, {{a0}}, 99;", f"shr.s{bits} {{d}}, {{a0}}, 99;"]
    s = lambda v, n=bits: signed(v, n)
    rest = lambda x: (abs(s(x)) % 7) * (1 if s(x) >= 0 else -1)
    check(rows, [words(plain_type, 20) for _ in range(3)], plain_type, per_lane([
        lambda a, b, c: a + b, lambda a, b, c: a - b, lambda a, b, c: a * b, lambda a, b, c: s(a) * s(b) >> bits,
        lambda a, b, c: a * b >> bits, lambda a, b, c: a * b + c, lambda a, b, c: a // 7, lambda a, b, c: rest(a),
        lambda a, b, c: min(s(a), s(b)), lambda a, b, c: max(a, b), lambda a, b, c: -a, lambda a, b, c: abs(s(a)),
        lambda a, b, c: a & b, lambda a, b, c: a | b, lambda a, b, c: a ^ b, lambda a, b, c: ~a,
        lambda a, b, c: a << 5, lambda a, b, c: s(a) >> 5, lambda a, b, c: 0, lambda a, b, c: -1 if s(a) < 0 else 0]))


def permuted(a, b, chosen):
    both = (b << 32 | a).to_bytes(8, "little")
    picked = [both[chosen >> 4 * i & 7] for i in range(4)]
    picked = [(255 if p & 128 else 0) if chosen >> 4 * i & 8 else p for i, p in enumerate(picked)]
    return int.from_bytes(bytes(picked), "little")


def extracted(a, start, length, sign):
    if length == 0:
        return 0
    value = a >> start & (2 ** length - 1)
    top = a >> min(start + length - 1, 31) & 1
    return value | (-(1 << min(length, max(32 - start, 0))) if sign and top else 0)


u32 = np.uint32
sources = [words(u32, 16) for _ in range(3)]
rows = ["lop3.b32 {d}, {a0}, {a1}, {a2}, 0x96;", "prmt.b32 {d}, {a0}, {a1}, {a2};", "clz.b32 {d}, {a0};",
        "popc.b32 {d}, {a0};", "brev.b32 {d}, {a0};", "bfe.u32 {d}, {a0}, 4, 9;", "bfe.s32 {d}, {a0}, 20, 9;",
        "bfi.b32 {d}, {a0}, {a1}, 8, 12;", "shf.l.wrap.b32 {d}, {a0}, {a1}, 5;", "shf.r.clamp.b32 {d}, {a0}, {a1}, 40;",
        "dp4a.s32.u32 {d}, {a0}, {a1}, {a2};", "selp.b32 {d}, {a0}, {a1}, 0;", "mad.hi.u32 {d}, {a0}, {a1}, {a2};",
        "{{ .reg .b16 %x<2>; mov.b32 {{%x0, %x1}}, {a0}; mov.b32 {d}, {{%x1, %x0}}; }}",
        "{{ .reg .b64 %y; mul.wide.s32 %y, {a0}, {a1}; mov.b64 {{_, {d}}}, %y; }}", "add.sat.s32 {d}, {a0}, {a1};"]
byte = lambda v, i: v >> 8 * i & 255
check(rows, sources, u32, per_lane([
    lambda a, b, c: a ^ b ^ c, permuted, lambda a, b, c: 32 - a.bit_length(), lambda a, b, c: bin(a).count("1"),
    lambda a, b, c: int(f"{a:032b}"[::-1], 2), lambda a, b, c: extracted(a, 4, 9, False),
    lambda a, b, c: extracted(a, 20, 9, True), lambda a, b, c: b & ~(4095 << 8) | (a & 4095) << 8,
    lambda a, b, c: (b << 32 | a) << 5 >> 32, lambda a, b, c: b,
    lambda a, b, c: sum(signed(byte(a, i), 8) * byte(b, i) for i in range(4)) + c, lambda a, b, c: b,
    lambda a, b, c: (a * b >> 32) + c, lambda a, b, c: a << 16 | a >> 16,
    lambda a, b, c: signed(a, 32) * signed(b, 32) >> 32,
    lambda a, b, c: max(-2 ** 31, min(2 ** 31 - 1, signed(a, 32) + signed(b, 32)))]))

# Comparisons: every one, with NaNs, and combined with a third predicate.
names = ["eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"]
x, y = (rng.normal(size=(14, 32)).astype(np.float32) for _ in range(2))
x[:, :4], y[:, 2:6] = np.nan, np.nan
y[:, 10:14] = x[:, 10:14]
found = each([f"{{{{ .reg .pred %q; setp.{n}.f32 %q, {{a0}}, {{a1}}; selp.u32 {{d}}, 1, 0, %q; }}}}" for n in names], [x, y], u32)
for i, n in enumerate(names):
    nan = np.isnan(x[i]) | np.isnan(y[i])
    ordered = {"e": x[i] == y[i], "n": (x[i] != y[i]) & ~nan, "l": x[i] < y[i], "g": x[i] > y[i]}[n[0]]
    if n in ("num", "nan"):
        ordered = nan if n == "nan" else ~nan
    elif n[1] == "e" and n[0] in "lg":
        ordered = ordered | (x[i] == y[i])
    same(found[i], (ordered | nan if n.endswith("u") and n != "nu" else ordered).astype(u32), n)
p, q = words(np.int32, 3), words(np.int32, 3)
found = each(["{{ .reg .pred %q<3>; setp.lt.s32 %q0, {a0}, 5; setp.gt.and.s32 %q1|%q2, {a1}, 7, %q0; selp.u32 {d}, 1, 0, %q1; }}",
              "{{ .reg .pred %q<3>; setp.lt.s32 %q0, {a0}, 5; setp.gt.or.s32 %q1|%q2, {a1}, 7, !%q0; selp.u32 {d}, 1, 0, %q2; }}",
              "{{ .reg .pred %q<3>; setp.lo.u32 %q0, {a0}, {a1}; not.pred %q1, %q0; xor.pred %q2, %q1, %q0; mov.pred %q1, %q2; "
              "@%q0 mov.u32 {d}, 3; @!%q0 mov.u32 {d}, 4; }}"], [p, q], u32)
same(found[0], ((p[0] < 5) & (q[0] > 7)).astype(u32), "and")
same(found[1], (~(q[1] > 7) | ~(p[1] < 5)).astype(u32), "or, second")
same(found[2], np.where(p[2].view(u32) < q[2].view(u32), 3, 4).astype(u32), "guards")

# Conversions.
f = (rng.normal(size=(12, 32)) * 10.0 ** rng.integers(-3, 12, (12, 32))).astype(np.float32)
f[:, :8] = np.array([0.5, 1.5, 2.5, -0.5, -1.5, np.nan, np.inf, -np.inf], np.float32)
rounding = {"rni": np.rint, "rzi": np.trunc, "rmi": np.floor, "rpi": np.ceil}
for i, (name, function) in enumerate(rounding.items()):
    for kind, low, high in [("s32", -2 ** 31, 2 ** 31 - 1), ("u32", 0, 2 ** 32 - 1)]:
        found = each([f"cvt.{name}.{kind}.f32 {{d}}, {{a0}};"], [f[i:i + 1]], u32)[0]
        exact = np.clip(np.nan_to_num(function(f[i].astype(np.float64)), nan=0, posinf=1e30, neginf=-1e30), low, high)
        same(found, np.array([int(v) & 0xffffffff for v in exact], u32), f"cvt.{name}.{kind}")
n = words(np.int32, 4)
same(each(["cvt.rn.f32.s32 {d}, {a0};"], [n[:1]], np.float32)[0], n[0].astype(np.float32), "f32.s32")
same(each(["cvt.rn.f32.u32 {d}, {a0};"], [n[1:2]], np.float32)[0], n[1].view(u32).astype(np.float32), "f32.u32")
same(each(["cvt.s64.s32 {d}, {a0};"], [n[2:3]], np.int64)[0], n[2].astype(np.int64), "s64.s32")
same(each(["cvt.u64.u32 {d}, {a0};"], [n[2:3]], np.uint64)[0], n[2].view(u32).astype(np.uint64), "u64.u32")
same(each(["cvt.s32.s8 {d}, {a0};"], [n[3:4]], np.int32)[0], n[3].astype(np.int8).astype(np.int32), "s32.s8")
same(each(["cvt.sat.u8.s32 {d}, {a0};"], [n[3:4]], u32)[0], np.clip(n[3], 0, 255).astype(u32), "sat.u8.s32")
h = rng.integers(0, 65536, (2, 32)).astype(np.uint16)
same(each(["cvt.f32.f16 {d}, {a0};"], [h[:1]], np.float32)[0], h[0].view(np.float16).astype(np.float32), "f32.f16")
same(each(["cvt.f32.bf16 {d}, {a0};"], [h[1:]], np.float32)[0], (h[1].astype(u32) << 16).view(np.float32), "f32.bf16")
small = (f / 1e6).astype(np.float32)
same(each(["cvt.rn.f16.f32 {d}, {a0};"], [small[:1]], np.float16)[0], small[0].astype(np.float16), "f16.f32")


def bfloat(v):
    bits = v.view(u32).astype(np.uint64)
    rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16
    return np.where(np.isnan(v), 0x7fff, rounded).astype(np.uint16)


same(each(["cvt.rn.bf16.f32 {d}, {a0};"], [f[5:6]], np.uint16)[0], bfloat(f[5]), "bf16.f32")
found = each(["cvt.rn.bf16x2.f32 {d}, {a0}, {a1};"], [f[6:7], f[7:8]], u32)[0]
same(found, bfloat(f[6]).astype(u32) << 16 | bfloat(f[7]), "bf16x2: the first one is the high half")
print("integer: all as they should be")
