//===- Times.cpp - Times of launches that are not performed ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Standin.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <cstring>

using namespace grucc;
using namespace grucc::standin;
using llvm::StringRef;

bool Times::read(const char *path) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file) {
    complain(std::string(path) + ": found " + file.getError().message() + ", expected times");
    return false;
  }
  entries.clear(); // of an attempt that failed
  for (llvm::line_iterator line(**file); !line.is_at_end(); ++line) {
    llvm::SmallVector<StringRef> words;
    llvm::SplitString(*line, words);
    Entry entry;
    if (words.size() != 4 || words[1].getAsInteger(10, entry.parameter) ||
        words[2].getAsInteger(10, entry.value) || words[3].getAsDouble(entry.microseconds) ||
        !std::isfinite(entry.microseconds) || entry.microseconds < 0) {
      complain(std::string(path) + ":" + std::to_string(line.line_number()) + ": found \"" +
               line->str() + "\", expected KERNEL PARAMETER VALUE MICROSECONDS");
      return false;
    }
    entry.kernel = words[0].str();
    entries.push_back(entry);
  }
  return true;
}

std::optional<double> Times::find(const ptxrun::Kernel &kernel,
                                  llvm::ArrayRef<char> parameters) const {
  for (const Entry &entry : llvm::reverse(entries)) {
    if (entry.kernel != kernel.name || entry.parameter >= kernel.parameters.size())
      continue;
    const ptxrun::Parameter &parameter = kernel.parameters[entry.parameter];
    int64_t value;
    if (parameter.size != sizeof value)
      continue;
    memcpy(&value, parameters.data() + parameter.offset, sizeof value);
    if (value == entry.value)
      return entry.microseconds;
  }
  return std::nullopt;
}
