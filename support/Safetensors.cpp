//===- Safetensors.cpp - Reading and writing safetensors files ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The file: u64 length of the header, the header (a JSON object), the tensors'
// bytes. https://github.com/huggingface/safetensors describes the format.
//
//===----------------------------------------------------------------------===//

#include "support/Safetensors.h"
#include "support/Diagnostic.h"
#include "support/ForeignFile.h"
#include "support/Json.h"
#include "support/RegularFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace grucc {

constexpr uint64_t longestHeader = 100'000'000;

std::string shapeText(ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (auto [i, size] : enumerate(shape))
    text += (i ? ", " : "") + std::to_string(size);
  return text + "]";
}

int64_t elementBits(StringRef dtype) {
  return StringSwitch<int64_t>(dtype)
      .Case("F4", 4)
      .Cases({"F6_E2M3", "F6_E3M2"}, 6)
      .Cases({"BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"}, 8)
      .Cases({"U16", "I16", "F16", "BF16"}, 16)
      .Cases({"U32", "I32", "F32"}, 32)
      .Cases({"U64", "I64", "F64", "C64"}, 64)
      .Default(0);
}

namespace {

/// Turns the header's entries into tensors.
class HeaderReader {
public:
  HeaderReader(StringRef path, ArrayRef<char> data, SafetensorsFile &file)
      : path(path), data(data), file(file) {}

  Error readMetadata(const json::Value &value);
  Error readTensor(StringRef name, const json::Value &value);
  Error checkLayout();

private:
  StringRef path;
  ArrayRef<char> data;
  SafetensorsFile &file;

  Expected<SmallVector<int64_t, 2>> readIntegers(StringRef name, StringRef key,
                                                 const json::Value &value);
};

} // namespace

Error HeaderReader::readMetadata(const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return inputError(path, "__metadata__", describe(value), "an object of strings");
  for (auto [key, entry] : sortedMembers(*object)) {
    std::optional<StringRef> text = entry->getAsString();
    if (!text)
      return inputError(path, ("__metadata__." + key).str(), describe(*entry), "a string");
    file.metadata[key.str()] = text->str();
  }
  return Error::success();
}

Expected<SmallVector<int64_t, 2>> HeaderReader::readIntegers(StringRef name, StringRef key,
                                                             const json::Value &value) {
  std::string argument = (name + "." + key).str();
  const json::Array *array = value.getAsArray();
  if (!array)
    return inputError(path, argument, describe(value), "an array of non-negative integers");
  SmallVector<int64_t, 2> integers;
  for (const json::Value &element : *array) {
    std::optional<uint64_t> integer = element.getAsUINT64();
    if (!integer || *integer > uint64_t(INT64_MAX))
      return inputError(path, argument, describe(element),
                        "integers from 0 to " + Twine(INT64_MAX));
    integers.push_back(static_cast<int64_t>(*integer));
  }
  return integers;
}

Error HeaderReader::readTensor(StringRef name, const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return inputError(path, name, describe(value), "an object with dtype, shape and data_offsets");
  for (StringRef key : {"dtype", "shape", "data_offsets"})
    if (!object->get(key))
      return inputError(path, name, "no key '" + key + "'", "dtype, shape and data_offsets");
  for (auto [key, entry] : sortedMembers(*object))
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      return inputError(path, name, "the key " + quoted(key), "dtype, shape and data_offsets only");

  std::optional<StringRef> dtype = object->getString("dtype");
  int64_t bits = dtype ? elementBits(*dtype) : 0;
  if (!bits)
    return inputError(path, (name + ".dtype").str(), describe(*object->get("dtype")),
                      "a safetensors dtype such as \"F32\"");
  Expected<SmallVector<int64_t, 2>> shape = readIntegers(name, "shape", *object->get("shape"));
  if (!shape)
    return shape.takeError();
  Expected<SmallVector<int64_t, 2>> offsets =
      readIntegers(name, "data_offsets", *object->get("data_offsets"));
  if (!offsets)
    return offsets.takeError();

  std::string offsetsName = (name + ".data_offsets").str();
  int64_t size = static_cast<int64_t>(data.size());
  if (offsets->size() != 2 || (*offsets)[0] > (*offsets)[1] || (*offsets)[1] > size)
    return inputError(path, offsetsName, shapeText(*offsets),
                      "[begin, end] with begin <= end <= " + Twine(size) +
                          " (the bytes after the header)");
  // A zero anywhere makes an empty tensor, whatever the other sizes multiply to.
  std::optional<int64_t> product = is_contained(*shape, 0) ? 0 : bits;
  for (int64_t extent : *shape)
    product = product ? checkedMul(*product, extent) : std::nullopt;
  if (!product || *product % 8 != 0)
    return inputError(path, (name + ".shape").str(), shapeText(*shape),
                      "a whole number of bytes below 2^60");
  int64_t held = (*offsets)[1] - (*offsets)[0];
  if (*product / 8 != held)
    return inputError(path, offsetsName, shapeText(*offsets) + " (" + Twine(held) + " bytes)",
                      Twine(*product / 8) + " bytes for shape " + shapeText(*shape) + " of " +
                          *dtype);
  file.tensors.push_back(
      {name.str(), dtype->str(), std::move(*shape), data.slice((*offsets)[0], held)});
  return Error::success();
}

// Sorted by offset, every tensor begins where the one before it ends.
Error HeaderReader::checkLayout() {
  llvm::sort(file.tensors, [](const FileTensor &a, const FileTensor &b) {
    return std::make_tuple(a.data.begin(), a.data.end(), StringRef(a.name)) <
           std::make_tuple(b.data.begin(), b.data.end(), StringRef(b.name));
  });
  const char *end = data.begin();
  StringRef previous = "the header";
  for (const FileTensor &tensor : file.tensors) {
    if (tensor.data.begin() != end)
      return inputError(path, tensor.name + ".data_offsets",
                        Twine(tensor.data.begin() < end ? "an overlap with " : "a gap after ") +
                            printable(previous) + " (begins at " +
                            Twine(tensor.data.begin() - data.begin()) + ")",
                        "to begin at " + Twine(end - data.begin()));
    end = tensor.data.end();
    previous = tensor.name;
  }
  if (end != data.end())
    return inputError(path, "file", Twine(data.end() - end) + " bytes after the last tensor",
                      "the end of the file");
  return Error::success();
}

Expected<SafetensorsFile> readSafetensors(StringRef path) {
  Expected<std::unique_ptr<MemoryBuffer>> buffer = readRegularFile(path);
  return buffer ? parseSafetensors(std::move(*buffer), path) : buffer.takeError();
}

Expected<SafetensorsFile> parseSafetensors(std::unique_ptr<MemoryBuffer> buffer, StringRef path) {
  StringRef bytes = buffer->getBuffer();
  if (Error error = refuseForeign(bytes, path, "file", "a safetensors file"))
    return std::move(error);
  if (bytes.size() < 8)
    return inputError(path, "header", "a file of " + Twine(bytes.size()) + " bytes",
                      "at least the 8 bytes of the header's length");
  uint64_t length = support::endian::read64le(bytes.data());
  if (length > longestHeader)
    return inputError(path, "header", "a length of " + Twine(length) + " bytes",
                      "at most " + Twine(longestHeader));
  if (length > bytes.size() - 8)
    return inputError(path, "header", "a length of " + Twine(length) + " bytes",
                      "at most the " + Twine(bytes.size() - 8) + " bytes left in the file");

  StringRef header = bytes.substr(8, length);
  if (!header.starts_with("{"))
    return inputError(path, "header",
                      header.empty() ? "no text"
                                     : "text beginning with " + quoted(header.take_front(1)),
                      "a JSON object beginning with '{'");
  Expected<json::Value> value = parseJson(header, path, "header");
  if (!value)
    return value.takeError();

  SafetensorsFile file;
  HeaderReader reader(path, ArrayRef(bytes.data(), bytes.size()).drop_front(8 + length), file);
  for (auto [key, entry] : sortedMembers(*value->getAsObject())) {
    Error error =
        key == "__metadata__" ? reader.readMetadata(*entry) : reader.readTensor(key, *entry);
    if (error)
      return std::move(error);
  }
  if (Error error = reader.checkLayout())
    return std::move(error);
  file.buffer = std::move(buffer);
  return file;
}

std::string formatSafetensors(ArrayRef<FileTensor> tensors) {
  std::string header;
  raw_string_ostream stream(header);
  json::OStream writer(stream);
  int64_t offset = 0;
  writer.object([&] {
    for (const FileTensor &tensor : tensors)
      writer.attributeObject(tensor.name, [&] {
        writer.attribute("dtype", tensor.dtype);
        writer.attributeArray("shape", [&] {
          for (int64_t extent : tensor.shape)
            writer.value(extent);
        });
        writer.attributeArray("data_offsets", [&] {
          writer.value(offset);
          writer.value(offset += static_cast<int64_t>(tensor.data.size()));
        });
      });
  });
  header.resize(alignTo(header.size(), 8), ' ');
  std::string file(8, '\0');
  support::endian::write64le(file.data(), header.size());
  file += header;
  for (const FileTensor &tensor : tensors)
    file.append(tensor.data.begin(), tensor.data.end());
  return file;
}

} // namespace grucc
