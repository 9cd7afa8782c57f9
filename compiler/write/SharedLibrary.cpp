//===- SharedLibrary.cpp - An object linked by lld, in-process -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"
#include "lld/Common/Driver.h"
#include "support/TemporaryFile.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

LLD_HAS_DRIVER(elf)

using namespace llvm;
using namespace grucc;

static Error failed(StringRef what, const Twine &found, const Twine &expected) {
  return createStringError("grucc: error: " + what + ": found " + found + ", expected " + expected);
}

static bool lldIsWhole = true;

bool grucc::canLinkAgain() { return lldIsWhole; }

/// The first line of what lld says, without its name, or the signal that it got: it maps its
/// output, and where the disk is full that is a SIGBUS.
static std::string firstMessage(StringRef messages, int code) {
  StringRef line = messages.ltrim().split('\n').first;
  if (line.empty() && code > 128)
    return std::string("'") + strsignal(code - 128) + "' in lld";
  line.consume_front("ld.lld: ");
  line.consume_front("error: ");
  return ("'" + line + "'").str();
}

static Expected<std::unique_ptr<MemoryBuffer>> linkElf(StringRef object, StringRef name,
                                                       StringRef fileName) {
  if (!canLinkAgain())
    return failed("shared library", "that lld failed before", "another run of grucc");
  // lld reads and writes files.
  Expected<TemporaryFile> input = TemporaryFile::createTemporary();
  if (!input)
    return input.takeError();
  Expected<TemporaryFile> output = TemporaryFile::createTemporary();
  if (!output)
    return output.takeError();
  if (std::error_code code = input->write(object))
    return failed("temporary file", "'" + code.message() + "'", "to write all of it");

  std::string entry = ("--defsym=grucc_model_entry=" + name + "_model").str();
  std::string soname = ("--soname=" + fileName).str();
  // -Bsymbolic: the descriptor names the functions beside it, also in a process
  // that holds another model of the same name.
  const char *args[] = {"ld.lld",
                        "-shared",
                        input->path().c_str(),
                        "-o",
                        output->path().c_str(),
                        entry.c_str(),
                        soname.c_str(),
                        "--entry=grucc_model_entry",
                        "-Bsymbolic",
                        "--no-undefined",
                        "--build-id=none",
                        "--eh-frame-hdr",
                        "-znow",
                        "-znoexecstack",
                        "--threads=1"};
  std::string messages;
  raw_string_ostream stream(messages);
  // What is fatal to lld is not to us.
  CrashRecoveryContext::Enable();
  lld::Result result = lld::lldMain(args, stream, stream, {{lld::Gnu, &lld::elf::link}});
  CrashRecoveryContext::Disable();
  lldIsWhole = result.canRunAgain;
  if (result.retCode != 0)
    return failed("shared library", firstMessage(messages, result.retCode),
                  "it linked, with room for it in " + sys::path::parent_path(output->path()).str());
  ErrorOr<std::unique_ptr<WritableMemoryBuffer>> library =
      WritableMemoryBuffer::getFile(output->path());
  if (!library)
    return failed("shared library", "'" + library.getError().message() + "'", "what lld wrote");
  if (Error error = writeChecksum((*library)->getBuffer()))
    return failed("checksum", "'" + toString(std::move(error)) + "'", "a library with a model");
  // Its pages outlive the file.
  return std::move(*library);
}

Expected<std::unique_ptr<MemoryBuffer>> grucc::linkSharedLibrary(StringRef object,
                                                                 const rnn::Platform &platform,
                                                                 StringRef name,
                                                                 StringRef fileName) {
  if (Triple(platform.triple).isOSBinFormatELF())
    return linkElf(object, name, fileName);
  return failed("shared library", "objects of " + platform.triple, "ELF");
}
