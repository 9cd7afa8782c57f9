//===- RegularFile.cpp - Files that are read whole ------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/RegularFile.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include <fcntl.h>

using namespace llvm;

namespace grucc {

static Error checkRegular(StringRef path, std::error_code code, const sys::fs::file_status &status,
                          uint64_t largest) {
  if (code)
    return inputError(path, "file", "'" + code.message() + "'", "a readable file");
  if (status.type() != sys::fs::file_type::regular_file)
    return inputError(path, "file",
                      status.type() == sys::fs::file_type::directory_file ? "a directory"
                                                                          : "a special file",
                      "a regular file");
  if (status.getSize() > largest)
    return inputError(path, "file", Twine(status.getSize()) + " bytes",
                      "at most " + Twine(largest));
  return Error::success();
}

Expected<std::unique_ptr<MemoryBuffer>> readRegularFile(StringRef path, uint64_t largest) {
  // Before it is opened, because that may do something to a device.
  sys::fs::file_status status;
  std::error_code code = sys::fs::status(path, status);
  if (Error error = checkRegular(path, code, status, largest))
    return std::move(error);
  // And after it: what is there by now may be a pipe, for which opening would wait.
  int file = open(path.str().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return checkRegular(path, errnoAsErrorCode(), status, largest);
  scope_exit close([&] { sys::fs::closeFile(file); });
  code = sys::fs::status(file, status);
  if (Error error = checkRegular(path, code, status, largest))
    return std::move(error);
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getOpenFile(file, path, status.getSize(), /*RequiresNullTerminator=*/false);
  if (!buffer)
    return checkRegular(path, buffer.getError(), status, largest);
  return std::move(*buffer);
}

} // namespace grucc
