//===- SharedLibrary.cpp - An object linked by lld, in-process -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"
#include "compiler/write/Lld.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;
using namespace grucc;

static Expected<std::unique_ptr<MemoryBuffer>> linkElf(StringRef object, StringRef name,
                                                       StringRef fileName) {
  // -Bsymbolic: the descriptor names the functions beside it, also in a process
  // that holds another model of the same name.
  const std::string options[] = {"-shared",
                                 ("--defsym=grucc_model_entry=" + name + "_model").str(),
                                 ("--soname=" + fileName).str(),
                                 "--entry=grucc_model_entry",
                                 "-Bsymbolic",
                                 "--no-undefined",
                                 "--build-id=none",
                                 "--eh-frame-hdr",
                                 "-znow",
                                 "-znoexecstack",
                                 "--threads=1"};
  Expected<std::unique_ptr<WritableMemoryBuffer>> library =
      runLld({lld::Gnu, &lld::elf::link}, "ld.lld", object, options, "shared library");
  if (!library)
    return library.takeError();
  if (Error error = writeChecksum((*library)->getBuffer()))
    return linkError("checksum", "'" + toString(std::move(error)) + "'", "a library with a model");
  return std::move(*library);
}

Expected<std::unique_ptr<MemoryBuffer>> grucc::linkSharedLibrary(StringRef object,
                                                                 const rnn::Platform &platform,
                                                                 StringRef name,
                                                                 StringRef fileName) {
  if (platform.triple().isOSBinFormatELF())
    return linkElf(object, name, fileName);
  return linkError("shared library", "objects of " + platform.triple().str(), "ELF");
}
