"""Loads, stores, atomics, cp.async, variables, parameters, barriers."""
import numpy as np
from ptx import HEAD, kernel, run, same

rng = np.random.default_rng(4)

# Atomics: 4 blocks of 64 threads add, and so on, to one number each.
for op, kind, start, expected in [("add.u32", "U32", 5, 5 + 256 * 3), ("min.s32", "U32", 5, 3), ("max.u32", "U32", 5, 5),
                                  ("or.b32", "U32", 8, 11), ("exch.b32", "U32", 9, 3), ("inc.u32", "U32", 0, 0),
                                  ("add.u64", "U64", 1, 769), ("add.f32", "F32", 0, 384)]:
    bits = 64 if kind == "U64" else 32
    r = "%rd1" if bits == 64 else "%r1"
    value = "0f3FC00000" if kind == "F32" else "3"
    # 256 lanes count 0 1 2 3 0 ...: again 0 at the end.
    dtype = {"U32": np.uint32, "U64": np.uint64, "F32": np.float32}[kind]
    for form in [f"atom.global.{op} {r}, [%rd90], {value};", f"atom.relaxed.gpu.global.{op} {r}, [%rd90], {value};"]:
        out = run(kernel(f"  {form}", 1), "--grid=4", "--block=64", "--arg=0=@x", tensors={"x": np.array([start], dtype)})
        same(out["x"], np.array([expected], dtype), op)
cas = """
  mov.u32 %r1, %tid.x;
  add.s32 %r2, %r1, 1;
$again:
  atom.global.cas.b32 %r3, [%rd90], %r1, %r2;
  setp.ne.s32 %p1, %r3, %r1;
  @%p1 bra $again;"""
for options in [["--scheduler=random", "--seed=3"], []]:
    out = run(kernel(cas, 1), "--block=96", *options, "--arg=0=@x", tensors={"x": np.zeros(1, np.int32)})
    assert out["x"][0] == 96, "every lane waits for the one before it"

# A sum over a block in shared memory; 3 blocks; dynamic memory; in every order.
tree = """
  mov.u32 %r1, %tid.x;
  mov.u32 %r2, %ctaid.x;
  mad.lo.s32 %r3, %r2, 128, %r1;
  mul.wide.u32 %rd1, %r3, 4;
  add.s64 %rd2, %rd90, %rd1;
  ld.global.b32 %r4, [%rd2];
  shl.b32 %r5, %r1, 2;
  mov.b32 %r6, buffer;
  add.s32 %r6, %r6, %r5;
  st.shared.b32 [%r6], %r4;
  mov.u32 %r7, 64;
$loop:
  bar.sync 0;
  setp.ge.u32 %p1, %r1, %r7;
  @%p1 bra $skip;
  shl.b32 %r8, %r7, 2;
  add.s32 %r9, %r6, %r8;
  ld.shared.b32 %r10, [%r9];
  ld.shared.b32 %r11, [%r6];
  add.rn.f32 %r12, %r10, %r11;
  st.shared.b32 [%r6], %r12;
$skip:
  shr.u32 %r7, %r7, 1;
  setp.ne.u32 %p2, %r7, 0;
  @%p2 bra $loop;
  setp.ne.u32 %p3, %r1, 0;
  @%p3 ret;
  mul.wide.u32 %rd3, %r2, 4;
  add.s64 %rd4, %rd91, %rd3;
  ld.shared.b32 %r13, [buffer];
  st.global.b32 [%rd4], %r13;"""
x = rng.integers(-50, 50, (3, 128)).astype(np.float32)
dynamic = kernel(tree, 2, before=".extern .shared .align 16 .b8 buffer[];")
static = kernel("  .shared .align 4 .b32 buffer[128];" + tree, 2)
for text, shared in [(dynamic, 512), (static, 0)]:
    for options in [[], ["--no-races"], *[["--scheduler=random", f"--seed={s}"] for s in range(4)]]:
        out = run(text, "--grid=3", "--block=128", f"--shared={shared}", *options, "--arg=0=@x", "--arg=1=new:sum:F32[3]",
                  tensors={"x": x})
        same(out["sum"], x.sum(1), "sums")
# Every barrier of it is needed.
listed, _ = run(static, "--list-syncs", output=False)
assert listed.count("bar.sync ==> nothing") == 1, listed
_, errors = run(static, "--grid=3", "--block=128", "--arg=0=@x", "--arg=1=new:sum:F32[3]", "--drop-sync=0",
                tensors={"x": x}, expect=1)
assert "race: found" in errors, errors

# cp.async: bytes arrive at the wait, the rest of the 16 is zeros.
copy = """
  .shared .align 16 .b8 buffer[1024];
  mov.u32 %r1, %tid.x;
  shl.b32 %r2, %r1, 4;
  mov.b32 %r3, buffer;
  add.s32 %r4, %r3, %r2;
  mul.wide.u32 %rd1, %r1, 16;
  add.s64 %rd2, %rd90, %rd1;
  cp.async.cg.shared.global [%r4], [%rd2], 16;
  cp.async.commit_group;
  cp.async.ca.shared.global [%r4+512], [%rd2], 8, 4;
  cp.async.commit_group;
  cp.async.wait_group 1;
  bar.sync 0;
  xor.b32 %r5, %r2, 16;
  add.s32 %r5, %r3, %r5;
  ld.shared.v4.b32 {%r6, %r7, %r8, %r9}, [%r5];
  cp.async.wait_group 0;
  ld.shared.v2.b32 {%r8, %r9}, [%r4+512];
  add.s64 %rd3, %rd91, %rd1;
  st.global.v4.b32 [%rd3], {%r6, %r7, %r8, %r9};"""
x = rng.integers(0, 2 ** 31, (32, 4)).astype(np.int32)
out = run(kernel(copy, 2), "--block=32", "--arg=0=@x", "--arg=1=new:y:I32[32,4]", tensors={"x": x})["y"]
swapped = x[np.arange(32) ^ 1]
same(out, np.stack([swapped[:, 0], swapped[:, 1], x[:, 0], 0 * x[:, 0]], 1), "cp.async")
for drop in range(5):
    _, errors = run(kernel(copy, 2), "--block=32", "--arg=0=@x", "--arg=1=new:y:I32[32,4]", f"--drop-sync={drop}",
                    tensors={"x": x}, expect=1)
    assert "race: found" in errors or "uninitialised: found" in errors, (drop, errors)

# Of a source that is shorter than the copy no byte more is read.
end = """
  .shared .align 16 .b8 buffer[16];
  mov.b32 %r3, buffer;
  cp.async.cg.shared.global [%r3], [%rd90+16], 16, {};
  cp.async.wait_all;
  ld.shared.v4.b32 {{%r6, %r7, %r8, %r9}}, [%r3];
  st.global.v4.b32 [%rd91], {{%r6, %r7, %r8, %r9}};"""
x = np.arange(1, 31, dtype=np.uint8)
for filled in (0, 1, 3, 7, 8, 13, 14):
    out = run(kernel(end.format(filled), 2), "--arg=0=@x", "--arg=1=new:y:U8[16]", tensors={"x": x})["y"]
    same(out, np.concatenate([x[16:16 + filled], np.zeros(16 - filled, np.uint8)]), "the end of cp.async")
_, errors = run(kernel(end.format(15), 2), "--arg=0=@x", "--arg=1=new:y:U8[16]", tensors={"x": x}, expect=1)
assert "out of bounds: found 15 bytes at" in errors, errors
_, errors = run(kernel(end.format(4).replace("90+16", "90+20"), 2), "--arg=0=@x", "--arg=1=new:y:U8[16]", tensors={"x": x}, expect=1)
assert "misaligned: found byte 20 of 30" in errors and "expected a multiple of 16" in errors, errors
# Nor is what others write behind them a race.
behind = """
  .shared .align 16 .b8 buffer[16];
  mov.b32 %r3, buffer;
  mov.u32 %r1, %tid.x;
  setp.eq.u32 %p1, %r1, 0;
  setp.eq.u32 %p2, %r1, 32;
  @%p2 st.global.b8 [%rd90+{}], 1;
  @%p1 cp.async.cg.shared.global [%r3], [%rd90+16], 16, 4;
  @%p1 cp.async.wait_all;"""
run(kernel(behind.format(20), 1), "--block=33", "--arg=0=@x", tensors={"x": x})
_, errors = run(kernel(behind.format(19), 1), "--block=33", "--arg=0=@x", tensors={"x": x}, expect=1)
assert "race: found a" in errors, errors

# One block hands a number to the other: release and acquire, or fences; the order is needed.
handed = """
  .reg .pred %q<4>;
  mov.u32 %r1, %ctaid.x;
  setp.ne.u32 %p1, %r1, 0;
  @%p1 bra $reader;
  st.global.b32 [%rd90], 42;
  {release}
  ret;
$reader:
  {acquire}
  setp.eq.u32 %p2, %r2, 0;
  @%p2 bra $reader;
  {after}
  ld.global.b32 %r3, [%rd90];
  st.global.b32 [%rd91], %r3;"""
for release, acquire, after, syncs in [
        ("st.release.gpu.global.b32 [%rd92], 1;", "ld.acquire.gpu.global.b32 %r2, [%rd92];", "", 2),
        ("fence.acq_rel.gpu; st.relaxed.gpu.global.b32 [%rd92], 1;", "ld.relaxed.gpu.global.b32 %r2, [%rd92];",
         "fence.acq_rel.gpu;", 4),
        ("membar.gl; st.volatile.global.b32 [%rd92], 1;", "ld.volatile.global.b32 %r2, [%rd92];", "membar.gl;", 4),
        ("fence.acq_rel.gpu; red.relaxed.gpu.global.add.u32 [%rd92], 1;", "ld.acquire.gpu.global.b32 %r2, [%rd92];", "", 2)]:
    text = kernel(handed.format(release=release, acquire=acquire, after=after), 3)
    arguments = ["--grid=2", "--arg=0=new:data:I32[1]", "--arg=1=new:got:I32[1]", "--arg=2=@flag"]
    for options in [[], *[["--scheduler=random", f"--seed={s}"] for s in range(3)]]:
        assert run(text, *arguments, *options, tensors={"flag": np.zeros(1, np.int32)})["got"][0] == 42
    assert len(run(text, "--list-syncs", output=False)[0].splitlines()) == syncs, release
    for drop in range(syncs):
        _, errors = run(text, *arguments, f"--drop-sync={drop}", tensors={"flag": np.zeros(1, np.int32)}, expect=1)
        assert "race: found" in errors, (release, drop, errors)
# A scope that is too small orders nothing.
text = kernel(handed.format(release="st.release.cta.global.b32 [%rd92], 1;",
                            acquire="ld.acquire.cta.global.b32 %r2, [%rd92];", after=""), 3)
_, errors = run(text, *arguments, tensors={"flag": np.zeros(1, np.int32)}, expect=1)
assert "race: found" in errors, errors

# Variables with first values, small parameters, generic addresses, signed bytes.
small = HEAD + """
.const .align 4 .b8 table[8] = {1, 0, 0, 0, 255, 255, 255, 255};
.global .align 4 .u32 number = 7;
.global .align 8 .b32 zeros[2];
.visible .entry k(.param .u64 y, .param .f32 f, .param .b8 b, .param .u16 h) .maxntid 32, 1, 1
{
  .reg .b32 %r<9>;
  .reg .b64 %rd<9>;
  .reg .b16 %rs<3>;
  .shared .align 4 .b32 place;
  ld.param.b64 %rd1, [y];
  ld.param.b32 %r1, [f];
  st.global.b32 [%rd1], %r1;
  ld.param.s8 %r2, [b];
  st.global.b32 [%rd1+4], %r2;
  ld.param.u16 %rs1, [h];
  cvt.u32.u16 %r3, %rs1;
  st.global.b32 [%rd1+8], %r3;
  ld.const.b32 %r4, [table+4];
  st.global.b32 [%rd1+12], %r4;
  ld.global.b32 %r5, [number];
  mov.b64 %rd2, place;
  cvta.shared.u64 %rd3, %rd2;
  st.b32 [%rd3], %r5;
  ld.shared.b32 %r6, [place];
  st.b32 [%rd1+16], %r6;
  ld.global.b32 %r7, [zeros+4];
  st.global.b32 [%rd1+20], %r7;
  st.global.b8 [%rd1+24], %r4;
  st.global.b8 [%rd1+25], 1;
  st.global.b16 [%rd1+26], %rs1;
}
"""
out = run(small, "--kernel=k", "--arg=0=new:y:I32[7]", "--arg=1=1.5", "--arg=2=-2", "--arg=3=0x1234")["y"]
same(out, np.array([0x3fc00000, -2, 0x1234, -1, 7, 0, 0x123401ff], np.int32), "variables")
print("memory: all as they should be")
