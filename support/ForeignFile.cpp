//===- ForeignFile.cpp - Files of other formats, known by their bytes -----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/ForeignFile.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace grucc {
namespace {

struct Format {
  StringLiteral name, wayOut;
  bool (*matches)(StringRef bytes);
};

/// Whether a zip has such a name in it: at its beginning, or in the directory at its end.
bool zips(StringRef bytes, StringRef name) {
  constexpr size_t directory = 1 << 16;
  return bytes.starts_with("PK\3\4") &&
         (bytes.take_front(256).contains(name) || bytes.take_back(directory).contains(name));
}

bool isPickle(StringRef bytes) {
  // torch.save before 1.6: its magic number as the first of several pickles.
  if (bytes.starts_with("\x80\2\x8a\nl\xfc\x9c\x46\xf9"))
    return true;
  return bytes.starts_with("\x80") && bytes.size() > 2 && bytes[1] >= 2 && bytes[1] <= 5 &&
         bytes.ends_with(".");
}

// A ModelProto has no magic number: the version of its format comes first, then its producer,
// graph or operators.
bool isOnnx(StringRef bytes) {
  return bytes.size() > 16 && bytes[0] == 0x08 && bytes[1] > 0 && bytes[1] < 0x20 &&
         is_contained({0x12, 0x1a, 0x22, 0x3a, 0x42}, int(bytes[2]));
}

constexpr StringLiteral fromTorch =
    "python -m grucc convert writes its GRU as safetensors; torch.load and "
    "safetensors.torch.save_file of module.state_dict() do, too";
constexpr StringLiteral fromKeras = "python -m grucc convert writes its GRU as safetensors";
constexpr StringLiteral fromArrays =
    "write its arrays under torch's names and in torch's layout (weight_ih_l0 [3H, I], rows r, z, "
    "n, ...) with safetensors.numpy.save_file";

const Format formats[] = {
    {"the pointer of Git LFS to a file", "git lfs pull puts the file itself in its place",
     [](StringRef b) { return b.starts_with("version https://git-lfs.github.com/spec/"); }},
    {"a TorchScript file",
     "torch.jit.load it and write its state_dict() with safetensors.torch.save_file",
     [](StringRef b) { return zips(b, "/constants.pkl"); }},
    {"a PyTorch file (a zip)", fromTorch, [](StringRef b) { return zips(b, "/data.pkl"); }},
    {"NumPy arrays (.npz)", fromArrays, [](StringRef b) { return zips(b, ".npy"); }},
    {"a Keras model (a zip)", fromKeras, [](StringRef b) { return zips(b, "model.weights.h5"); }},
    {"a zip", "unzip it, and compile the .safetensors in it",
     [](StringRef b) { return b.starts_with("PK\3\4"); }},
    {"a pickle", fromTorch, isPickle},
    {"a NumPy array (.npy)", fromArrays, [](StringRef b) { return b.starts_with("\x93NUMPY"); }},
    {"an HDF5 file", fromKeras, [](StringRef b) { return b.starts_with("\x89HDF\r\n\x1a\n"); }},
    {"a TFLite model", "python -m grucc convert takes the Keras model that it was made of",
     [](StringRef b) { return b.substr(4, 4) == "TFL3"; }},
    {"an ONNX model", "name it MODEL.onnx: grucc MODEL.onnx --list", isOnnx},
    {"a web page", "download the file itself: where there is a page of it, by its raw link",
     [](StringRef b) { return b.ltrim().starts_with_insensitive("<!doctype html"); }}};

} // namespace

Error refuseForeign(StringRef bytes, StringRef path, StringRef argument, StringRef expected) {
  // A safetensors file whose header happens to be as long as one of the magic numbers.
  if (bytes.substr(8, 1) == "{")
    return Error::success();
  const Format *format = find_if(formats, [&](const Format &f) { return f.matches(bytes); });
  if (format == std::end(formats))
    return Error::success();
  return withNote(inputError(path, argument, format->name, expected), path, format->wayOut);
}

} // namespace grucc
