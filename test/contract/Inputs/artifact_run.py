"""grucc-run on shared libraries of every level and layout (A6)."""
import numpy as np
from safetensors.numpy import load_file, save_file

from artifact_kit import expect, finish, for_each, grucc, here, levels, tool

T, B = 9, 3
NETWORKS = [dict(i=5, h=19, layers=2), dict(i=5, h=19, layers=2, batch_first=True), dict(i=1, h=40, bias=False)]


def weights(random, i, h, layers=1, bias=True, batch_first=False):
    """{name: tensor} in torch's order."""
    tensors = {}
    for layer in range(layers):
        shapes = {"weight_ih": (3 * h, h if layer else i), "weight_hh": (3 * h, h)}
        shapes |= {"bias_ih": (3 * h,), "bias_hh": (3 * h,)} if bias else {}
        for name, shape in shapes.items():
            tensors[f"{name}_l{layer}"] = random.uniform(-h**-0.5, h**-0.5, shape).astype(np.float32)
    return tensors


def evaluate(tensors, x, h_0):
    """C2 in float64: x [T, B, I], h_0 [L, B, H] -> output [T, B, H], h_n [L, B, H]."""
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    states = []
    for layer, h in enumerate(h_0.astype(np.float64)):
        w_ih, w_hh, b_ih, b_hh = (np.float64(tensors.get(f"{name}_l{layer}", 0)) for name in
                                  ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        outputs = []
        for row in x.astype(np.float64):
            from_x, from_h = np.split(row @ w_ih.T + b_ih, 3, -1), np.split(h @ w_hh.T + b_hh, 3, -1)
            r, z = sigmoid(from_x[0] + from_h[0]), sigmoid(from_x[1] + from_h[1])
            h = (1 - z) * np.tanh(from_x[2] + r * from_h[2]) + z * h
            outputs.append(h)
        x = np.array(outputs)
        states.append(h)
    return x, np.array(states)


def check(number):
    flags = NETWORKS[number]
    random = np.random.default_rng(number)
    layers, hidden, batch_first = flags.get("layers", 1), flags["h"], flags.get("batch_first", False)
    tensors = weights(random, **flags)
    save_file(tensors, here(f"{number}.safetensors"))
    x = random.standard_normal((T, B, flags["i"]), np.float32)
    h_0 = random.uniform(-1, 1, (layers, B, hidden)).astype(np.float32)
    inputs = {"all": {"input": x, "h_0": h_0}, "zeros": {"input": x}, "one": {"input": x[:, 0]}}  # C8, C9
    for name, given in inputs.items():
        turned = {k: v.swapaxes(0, 1) if k == "input" and v.ndim == 3 and batch_first else v for k, v in given.items()}
        save_file({k: np.ascontiguousarray(v) for k, v in turned.items()}, here(f"{number}_{name}.safetensors"))
    for level in levels():
        library = f"{number}_{level}.so"
        grucc(f"{number}.safetensors", *["--batch-first"] * batch_first, f"--target={level}", "--name=net", "-o", library)
        for name, given in inputs.items():
            result, what = f"{library}_{name}.safetensors", f"{flags}, {level}, {name}"
            tool("grucc-run", library, f"--input={number}_{name}.safetensors", f"--output={result}")
            found = load_file(here(result))
            expect(set(found) == {"output", "h_n"}, f"{what}: found tensors {set(found)}")
            output, h_n = evaluate(tensors, x, given.get("h_0", np.zeros_like(h_0)))
            if name == "one":
                output, h_n = output[:, 0], h_n[:, 0]
            elif batch_first:
                output = output.swapaxes(0, 1)
            for tensor, expected in (("output", output), ("h_n", h_n)):
                if expect(found[tensor].shape == expected.shape, f"{what}: {tensor} is {found[tensor].shape}"):
                    difference = np.abs(found[tensor] - expected).max()
                    expect(difference < 1e-6, f"{what}: {tensor} differs by {difference}")


for_each(range(len(NETWORKS)), check)
finish()
