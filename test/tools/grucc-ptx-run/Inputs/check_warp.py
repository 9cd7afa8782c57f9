"""What lanes do together: shfl, vote, redux, mma, ldmatrix."""
import numpy as np
from ptx import each, kernel, run, same

rng = np.random.default_rng(3)
u32 = np.uint32
lane = np.arange(32)
v = rng.integers(0, 2 ** 32, (8, 32), np.uint64).astype(u32)
rows = ["shfl.sync.bfly.b32 {d}, {a0}, 4, 31, -1;", "shfl.sync.up.b32 {d}, {a0}, 3, 0, -1;",
        "shfl.sync.down.b32 {d}, {a0}, 3, 31, -1;", "shfl.sync.idx.b32 {d}, {a0}, 5, 31, -1;",
        "shfl.sync.idx.b32 {d}, {a0}, 1, 0x181f, -1;",
        "{{ .reg .pred %q; shfl.sync.down.b32 {d}|%q, {a0}, 3, 31, -1; selp.b32 {d}, 1, 0, %q; }}",
        "redux.sync.add.s32 {d}, {a0}, -1;", "redux.sync.min.u32 {d}, {a0}, -1;"]
found = each(rows, [v], u32)
for i, expected in enumerate([v[0][lane ^ 4], v[1][np.where(lane >= 3, lane - 3, lane)],
                              v[2][np.where(lane < 29, lane + 3, lane)], np.full(32, v[3][5]), v[4][lane & 24 | 1],
                              (lane < 29).astype(u32), np.full(32, v[6].sum(dtype=u32)), np.full(32, v[7].min())]):
    same(found[i], expected, rows[i])
less = v < 2 ** 31
compare = "{{ .reg .pred %q<3>; setp.lt.u32 %q0, {a0}, 0x80000000; "
found = each([compare + "vote.sync.ballot.b32 {d}, %q0, -1; }}",
              compare + "vote.sync.all.pred %q1, %q0, -1; selp.b32 {d}, 1, 0, %q1; }}",
              compare + "vote.sync.any.pred %q1, !%q0, -1; selp.b32 {d}, 1, 0, %q1; }}",
              compare + "@%q0 activemask.b32 {d}; @!%q0 mov.b32 {d}, 0; }}"], [v[:4]], u32)
bits = lambda row: sum(1 << i for i in range(32) if less[row][i])
same(found[0], np.full(32, bits(0), u32), "ballot")
same(found[1], np.full(32, less[1].all(), u32), "all")
same(found[2], np.full(32, (~less[2]).any(), u32), "any")
same(found[3], np.where(less[3], bits(3), 0).astype(u32), "activemask")

# mma through ldmatrix: A [16, 16] by rows, B [16, 8] given as [8, 16], C and D [16, 8].
LOAD = """
  .shared .align 16 .b8 sa[512];
  .shared .align 16 .b8 sb[256];
  mov.u32 %r0, %laneid;
  mul.wide.u32 %rd1, %r0, 16;
  add.s64 %rd2, %rd90, %rd1;
  ld.global.v4.b32 {%r1, %r2, %r3, %r4}, [%rd2];
  mov.b64 %rd3, sa;
  add.s64 %rd3, %rd3, %rd1;
  st.shared.v4.b32 [%rd3], {%r1, %r2, %r3, %r4};
  mul.wide.u32 %rd4, %r0, 8;
  add.s64 %rd5, %rd91, %rd4;
  ld.global.v2.b32 {%r5, %r6}, [%rd5];
  mov.b64 %rd6, sb;
  add.s64 %rd7, %rd6, %rd4;
  st.shared.v2.b32 [%rd7], {%r5, %r6};
  bar.warp.sync -1;
  and.b32 %r7, %r0, 15;
  shr.u32 %r8, %r0, 4;
  shl.b32 %r9, %r7, 5;
  shl.b32 %r10, %r8, 4;
  add.s32 %r11, %r9, %r10;
  cvt.u64.u32 %rd8, %r11;
  mov.b64 %rd9, sa;
  add.s64 %rd9, %rd9, %rd8;
  and.b32 %r12, %r0, 7;
  bfe.u32 %r13, %r0, 3, 1;
  shl.b32 %r14, %r12, 5;
  shl.b32 %r15, %r13, 4;
  add.s32 %r16, %r14, %r15;
  cvt.u64.u32 %rd10, %r16;
  add.s64 %rd10, %rd6, %rd10;
  ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r20, %r21, %r22, %r23}, [%rd9];
  ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%r24, %r25}, [%rd10];
  mov.b32 %r30, 0f3F000000;
"""
STORE = """
  shr.u32 %r40, %r0, 2;
  and.b32 %r41, %r0, 3;
  shl.b32 %r42, %r40, 5;
  shl.b32 %r43, %r41, 3;
  add.s32 %r44, %r42, %r43;
  cvt.u64.u32 %rd20, %r44;
  add.s64 %rd20, %rd92, %rd20;
  st.global.v2.b32 [%rd20], {%r50, %r51};
  st.global.v2.b32 [%rd20+256], {%r52, %r53};
"""
for name, narrow in [("f16", lambda x: x.astype(np.float16)),
                     ("bf16", lambda x: (x.astype(np.float32).view(u32) >> 16).astype(np.uint16))]:
    a, b = rng.normal(size=(16, 16)).astype(np.float32), rng.normal(size=(8, 16)).astype(np.float32)
    na, nb = narrow(a), narrow(b)
    exact = lambda x: x.astype(np.float64) if name == "f16" else (x.astype(u32) << 16).view(np.float32).astype(np.float64)
    c = "{%r30, %r30, %r30, %r30}"
    d = "{%r50, %r51, %r52, %r53}"
    whole = f"  mma.sync.aligned.m16n8k16.row.col.f32.{name}.{name}.f32 {d}, {{%r20, %r21, %r22, %r23}}, {{%r24, %r25}}, {c};"
    halves = (f"  mma.sync.aligned.m16n8k8.row.col.f32.{name}.{name}.f32 {d}, {{%r20, %r21}}, {{%r24}}, {c};\n"
              f"  mma.sync.aligned.m16n8k8.row.col.f32.{name}.{name}.f32 {d}, {{%r22, %r23}}, {{%r25}}, {d};")
    # 0.5 + A B, the second time in two steps.
    for text in (whole, halves):
        out = run(kernel(LOAD + text + STORE, 3), "--block=32", "--arg=0=@a", "--arg=1=@b", "--arg=2=new:d:F32[16,8]",
                  tensors={"a": na.view(np.uint16), "b": nb.view(np.uint16)})["d"]
        assert np.abs(out - (exact(na) @ exact(nb).T + 0.5)).max() < 2e-6, name
    counters = run(kernel(LOAD + whole + STORE, 3), "--block=32", "--arg=0=@a", "--arg=1=@b", "--arg=2=new:d:F32[16,8]",
                   "--counters", tensors={"a": na.view(np.uint16), "b": nb.view(np.uint16)}, output=False)[0]
    assert [line.split()[1] for line in counters.splitlines() if line.startswith("matrix_flops")] == ["4096"], counters

# Transposed: the same numbers from the other side.
body = LOAD + "  ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%r50}, [%rd9];\n" + """
  mul.wide.u32 %rd20, %r0, 4;
  add.s64 %rd20, %rd92, %rd20;
  st.global.b32 [%rd20], %r50;"""
a = rng.integers(0, 65536, (16, 16)).astype(np.uint16)
out = run(kernel(body, 3), "--block=32", "--arg=0=@a", "--arg=1=@b", "--arg=2=new:d:U32[32]",
          tensors={"a": a, "b": a[:8]})["d"]
same(out.view(np.uint16).reshape(8, 8), a[:8, :8].T, "ldmatrix.trans")
print("warp: all as they should be")
