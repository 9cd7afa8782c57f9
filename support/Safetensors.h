//===- Safetensors.h - Reading and writing safetensors files --------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_SUPPORT_SAFETENSORS_H
#define GRUCC_SUPPORT_SAFETENSORS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace grucc {

/// A tensor as a file holds it.
struct FileTensor {
  std::string name;
  std::string dtype; ///< as the file says it: F32, BF16, ...
  llvm::SmallVector<int64_t, 2> shape;
  llvm::ArrayRef<char> data; ///< little endian, row-major, not aligned
};

/// A whole file, checked: header of at most 100 MB, strict JSON, sizes equal to
/// what shapes and dtypes say, no overlap, no gap, exact end of file.
struct SafetensorsFile {
  std::unique_ptr<llvm::MemoryBuffer> buffer; ///< what the tensors' data points into
  std::vector<FileTensor> tensors;            ///< by offset
  std::map<std::string, std::string> metadata;
};

llvm::Expected<SafetensorsFile> readSafetensors(llvm::StringRef path);

/// The same from bytes in memory, which diagnostics call by `path`.
llvm::Expected<SafetensorsFile> parseSafetensors(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                                 llvm::StringRef path);

/// A whole file of these tensors, in that order, with a header of whole 8 bytes.
std::string formatSafetensors(llvm::ArrayRef<FileTensor> tensors);

/// Bits of one element, or 0 for a dtype that is not the format's.
int64_t elementBits(llvm::StringRef dtype);

/// `[30, 10]`
std::string shapeText(llvm::ArrayRef<int64_t> shape);

} // namespace grucc

#endif // GRUCC_SUPPORT_SAFETENSORS_H
