# ===- check_compare.py - grucc-run --compare on right and wrong ports -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder."""

import os

import numpy as np
from safetensors.numpy import load_file, save_file

import port
from comparison import compare, make, rng, sh, uniform

checks = 0


def check_port(name, wrong, L, D, inputs, tensors, kept=None, p=0.0, allowed=(), found=None,
               own=None):
    """The port's results with its mistakes; --compare must name them. `own`: what the network
    differs from torch's by."""
    global checks
    checks += 1
    computed = {way for way, (_, _, without) in (own or {}).items() if without not in wrong}
    output, h_n = port.run(tensors, L, D, inputs["input"], inputs.get("h_0"),
                           inputs.get("lengths"), kept, p, computed | set(wrong))
    save_file({"output": output.astype(np.float32, order="C"),
               "h_n": h_n.astype(np.float32, order="C")}, "expected.safetensors")
    rc, report, err = compare(name, "--expected=expected.safetensors")
    model, other = report["results"]
    assert model["within_bound"] and report["same_bits"], (wrong, err)
    wanted = [w for w in wrong if w != "clears"]
    if not wanted:
        assert (rc, err) == (0, "") and other["within_bound"] and report["within_bound"], err
        return
    assert rc == 1 and not other["within_bound"], (wrong, report["results"])
    names = [m["name"] for m in other["mistakes"]]
    assert names and names[0] in ("+".join(wanted), *allowed), (wrong, names, err)
    assert names == ["+".join(wanted)] or allowed, (wrong, names)
    assert err.startswith("expected.safetensors: error: "), err
    assert other["mistakes"][0]["text"] in err and other["mistakes"][0]["leaves"] < 1e-5


def ports():
    T, B = 9, 4
    cell = ["reset-before-product", "update-reversed", "new-bias-outside-reset",
            "biases-left-out", "bias-ih-left-out", "bias-hh-left-out", "weight-hh-transposed",
            "weights-float16", "weights-bfloat16", "hard-sigmoid-0.2", "hard-sigmoid-1/6",
            "state-not-carried", "h-0-ignored"]
    cell += ["gate-order-" + order for order in ("zrn", "rnz", "nrz", "nzr", "znr")]
    # One layer, one direction; B differs from T, so that axes cannot be swapped.
    tensors = make("one", L=1, D=1)
    inputs = {"input": uniform(T, B, 5) * 3, "h_0": uniform(1, B, 7)}
    save_file(inputs, "in.safetensors")
    check_port("one", [], 1, 1, inputs, tensors)
    for mistake in cell:
        check_port("one", [mistake], 1, 1, inputs, tensors)
    # Two at once, as a port from ONNX makes them.
    check_port("one", ["reset-before-product", "gate-order-zrn"], 1, 1, inputs, tensors)
    check_port("one", ["gate-order-zrn", "update-reversed"], 1, 1, inputs, tensors)
    # Steps and rows are told apart by nothing else when T = B.
    inputs = {"input": uniform(4, 4, 5) * 3}
    save_file(inputs, "in.safetensors")
    check_port("one", ["axes-swapped"], 1, 1, inputs, tensors)

    tensors = make("both")
    inputs = {"input": uniform(T, B, 5) * 3, "h_0": uniform(4, B, 7),
              "lengths": np.array([3, 9, 0, 5], np.int64)}
    save_file(inputs, "in.safetensors")
    check_port("both", [], 2, 2, inputs, tensors)
    for mistake in ("directions-swapped", "backward-first", "reverse-runs-forward",
                    "reverse-not-turned-back", "states-direction-major", "lengths-ignored",
                    "reverse-starts-in-padding", "h-n-of-last-step", "padding-not-zero",
                    "gate-order-zrn", "reset-before-product"):
        check_port("both", [mistake], 2, 2, inputs, tensors)
    check_port("both", ["lengths-ignored", "clears"], 2, 2, inputs, tensors)


def variants():
    """Ports that differ in what a variant may say, and ports of variants (C15)."""
    T, B = 9, 4
    inputs = {"input": uniform(T, B, 5) * 6, "h_0": uniform(1, B, 7)}
    tensors = make("torch", L=1, D=1)
    save_file(inputs, "in.safetensors")
    for mistake in ("activations-swapped", "candidate-relu", "candidate-softsign",
                    "candidate-sigmoid", "clip-1", "clip-3", "direction-other-way"):
        check_port("torch", [mistake], 1, 1, inputs, tensors)
    # The network's own ways, by the port's names of them, and what takes each away.
    own = {"reset-before-product": ("reset", "before", "reset-after-product"),
           "hard-sigmoid-0.2": ("gate_activation", "hard_sigmoid", "gates-sigmoid"),
           "candidate-relu": ("candidate_activation", "relu", "candidate-tanh"),
           "clip-1": ("clip", 1.0, "clip-left-out")}
    tensors = make("variant", L=1, D=1, **{key: value for key, value, _ in own.values()})
    check_port("variant", [], 1, 1, inputs, tensors, own=own)
    for _, _, mistake in own.values():
        check_port("variant", [mistake], 1, 1, inputs, tensors, own=own)
    check_port("variant", ["gate-order-zrn"], 1, 1, inputs, tensors, own=own)
    # A model of other equations than the network's is no model of it.
    rc, _, err = compare("variant", network="torch.json")
    assert rc == 1 and ("variant.so: error: variant: found reset=before, gate_activation="
                        "hard_sigmoid, candidate_activation=relu, clip=1, expected torch's "
                        "equations, as torch.json says") in err, err


def training():
    T, B, L, D, H, p = 6, 3, 2, 1, 8, 0.25
    tensors = make("drop", H=H, L=L, D=D, options=["--training"], dropout=p)
    kept = rng.integers(0, 2, (L - 1, T, B, D * H)).astype(np.uint8)
    inputs = {"input": uniform(T, B, 5) * 3}
    save_file({**inputs, "dropout_mask": kept}, "in.safetensors")
    check_port("drop", [], L, D, inputs, tensors, kept, p)
    check_port("drop", ["no-dropout"], L, D, inputs, tensors, kept, p)
    # A mask drops where p = 0, too.
    still = make("still", H=H, L=L, D=D, options=["--training"])
    save_file({**inputs, "dropout_mask": kept}, "in.safetensors")
    check_port("still", [], L, D, inputs, still, kept)
    check_port("still", ["no-dropout"], L, D, inputs, still, kept)
    # By seed: Reference draws what the model draws.
    save_file({**inputs, "dropout_seed": np.array([81985529216486895], np.int64)},
              "in.safetensors")
    rc, report, err = compare("drop")
    assert rc == 0 and report["same_bits"], err


def forms():
    """Every form of a call, against the same compiled model's bits."""
    make("form", options=["--batch-first"])
    x, lengths = uniform(4, 9, 5), np.array([3, 9, 0, 5], np.int64)
    order = np.argsort(-lengths, kind="stable")
    sizes = np.array([(lengths > t).sum() for t in range(9)], np.int64)
    packed = np.concatenate([x[order[:n], t] for t, n in enumerate(sizes)])
    for inputs in ({"input": x}, {"input": x, "lengths": lengths}, {"input": x[0]},
                   {"input": packed, "batch_sizes": sizes},
                   {"input": packed, "batch_sizes": sizes, "h_0": uniform(4, 4, 7)},
                   {"input": x[:, :0]}, {"input": x[:0]}):
        save_file({name: np.ascontiguousarray(value) for name, value in inputs.items()},
                  "in.safetensors")
        # The layout is the model's: weights alone say nothing of it.
        for network in ("form.json", "form.safetensors"):
            rc, report, err = compare("form", network=network)
            assert rc == 0 and report["same_bits"] and report["within_bound"], (inputs, err)
    assert {g["gate"] for g in report["gates"]} == set("rznh") and len(report["gates"]) == 16


def models():
    """Other levels, weights given at run time, float64, MLIR."""
    make("m")
    save_file({"input": uniform(70, 2, 5)}, "in.safetensors")
    _, base, _ = compare("m")
    for gate in base["gates"]:
        assert 0 < gate["largest"] < 1e-6 and 0 < gate["rms"] < gate["largest"]
        assert len(gate["by_step"]) == 70 and max(gate["by_step"]) == gate["largest"]
        assert gate["by_step"][gate["at"]["step"]] == gate["largest"]
    for options, promises in ((["--target=x86-64-v2"], False), (["--weights=external"], True)):
        assert sh("grucc", "m.json", "-o", "x.so", "--name=net", *options)[0] == 0
        rc, report, err = compare("x", network="m.json")
        assert rc == 0 and report["promises_bits"] == promises == report["same_bits"], err
    rc, text, _ = sh("grucc", "m.json", "-o", "-", "--stop-after=frontend")
    assert rc == 0
    open("m.mlir", "w").write(text)
    rc, report, err = compare("m", network="m.mlir")
    assert rc == 0 and report["gates"] == base["gates"], err

    # A model of other weights is beyond the bound, and says where: a wrong model is
    # looked at as a wrong port is.
    tensors = load_file("m.safetensors")
    save_file({name: np.concatenate([t[7:14], t[:7], t[14:]]) for name, t in tensors.items()},
              "swapped.safetensors")
    rc, report, err = compare("m", network="swapped.safetensors")
    assert rc == 1 and not report["same_bits"] and not report["within_bound"]
    assert report["results"][0]["mistakes"][0]["name"] == "gate-order-zrn"
    assert err.startswith("m.so: error: output: found "), err
    save_file({name: uniform(*t.shape) for name, t in tensors.items()}, "other.safetensors")
    rc, report, err = compare("m", network="other.safetensors")
    assert rc == 1 and report["results"][0]["mistakes"] == [] and "note: none of " in err, err


def float64():
    """As in float32, with long double as the judge; a port in float32 is found out."""
    tensors = {name: t + rng.uniform(-1e-3, 1e-3, t.shape)
               for name, t in make("d", L=1).items()}
    save_file(tensors, "d.safetensors")
    assert sh("grucc", "d.safetensors", "-o", "d.so", "--name=net")[0] == 0
    x = rng.standard_normal((9, 3, 5))
    save_file({"input": x}, "in.safetensors")

    def run(weights, wrong):
        output, h_n = port.run(weights, 1, 2, x, wrong=wrong)
        save_file({"output": output, "h_n": h_n}, "e.safetensors")
        return compare("d", "--expected=e.safetensors")
    rc, report, err = run(tensors, [])
    assert rc == 0 and (report["dtype"], report["judge"]) == ("float64", "long double"), err
    assert report["same_bits"] and report["promises_bits"]
    assert 0 < report["results"][0]["output"]["largest"] < 2 ** -50
    assert {g["gate"] for g in report["gates"]} == set("rznh") and len(report["gates"]) == 8
    for gate in report["gates"]:  # the rounding of float64, seen by what rounds finer
        assert 2 ** -60 < gate["rms"] < gate["largest"] < 2 ** -50, gate
        assert len(gate["by_step"]) == 9 and max(gate["by_step"]) == gate["largest"]
        assert gate["by_step"][gate["at"]["step"]] == gate["largest"]
    for weights, wrong, name in (
            (tensors, ["reset-before-product"], "reset-before-product"),
            ({k: t.astype(np.float32) for k, t in tensors.items()}, [], "weights-float32")):
        rc, report, err = run(weights, wrong)
        assert rc == 1 and report["results"][1]["mistakes"][0]["name"] == name, err
        assert "within 1.00e-12" in err, err

    # A wrong model: another order of gates, and weights that are off in their last bits.
    save_file({name: np.concatenate([t[7:14], t[:7], t[14:]]) for name, t in tensors.items()},
              "swapped.safetensors")
    rc, report, err = compare("d", network="swapped.safetensors")
    assert rc == 1 and not report["same_bits"] and not report["within_bound"]
    assert report["results"][0]["mistakes"][0]["name"] == "gate-order-zrn", err
    assert err.startswith("d.so: error: output: found "), err
    changed = {name: t.copy() for name, t in tensors.items()}
    weight = changed["weight_ih_l0_reverse"]
    weight[14:] = np.nextafter(weight[14:], 1)
    save_file(changed, "changed.safetensors")
    rc, report, err = compare("d", network="changed.safetensors")
    assert rc == 0 and not report["same_bits"], err
    assert report["first_different_bits"]["unit"] >= 7, report["first_different_bits"]
    rc, text, _ = sh("grucc-run", "d.so", "--compare=d.safetensors", "--input=in.safetensors")
    assert rc == 0 and "in long double: 9 steps" in text, text
    assert "d.so has the bits of Reference in float64" in text, text
    # Beyond a bound below float64's own rounding, nobody is to blame.
    rc, report, err = compare("d", "--bound=1e-18")
    assert rc == 1 and report["results"][0]["rounding"] > 1e-18
    assert "note: float64 itself is off by up to " in err, err
    assert any(gate["first_beyond"] for gate in report["gates"])


def bounds():
    """The first element beyond a bound, in words and in JSON."""
    save_file({"input": uniform(9, 2, 5)}, "in.safetensors")
    assert sh("grucc-run", "m.so", "--input=in.safetensors", "--output=r.safetensors")[0] == 0
    result = load_file("r.safetensors")
    result["output"][4:, 1, 3] += np.float32(0.5)
    save_file(result, "e.safetensors")
    rc, report, err = compare("m", "--expected=e.safetensors")
    first = report["results"][1]["output"]["first_beyond"]
    assert rc == 1 and (first["step"], first["row"], first["unit"]) == (4, 1, 3), first
    assert abs(first["found"] - first["expected"] - 0.5) < 1e-5
    assert "e.safetensors: error: output: found " in err and " at step 4, row 1, unit 3, " in err
    rc, text, _ = sh("grucc-run", "m.so", "--compare=m.json", "--input=in.safetensors",
                     "--expected=e.safetensors")
    assert rc == 1 and "step 4, row 1, unit 3" in text and "layer 1 reverse" in text, text
    assert compare("m", "--expected=e.safetensors", "--bound=0.6")[0] == 0
    # The reverse direction begins at the end, so its first is the last step.
    result["output"][:, 1, 3] -= np.float32(0.5)
    result["output"][:5, 0, 9] = np.nan
    save_file({"output": result["output"]}, "e.safetensors")
    rc, report, _ = compare("m", "--expected=e.safetensors", "--bound=0.6")
    first = report["results"][1]["output"]["first_beyond"]
    assert rc == 1 and (first["step"], first["found"]) == (4, "nan"), first
    # Beyond a bound below float32's own rounding, nobody is to blame.
    rc, report, err = compare("m", "--bound=1e-9")
    assert rc == 1 and report["results"][0]["rounding"] > 1e-9
    assert "note: float32 itself is off by up to " in err, err
    assert any(gate["first_beyond"] for gate in report["gates"])


def fails(code, line, *words):
    global checks
    checks += 1
    rc, out, err = sh("grucc-run", *words)
    assert (rc, out, err) == (code, "", line + "\n"), (words, rc, out, err)


def errors():
    usual = ("m.so", "--compare=m.json", "--input=in.safetensors")
    usage = "grucc-run: error: "
    fails(2, usage + "--input: found nothing, expected a file", *usual[:2])
    fails(2, usage + "--compare: found an empty value, expected a file", "m.so", "--compare=",
          usual[2])
    fails(2, usage + "--output: found --compare too, expected one of the two", *usual,
          "--output=x.safetensors")
    fails(2, usage + "--repeat: found --compare too, expected one of the two", *usual, "--repeat=2")
    fails(2, usage + "--reference: found --compare too, expected one of the two", *usual,
          "--reference")
    for option in ("--expected=e", "--bound=1", "--json"):
        name = option.split("=")[0]
        fails(2, usage + f"{name}: found no --compare, expected it with --compare only", "m.so",
              usual[2], "--output=x.safetensors", option)
    for text in ("x", "-1", "nan", "inf", ""):
        fails(2, usage + f"--bound: found '{text}', expected a number of at least 0", *usual,
              f"--bound={text}")
    fails(1, "none.safetensors: error: file: found 'No such file or directory', expected a "
          "readable file", *usual[:2], "--input=none.safetensors")
    fails(1, "none.json: error: file: found 'No such file or directory', expected a readable file",
          "m.so", "--compare=none.json", usual[2])
    # A model that is not this network's.
    for keys, line in (({"H": 8}, "hidden_size: found 7, expected 8"),
                       ({"I": 6}, "input_size: found 5, expected 6"),
                       ({"L": 3}, "num_layers: found 2, expected 3"),
                       ({"D": 1}, "bidirectional: found true, expected false"),
                       ({"bias": False}, "bias: found true, expected false")):
        make("wrong", **keys)
        fails(1, f"m.so: error: {line}, as wrong.json says", "m.so", "--compare=wrong.json",
              usual[2])
    save_file({"input": uniform(9, 2, 6)}, "i.safetensors")
    fails(1, "i.safetensors: error: input: found shape [9, 2, 6], expected [T, B, 5]", *usual[:2],
          "--input=i.safetensors")
    save_file({"input": uniform(9, 2, 5), "dropout_seed": np.array([1], np.int64)}, "i.safetensors")
    fails(1, "i.safetensors: error: dropout_seed: found a seed, expected a model compiled for "
          "training", *usual[:2], "--input=i.safetensors")

    def expected(line, **tensors):
        save_file(tensors, "x.safetensors")
        fails(1, "x.safetensors: error: " + line, *usual, "--expected=x.safetensors")
    expected("output: found shape [2, 8, 14], expected [9, 2, 14], as the model gives it",
             output=uniform(2, 8, 14))
    expected("h_n: found shape [2, 2, 7], expected [4, 2, 7], as the model gives it",
             h_n=uniform(2, 2, 7))
    expected("y: found an unknown tensor, expected output or h_n", y=uniform(2))
    expected("h_n: found no floating-point numbers, expected F32 or F64",
             h_n=np.zeros((4, 2, 7), np.int64))
    expected("tensors: found none, expected output, h_n or both")


ports()
variants()
training()
forms()
models()
float64()
bounds()
errors()
assert checks > 60, checks
assert not [name for name in os.listdir() if name.endswith(".tmp")]
