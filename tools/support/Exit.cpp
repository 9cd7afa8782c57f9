//===- Exit.cpp - How the tools end ----------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/support/Exit.h"

#include "compiler/frontend/Diagnostic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

int grucc::fail(Error error) {
  int code = 1;
  handleAllErrors(
      std::move(error),
      [&](const DiagnosticError &diagnostic) {
        errs() << diagnostic.message() << '\n';
        code = diagnostic.isUsageError() ? 2 : 1;
      },
      [](const ErrorInfoBase &other) { errs() << other.message() << '\n'; });
  return code;
}

int grucc::finish(StringRef tool) {
  outs().flush();
  if (!outs().has_error())
    return 0;
  std::error_code reason = outs().error();
  outs().clear_error();
  return fail(
      inputError(tool, "standard output", "'" + reason.message() + "'", "to write all of it"));
}
