//===- Cubin.cpp - Kernels assembled by NVIDIA's ptxas -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"
#include "support/TemporaryFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"

using namespace llvm;
using namespace grucc;

static Error failed(StringRef what, const Twine &found, StringRef expected) {
  return createStringError("grucc: error: " + what + ": found " + found + ", expected " + expected);
}

/// What a program said, as one line.
static std::string wordsOf(const TemporaryFile &messages) {
  auto text = MemoryBuffer::getFile(messages.path());
  std::string words = text ? (*text)->getBuffer().trim().str() : "";
  for (char &c : words)
    c = isPrint(c) ? c : ' ';
  return words;
}

Expected<std::unique_ptr<MemoryBuffer>> grucc::assembleKernels(StringRef kernels, StringRef target,
                                                               const std::string &ptxas) {
  ErrorOr<std::string> program = sys::findProgramByName(ptxas);
  if (!program || !sys::fs::can_execute(*program))
    return failed("--ptxas", "'" + ptxas + "', which is no program", "NVIDIA's assembler");
  // Input, output and messages: ptxas reads and writes files.
  SmallVector<TemporaryFile> files;
  for (StringRef bytes : {kernels, StringRef(), StringRef()}) {
    Expected<TemporaryFile> file = TemporaryFile::createTemporary();
    if (!file)
      return file.takeError();
    if (std::error_code code = file->write(bytes))
      return failed("temporary file", "'" + code.message() + "'", "to write all of it");
    files.push_back(std::move(*file));
  }
  std::string arch = "-arch=" + target.str(), why;
  StringRef args[] = {*program, arch, "-o", files[1].path(), files[0].path()};
  StringRef messages = files[2].path();
  bool isLost = false;
  int status = sys::ExecuteAndWait(*program, args, /*Env=*/std::nullopt,
                                   {StringRef(), messages, messages}, /*SecondsToWait=*/0,
                                   /*MemoryLimit=*/0, &why, &isLost);
  if (status != 0) {
    std::string words = isLost || status < 0 ? why : wordsOf(files[2]);
    if (words.empty())
      words = "exit status " + std::to_string(status);
    return failed("--ptxas", "'" + words + "'", "it to assemble the kernels for " + target.str());
  }
  ErrorOr<std::unique_ptr<MemoryBuffer>> cubin =
      MemoryBuffer::getFile(files[1].path(), /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!cubin || !(*cubin)->getBuffer().starts_with("\x7f"
                                                   "ELF"))
    return failed("--ptxas", "no ELF file", "it to write one");
  return std::move(*cubin);
}
