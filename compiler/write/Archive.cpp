//===- Archive.cpp - An object in an archive, and its size -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"

#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Object/SymbolSize.h"

using namespace llvm;

Expected<std::unique_ptr<MemoryBuffer>> grucc::writeArchive(StringRef object, StringRef name) {
  std::string memberName = (name + ".o").str();
  std::vector<NewArchiveMember> members;
  members.emplace_back(MemoryBufferRef(object, memberName));
  // As the linkers of the object's system read it.
  return writeArchiveToBuffer(members, SymtabWritingMode::NormalSymtab,
                              members.front().detectKindFromObject(), /*Deterministic=*/true,
                              /*Thin=*/false);
}

Expected<int64_t> grucc::codeBytes(StringRef object) {
  Expected<std::unique_ptr<object::ObjectFile>> file =
      object::ObjectFile::createObjectFile(MemoryBufferRef(object, "object"));
  if (!file)
    return file.takeError();
  int64_t bytes = 0;
  for (const object::SectionRef &section : (*file)->sections())
    if (section.isText())
      bytes += section.getSize();
  return bytes;
}

int64_t grucc::codeBytes(StringRef object, StringRef prefix) {
  auto file = cantFail(object::ObjectFile::createObjectFile(MemoryBufferRef(object, "object")));
  int64_t bytes = 0;
  for (auto [symbol, size] : object::computeSymbolSizes(*file)) {
    StringRef name = cantFail(symbol.getName());
    if (file->isMachO())
      name.consume_front("_"); // of every name of C
    if (cantFail(symbol.getType()) == object::SymbolRef::ST_Function &&
        name.consume_front(prefix) && (name.starts_with(".") || name.starts_with("_")))
      bytes += size;
  }
  return bytes;
}
