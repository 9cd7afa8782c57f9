"""targets.py TABLE: options, errors and descriptors agree with the table that rnn-targets prints."""
import ctypes
import re
import struct
import subprocess
import sys

NETWORK = ["--input-size=2", "--hidden-size=3", "--init=uniform"]
MODEL_BYTES = 368  # grucc_model (model.h); a grucc_cuda_model goes on behind it
ARCHITECTURE, POINTER_BYTES, FEATURES, TARGET, CAPABILITY = 16, 20, 176, 272, MODEL_BYTES + 24


def grucc(*args, status=0):
    done = subprocess.run(["grucc", *NETWORK, *args], capture_output=True, text=True)
    assert done.returncode == status, (args, done.returncode, done.stderr)
    return done.stdout + done.stderr


def read_descriptor(name):
    """[architecture, bytes of a pointer, word 0 of cpu_features, capability], and the target's name."""
    grucc(f"--target={name}", "--name=m", "-o", f"{name}.so")
    address = ctypes.addressof(ctypes.c_char.in_dll(ctypes.CDLL(f"./{name}.so"), "m_model"))
    model = ctypes.string_at(address, MODEL_BYTES)
    is_gpu = name.startswith("sm_")
    capability = struct.unpack("<i", ctypes.string_at(address + CAPABILITY, 4))[0] if is_gpu else 0
    text = ctypes.string_at(struct.unpack_from("<Q", model, TARGET)[0]).decode()
    return [*struct.unpack_from("<II", model, ARCHITECTURE), *struct.unpack_from("<Q", model, FEATURES), capability], text


rows = [line.split() for line in open(sys.argv[1])]
names = [row[0] for row in rows]
for name, _, *numbers in rows:
    assert read_descriptor(name) == ([int(number) for number in numbers], name), (name, numbers, read_descriptor(name))

expected = "native, " + ", ".join(names[:-1]) + " or " + names[-1]
found = grucc("--target=pdp11", "-o", "m.o", status=2)
assert found == f"grucc: error: --target: found 'pdp11', expected {expected}\n", found
# The help is a text of its own: every target, in the same order.
described = re.search(r"--target=TARGET(.*?)^ *--", grucc("--help"), re.DOTALL | re.MULTILINE)[1]
assert re.findall(r"x86-64-v\d|sm_\d+", described) == names, described
print(len(rows), "targets")
