//===- Tensors.h - The tensors that grucc-run reads and writes ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_TENSORS_H
#define GRUCC_TOOLS_GRUCC_RUN_TENSORS_H

#include "grucc/runtime.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <memory>
#include <string>

namespace grucc {

/// A tensor with memory of its own, aligned for every dtype.
class HostTensor {
public:
  HostTensor() = default;
  /// Zeros; nothing when there is no memory for them.
  static std::optional<HostTensor> allocate(grucc_dtype dtype, llvm::ArrayRef<int64_t> shape);
  /// The same numbers as float32 or float64; nothing when there is no memory.
  std::optional<HostTensor> convertTo(grucc_dtype dtype) const;

  /// Whether the shape leaves open which of the first two axes is which.
  bool isSquare() const {
    return tensor.rank == 3 && tensor.shape[0] == tensor.shape[1] && tensor.shape[0] > 1;
  }
  /// The same numbers with the first two axes swapped; nothing when there is no memory.
  std::optional<HostTensor> transposed() const;

  const grucc_tensor &view() const { return tensor; }
  llvm::ArrayRef<int64_t> shape() const { return {tensor.shape, size_t(tensor.rank)}; }
  grucc_dtype dtype() const { return static_cast<grucc_dtype>(tensor.dtype); }
  llvm::StringRef dtypeName() const; ///< as safetensors says it: F32
  int64_t elements() const;
  int64_t bytes() const;
  template <typename T> llvm::ArrayRef<T> values() const {
    return {static_cast<const T *>(tensor.data), size_t(elements())};
  }
  /// Element i of a float32 or float64 tensor.
  double real(int64_t i) const {
    return dtype() == GRUCC_FLOAT64 ? static_cast<const double *>(tensor.data)[i]
                                    : static_cast<const float *>(tensor.data)[i];
  }
  char *data() { return static_cast<char *>(tensor.data); }

private:
  struct Free {
    void operator()(void *memory) const;
  };
  std::unique_ptr<void, Free> memory;
  grucc_tensor tensor = {};
};

using TensorMap = std::map<std::string, HostTensor>;

/// The tensors of a safetensors file with float32, float64, int64 and uint8.
llvm::Expected<TensorMap> readTensors(llvm::StringRef path);

/// A whole safetensors file: names in ascending order, a header of whole 8 bytes.
std::string formatTensors(const TensorMap &tensors);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_TENSORS_H
