"""Counters of small kernels whose numbers are known."""
import json

import numpy as np
from ptx import kernel, run


def counters(body, *options, block=32):
    text = kernel(body, 1)
    out, _ = run(text, f"--block={block}", "--arg=0=@x", "--counters=json", *options,
                 tensors={"x": np.zeros(2048, np.float32)}, output=False)
    found = json.loads(out)
    works = ["float", "special", "matrix", "integer", "move", "convert", "global", "shared", "exchange", "branch", "sync"]
    assert sum(found[w] for w in works) == found["warp_instructions"], found
    return found


INDEX = "  mov.u32 %r1, %tid.x;\n  mul.lo.u32 %r2, %r1, {stride};\n  cvt.u64.u32 %rd1, %r2;\n  add.s64 %rd2, %rd90, %rd1;\n"
for stride, kind, sectors in [(4, "b32", 4), (8, "b32", 8), (32, "b32", 32), (0, "b32", 1), (16, "v4.b32", 16), (2, "b16", 2)]:
    to = {"b32": "%r3", "b16": "%rs3", "v4.b32": "{%r3, %r4, %r5, %r6}"}[kind]
    found = counters(INDEX.format(stride=stride) + f"  ld.global.{kind} {to}, [%rd2];\n  st.global.{kind} [%rd2], {to};"
                     if stride else INDEX.format(stride=stride) + f"  ld.global.{kind} {to}, [%rd2];")
    assert found["global_sectors_read"] == sectors, (stride, found)
    size = {"b32": 4, "b16": 2, "v4.b32": 16}[kind]
    assert found["global_bytes_read"] == 32 * size and found["global_bytes_written"] == (32 * size if stride else 0)
for stride, width, conflicts in [(4, 4, 0), (8, 4, 1), (16, 4, 3), (128, 4, 31), (132, 4, 0), (0, 4, 0), (8, 8, 0), (16, 8, 2),
                                 (16, 16, 0), (32, 16, 4)]:
    to, kind = {4: ("%r3", "b32"), 8: ("%rd3", "b64"), 16: ("{%r3, %r4, %r5, %r6}", "v4.b32")}[width]
    body = ("  .shared .align 16 .b8 buffer[4352];\n  mov.u32 %r1, %tid.x;\n  mov.b32 %r7, buffer;\n"
            f"  mad.lo.u32 %r2, %r1, {stride}, %r7;\n  mov.b32 %r3, 0;\n  mov.b64 %rd3, 0;\n  mov.b32 %r4, 0;\n  mov.b32 %r5, 0;\n"
            f"  mov.b32 %r6, 0;\n  st.shared.{kind} [%r2], {to};")
    assert counters(body)["bank_conflicts"] == conflicts, (stride, width, counters(body)["bank_conflicts"])
found = counters("  mov.b32 %r1, 0;\n  fma.rn.f32 %r2, %r1, %r1, %r1;\n  add.rn.f32 %r2, %r2, %r1;\n  bar.sync 0;\n  fence.acq_rel.gpu;\n"
                 "  atom.global.add.u32 %r3, [%rd90], 1;", "--grid=2", block=48)
for name, value in [("flops", 2 * 48 * 3), ("barriers", 2), ("fences", 4), ("atomics", 4), ("blocks", 2), ("warps", 4)]:
    assert found[name] == value, (name, found)
# %rd90 and ten results live at once.
many = "".join(f"  ld.global.b32 %r{i}, [%rd90+{4 * i}];\n" for i in range(10)) + "".join(
    f"  st.global.b32 [%rd90+{4 * i}], %r{9 - i};\n" for i in range(10))
assert counters(many, block=1)["registers"] == 12, counters(many, block=1)
print("counters: all as they should be")
