"""What is no PTX, or none that is implemented, is refused in one line that names it."""
import random

from ptx import HEAD, kernel, run


def refused(text, what):
    _, errors = run(text, "--list-kernels", expect=1, output=False)
    assert errors.count("\n") == 1 and errors.startswith("model.ptx: error: line "), errors
    assert what in errors, (what, errors)


for body, what in [
        ("  frobnicate.b32 %r1, %r2;", "line 12: found 'frobnicate.b32', expected an instruction that this machine implements"),
        ("  fma.rz.f32 %r1, %r2, %r3, %r4;", "'fma.rz.f32'"), ("  mul.wide.f32 %r1, %r2, %r3;", "'mul.wide.f32'"),
        ("  wgmma.fence.sync.aligned;", "'wgmma.fence.sync.aligned'"), ("  mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 %r1;", "'mma"),
        ("  ld.local.b32 %r1, [%rd1];", "'ld.local.b32'"), ("  call.uni f, ();", "an operand"), ("  brx.idx %r1, $L;", "'brx.idx'"),
        ("  mbarrier.init.shared.b64 [%rd1], 1;", "'mbarrier"), ("  cp.async.bulk.commit_group;", "'cp.async"),
        ("  barrier.cluster.arrive;", "'barrier.cluster.arrive'"), ("  add.s32 %r1, %r2;", "2 operands of 'add.s32', expected 3"),
        ("  add.s32 %r1, %r2, %rd3;", "register '%rd3' of 64 bits, expected 32 bits"), ("  add.s32 %r1, %r2, %x;", "'%x'"),
        ("  add.s32 %r100, %r2, %r3;", "'%r100'"), ("  add.s32 5, %r2, %r3;", "no register"), ("  add.s32 %tid.x, %r2, %r3;", "'%tid.x'"),
        ("  mov.u32 %r1, %clock;", "'%clock'"), ("  add.f32 %r1, %r2, 1;", "another operand"), ("  bra $nowhere;", "'$nowhere', expected a label"),
        ("$a:\n$a:", "a second label '$a'"), ("  ld.param.b32 %r1, [p9];", "'p9'"), ("  ld.param.b64 %rd1, [p0+4];", "8 bytes from byte 4 of 'p0'"),
        ("  mov.b32 {%rs1, %rs2, %rs3}, %r1;", "'mov.b32'"), ("  ld.global.v4.b64 {%rd1, %rd2}, [%rd1];", "a vector of 4"),
        ("  mov.b32 %r1, {{%rs1, %rs2}, %rs3};", "a vector in a vector"), ("  mov.b32 %r1, {" + "%rs1," * 40 + "%rs1};", "more than 16 parts"),
        ("  add.s32 %r1" + ", %r2" * 40 + ";", "more than 16 operands"), ("  .reg .b32 %z<4000000000>;", "at most 1048576 registers"),
        ("  .reg .b128 %z;", "'.b128'"), ("  .local .b8 stack[16];", "'.local'"), ("  .shared .b8 huge[99999999999];", "2^30 bytes"),
        ("  .shared .b8 huge[99999999999999999999];", "a number of 64 bits"), ("  .pragma \"nounroll;", "a string without an end"),
        ('  .pragma "used_bytes_mask 0xfff1f";\n  ld.global.v2.b32 {%r1, %r2}, [%rd90];\n  .pragma "used_bytes_mask x";', "a mask of"),
        ('  .pragma "used_bytes_mask 0x0f";\n  ld.global.v2.b32 {%r1, %r2}, [%rd90];\n  add.s32 %r3, %r1, %r2;',
         "line 13: found element 1 of a load, which is read later, expected it unread"),
        ("  mov.u32 %r1, 0f12;", "8 hexadecimal digits"), ("  /* no end", "a comment without an end"), ("  {" * 99, "expected"),
        ("  @%p1 @%p2 ret;", "an instruction"), ("  st.const.b32 [%rd1], %r1;", "'st.const.b32'"), ("  \x01", "'\\x01'"),
        ("  cvt.s32.f32 %r1, %r2;", "'cvt.s32.f32'"), ("  cvt.f16.f32 %rs1, %r2;", "'cvt.f16.f32'"), ("  ld.global.b16 %r1, [%rs1];", "'%rs1'")]:
    refused(kernel(body, 1), what)
for text, what in [("", "the end of the text, expected '.version'"), ("hello", "'hello'"), (HEAD.replace("sm_90", "x86"), "'x86'"),
                   (HEAD.replace("64", "32"), "addresses of 64 bits"), (HEAD + ".func f() {}", "'.func'"), (HEAD + ".entry", "a kernel's name"),
                   (HEAD + ".global .b32 x[2] = {1, 2, 3};", "more numbers than 'x' has room for"), (HEAD + ".global .b8 x[999999999999];", "2^30 bytes of variables"),
                   (HEAD + ".global .b8 x[1073741825];", "2^30 bytes of variables"),
                   (HEAD + ".entry k(.param .u64 a, .param .u64 a) {}", "a second 'a'"), (HEAD + ".entry k() {} .entry k() {}", "a second 'k'"),
                   (HEAD + ".entry k(.param .b8 a[40000]) {}", "40000 bytes"), (HEAD + ".entry k() .maxclusterrank 8 {}", "'.maxclusterrank'"),
                   (HEAD + ".global .align 3 .b8 x;", "3, expected a power of two"), (HEAD + "\0" + HEAD, "a NUL byte")]:
    refused(text, what)

# Blocks that each jump to the one above: what the last one reads is live through all of them.
count = 4000
text = f"  .reg .b32 %x<{count + 1}>;\n  bra $L{count - 1};\n" + "".join(
    f"$L{i}: add.s32 %x{i}, %x{i}, %x{count}; {f'bra $L{i - 1};' if i else 'ret;'}\n" for i in range(count))
assert f"k: {count + 1} registers" in run(kernel(text, 0), "--list-kernels", output=False)[0]

# A text cut anywhere, or with changed bytes, is refused or runs: it never crashes or hangs.
whole = kernel("""  .shared .align 16 .b8 buffer[64];
  mov.u32 %r1, %tid.x;
$L__1:
  ld.global.v4.b32 {%r2, %r3, %r4, %r5}, [%rd90+16];
  @%p1 bra $L__1;
  st.shared.b32 [buffer+4], %r2; // here
  cp.async.cg.shared.global [buffer], [%rd90], 16;
  shfl.sync.bfly.b32 %r7|%p2, %r2, 4, 31, -1;
  bar.sync 0;
  fma.rn.f32 %r6, %r2, 0f3F800000, %r4;""", 1, before=".global .align 8 .b8 g[8] = {3, 0, 4};")
draw = random.Random(5)
pieces = whole.replace(",", " , ").replace(";", " ; ").split(" ")
for number in range(150):
    if number % 3 == 0:
        text = whole[:draw.randrange(len(whole))]
    elif number % 3 == 1:
        text = list(whole)
        for _ in range(draw.randrange(1, 4)):
            text[draw.randrange(len(text))] = chr(draw.randrange(1, 256))
        text = "".join(text)
    else:
        text = list(pieces)
        for _ in range(draw.randrange(1, 4)):
            text[draw.randrange(len(text))] = draw.choice(pieces)
        text = " ".join(text)
    try:
        run(text, "--arg=0=0", "--stall-limit=10000", expect=0, output=False)
    except AssertionError as error:
        code, _, errors = error.args[0]
        assert code in (1, 2) and ": error: " in errors and errors.count("\n") >= 1, (text, code, errors)
print("text: all refused")
