//===- Diagnostic.h - One error line, as every bad input gets it (E) ------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_SUPPORT_DIAGNOSTIC_H
#define GRUCC_SUPPORT_DIAGNOSTIC_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <string>

namespace grucc {

/// A whole diagnostic, `FILE: error: argument: found ..., expected ...`, with
/// optional note lines after it.
class DiagnosticError : public llvm::ErrorInfo<DiagnosticError> {
public:
  static char ID;
  DiagnosticError(std::string text, bool isUsage) : text(std::move(text)), isUsage(isUsage) {}

  /// True when the command line is bad (exit code 2), false when the input,
  /// the output or the environment is (exit code 1).
  bool isUsageError() const { return isUsage; }
  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override {
    return std::make_error_code(std::errc::invalid_argument);
  }

private:
  std::string text;
  bool isUsage;
};

/// `FILE: error: ARGUMENT: found FOUND, expected EXPECTED`, exit code 1.
/// `file` and `argument` may come from the user: control characters in them
/// are escaped, so that the diagnostic stays one line.
llvm::Error inputError(llvm::StringRef file, llvm::StringRef argument, const llvm::Twine &found,
                       const llvm::Twine &expected);

/// `FILE: error: TEXT`, exit code 1, of a text that says all of it, such as a message of the
/// runtime: `argument: found ..., expected ...`.
llvm::Error toldError(llvm::StringRef file, const llvm::Twine &text);
std::string errorLine(llvm::StringRef file, const llvm::Twine &text);

/// The same as inputError for a tool's command line: `TOOL: error: ...`, exit code 2.
llvm::Error usageError(llvm::StringRef tool, llvm::StringRef argument, const llvm::Twine &found,
                       const llvm::Twine &expected);

/// That of grucc.
llvm::Error usageError(llvm::StringRef argument, const llvm::Twine &found,
                       const llvm::Twine &expected);

/// `FILE: note: TEXT`.
std::string noteLine(llvm::StringRef file, const llvm::Twine &text);

/// Appends a note line to a diagnostic.
llvm::Error withNote(llvm::Error error, llvm::StringRef file, const llvm::Twine &text);

/// `FILE: warning: ARGUMENT: found FOUND, expected EXPECTED`.
std::string warningLine(llvm::StringRef file, llvm::StringRef argument, const llvm::Twine &found,
                        const llvm::Twine &expected);

/// `text` on one line: control characters as \xNN, at most 200 bytes.
std::string printable(llvm::StringRef text);

/// `'text'`, printable.
std::string quoted(llvm::StringRef text);

} // namespace grucc

#endif // GRUCC_SUPPORT_DIAGNOSTIC_H
