//===- Tensors.cpp - The tensors that grucc-run reads and writes ----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tensors.h"
#include "support/Diagnostic.h"
#include "support/Safetensors.h"
#include <cstdlib>
#include <cstring>

using namespace llvm;

namespace grucc {
namespace {

struct DTypeFacts {
  StringRef name; ///< as safetensors says it
  int64_t bytes;
};
// Indexed by grucc_dtype.
constexpr DTypeFacts dtypes[] = {{"F32", 4}, {"F64", 8}, {"I64", 8}, {"U8", 1}};

} // namespace

void HostTensor::Free::operator()(void *memory) const { std::free(memory); }

std::optional<HostTensor> HostTensor::allocate(grucc_dtype dtype, ArrayRef<int64_t> shape) {
  if (shape.size() > GRUCC_MAX_RANK)
    return std::nullopt;
  HostTensor result;
  result.tensor.dtype = dtype;
  result.tensor.rank = static_cast<int32_t>(shape.size());
  std::copy(shape.begin(), shape.end(), result.tensor.shape);
  int64_t bytes = is_contained(shape, 0) ? 0 : dtypes[dtype].bytes;
  for (int64_t extent : shape)
    if (bytes && MulOverflow(bytes, extent, bytes))
      return std::nullopt;
  // One byte at least, so that even a tensor without elements has an address.
  result.memory.reset(std::calloc(std::max<int64_t>(bytes, 1), 1));
  result.tensor.data = result.memory.get();
  if (!result.memory)
    return std::nullopt;
  return result;
}

StringRef HostTensor::dtypeName() const { return dtypes[tensor.dtype].name; }

int64_t HostTensor::elements() const { return bytes() / dtypes[tensor.dtype].bytes; }

int64_t HostTensor::bytes() const {
  int64_t bytes = is_contained(shape(), 0) ? 0 : dtypes[tensor.dtype].bytes;
  for (int64_t extent : shape())
    bytes = bytes ? bytes * extent : 0;
  return bytes;
}

std::optional<HostTensor> HostTensor::convertTo(grucc_dtype wanted) const {
  std::optional<HostTensor> result = allocate(wanted, shape());
  if (!result)
    return std::nullopt;
  auto convert = [&](auto from, auto to) {
    auto *out = static_cast<decltype(to) *>(result->tensor.data);
    for (auto [i, value] : enumerate(values<decltype(from)>()))
      out[i] = static_cast<decltype(to)>(value);
  };
  if (dtype() == wanted)
    std::memcpy(result->data(), tensor.data, bytes());
  else if (wanted == GRUCC_FLOAT64)
    convert(float(), double());
  else
    convert(double(), float());
  return result;
}

std::optional<HostTensor> HostTensor::transposed() const {
  SmallVector<int64_t, 3> turned(shape());
  std::swap(turned[0], turned[1]);
  std::optional<HostTensor> result = allocate(dtype(), turned);
  if (!result || elements() == 0)
    return result;
  int64_t rows = tensor.shape[0], columns = tensor.shape[1], each = bytes() / (rows * columns);
  const char *from = static_cast<const char *>(tensor.data);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      std::memcpy(result->data() + (j * rows + i) * each, from + (i * columns + j) * each, each);
  return result;
}

Expected<TensorMap> readTensors(StringRef path) {
  Expected<SafetensorsFile> file = readSafetensors(path);
  if (!file)
    return file.takeError();
  TensorMap tensors;
  for (const FileTensor &read : file->tensors) {
    const DTypeFacts *facts =
        find_if(dtypes, [&](const DTypeFacts &facts) { return facts.name == read.dtype; });
    if (facts == std::end(dtypes))
      return inputError(path, read.name, "dtype " + read.dtype, "F32, F64, I64 or U8");
    if (read.shape.size() > GRUCC_MAX_RANK)
      return inputError(path, read.name, "shape " + shapeText(read.shape),
                        "at most " + Twine(GRUCC_MAX_RANK) + " dimensions");
    auto tensor =
        HostTensor::allocate(static_cast<grucc_dtype>(facts - std::begin(dtypes)), read.shape);
    if (!tensor)
      return inputError(path, read.name, "shape " + shapeText(read.shape),
                        "a size that fits memory");
    if (!read.data.empty())
      std::memcpy(tensor->data(), read.data.data(), read.data.size());
    tensors[read.name] = std::move(*tensor);
  }
  return tensors;
}

std::string formatTensors(const TensorMap &tensors) {
  std::vector<FileTensor> entries;
  for (const auto &[name, tensor] : tensors)
    entries.push_back({name,
                       tensor.dtypeName().str(),
                       SmallVector<int64_t, 2>(tensor.shape()),
                       {static_cast<const char *>(tensor.view().data), size_t(tensor.bytes())}});
  return formatSafetensors(entries);
}

} // namespace grucc
