//===- Diagnostic.cpp - One error line, as every bad input gets it (E) ----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/Diagnostic.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace grucc {

char DiagnosticError::ID = 0;

std::string printable(StringRef text) {
  constexpr size_t longest = 200;
  std::string out;
  for (char c : text.take_front(longest)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      out += "\\x" + utohexstr(byte, /*LowerCase=*/true, /*Width=*/2);
    else
      out += c;
  }
  if (text.size() > longest)
    out += "...";
  return out;
}

std::string quoted(StringRef text) { return "'" + printable(text) + "'"; }

static std::string line(StringRef file, StringRef severity, StringRef argument, const Twine &found,
                        const Twine &expected) {
  return (printable(file) + ": " + severity + ": " + printable(argument) + ": found " + found +
          ", expected " + expected)
      .str();
}

Error inputError(StringRef file, StringRef argument, const Twine &found, const Twine &expected) {
  return make_error<DiagnosticError>(line(file, "error", argument, found, expected),
                                     /*isUsage=*/false);
}

std::string errorLine(StringRef file, const Twine &text) {
  return (printable(file) + ": error: " + text).str();
}

Error toldError(StringRef file, const Twine &text) {
  return make_error<DiagnosticError>(errorLine(file, text), /*isUsage=*/false);
}

Error usageError(StringRef tool, StringRef argument, const Twine &found, const Twine &expected) {
  return make_error<DiagnosticError>(line(tool, "error", argument, found, expected),
                                     /*isUsage=*/true);
}

Error usageError(StringRef argument, const Twine &found, const Twine &expected) {
  return usageError("grucc", argument, found, expected);
}

std::string noteLine(StringRef file, const Twine &text) {
  return (printable(file) + ": note: " + text).str();
}

Error withNote(Error error, StringRef file, const Twine &text) {
  bool isUsage = false;
  std::string lines;
  handleAllErrors(std::move(error), [&](const DiagnosticError &diagnostic) {
    isUsage = diagnostic.isUsageError();
    lines = diagnostic.message();
  });
  return make_error<DiagnosticError>(lines + "\n" + noteLine(file, text), isUsage);
}

std::string warningLine(StringRef file, StringRef argument, const Twine &found,
                        const Twine &expected) {
  return line(file, "warning", argument, found, expected);
}

} // namespace grucc
