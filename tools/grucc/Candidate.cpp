//===- Candidate.cpp - One schedule of those that are measured ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Candidate.h"
#include "support/Diagnostic.h"
#include "support/TemporaryFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace grucc;

// Where in memory weights happen to lie makes a step in L2 up to a fifth slower, one
// copy of the same code or another: the luckiest of several counts. Weights far
// beyond L2 have no such luck.
constexpr int mostCopies = 5;
constexpr uint64_t mostCopiedBytes = 4 << 20;

std::string grucc::wordsOf(const rnn::FieldSettings &change) {
  std::string words;
  ListSeparator comma(",");
  for (const auto &[field, value] : change)
    words += (Twine(StringRef(comma)) + field->name + "=" + field->write(value)).str();
  return words.empty() ? "the cost model's" : words;
}

/// Opens one more copy of a candidate.
static Error open(const CommandLine &line, Candidate &candidate, StringRef path,
                  CallTensors &tensors) {
  Expected<TimedModel> model = TimedModel::open(path, line.options.target);
  if (!model)
    return model.takeError();
  if (!tensors.x.data)
    if (Error error = tensors.allocate(model->handle(), line.tuneSeqLen, line.tuneBatch))
      return error;
  candidate.copies.push_back(std::move(*model));
  return candidate.copies.back().prepare(tensors);
}

// The library is gone from the disk once it is open: no way out leaves one behind.
Expected<Candidate> grucc::compileCandidate(const CommandLine &line,
                                            const rnn::FieldSettings &change, CallTensors &tensors,
                                            std::vector<std::string> &warnings) {
  SmallString<128> folder;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, folder);
  ErrorOr<TemporaryFile> library = TemporaryFile::create(folder);
  if (!library)
    return inputError(folder, "--tune", "'" + library.getError().message() + "'",
                      "a folder for temporary files");
  CompileOptions options = line.options;
  options.output = library->path();
  rnn::overrideSettings(options.schedule, change);
  Expected<Report> report = compile(options, warnings);
  if (!report)
    return report.takeError();
  Candidate candidate{change, std::move(*report), {}};
  if (Error error = open(line, candidate, library->path(), tensors))
    return std::move(error);
  auto bytes = MemoryBuffer::getFile(library->path(), /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false);
  if (!bytes)
    return inputError(library->path(), "--tune", "'" + bytes.getError().message() + "'",
                      "a readable file");
  for (int copy = 1; copy < mostCopies && (*bytes)->getBufferSize() <= mostCopiedBytes; ++copy) {
    ErrorOr<TemporaryFile> file = TemporaryFile::create(folder);
    std::error_code code = file ? file->write((*bytes)->getBuffer()) : file.getError();
    if (code)
      return inputError(folder, "--tune", "'" + code.message() + "'",
                        "a folder for temporary files");
    if (Error error = open(line, candidate, file->path(), tensors))
      return std::move(error);
  }
  return candidate;
}
