"""Every diagnostic, provoked by a small kernel, with the line that it names."""
import numpy as np
from ptx import HEAD, kernel, run

ONE = np.zeros(64, np.int32)
SHARED = "  .shared .align 16 .b8 buffer[256];\n  mov.u32 %r1, %tid.x;\n  shl.b32 %r2, %r1, 2;\n  mov.b32 %r3, buffer;\n  add.s32 %r4, %r3, %r2;\n"


def fault(what, body, *options, line=None, parameters=1, tensors=None, block=64):
    """The one line that such a kernel gets, whatever the order of its warps."""
    text = kernel(body, parameters)
    arguments = [f"--arg={i}=@x" for i in range(parameters)]
    for order in [[], ["--scheduler=random"], ["--scheduler=random", "--seed=1"]]:
        _, errors = run(text, f"--block={block}", *arguments, *order, *options, tensors=tensors or {"x": ONE}, expect=1)
        for part in what if isinstance(what, (list, tuple)) else [what]:
            assert part in errors, (what, errors)
        assert all(e.startswith("model.ptx: error: ") and ", expected " in e for e in errors.splitlines()), errors
        if line:
            lines = [number for number, there in enumerate(text.splitlines(), 1) if there.strip() == line]
            assert any(f"error: line {number}: " in errors for number in lines), (line, errors)


# Races.
fault("race: found a read of", SHARED + "  st.shared.b32 [%r4], %r1;\n  ld.shared.b32 %r5, [buffer];",
      line="ld.shared.b32 %r5, [buffer];")
fault("race: found a write of", SHARED + "  st.shared.b32 [buffer], %r1;", line="st.shared.b32 [buffer], %r1;")
fault("race: found a write of", SHARED + "  st.shared.b32 [%r4], %r1;\n  bar.sync 0;\n  ld.shared.b32 %r5, [buffer];\n"
      "  st.shared.b32 [%r4], %r5;", line="st.shared.b32 [%r4], %r5;")
fault("of another lane of the warp", SHARED + "  st.shared.b32 [%r4], %r1;\n  xor.b32 %r5, %r2, 4;\n"
      "  add.s32 %r5, %r5, %r3;\n  ld.shared.b32 %r6, [%r5];", block=32, line="ld.shared.b32 %r6, [%r5];")
fault("race: found a write of byte 0 of 256 at", "  mov.u32 %r1, %ctaid.x;\n  st.global.b32 [%rd90], %r1;", "--grid=2",
      block=1, line="st.global.b32 [%rd90], %r1;")
fault("race: found a write of", "  ld.global.b32 %r1, [%rd90];\n  mov.u32 %r2, %ctaid.x;\n  st.global.b32 [%rd90+4], %r2;\n"
      "  ld.global.b32 %r1, [%rd90+4];", "--grid=40", block=1)
fault("as constant memory (.nc)", "  ld.global.nc.b32 %r1, [%rd90];\n  add.s32 %r1, %r1, 1;\n  st.global.b32 [%rd90], %r1;",
      block=1, line="st.global.b32 [%rd90], %r1;")
# All warps of both blocks read it; one of them writes, and only its own block has met.
fault("race: found a write of", "  ld.global.b32 %r1, [%rd90];\n  mov.u32 %r2, %tid.x;\n  mov.u32 %r3, %ctaid.x;\n"
      "  bar.sync 0;\n  or.b32 %r4, %r2, %r3;\n  setp.eq.u32 %p1, %r4, 0;\n  @%p1 st.global.b32 [%rd90], %r1;", "--grid=2")
fault("race: found a read of", "  atom.global.add.u32 %r1, [%rd90], 1;\n  ld.global.b32 %r2, [%rd90];")
fault("not waited for", SHARED + "  mov.b32 %r5, 0;\n  cp.async.ca.shared.global [%r4], [%rd90], 4;\n  ld.shared.b32 %r6, [%r4];")
# bar.warp.sync orders the lanes of its mask, and whom they know from earlier ones; a fence none.
HALVES = SHARED + """
  st.shared.b32 [%r4], %r1;
  setp.lt.u32 %p3, %r1, 16;
  selp.b32 %r7, 0x0000ffff, 0xffff0000, %p3;
  sub.s32 %r8, %r1, 8;
  setp.lt.u32 %p1, %r8, 16;
  setp.eq.u32 %p2, %r1, {reader};
  bar.warp.sync %r7;
  @!%p1 bra $apart;
  bar.warp.sync 0x00ffff00;
$apart:
  {fence}
  @%p2 ld.shared.b32 %r6, [buffer+{word}];
  @%p2 st.shared.b32 [buffer+{written}], %r6;"""
for reader, lane, written in [(3, 14, 3), (20, 30, 20), (10, 20, 10), (20, 3, 20), (20, 10, 3), (3, 4, 4)]:
    for options in [[], ["--scheduler=random", "--seed=2"]]:
        run(kernel(HALVES.format(reader=reader, word=4 * lane, written=4 * written, fence=""), 0), "--block=32", *options)
for reader, lane, written, what in [(3, 20, 3, "read"), (28, 3, 28, "read"), (3, 4, 24, "write"), (28, 27, 9, "write")]:
    body = HALVES.format(reader=reader, word=4 * lane, written=4 * written, fence="fence.acq_rel.gpu;")
    fault([f"race: found a {what} of byte {4 * (lane if what == 'read' else written)} of 256",
           "of another lane of the warp"], body, block=32)
fault("of another lane of the warp", SHARED + "  st.shared.b32 [%r4], %r1;\n  fence.acq_rel.cta;\n  ld.shared.b32 %r5, [buffer];",
      block=32)
# A lane that two have read apart is written by one of them.
apart = SHARED + "  st.shared.b32 [%r4], %r1;\n  bar.sync 0;\n  ld.shared.b32 %r5, [buffer];\n  setp.lt.u32 %p1, %r1, {};\n" \
    "  @!%p1 bra $end;\n  bar.warp.sync {};\n  ld.shared.b32 %r5, [buffer];\n  setp.eq.u32 %p2, %r1, 1;\n" \
    "  @%p2 st.shared.b32 [buffer], 7;\n$end:"
fault("race: found a write of", apart.format(4, 15), block=32)
# Half words of one word are no race; those of the same half are.
half = "  mov.u32 %r1, %tid.x;\n  shl.b32 %r2, %r1, {shift};\n  cvt.u64.u32 %rd1, %r2;\n  add.s64 %rd2, %rd90, %rd1;\n  st.global.b16 [%rd2], 1;\n"
run(kernel(half.format(shift=1), 1), "--block=64", "--arg=0=@x", tensors={"x": ONE})
fault("race: found a write of", half.format(shift=1) + "  cvt.u16.u32 %rs1, %r1;\n  st.global.b8 [%rd90+3], %rs1;")

# Memory.
fault(["out of bounds: found 4 bytes at", "0 bytes behind the 256 at"], "  ld.global.b32 %r1, [%rd90+256];", block=1)
fault("of which byte 252 of 256", "  ld.global.v2.b32 {%r1, %r2}, [%rd90+252];", block=1)
fault("out of bounds: found 4 bytes at 0x0", "  ld.global.b32 %r1, [0];", block=1)
fault("byte 256 of 256 of shared memory", SHARED + "  st.shared.b32 [%r3+256], 1;", block=1)
fault("misaligned: found byte 2 of 256", "  st.global.b32 [%rd90+2], 1;", block=1)
fault("misaligned: found byte 8 of 256", "  ld.global.v4.b32 {%r1, %r2, %r3, %r4}, [%rd90+8];", block=1)
fault("uninitialised: found a read of byte 4 of 256 of shared memory", SHARED + "  ld.shared.b32 %r5, [%r3+4];", block=1)
# Bytes that a load does not use may be unwritten; its mask is that of one load.
part = '  st.shared.v2.b32 [%r3], {%r1, %r1};\n  st.shared.b32 [%r3+8], %r1;\n  st.shared.b8 [%r3+12], 1;\n'
mask = '  .pragma "used_bytes_mask {}";\n  ld.shared.v4.b32 {{%r5, %r6, %r7, %r8}}, [%r3];\n'
for bytes_used in ("0xfff", "0x1fff", "0x0f0f"):
    run(kernel(SHARED + part + mask.format(bytes_used), 0), "--block=1")
unused = mask.format("0x2fff")
fault("uninitialised: found a read of byte 13 of 256 of shared memory", SHARED + part + unused, block=1)
fault("uninitialised: found a read of byte 0 of 256 of shared memory", SHARED + part + mask.format("0xfff") + mask.format("0xfff").splitlines()[1], block=1)
# So it is with an element that nothing reads; one that is read must be written.
gap = "  st.shared.v2.b32 [%r3], {{%r1, %r1}};\n  ld.shared.v4.b32 {{%r5, %r6, %r7, %r8}}, [%r3];\n  add.s32 %r5, %r5, %r{};\n  st.shared.b32 [%r3], %r5;\n"
run(kernel(SHARED + gap.format(6), 0), "--block=1")
fault("uninitialised: found a read of byte 8 of 256 of shared memory", SHARED + gap.format(7), block=1)
# What others write there is no race; what they write beside it is one.
raced = "  setp.eq.u32 %p1, %r1, 0;\n  @%p1 st.shared.v2.b64 [%r3], {{0, 0}};\n  bar.sync 0;\n  @%p1 st.shared.b32 [%r3+{}], %r1;\n"
run(kernel(SHARED + raced.format(12) + mask.format("0xfff"), 0), "--block=64")
fault("race: found a read of", SHARED + raced.format(8) + mask.format("0xfff"))
text = kernel("  mov.b64 %rd1, c;\n  st.b32 [%rd1], 1;", 0, before=".const .b32 c = 1;")
assert "read-only: found a write to byte 0 of 4 of 'c'" in run(text, expect=1)[1]
_, errors = run(kernel("  ld.global.b32 %r1, [%rd90];\n  st.global.b32 [%rd90], %r1;", 1), "--arg=0=new:x:I32[2]", expect=1)
assert "uninitialised: found a read of byte 0 of 8 at" in errors, errors
_, errors = run(kernel("  st.global.b32 [%rd90], 1;", 1), "--arg=0=new:x:I32[2]", expect=1)
assert errors == "model.ptx: error: x: found byte 4 of 8 never written, expected all of it\n", errors

# Lanes and warps that miss one another.
DIVERGED = "  mov.u32 %r1, %laneid;\n  setp.lt.u32 %p1, %r1, 7;\n"
fault("divergence: found", DIVERGED + "  @%p1 bar.sync 0;", line="@%p1 bar.sync 0;")
fault(["divergence: found thread (", " here and thread ("], DIVERGED + "  @%p1 bra $a;\n  bar.sync 0;\n  bra $b;\n$a:\n  bar.sync 0;\n$b:")
fault("divergence: found", DIVERGED + "  @%p1 bra $a;\n  shfl.sync.bfly.b32 %r2, %r1, 1, 31, -1;\n  ret;\n$a:\n  bar.warp.sync -1;\n")
fault("outside of the mask", "  bar.warp.sync 15;", block=32)
fault("outside of the mask", "  mov.u32 %r1, %laneid;\n  setp.lt.u32 %p1, %r1, 4;\n  selp.b32 %r2, 15, -1, %p1;\n  bar.warp.sync %r2;", block=32)
fault("outside of the mask", DIVERGED + "  @%p1 bar.warp.sync -1;", block=32)
fault("outside of the mask", "  mov.u32 %r1, %laneid;\n  vote.sync.ballot.b32 %r2, 1, 15;", block=32)
fault("reading from lane 8, which is not there", DIVERGED + "  @!%p1 ret;\n  shfl.sync.idx.b32 %r2, %r1, 8, 31, 127;", block=32)
fault("divergence: found", "  mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%r1, %r2, %r3, %r4}, {%r5, %r6}, {%r7}, {%r1, %r2, %r3, %r4};",
      block=31)
fault(["deadlock: found", "at barrier 0 for ever"], "  mov.u32 %r1, %tid.x;\n  setp.lt.u32 %p1, %r1, 32;\n  @%p1 bra $a;\n"
      "  bar.sync 0, 64;\n  ret;\n$a:\n  bar.sync 1, 64;")
fault(["deadlock: found", "without a new value stored"], "$a:\n  ld.relaxed.gpu.global.b32 %r1, [%rd90];\n  setp.eq.u32 %p1, %r1, 0;\n"
      "  @%p1 bra $a;", "--stall-limit=100000")
fault("trap: found trap by thread (3, 0, 0)", "  mov.u32 %r1, %tid.x;\n  setp.eq.u32 %p1, %r1, 3;\n  @%p1 trap;")
fault("trap: found barrier 16, expected 0 to 15", "  bar.sync 16;")

# Launches.
plain = kernel("", 1)
for options, what in [(["--grid=1,65536"], "a grid of (1, 65536, 1)"), (["--block=1025"], "a block of (1025, 1, 1)"),
                      (["--block=32,64"], "a block of (32, 64, 1)"), (["--shared=300000"], "0 + 300000 bytes of shared memory"),
                      (["--drop-sync=0"], "sync 0 to drop, expected one of 0")]:
    _, errors = run(plain, "--arg=0=null", *options, expect=1, output=False)
    assert errors.startswith("model.ptx: error: launch: found " + what), errors
_, errors = run(plain.replace(")\n{", ") .reqntid 8, 4\n{"), "--arg=0=0", "--block=32", expect=1, output=False)
assert "a block of (32, 1, 1) threads, expected (8, 4, 1), as .reqntid says" in errors, errors
_, errors = run(plain.replace(")\n{", ") .maxntid 64\n{"), "--arg=0=0", "--block=65", expect=1, output=False)
assert "at most 64, as .maxntid says" in errors, errors
_, errors = run(plain, "--kernel=q", "--arg=0=0", expect=1, output=False)
assert errors == "model.ptx: error: --kernel: found 'q', expected one of k\n", errors
for options, what in [([], "--arg=0: found nothing, expected a value of 'p0'"), (["--arg=0=0", "--arg=1=2"], "--arg=1: found a value"),
                      (["--arg=0=1x"], "--arg=0: found '1x'"), (["--arg=0=@x"], "without --args"), (["--arg=0"], "found '0', expected I=VALUE"),
                      (["--arg=0=new:x:F31[2]"], "expected new:NAME:DTYPE[SHAPE]"), (["--arg=0=0", "--grid=0"], "--grid: found '0'"),
                      (["--arg=0=0", "--scheduler=fair"], "--scheduler: found 'fair', expected least-pc or random")]:
    _, errors = run(plain, *options, expect=2, output=False)
    assert errors.startswith("grucc-ptx-run: error: ") and what in errors, (options, errors)
print("faults: all found")
