//===- Tensors.cpp - The tensors that a kernel is run on -----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tensors.h"
#include "support/Diagnostic.h"
#include "support/Safetensors.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace llvm;

namespace grucc::ptxrun {
namespace {

Error usage(uint32_t index, const Twine &found, const Twine &expected) {
  return usageError("grucc-ptx-run", "--arg=" + std::to_string(index), found, expected);
}

/// `y:F32[3,20]`
Error parseNew(uint32_t index, StringRef text, std::string &name, DeviceTensor &tensor) {
  auto bad = [&] {
    return usage(index, quoted("new:" + text.str()), "new:NAME:DTYPE[SHAPE], as new:y:F32[3,20]");
  };
  auto [before, type] = text.rsplit(':');
  auto [dtype, shape] = type.split('[');
  int64_t bits = elementBits(dtype);
  if (before.empty() || !shape.consume_back("]") || bits == 0 || bits % 8 != 0)
    return bad();
  name = before.str();
  tensor.dtype = dtype.str();
  tensor.bytes = static_cast<uint64_t>(bits) / 8;
  SmallVector<StringRef, 4> extents;
  if (!shape.empty())
    shape.split(extents, ',');
  for (StringRef text : extents) {
    int64_t extent = 0;
    if (text.getAsInteger(10, extent) || extent < 0)
      return bad();
    tensor.shape.push_back(extent);
    tensor.bytes = SaturatingMultiply<uint64_t>(tensor.bytes, extent);
  }
  return Error::success();
}

class Binder {
public:
  Binder(const CommandLine &line, Device &device, DeviceTensors &tensors)
      : line(line), device(device), tensors(tensors) {}

  Error bind(const Kernel &kernel, std::vector<char> &parameters);

private:
  Expected<Address> place(uint32_t index, const std::string &name, DeviceTensor tensor,
                          std::optional<ArrayRef<char>> data);
  Expected<Address> placeFromFile(uint32_t index, StringRef name);
  Expected<uint64_t> valueOf(uint32_t index, StringRef text, const Parameter &parameter);
  Expected<uint64_t> addressOf(uint32_t index, StringRef text);

  const CommandLine &line;
  Device &device;
  DeviceTensors &tensors;
  std::optional<SafetensorsFile> file;
};

Expected<Address> Binder::place(uint32_t index, const std::string &name, DeviceTensor tensor,
                                std::optional<ArrayRef<char>> data) {
  Expected<Address> address = device.allocate(tensor.bytes);
  if (!address) {
    consumeError(address.takeError());
    return usage(index, quoted(name) + " of " + Twine(tensor.bytes) + " bytes",
                 "tensors that fit memory");
  }
  tensor.address = *address;
  if (data)
    if (Error error = device.write(*address, *data))
      return std::move(error);
  tensors[name] = std::move(tensor);
  return address;
}

Expected<Address> Binder::placeFromFile(uint32_t index, StringRef name) {
  if (auto known = tensors.find(name.str()); known != tensors.end())
    return known->second.address;
  if (line.args.empty())
    return usage(index, quoted(("@" + name).str()) + " without --args", "the file that it is in");
  if (!file) {
    Expected<SafetensorsFile> read = readSafetensors(line.args);
    if (!read)
      return read.takeError();
    file = std::move(*read);
  }
  for (const FileTensor &tensor : file->tensors)
    if (tensor.name == name) {
      DeviceTensor placed;
      placed.dtype = tensor.dtype;
      placed.shape = tensor.shape;
      placed.bytes = tensor.data.size();
      return place(index, tensor.name, std::move(placed), tensor.data);
    }
  return inputError(line.args, name, "no such tensor", "it, as --arg says");
}

Expected<uint64_t> Binder::addressOf(uint32_t index, StringRef text) {
  if (text.consume_front("@"))
    return placeFromFile(index, text);
  text.consume_front("new:");
  std::string name;
  DeviceTensor tensor;
  if (Error error = parseNew(index, text, name, tensor))
    return std::move(error);
  if (tensors.count(name))
    return usage(index, "a second tensor " + quoted(name), "another name");
  return place(index, name, std::move(tensor), std::nullopt);
}

Expected<uint64_t> Binder::valueOf(uint32_t index, StringRef text, const Parameter &parameter) {
  uint64_t bits = parameter.size * 8;
  if (parameter.size > 8)
    return usage(index, Twine(parameter.size) + " bytes of parameter " + quoted(parameter.name),
                 "at most 8");
  if (text == "null")
    return uint64_t(0);
  if (text.starts_with("@") || text.starts_with("new:")) {
    if (bits != 64)
      return usage(index, "an address for " + Twine(bits) + " bits", "a number");
    return addressOf(index, text);
  }
  int64_t whole = 0;
  uint64_t large = 0;
  if (!text.getAsInteger(0, whole) &&
      (isIntN(static_cast<unsigned>(bits), whole) ||
       isUIntN(static_cast<unsigned>(bits), static_cast<uint64_t>(whole))))
    return static_cast<uint64_t>(whole);
  if (bits == 64 && !text.getAsInteger(0, large))
    return large;
  double real = 0;
  bool isWhole = text.find_first_not_of("-0123456789") == StringRef::npos;
  if (isWhole || bits < 32 || text.getAsDouble(real))
    return usage(index, quoted(text),
                 "a number of " + Twine(bits) + " bits, null, @TENSOR or new:");
  uint64_t value = 0;
  auto narrow = static_cast<float>(real);
  bits == 64 ? std::memcpy(&value, &real, 8) : std::memcpy(&value, &narrow, 4);
  return value;
}

Error Binder::bind(const Kernel &kernel, std::vector<char> &parameters) {
  parameters.assign(kernel.parameterBytes, 0);
  if (!line.values.empty() && line.values.rbegin()->first >= kernel.parameters.size())
    return usage(line.values.rbegin()->first, "a value",
                 "none: " + kernel.name + " has " + Twine(kernel.parameters.size()) +
                     " parameters");
  for (uint32_t index = 0; index < kernel.parameters.size(); ++index) {
    const Parameter &parameter = kernel.parameters[index];
    auto given = line.values.find(index);
    if (given == line.values.end())
      return usage(index, "nothing", "a value of " + quoted(parameter.name));
    Expected<uint64_t> value = valueOf(index, given->second, parameter);
    if (!value)
      return value.takeError();
    std::memcpy(parameters.data() + parameter.offset, &*value, parameter.size);
  }
  return Error::success();
}

} // namespace

Error bindArguments(const CommandLine &line, Device &device, const Kernel &kernel,
                    std::vector<char> &parameters, DeviceTensors &tensors) {
  return Binder(line, device, tensors).bind(kernel, parameters);
}

Expected<std::string> formatTensors(const CommandLine &line, const Device &device,
                                    const DeviceTensors &tensors) {
  std::vector<FileTensor> entries;
  std::vector<std::vector<char>> held; // what the entries' data points into
  for (const auto &[name, tensor] : tensors) {
    if (std::optional<Address> byte = device.firstUninitialised(tensor.address, tensor.bytes))
      return inputError(line.model, name,
                        "byte " + Twine(*byte - tensor.address) + " of " + Twine(tensor.bytes) +
                            " never written",
                        "all of it");
    std::vector<char> &data = held.emplace_back(tensor.bytes);
    if (Error error = device.read(tensor.address, data))
      return std::move(error);
    entries.push_back({name, tensor.dtype, tensor.shape, data});
  }
  return formatSafetensors(entries);
}

} // namespace grucc::ptxrun
