"""check_clipper.py FOLDER: the circuit, the training and the figures of the README."""

import contextlib
import io
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder))

import numpy as np  # noqa: E402
import torch  # noqa: E402

import circuit  # noqa: E402
import evaluate  # noqa: E402
import signals  # noqa: E402
import train  # noqa: E402


def expect(condition, what):
    if not condition:
        sys.exit(f"check_clipper.py: {what}")


# At rest the resistor's current goes through the diodes; written out anew.
v_in = np.array([[-3.0], [-0.2], [0.0], [0.4], [5.0]]).repeat(4800, 1)
v = circuit.solve(v_in)[:, -1]
diodes = 2 * 2.52e-9 * np.sinh(v / (1.752 * 25.85e-3))
expect(np.allclose((v_in[:, -1] - v) / 2200.0, diodes, rtol=1e-6, atol=1e-12), "not at rest")

# Far below the diodes' knee it is a low pass of the first order, 7.2 kHz.
t = np.arange(4800) / circuit.RATE
tone = 1e-3 * np.sin(2 * np.pi * 1000 * t)[None]
amplitude = np.abs(np.fft.rfft(circuit.solve(tone)[0])[100]) / 2400
low_pass = 1e-3 / np.hypot(1, 2 * np.pi * 1000 * 2200 * 10e-9)
expect(abs(amplitude / low_pass - 1) < 0.01, f"low pass: {amplitude} instead of {low_pass}")

# Blocks solved side by side are the signal solved in one go, and 8 steps a sample do.
x = signals.training_signals(5, 4, 1000).astype(float)
expect(np.allclose(circuit.clip(x), circuit.solve(circuit.DRIVE * x), atol=1e-9), "blocks")
expect(evaluate.esr(circuit.clip(x), circuit.clip(x, 64)) < 1e-5, "8 steps a sample are too few")

with contextlib.redirect_stdout(io.StringIO()) as said:
    first, second, other = (train.train(seed, 1, 480) for seed in (1, 1, 2))
    same = evaluate.evaluate(folder, check=True)
for a, b, c in zip(*([*gru.parameters(), *head.parameters()] for gru, head in (first, second, other))):
    expect(torch.equal(a, b), "the same seed gave another network")
    expect(not torch.equal(a, c), "another seed gave the same network")

print(said.getvalue())
expect(same, "recorded.f32 is not what PyTorch gives")
readme = (folder / "README.md").read_text()
figures = [line for line in said.getvalue().splitlines() if "error" in line]
expect(len(figures) == 3, "three figures expected")
for line in figures:
    expect(line in readme, f"the README does not say: {line}")
