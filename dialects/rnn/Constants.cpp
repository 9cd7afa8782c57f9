//===- Constants.cpp - The values of constant tensors -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Constants.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

template <typename T>
std::optional<ArrayRef<T>> grucc::rnn::constantValues(Attribute attribute,
                                                      std::vector<T> &storage) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attribute);
  if (!elements)
    return std::nullopt;
  Type type = elements.getElementType();
  if (sizeof(T) == 4 ? !type.isF32() : !type.isF64())
    return std::nullopt;
  size_t count = elements.getNumElements();
  auto view = [&](ArrayRef<char> bytes) -> std::optional<ArrayRef<T>> {
    if (bytes.size() != count * sizeof(T) ||
        reinterpret_cast<uintptr_t>(bytes.data()) % alignof(T) != 0)
      return std::nullopt;
    return ArrayRef<T>(reinterpret_cast<const T *>(bytes.data()), count);
  };
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? view(blob->getData()) : std::nullopt;
  }
  auto dense = dyn_cast<DenseElementsAttr>(attribute);
  if (!dense)
    return std::nullopt;
  if (!dense.isSplat())
    return view(dense.getRawData());
  storage.assign(count, dense.getSplatValue<T>());
  return ArrayRef<T>(storage);
}

template std::optional<ArrayRef<float>> grucc::rnn::constantValues(Attribute, std::vector<float> &);
template std::optional<ArrayRef<double>> grucc::rnn::constantValues(Attribute,
                                                                    std::vector<double> &);
