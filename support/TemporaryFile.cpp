//===- TemporaryFile.cpp - A file of our own that goes when we do -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/TemporaryFile.h"
#include "support/Diagnostic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace grucc;

std::error_code grucc::writeAll(int fd, bool close, StringRef bytes) {
  raw_fd_ostream out(fd, close);
  out << bytes;
  if (close)
    out.close(); // may be the first to hear that the device is full
  else
    out.flush();
  std::error_code code = out.error();
  out.clear_error();
  return code;
}

/// The name `.grucc-XXXXXXXX` in the folder for which `take` succeeds: nobody has it.
static ErrorOr<std::string> takeName(StringRef folder,
                                     function_ref<std::error_code(StringRef)> take) {
  std::error_code code;
  for (int attempt = 0; attempt < 128; ++attempt) {
    std::string word;
    raw_string_ostream(word) << ".grucc-" << format("%08x", sys::Process::GetRandomNumber());
    SmallString<128> path = folder;
    sys::path::append(path, word);
    code = take(path);
    if (!code) {
      sys::RemoveFileOnSignal(path);
      return path.str().str();
    }
    if (code != std::errc::file_exists)
      break;
  }
  return code;
}

ErrorOr<TemporaryFile> TemporaryFile::create(StringRef folder) {
  int fd = -1;
  ErrorOr<std::string> name = takeName(folder, [&](StringRef path) {
    return sys::fs::openFileForWrite(path, fd, sys::fs::CD_CreateNew);
  });
  if (!name)
    return name.getError();
  return TemporaryFile(std::move(*name), fd);
}

ErrorOr<TemporaryFile> TemporaryFile::keep(StringRef place, StringRef folder) {
  ErrorOr<std::string> name =
      takeName(folder, [&](StringRef path) { return sys::fs::create_hard_link(place, path); });
  if (name)
    return TemporaryFile(std::move(*name), /*fd=*/-1);
  if (name.getError() == std::errc::no_such_file_or_directory)
    return name.getError();
  // Some file systems have no links, and some links are not for everybody.
  ErrorOr<TemporaryFile> copy = create(folder);
  if (copy)
    if (std::error_code code = sys::fs::copy_file(place, copy->name))
      return code;
  return copy;
}

Expected<TemporaryFile> TemporaryFile::createTemporary() {
  SmallString<128> folder;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
  ErrorOr<TemporaryFile> file = std::errc::invalid_argument;
  if (!StringRef(folder).contains('%'))
    file = create(folder);
  if (!file)
    file = create("/tmp");
  if (!file)
    return inputError("grucc", "temporary file", "'" + file.getError().message() + "'",
                      "to create one in $TMPDIR or /tmp");
  return std::move(*file);
}

TemporaryFile::TemporaryFile(TemporaryFile &&other) noexcept
    : name(std::move(other.name)), fd(std::exchange(other.fd, -1)) {
  other.name.clear();
}

TemporaryFile::~TemporaryFile() {
  if (fd >= 0)
    (void)writeAll(fd, /*close=*/true, "");
  if (name.empty())
    return;
  (void)sys::fs::remove(name);
  sys::DontRemoveFileOnSignal(name);
}

std::error_code TemporaryFile::write(StringRef bytes) {
  return writeAll(std::exchange(fd, -1), /*close=*/true, bytes);
}

std::error_code TemporaryFile::moveTo(const std::string &place) {
  if (std::error_code code = sys::fs::rename(name, place))
    return code;
  leave();
  return {};
}

void TemporaryFile::leave() {
  sys::DontRemoveFileOnSignal(name);
  name.clear();
}
