//===- Safetensors.h - Reading a safetensors file -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_SAFETENSORS_H
#define GRUCC_COMPILER_FRONTEND_SAFETENSORS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace grucc {

/// A tensor as the file holds it.
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

/// Reads a regular file; anything else (a directory, a pipe, a device) is
/// refused, because it may never end, and so is one of more than `largest` bytes.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readRegularFile(llvm::StringRef path,
                                                                    uint64_t largest = UINT64_MAX);

/// `[30, 10]`
std::string shapeText(llvm::ArrayRef<int64_t> shape);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_SAFETENSORS_H
