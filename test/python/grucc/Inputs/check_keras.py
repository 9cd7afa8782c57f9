# ===- check_keras.py - The GRUs of Keras models -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===-----------------------------------------=== #
"""check_keras.py FOLDER: models that Keras itself writes, in both its forms, give Keras's numbers."""

import json
import os
import sys
import warnings
import zipfile

import numpy as np
from foreign_kit import command, converted, listed, refused

warnings.filterwarnings("ignore")
try:
    import h5py
    import keras
except ImportError:
    print("no keras here: nothing checked")
    sys.exit()

os.chdir(sys.argv[1])
keras.utils.set_random_seed(7)
layers = keras.layers
x = np.random.default_rng(1).standard_normal((3, 6, 4)).astype(np.float32)


def saved(*stack, name="model", inputs=4):
    """[file] of a Sequential of these."""
    model = keras.Sequential([layers.Input((None, inputs)), *stack])
    for weight in model.weights:  # biases begin as zeros
        weight.assign(np.random.default_rng(len(weight.shape)).standard_normal(weight.shape) * 0.4)
    files = [name + ".keras", name + ".h5"]
    for file in files:
        model.save(file)
    return model, files


def check(layer, turned=False, bound=2e-6):
    """Outputs of the layer alone and, of the last one, its state."""
    model, files = saved(layer)
    expected = np.asarray(model(x).detach() if hasattr(model(x), "detach") else model(x))
    for file in files:
        compiled, notes = converted(file, "out.safetensors")
        y, h_n = compiled(x)
        found = y[:, ::-1] if turned else y
        if expected.ndim == 2:  # the last state of each direction
            found = np.concatenate(list(h_n), axis=-1)
        assert np.abs(found - expected).max() <= bound, (file, np.abs(found - expected).max())
        assert ("go_backwards" in notes) == turned, notes
    return compiled


count = 0
for arguments in ({}, {"reset_after": False}, {"use_bias": False},
                  {"use_bias": False, "reset_after": False},
                  {"recurrent_activation": "hard_sigmoid"}, {"activation": "relu"},
                  {"activation": "elu", "reset_after": False}, {"activation": "softsign"},
                  {"activation": None}, {"activation": "leaky_relu"}, {"activation": "softplus"},
                  {"return_sequences": False}):
    arguments = {"return_sequences": True, **arguments}
    check(layers.GRU(5, **arguments))
    check(layers.Bidirectional(layers.GRU(5, **arguments)))
    count += 2
check(layers.GRU(5, return_sequences=True, go_backwards=True), turned=True)
model = check(layers.GRU(5, go_backwards=True))
assert "direction='reverse'" in repr(model), model

# A whole model: its layers by their own names, in any nesting.
inner = keras.Sequential([layers.GRU(3, return_sequences=True, name="inside"), layers.Dense(4)])
whole, files = saved(layers.GRU(4, return_sequences=True, name="first"), layers.Dropout(0.1),
                     layers.Bidirectional(layers.GRU(2, return_sequences=True), name="both"), inner,
                     layers.GRU(6, name="last"), layers.Dense(1), name="whole")
for file in files:
    assert [one["name"] for one in listed(file)][:2] == ["first", "both"], listed(file)
    assert listed(file)[-1]["name"] == "last" and listed(file)[-1]["hidden_size"] == 6
    compiled, _ = converted(file, "out.safetensors", "first")
    expected = np.asarray(whole.layers[0](x).detach())
    assert np.abs(compiled(x)[0] - expected).max() <= 2e-6
assert "inside" in command("list", "whole.keras").stdout
compiled, _ = converted("whole.keras", "out.safetensors", "inside")
assert np.abs(compiled(x)[0] - np.asarray(inner.layers[0](x).detach())).max() <= 2e-6

# hard_sigmoid was another one before Keras 3: the file's version decides.
def rewritten(source, target, change, drop=()):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name not in drop:
                new.writestr(name, change(name, old.read(name)))


saved(layers.GRU(5, return_sequences=True, recurrent_activation="hard_sigmoid"))
rewritten("model.keras", "old.keras", lambda name, data: (
    json.dumps({"keras_version": "2.15.0"}) if name == "metadata.json" else data))
assert "gate_activation hard_sigmoid(0.2, 0.5)" in command("list", "old.keras").stdout
assert f"hard_sigmoid({1 / 6!r}, 0.5)" in command("list", "model.keras").stdout

# A network with the reset gate before the product, from its training on.
rng = np.random.default_rng(2)
sequences = rng.standard_normal((256, 10, 4)).astype(np.float32)
labels = (sequences[:, :, 0].sum(axis=1) > 0).astype(np.float32)
trained = keras.Sequential([layers.Input((None, 4)), layers.GRU(8, reset_after=False, name="memory"),
                            layers.Dense(1, activation="sigmoid")])
trained.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
history = trained.fit(sequences, labels, epochs=12, batch_size=32, verbose=0).history["loss"]
trained.save("trained.keras")
compiled, _ = converted("trained.keras", "out.safetensors")
assert compiled.network.reset == "before"
kernel, bias = trained.layers[-1].get_weights()
scores = 1 / (1 + np.exp(-(compiled(sequences)[1][0] @ kernel + bias)))[:, 0]
theirs = trained.predict(sequences, verbose=0)[:, 0]
assert np.abs(scores - theirs).max() <= 1e-5 and history[-1] < history[0]
right = ((scores > 0.5) == labels).mean()
assert right > 0.8, right

refusals = 0
for stack, text in (
        ([layers.Bidirectional(layers.GRU(5), merge_mode="sum")], r"merge_mode: found 'sum', expected concat"),
        ([layers.Bidirectional(layers.GRU(5), merge_mode="ave")], r"merge_mode: found 'ave', expected concat"),
        ([layers.GRU(5, activation="selu")], r"activation: found 'selu', expected sigmoid, tanh"),
        ([layers.GRU(5, recurrent_activation="gelu")], r"recurrent_activation: found 'gelu'"),
        ([layers.Bidirectional(layers.LSTM(5))], r"found Bidirectional of 'LSTM', expected of a GRU"),
        ([layers.RNN(layers.GRUCell(5))], r"found a GRU inside of RNN, expected a GRU layer"),
        ([layers.LSTM(5)], r"config.json: found (InputLayer, )?LSTM, expected a GRU layer")):
    _, files = saved(*stack, name="bad")
    refusals += sum(refused(text, file) for file in files)
change = lambda which, new: (lambda name, data: new if name == which else data)
for which, new, text in (
        ("config.json", "{", r"config.json: found no JSON"),
        ("config.json", "[]", r"config.json: found no model"),
        ("config.json", '{"config": {"layers": 3}}', r"config.json: found layers as 3"),
        ("config.json", '{"config": {"layers": [3]}}', r"config.json: found 3, expected a layer"),
        ("metadata.json", "{}", r"keras_version: found None, expected a version"),
        ("model.weights.h5", "x" * 100, r"file: found what cannot be read")):
    rewritten("model.keras", "bad.keras", change(which, new))
    refusals += refused(text, "bad.keras")
rewritten("model.keras", "bad.keras", lambda name, data: data, drop=("model.weights.h5",))
refusals += refused(r"file: found ", "bad.keras")
with h5py.File("alone.h5", "w") as file:
    file["kernel"] = np.zeros((3, 15))
refusals += refused(r"model_config: found none \(weights alone\), expected a whole model", "alone.h5")
for length in (0, 10, 3000):
    with open("model.h5", "rb") as source, open("cut.h5", "wb") as target:
        target.write(source.read()[:length])
    refusals += refused(r"file: found what cannot be read", "cut.h5")
with h5py.File("model.h5", "r+") as file:
    place = next(at for at in file["model_weights"] if at.startswith("gru"))
    del file["model_weights"][place]
refusals += refused(r"found no weights at model_weights/gru", "model.h5")
print(count, "layers in two forms,", refusals, "files refused")
