# ===- check_layouts.py - grucc-run --compare on results in other layouts -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder. Letters: T steps, B rows, S = D*L states of a row."""

import numpy as np
from safetensors.numpy import load_file, save_file

import port
from comparison import compare, make, sh, uniform

OUTPUT, STATES, AXES = "output-in-other-layout", "h-n-batch-first", "axes-swapped"
I, H, L, D = 5, 7, 2, 2
S = D * L


def turn(tensor):
    return tensor.swapaxes(0, 1)


def save(path, **tensors):
    save_file({name: np.ascontiguousarray(t, t.dtype if t.dtype == np.int64 else np.float32)
               for name, t in tensors.items()}, path)


def check(model, wrong, expected):
    """The report, which must name exactly `wrong`, and standard error."""
    save("e.safetensors", **expected)
    rc, report, err = compare(model, "--expected=e.safetensors")
    assert report, err
    assert report["results"][0]["within_bound"] and report["same_bits"], err
    other = report["results"][1]
    if not wrong:
        assert (rc, err, other["other_shapes"], other["mistakes"]) == (0, "", [], []), err
        return other, err
    assert rc == 1 and not other["within_bound"] and not report["within_bound"], err
    assert [m["name"] for m in other["mistakes"]] == ["+".join(wrong)], (wrong, err)
    assert other["mistakes"][0]["leaves"] < 1e-5, other
    assert f"e.safetensors: note: these are the numbers when {other['mistakes'][0]['text']} " in err
    assert err.startswith("e.safetensors: error: ") and err.count(": error: ") == 1, err
    return other, err


def run(tensors, x, wrong=(), **call):
    output, h_n = port.run(tensors, L, D, x, wrong=wrong, **call)
    return output, h_n


def by_shape(tensors):
    """T, B and S differ."""
    T, B = 9, 3
    x, h_0, lengths = uniform(T, B, I) * 3, uniform(S, B, H), np.array([3, 9, 5])
    for call in ({}, {"h_0": h_0}, {"h_0": h_0, "lengths": lengths}):
        save("in.safetensors", input=x, **call)
        for wrong in ([], ["gate-order-zrn"], ["reset-before-product", "gate-order-zrn"]):
            output, h_n = run(tensors, x, wrong, **call)
            check("net", wrong, {"output": output, "h_n": h_n})
            other, err = check("net", [STATES, *wrong], {"output": output, "h_n": turn(h_n)})
            assert other["other_shapes"] == [
                {"tensor": "h_n", "found": [B, S, H], "expected": [S, B, H]}], other
            assert err.startswith("e.safetensors: error: h_n: found shape [3, 4, 7], expected "
                                  "[4, 3, 7], as the model gives it\n"), err
            # All else is compared as it should be.
            assert (other["output"]["first_beyond"] is None) == (not wrong), other
            assert all((s["first_beyond"] is None) == (not wrong) for s in other["h_n"]), other
            assert (": note: output: found " in err) == bool(wrong), err
            check("net", [OUTPUT, *wrong], {"output": turn(output), "h_n": h_n})
            other, err = check("net", [OUTPUT, STATES, *wrong],
                               {"output": turn(output), "h_n": turn(h_n)})
            assert [s["tensor"] for s in other["other_shapes"]] == ["h_n", "output"], other
            check("net", [STATES, *wrong], {"h_n": turn(h_n)})
            check("net", [OUTPUT, *wrong], {"output": turn(output)})

    # In words.
    rc, text, _ = sh("grucc-run", "net.so", "--compare=net.json", "--input=in.safetensors",
                     "--expected=e.safetensors")
    assert rc == 1 and ("  output is [3, 9, 14], not [9, 3, 14]: compared with its first two axes "
                        "swapped\n") in text, text
    # Below the bound of rounding, the layout is what is wrong.
    output, h_n = run(tensors, x, h_0=h_0, lengths=lengths)
    save("e.safetensors", output=turn(output))
    rc, report, err = compare("net", "--expected=e.safetensors", "--bound=1e-9")
    assert [m["name"] for m in report["results"][1]["mistakes"]] == [OUTPUT], err
    # Numbers of nobody have a wrong shape all the same.
    save("e.safetensors", h_n=uniform(B, S, H))
    rc, report, err = compare("net", "--expected=e.safetensors")
    assert rc == 1 and report["results"][1]["mistakes"] == [] and "note: none of " in err, err
    assert err.startswith("e.safetensors: error: h_n: found shape "), err


def by_numbers(tensors):
    """No shape tells: B = S, then B = T, then all three."""
    for T, B in ((9, S), (5, 5), (S, S)):
        x = uniform(T, B, I) * 3
        save("in.safetensors", input=x)
        for wrong in ([], ["gate-order-zrn"]):
            output, h_n = run(tensors, x, wrong)
            check("net", wrong, {"output": output, "h_n": h_n})
            if B == S:
                other, err = check("net", [*wrong, STATES], {"output": output, "h_n": turn(h_n)})
                assert other["other_shapes"] == [], other
                assert "h_n, layer 0" in err, err
            if B == T:
                check("net", [*wrong, OUTPUT], {"output": turn(output), "h_n": h_n})
        if B == S == T:
            check("net", [OUTPUT, STATES], {"output": turn(output := run(tensors, x)[0]),
                                            "h_n": turn(run(tensors, x)[1])})


def long_sequence():
    """All rows count, not only those that mistakes are tried on."""
    make("long", 1, 40, L=2, D=1)
    x = uniform(9000, 2, 1) * 3
    save("in.safetensors", input=x)
    assert sh("grucc-run", "long.so", "--input=in.safetensors", "--output=r.safetensors")[0] == 0
    result = load_file("r.safetensors")
    check("long", [STATES], {"output": result["output"], "h_n": turn(result["h_n"])})


def other_input(tensors):
    """Steps taken for rows: h_n has a row for every step."""
    for T, B in ((9, 3), (9, 1), (1, 6), (2, S)):
        x = uniform(T, B, I) * 3
        save("in.safetensors", input=x)
        for wrong in ([], ["gate-order-zrn"]):
            output, h_n = run(tensors, x, [AXES, *wrong])
            assert h_n.shape == (S, T, H) and output.shape == (T, B, D * H)
            other, err = check("net", [AXES, *wrong], {"output": output, "h_n": h_n})
            assert other["other_shapes"] == [
                {"tensor": "h_n", "found": [S, T, H], "expected": [S, B, H]}], other
            assert "h_n" not in other, other
            check("net", [AXES, *wrong], {"h_n": h_n})
            check("net", [STATES, AXES, *wrong], {"output": output, "h_n": turn(h_n)})
            check("net", [OUTPUT, AXES, *wrong], {"output": turn(output), "h_n": h_n})
    # The model was given the wrong one, not the other engine.
    x = uniform(9, 3, I) * 3
    output, h_n = run(tensors, x)
    save("in.safetensors", input=turn(x))
    check("net", [AXES], {"output": turn(output), "h_n": h_n})
    rc, text, _ = sh("grucc-run", "net.so", "--compare=net.json", "--input=in.safetensors",
                     "--expected=e.safetensors")
    assert "  h_n is [4, 3, 7], not [4, 9, 7]: compared with no state of the model\n" in text, text
    # What tells steps from rows leaves the shape an error.
    save("in.safetensors", input=x, h_0=uniform(S, 3, H))
    save("e.safetensors", h_n=uniform(S, 9, H))
    assert compare("net", "--expected=e.safetensors") == (
        1, None, "e.safetensors: error: h_n: found shape [4, 9, 7], expected [4, 3, 7], as the "
        "model gives it\n")


def one_row():
    """Of one row, the first step alone would prove that steps are rows."""
    tensors = make("plain", I, H, L=1, D=1, bias=False)
    x = uniform(9, 1, I) * 3
    save("in.safetensors", input=x)
    wrong = ["reset-before-product"]
    check("plain", wrong, {"output": port.run(tensors, 1, 1, x, wrong=wrong)[0]})


def forms(tensors):
    """A model that is batch first, and packed rows."""
    assert sh("grucc", "net.json", "-o", "first.so", "--name=net", "--batch-first")[0] == 0
    x = uniform(9, 3, I) * 3
    output, h_n = run(tensors, x)
    save("in.safetensors", input=turn(x))
    layouts = dict(network="net.json")
    save("e.safetensors", output=turn(output), h_n=h_n)
    assert compare("first", "--expected=e.safetensors", **layouts)[0] == 0
    save("e.safetensors", output=output, h_n=turn(h_n))
    rc, report, err = compare("first", "--expected=e.safetensors", **layouts)
    names = [m["name"] for m in report["results"][1]["mistakes"]]
    assert rc == 1 and names == [f"{OUTPUT}+{STATES}"], err

    lengths = np.array([9, 5, 3])
    sizes = np.array([(lengths > t).sum() for t in range(9)])
    output, h_n = run(tensors, x, lengths=lengths)
    pack = lambda rows: np.concatenate([rows[t, :n] for t, n in enumerate(sizes)])
    save("in.safetensors", input=pack(x), batch_sizes=sizes)
    check("net", [], {"output": pack(output), "h_n": h_n})
    check("net", [STATES], {"output": pack(output), "h_n": turn(h_n)})


tensors = make("net", I, H, L, D)
by_shape(tensors)
by_numbers(tensors)
long_sequence()
other_input(tensors)
one_row()
forms(tensors)
