//===- OutputFiles.h - Files, written whole or not at all -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_SUPPORT_OUTPUTFILES_H
#define GRUCC_SUPPORT_OUTPUTFILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <string>

namespace grucc {

struct OutputFile {
  std::string path;      ///< "-" is standard output
  llvm::StringRef bytes; ///< the caller's
};

/// Writes all files or none, and then leaves what was there before: each goes to a
/// temporary file beside its place and is renamed once all are complete and `confirm`, the
/// last thing that may fail, has not; a symbolic link to a file is replaced like a file.
/// What exists and is no regular file (a device, a pipe) is written in place.
llvm::Error writeFiles(llvm::ArrayRef<OutputFile> files,
                       llvm::function_ref<llvm::Error()> confirm = nullptr);

/// Whether two paths lead to one file, which writing to either would change; never "-" or
/// an empty one.
bool isSameFile(llvm::StringRef a, llvm::StringRef b);

} // namespace grucc

#endif // GRUCC_SUPPORT_OUTPUTFILES_H
