//===- OutputFiles.cpp - Files, written whole or not at all -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/OutputFiles.h"
#include "support/Diagnostic.h"
#include "support/TemporaryFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <optional>
#include <vector>

using namespace llvm;
using namespace grucc;

static Error failed(StringRef path, std::error_code code) {
  return inputError(path, "output", "'" + code.message() + "'", "to write all of it");
}

/// What is no regular file cannot be replaced, only written to.
static bool inPlace(StringRef path) {
  sys::fs::file_status status;
  return path == "-" || (!sys::fs::status(path, status) && sys::fs::exists(status) &&
                         !sys::fs::is_regular_file(status));
}

static std::error_code writeInPlace(const OutputFile &file) {
  if (file.path == "-")
    return writeAll(/*fd=*/1, /*close=*/false, file.bytes);
  int fd = -1;
  if (std::error_code code = sys::fs::openFileForWrite(file.path, fd))
    return code;
  return writeAll(fd, /*close=*/true, file.bytes);
}

static StringRef folderOf(StringRef path) {
  StringRef folder = sys::path::parent_path(path);
  return folder.empty() ? "." : folder;
}

/// Whether two files that need not exist yet would be the same one.
static bool isSamePlace(StringRef a, StringRef b) {
  return sys::path::filename(a) == sys::path::filename(b) &&
         sys::fs::equivalent(folderOf(a), folderOf(b));
}

bool grucc::isSameFile(StringRef a, StringRef b) {
  return !a.empty() && a != "-" && (a == b || sys::fs::equivalent(a, b));
}

namespace {
/// A file that is complete and not yet in its place.
struct Pending {
  const OutputFile *file;
  TemporaryFile temporary;
};
} // namespace

/// Gives every place its file, or none: what was there before comes back when a later one
/// cannot be given its own.
static Error moveAll(std::vector<Pending> &pending) {
  std::vector<std::optional<TemporaryFile>> kept; // empty where nothing was
  for (Pending &next : pending) {
    const std::string &place = next.file->path;
    ErrorOr<TemporaryFile> older = std::errc::no_such_file_or_directory;
    if (&next != &pending.back())
      older = TemporaryFile::keep(place, folderOf(place));
    std::error_code code = older.getError();
    if (!code || code == std::errc::no_such_file_or_directory)
      code = next.temporary.moveTo(place);
    if (!code) {
      kept.push_back(older ? std::optional(std::move(*older)) : std::nullopt);
      continue;
    }
    for (auto &&[earlier, older] : zip(pending, kept)) {
      if (!older)
        (void)sys::fs::remove(earlier.file->path);
      else if (older->moveTo(earlier.file->path))
        older->leave(); // beside its place is better than nowhere
    }
    return failed(place, code);
  }
  return Error::success();
}

Error grucc::writeFiles(ArrayRef<OutputFile> files, function_ref<Error()> confirm) {
  std::vector<Pending> pending;
  std::vector<const OutputFile *> direct;
  for (const OutputFile &file : files) {
    if (inPlace(file.path)) {
      direct.push_back(&file);
      continue;
    }
    for (const Pending &other : pending)
      if (isSamePlace(file.path, other.file->path))
        return inputError(file.path, "output", quoted(other.file->path) + " there",
                          "a file of its own");
    ErrorOr<TemporaryFile> temporary = TemporaryFile::create(folderOf(file.path));
    if (!temporary)
      return failed(file.path, temporary.getError());
    if (std::error_code code = temporary->write(file.bytes))
      return failed(file.path, code);
    pending.push_back({&file, std::move(*temporary)});
  }
  for (const OutputFile *file : direct)
    if (std::error_code code = writeInPlace(*file))
      return failed(file->path, code);
  if (confirm)
    if (Error error = confirm())
      return error;
  return moveAll(pending);
}
