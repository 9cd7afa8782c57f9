//===- Room.cpp - Whether a model fits where it is to be -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compilation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ObjectFile.h"

using namespace grucc;
using llvm::Error;
using llvm::StringRef;

namespace {
/// Something in a memory, and its bytes.
struct Taken {
  std::string what;
  int64_t bytes;
};
} // namespace

/// What the sections of an object hold that are loaded, the largest first.
static llvm::Expected<std::vector<Taken>> contentsOf(StringRef bytes) {
  llvm::MemoryBufferRef buffer(bytes, "object");
  auto object = llvm::object::ObjectFile::createObjectFile(buffer);
  if (!object)
    return object.takeError();
  std::vector<Taken> all;
  for (const llvm::object::SectionRef &section : (*object)->sections()) {
    if (!section.isText() && !section.isData() && !section.isBSS())
      continue;
    llvm::Expected<StringRef> name = section.getName();
    if (!name)
      return name.takeError();
    if (section.getSize() > 0)
      all.push_back({name->str(), int64_t(section.getSize())});
  }
  llvm::sort(all, [](const Taken &a, const Taken &b) { return a.bytes > b.bytes; });
  return all;
}

/// An error with a note for each.
static Error checkMost(StringRef option, int64_t most, llvm::ArrayRef<Taken> all) {
  int64_t total = 0;
  for (const Taken &one : all)
    total += one.bytes;
  if (most == 0 || total <= most)
    return Error::success();
  Error error = inputError("grucc", option, std::to_string(total) + " bytes",
                           "at most " + std::to_string(most));
  for (const Taken &one : all)
    error =
        withNote(std::move(error), "grucc", one.what + ": " + std::to_string(one.bytes) + " bytes");
  return error;
}

Error Compilation::checkRoom(StringRef object) {
  if (options.maxFlash) {
    llvm::Expected<std::vector<Taken>> flash = contentsOf(object);
    if (!flash)
      return flash.takeError();
    if (Error error = checkMost("--max-flash", options.maxFlash, *flash))
      return error;
  }
  return checkMost("--max-ram", options.maxRam,
                   {{"the deepest stack", report.stackBytes},
                    {"a state of one row", report.stateBytes},
                    {"a workspace for one row and step", report.workspaceBytes}});
}
