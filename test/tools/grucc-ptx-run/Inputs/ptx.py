"""Writes small kernels, runs them by grucc-ptx-run and gives what they left behind."""
import os
import subprocess
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

LETTER = {1: "rs", 2: "rs", 4: "r", 8: "rd"}
HEAD = ".version 8.0\n.target sm_90\n.address_size 64\n"


def run(text, *options, tensors=None, output=True, expect=0):
    """Runs a module; returns the tensors it leaves (output), or standard output and error."""
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "model.ptx")
        with open(model, "w", encoding="latin-1", newline="") as file:
            file.write(text)
        command = ["grucc-ptx-run", model, *options]
        if tensors:
            save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, os.path.join(folder, "in"))
            command.append("--args=" + os.path.join(folder, "in"))
        if output:
            command.append("--output=" + os.path.join(folder, "out"))
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == expect, (done.returncode, done.stdout, done.stderr)
        if expect or not output:
            return done.stdout, done.stderr.replace(model, "model.ptx")
        return load_file(os.path.join(folder, "out"))


def kernel(body, parameters, registers=True, before=""):
    """A module of one kernel; its 64-bit parameters are in %rd90, %rd91, ..."""
    names = ", ".join(f".param .u64 p{i}" for i in range(parameters))
    loads = "".join(f"  ld.param.b64 %rd{90 + i}, [p{i}];\n" for i in range(parameters))
    declared = "".join(f"  .reg .{kind} %{name}<100>;\n" for kind, name in
                       [("pred", "p"), ("b16", "rs"), ("b32", "r"), ("b64", "rd")])
    return f"{HEAD}{before}\n.visible .entry k({names})\n{{\n{declared if registers else ''}{loads}{body}\n  ret;\n}}\n"


def each(rows, sources, result):
    """Runs `row` for each lane: %{a0} and so on are sources, arrays [n, 32] of operands by
    row; {d} is the result. Returns an array [len(rows), 32] of dtype `result`."""
    dtypes = [np.dtype(s.dtype) for s in sources]
    out = np.dtype(result)
    body = "  mov.u32 %r99, %tid.x;\n"
    for i, dtype in enumerate([*dtypes, out]):
        body += f"  mul.wide.u32 %rd{80 + i}, %r99, {dtype.itemsize};\n"
        body += f"  add.s64 %rd{80 + i}, %rd{80 + i}, %rd{90 + i};\n"
    names = [f"%{LETTER[d.itemsize]}{50 + i}" for i, d in enumerate(dtypes)]
    target = f"%{LETTER[out.itemsize]}60"
    for row, text in enumerate(rows):
        for i, dtype in enumerate(dtypes):
            body += f"  ld.global.b{dtype.itemsize * 8} {names[i]}, [%rd{80 + i}+{row * 32 * dtype.itemsize}];\n"
        places = {f"a{i}": name for i, name in enumerate(names)}
        body += "  " + text.format(d=target, **places) + "\n"
        body += f"  st.global.b{out.itemsize * 8} [%rd{80 + len(dtypes)}+{row * 32 * out.itemsize}], {target};\n"
    safe = {"f4": "F32", "f8": "F64", "i4": "I32", "u4": "U32", "i8": "I64", "u8": "U64", "i2": "I16",
            "u2": "U16", "f2": "F16"}[out.str[1:]]
    arguments = [f"--arg={i}=@a{i}" for i in range(len(sources))]
    arguments.append(f"--arg={len(sources)}=new:out:{safe}[{len(rows)},32]")
    tensors = {f"a{i}": s for i, s in enumerate(sources)}
    return run(kernel(body, len(sources) + 1), "--block=32", *arguments, tensors=tensors)["out"]


def same(found, expected, what):
    """To the bit, but for NaNs, which count as one."""
    found, expected = np.asarray(found), np.asarray(expected)
    both = (found == expected)
    if found.dtype.kind == "f":
        both &= np.signbit(found) == np.signbit(expected)
        both |= np.isnan(found) & np.isnan(expected)
    assert both.all(), (what, found[~both][:4], expected[~both][:4])
