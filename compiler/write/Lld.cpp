//===- Lld.cpp - lld, in-process -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Lld.h"

#include "compiler/write/Artifact.h"
#include "support/TemporaryFile.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

using namespace llvm;
using namespace grucc;

Error grucc::linkError(StringRef what, const Twine &found, const Twine &expected) {
  return createStringError("grucc: error: " + what + ": found " + found + ", expected " + expected);
}

static bool lldIsWhole = true;

bool grucc::canLinkAgain() { return lldIsWhole; }

/// The first line of what lld says, without its name, or the signal that it got: it maps its
/// output, and where the disk is full that is a SIGBUS.
static std::string firstMessage(StringRef messages, StringRef program, int code) {
  StringRef line = messages.ltrim().split('\n').first;
  if (line.empty() && code > 128)
    return std::string("'") + strsignal(code - 128) + "' in lld";
  if (line.consume_front(program))
    line.consume_front(": ");
  line.consume_front("error: ");
  return ("'" + line + "'").str();
}

Expected<std::unique_ptr<WritableMemoryBuffer>> grucc::runLld(lld::DriverDef driver,
                                                              StringRef program, StringRef object,
                                                              ArrayRef<std::string> options,
                                                              StringRef what) {
  if (!canLinkAgain())
    return linkError(what, "that lld failed before", "another run of grucc");
  // lld reads and writes files.
  Expected<TemporaryFile> input = TemporaryFile::createTemporary();
  if (!input)
    return input.takeError();
  Expected<TemporaryFile> output = TemporaryFile::createTemporary();
  if (!output)
    return output.takeError();
  if (std::error_code code = input->write(object))
    return linkError("temporary file", "'" + code.message() + "'", "to write all of it");

  std::string name = program.str();
  SmallVector<const char *> args{name.c_str(), input->path().c_str(), "-o", output->path().c_str()};
  for (const std::string &option : options)
    args.push_back(option.c_str());
  std::string messages;
  raw_string_ostream stream(messages);
  // What is fatal to lld is not to us.
  CrashRecoveryContext::Enable();
  lld::Result result = lld::lldMain(args, stream, stream, {driver});
  CrashRecoveryContext::Disable();
  lldIsWhole = result.canRunAgain;
  if (result.retCode != 0)
    return linkError(what, firstMessage(messages, program, result.retCode),
                     "it linked, with room for it in " +
                         sys::path::parent_path(output->path()).str());
  ErrorOr<std::unique_ptr<WritableMemoryBuffer>> linked =
      WritableMemoryBuffer::getFile(output->path());
  if (!linked)
    return linkError(what, "'" + linked.getError().message() + "'", "what lld wrote");
  // Its pages outlive the file.
  return std::move(*linked);
}
