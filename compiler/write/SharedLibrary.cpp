//===- SharedLibrary.cpp - An object linked by lld, in-process -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"

#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;

Expected<std::string> grucc::linkSharedLibrary(StringRef object, StringRef name) {
  // lld reads and writes files: a folder of our own, gone when we return.
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory("grucc", folder))
    return createStringError("error: temporary folder: " + code.message());
  auto inside = [&](StringRef file) {
    SmallString<128> path = folder;
    sys::path::append(path, file);
    return path.str().str();
  };
  std::string input = inside("model.o"), output = inside("model.so");
  struct Cleanup {
    StringRef folder;
    ~Cleanup() { sys::fs::remove_directories(folder); }
  } cleanup{folder};

  std::error_code code;
  {
    raw_fd_ostream out(input, code);
    if (!code)
      out << object;
    out.close();
    if (!code && out.has_error()) {
      code = out.error();
      out.clear_error();
    }
  }
  if (code)
    return createStringError(input + ": error: output: " + code.message());

  std::string entry = ("--defsym=grucc_model_entry=" + name + "_model").str();
  std::string soname = ("--soname=" + name + ".so").str();
  const char *args[] = {"ld.lld",          "-shared",     input.c_str(),   "-o",
                        output.c_str(),    entry.c_str(), soname.c_str(),  "--no-undefined",
                        "--build-id=none", "-znow",       "-znoexecstack", "--threads=1"};
  std::string messages;
  raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(args, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0)
    return createStringError("error: shared library: " + messages);
  ErrorOr<std::unique_ptr<MemoryBuffer>> library =
      MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!library)
    return createStringError(output + ": error: " + library.getError().message());
  return (*library)->getBuffer().str();
}
