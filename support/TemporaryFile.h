//===- TemporaryFile.h - A file of our own that goes when we do -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_SUPPORT_TEMPORARYFILE_H
#define GRUCC_SUPPORT_TEMPORARYFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ErrorOr.h"
#include <string>

namespace grucc {

/// A new file `.grucc-XXXXXXXX`, removed at the end of its scope or by a signal
/// unless it was moved to its place before. (llvm::sys::fs::TempFile takes every
/// '%' of the whole path for a random digit; folders may be called `100%`.)
class TemporaryFile {
public:
  static llvm::ErrorOr<TemporaryFile> create(llvm::StringRef folder);
  /// One in $TMPDIR, or in /tmp where that is of no use: lld takes every '%' in the
  /// path of an output for a random digit.
  static llvm::Expected<TemporaryFile> createTemporary();
  /// What is at `place`, under a second name in `folder`: moved back, it is there again.
  static llvm::ErrorOr<TemporaryFile> keep(llvm::StringRef place, llvm::StringRef folder);
  TemporaryFile(TemporaryFile &&other) noexcept;
  ~TemporaryFile();

  const std::string &path() const { return name; }
  /// Writes all the bytes and closes the file.
  std::error_code write(llvm::StringRef bytes);
  /// Renames the file to `place`, over what is there.
  std::error_code moveTo(const std::string &place);
  /// Leaves the file where it is, for good.
  void leave();

private:
  TemporaryFile(std::string name, int fd) : name(std::move(name)), fd(fd) {}
  std::string name; ///< empty: nothing to remove any more
  int fd;           ///< -1: closed
};

/// Writes to an open file; what went wrong, if anything did.
std::error_code writeAll(int fd, bool close, llvm::StringRef bytes);

} // namespace grucc

#endif // GRUCC_SUPPORT_TEMPORARYFILE_H
