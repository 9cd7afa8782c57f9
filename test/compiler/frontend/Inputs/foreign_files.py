"""What people have instead of a network that grucc reads: named by its bytes, with the way out (E)."""
import io
import pickle
import struct
import zipfile

from cases import Case, run_all
from safetensors_file import gru_file, gru_shapes, join, tensors

cases = []

TORCH = ("python -m grucc convert writes its GRU as safetensors; torch.load and safetensors.torch.save_file of "
         "module.state_dict() do, too")
KERAS = "python -m grucc convert writes its GRU as safetensors"
TFLITE = "python -m grucc convert takes the Keras model that it was made of"
ONNX = "name it MODEL.onnx: grucc MODEL.onnx --list"
ARRAYS = ("write its arrays under torch's names and in torch's layout (weight_ih_l0 [3H, I], rows r, z, n, ...) "
          "with safetensors.numpy.save_file")


def zip_of(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"\x80\x02" + b"x" * 100)
    return buffer.getvalue()


npy = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }".ljust(118) + bytes(24)
onnx = b"\x08\x0a\x12\x07pytorch\x1a\x052.9.0" + bytes(50)
BY_BYTES = [
    ("LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
     "the pointer of Git LFS to a file", "git lfs pull puts the file itself in its place"),
    ("torch.save", zip_of("archive/data.pkl", "archive/byteorder", "archive/data/0"), "a PyTorch file (a zip)", TORCH),
    ("torch.save with its names at the end", zip_of("archive/data/0" + "0" * 300, "archive/data.pkl"),
     "a PyTorch file (a zip)", TORCH),
    ("TorchScript", zip_of("gru/data.pkl", "gru/code/__torch__.py", "gru/constants.pkl"), "a TorchScript file",
     "torch.jit.load it and write its state_dict() with safetensors.torch.save_file"),
    ("torch.save before 1.6", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\0", "a pickle", TORCH),
    ("pickle", pickle.dumps({"weight_ih_l0": [0.5]}), "a pickle", TORCH),
    ("npz", zip_of("weight_ih_l0.npy", "weight_hh_l0.npy"), "NumPy arrays (.npz)", ARRAYS),
    ("npy", npy, "a NumPy array (.npy)", ARRAYS),
    ("Keras", zip_of("metadata.json", "config.json", "model.weights.h5"), "a Keras model (a zip)", KERAS),
    ("zip", zip_of("model.safetensors"), "a zip", "unzip it, and compile the .safetensors in it"),
    ("HDF5", b"\x89HDF\r\n\x1a\n" + bytes(500), "an HDF5 file", KERAS),
    ("TFLite", b"\x1c\0\0\0TFL3" + bytes(500), "a TFLite model", TFLITE),
    ("ONNX", onnx, "an ONNX model", ONNX),
    ("ONNX without a producer", b"\x08\x0a\x3a\x80\x01" + bytes(128), "an ONNX model", ONNX),
    ("web page", b"\n<!DOCTYPE html>\n<html lang=en>", "a web page",
     "download the file itself: where there is a page of it, by its raw link")]
for name, content, found, way_out in BY_BYTES:
    for file, argument, expected in [("net.safetensors", "file", "a safetensors file"), ("net.json", "file", "JSON"),
                                     ("net.mlir", "file", "MLIR"), ("net.pt", "INPUT", ".json, .safetensors, .onnx or .mlir"),
                                     ("net", "INPUT", ".json, .safetensors, .onnx or .mlir")]:
        line = f"{file}: error: {argument}: found {found}, expected {expected}"
        cases.append(Case(f"{name} as {file}", {file: content}, [file],
                          "^" + line.replace("(", r"\(").replace(")", r"\)") + "$",
                          notes=[f"{file}: note: {way_out}"]))
cases.append(Case("behind NETWORK.json", {"net.json": '{"weights": "w.bin"}', "w.bin": zip_of("archive/data.pkl")},
                  ["net.json"], r"^w\.bin: error: file: found a PyTorch file", notes=[f"w.bin: note: {TORCH}"]))

# No file of ours is taken for one of theirs: a header may be as long as a magic number says.
header, data = '{"a": 1', bytes(72)
for name, magic in [("pickle", b"\x80\x02"), ("pickle 5", b"\x80\x05"), ("zip", b"PK\x03\x04"), ("ONNX", b"\x08\x0a\x12")]:
    length = struct.unpack("<Q", magic.ljust(8, b"\0"))[0]
    long = "" if length > 1 << 21 else " " * (length - len(header) - 1)
    cases.append(Case(f"a header as long as a {name}", {"net.safetensors": join(header + long + "}", data, length)},
                      ["net.safetensors"], r"header: found a length|a: found 1, expected an object"))
    cases.append(Case(f"the length of a {name} alone", {"net.safetensors": struct.pack("<Q", length)},
                      ["net.safetensors"], r"header: found a length" if name != "zip" else "found a zip"))
cases.append(Case("safetensors by another name", {"net.bin": gru_file()}, ["net.bin"],
                  r"^net\.bin: error: INPUT: found '\.bin', expected \.json, \.safetensors, \.onnx or \.mlir$",
                  notes=["net.bin: note: its bytes are those of a .safetensors: rename it"]))
cases.append(Case("text", {"net.txt": "hello"}, ["net.txt"], r"^net\.txt: error: INPUT: found '\.txt'", notes=[]))
run_all(cases)
