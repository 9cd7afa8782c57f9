//===- OutputFiles.cpp - Files, written whole or not at all -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/OutputFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <vector>

using namespace llvm;
using namespace grucc;

static Error failed(StringRef path, std::error_code code) {
  return createStringError(path + ": error: output: found '" + code.message() +
                           "', expected to write all of it");
}

static Error writeTo(raw_fd_ostream &out, const OutputFile &file) {
  out << file.bytes;
  out.flush();
  if (out.has_error()) {
    std::error_code code = out.error();
    out.clear_error();
    return failed(file.path, code);
  }
  return Error::success();
}

/// What is no regular file cannot be replaced, only written to.
static bool inPlace(StringRef path) {
  sys::fs::file_status status;
  return !sys::fs::status(path, status) && sys::fs::exists(status) &&
         !sys::fs::is_regular_file(status);
}

static Error writeInPlace(const OutputFile &file) {
  if (file.path == "-")
    return writeTo(outs(), file);
  std::error_code code;
  raw_fd_ostream out(file.path, code, sys::fs::OF_None);
  if (code)
    return failed(file.path, code);
  Error error = writeTo(out, file);
  out.close();
  if (!error && out.has_error()) {
    code = out.error();
    out.clear_error();
    return failed(file.path, code);
  }
  return error;
}

Error grucc::writeFiles(ArrayRef<OutputFile> files) {
  struct Pending {
    const OutputFile *file;
    sys::fs::TempFile temporary;
  };
  std::vector<Pending> pending;
  std::vector<const OutputFile *> direct;
  Error error = Error::success();
  for (const OutputFile &file : files) {
    if (file.path == "-" || inPlace(file.path)) {
      direct.push_back(&file);
      continue;
    }
    Expected<sys::fs::TempFile> temporary =
        sys::fs::TempFile::create(file.path + ".%%%%%%%%", sys::fs::all_read | sys::fs::all_write);
    if (!temporary) {
      error = failed(file.path, errorToErrorCode(temporary.takeError()));
      break;
    }
    pending.push_back({&file, std::move(*temporary)});
    raw_fd_ostream out(pending.back().temporary.FD, /*shouldClose=*/false);
    if ((error = writeTo(out, file)))
      break;
  }
  for (size_t i = 0; !error && i < direct.size(); ++i)
    error = writeInPlace(*direct[i]);

  size_t kept = 0;
  for (; !error && kept < pending.size(); ++kept)
    if (Error rename = pending[kept].temporary.keep(pending[kept].file->path))
      error = failed(pending[kept].file->path, errorToErrorCode(std::move(rename)));
  if (!error)
    return error;
  // Nothing half-written stays: neither temporaries nor files renamed already.
  for (size_t i = 0; i < pending.size(); ++i) {
    if (i < kept)
      sys::fs::remove(pending[i].file->path);
    else
      consumeError(pending[i].temporary.discard());
  }
  return error;
}
