"""targets.py TABLE: options, errors and descriptors agree with the table that rnn-targets prints."""
import re
import struct
import subprocess
import sys

NETWORK = ["--input-size=2", "--hidden-size=3", "--init=uniform"]
MODEL_BYTES = 368  # grucc_model (model.h); a grucc_cuda_model goes on behind it
ARCHITECTURE, POINTER_BYTES, ALIGNMENT, FEATURES, NAME, CAPABILITY = 16, 20, 24, 176, 264, MODEL_BYTES + 24
# Without a system, and those of them that do not fuse multiply-adds.
UNFUSED = ["wasm32", "wasm32-simd"]
BARE = [*UNFUSED, "cortex-m0plus", "cortex-m3", "riscv32-imc", "cortex-m4f", "cortex-m7", "cortex-m33", "cortex-m55", "riscv32-imafc", "wasm32-relaxed"]


def grucc(*args, status=0):
    done = subprocess.run(["grucc", *NETWORK, *args], capture_output=True, text=True)
    assert done.returncode == status, (args, done.returncode, done.stderr)
    return done.stdout + done.stderr


def read_descriptor(name):
    """[architecture, bytes of a pointer, word 0 of cpu_features, capability], and the target's name.

    From the file, for it need not be one that this machine can load.
    """
    grucc(f"--target={name}", "--os=linux", "--name=m", "-o", f"{name}.so")
    with open(f"{name}.so", "rb") as file:
        data = file.read()
    found = subprocess.run(["llvm-readelf", "--dyn-syms", "-r", "-l", "-W", f"{name}.so"],
                           capture_output=True, text=True, check=True).stdout
    # Type, offset, virtual and physical address, bytes in the file.
    segments = [[int(number, 16) for number in segment] for segment in
                re.findall(r"^ *LOAD +(\S+) +(\S+) +\S+ +(\S+)", found, re.MULTILINE)]

    def at(address):
        return next(offset + address - start for offset, start, size in segments
                    if start <= address < start + size)

    address = int(re.search(r": +(\S+) .* m_model$", found, re.MULTILINE)[1], 16)
    # A pointer is a relocation, and where it points to an addend of it, or what it stands on.
    architecture, pointer_bytes = struct.unpack_from("<II", data, at(address) + ARCHITECTURE)
    place = address + NAME + pointer_bytes
    relocation = re.search(rf"^0*{place:x} +\S+ +\S+_RELATIVE +(\S*)$", found, re.MULTILINE)
    target = int(relocation[1], 16) if relocation[1] else int.from_bytes(data[at(place):][:pointer_bytes], "little")
    text = data[at(target):data.index(0, at(target))].decode()
    is_gpu = name.startswith("sm_")
    capability = struct.unpack_from("<i", data, at(address) + CAPABILITY)[0] if is_gpu else 0
    return [architecture, pointer_bytes,
            *struct.unpack_from("<Q", data, at(address) + FEATURES), capability], text


def find_descriptor(name):
    """The same of an object for no system, whose addresses are not known yet."""
    grucc(f"--target={name}", "--name=m", "-o", f"{name}.o")
    with open(f"{name}.o", "rb") as file:
        data = file.read()
    version = struct.pack("<I", 4)
    places = [at for at in range(len(data) - FEATURES) if data.startswith(version, at)
              and struct.unpack_from("<I", data, at + ALIGNMENT)[0] in (8, 16) and data[at + POINTER_BYTES] in (4, 8)]
    assert len(places) == 1, (name, places)
    architecture, pointer_bytes = struct.unpack_from("<II", data, places[0] + ARCHITECTURE)
    text = re.search(rb"target: (\S+) \(", data)[1].decode()
    return [architecture, pointer_bytes, *struct.unpack_from("<Q", data, places[0] + FEATURES), 0], text


rows = [line.split() for line in open(sys.argv[1])]
names = [row[0] for row in rows]
for name, _, *numbers in rows:
    found = (find_descriptor if name in BARE else read_descriptor)(name)
    assert found == ([int(number) for number in numbers], name), (name, numbers, found)

expected = "native, " + ", ".join(names[:-1]) + " or " + names[-1]
found = grucc("--target=pdp11", "-o", "m.o", status=2)
assert found == f"grucc: error: --target: found 'pdp11', expected {expected}\n", found
# The help names none of them, but the option that lists them, a line each, with what code asks a CPU for.
described = re.search(r"--target=TARGET(.*?)^ *--", grucc("--help"), re.DOTALL | re.MULTILINE)[1]
assert "--print-targets" in described and not any(name in described for name in names), described
printed = subprocess.run(["grucc", "--print-targets"], capture_output=True, text=True, check=True).stdout
lines = {line.split()[0]: line for line in printed.split("\n\n")[0].splitlines()[1:]}
assert list(lines) == names, printed
assert [name for name in names if " N4" not in lines[name]] == [name for name in names if name in ["x86-64-v2", *UNFUSED]], printed
assert [name for name in names if " N4+ " in lines[name]] == ["wasm32-relaxed"], printed
assert {name for name in names if " none " in lines[name]} == set(BARE), printed
assert [name for name in names if " N4* " in lines[name]] == ["armv7-neon", "cortex-m55"], printed
assert [name for name in names if "macos" in lines[name]] == [*names[:7], "apple-m"], printed
assert lines["x86-64-v3"].split("N4")[1].split()[-3:] == ["fma", "lzcnt", "movbe"], printed
assert "avx512f" in lines["x86-64-v4"] and "sse4.2" in lines["x86-64-v4"], printed
assert lines["wasm32-relaxed"].endswith(" simd128 relaxed-simd") and lines["cortex-m0plus"].endswith(" every one"), printed
assert lines["cortex-m4f"].endswith(" vfp4d16sp") and lines["riscv32-imafc"].endswith(" m a f c"), printed
assert lines["aarch64"].endswith(" every one") and lines["sm_103"].endswith(" capability 10.3"), printed
assert lines["aarch64-sve256"].endswith(" sve with 256 bits") and lines["armv7-neon"].endswith(" neon"), printed
assert lines["riscv64-v"].split("N4")[1].split() == [*"mafdcv"], printed
print(len(rows), "targets")
