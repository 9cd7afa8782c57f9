# ===- check_mutated.py - Files of other libraries, broken at random -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------------=== #
"""check_mutated.py FOLDER COUNT [KIND INDEX]: so many files of every kind, of a good one with bytes
changed, lost and doubled, are converted or refused in one line, or one of them again. Within HDF5
only what we read ourselves is broken, the model's JSON: its library goes round in circles in some
files. GRUCC_EXHAUSTIVE: a hundred times as many."""

import io
import json
import os
import shutil
import sys
import warnings
import zipfile

import numpy as np
import torch
from foreign_kit import ERROR, command

warnings.filterwarnings("ignore")
os.chdir(sys.argv[1])
torch.manual_seed(5)
H = 3
gru = torch.nn.GRU(2, H)
state = gru.state_dict()


def checkpoint():
    torch.save({"epoch": 1, "state_dict": {f"module.gru.{name}": value for name, value in state.items()}},
               "good.pt")
    return "good.pt"


def plug_in():
    layer = {"type": "gru", "activation": "tanh", "shape": [None, None, H],
             "weights": [state["weight_ih_l0"].T.tolist(), state["weight_hh_l0"].T.tolist(),
                         [state["bias_ih_l0"].tolist(), state["bias_hh_l0"].tolist()]]}
    with open("good.json", "w") as file:
        json.dump({"in_shape": [None, None, 2], "layers": [layer]}, file)
    return "good.json"


def keras(name):
    import keras

    keras.Sequential([keras.layers.Input((None, 2)), keras.layers.GRU(H)]).save(name)
    return name


KINDS = {"pt": checkpoint, "json": plug_in, "keras": lambda: keras("good.keras"),
         "h5": lambda: keras("good.h5")}
NUMBERS = [b"\x00" * 4, b"\xff" * 4, b"\xff" * 8, b"\x7f\xff\xff\xff", b"NaN", b"1e999", b"-1", b"[", b'"',
           b"9" * 20, b"{}", b"null"]


def broken(data, rng):
    data = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(len(data) + 1))
        some = int(min(rng.geometric(0.1), len(data) - at))
        match int(rng.integers(6)):
            case 0 if some:
                data[at] ^= 1 << int(rng.integers(8))
            case 1:
                del data[at:]
            case 2:
                del data[at:at + some]
            case 3:
                data[at:at] = data[at:at + some]
            case 4:
                data[at:at] = NUMBERS[rng.integers(len(NUMBERS))]
            case 5:
                new = NUMBERS[rng.integers(len(NUMBERS))]
                data[at:at + len(new)] = new
    return bytes(data)


def broken_file(good, bad, rng):
    """Of an archive one member, whose checksum is right again, or the whole."""
    if good.endswith(".h5"):
        import h5py

        shutil.copy(good, bad)
        with h5py.File(bad, "r+") as file:
            text = broken(file.attrs["model_config"].encode(), rng)
            file.attrs["model_config"] = text.replace(b"\0", b"0")  # which ends a text there
        return
    with open(good, "rb") as file:
        data = file.read()
    if not zipfile.is_zipfile(good):
        data = broken(data, rng)
    else:
        new_bytes = io.BytesIO()
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(new_bytes, "w") as new:
            names = old.namelist()
            chosen = rng.choice([name for name in names if not name.endswith(".h5")])
            for name in names:
                new.writestr(name, broken(old.read(name), rng) if name == chosen else old.read(name))
        data = new_bytes.getvalue()
        if rng.random() < 0.1:
            data = data[:rng.integers(len(data))]
    with open(bad, "wb") as file:
        file.write(data)


def check(kind, index, good):
    bad, output = f"bad.{kind}", "mutated.safetensors"
    broken_file(good, bad, np.random.default_rng([index, *kind.encode()]))
    try:
        done = command("convert", bad, "-o", output)
    except Exception as reason:
        raise AssertionError((kind, index)) from reason
    took = done.returncode == 0
    line = done.stderr.rstrip("\n")
    assert took or (done.returncode == 1 and ERROR.fullmatch(line)), (kind, index, done)
    assert os.path.exists(output) == took, (kind, index)
    if took:
        os.unlink(output)
    return took


def main():
    count = int(sys.argv[2]) * (100 if os.environ.get("GRUCC_EXHAUSTIVE") else 1)
    kinds, indices = (sys.argv[3:4], [int(sys.argv[4])]) if len(sys.argv) > 4 else (sys.argv[3:4] or KINDS, range(count))
    for kind in kinds:
        try:
            good = KINDS[kind]()
        except ImportError:
            print(f"{kind}: no keras here")
            continue
        took = sum(check(kind, index, good) for index in indices)
        print(f"{kind}: {took} of {len(indices)} converted, the others refused")


main()
