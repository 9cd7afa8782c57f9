//===- Main.cpp - grucc: compiles a GRU ahead of time ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "PrintReport.h"
#include "compiler/Compile.h"
#include "compiler/frontend/Diagnostic.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;

// Prints an error and says which exit code it asks for.
static int fail(Error error) {
  int code = 1;
  handleAllErrors(
      std::move(error),
      [&](const grucc::DiagnosticError &diagnostic) {
        errs() << diagnostic.message() << '\n';
        code = diagnostic.isUsageError() ? 2 : 1;
      },
      [](const ErrorInfoBase &other) { errs() << other.message() << '\n'; });
  return code;
}

// Standard output may be a full device: that is an error like any other.
static int finish() {
  outs().flush();
  if (!outs().has_error())
    return 0;
  std::error_code reason = outs().error();
  outs().clear_error();
  return fail(grucc::inputError("grucc", "standard output", "'" + reason.message() + "'",
                                "to write all of it"));
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  Expected<grucc::CommandLine> line = grucc::parseCommandLine(ArrayRef(argv, argc).drop_front());
  if (!line)
    return fail(line.takeError());
  if (line->help) {
    grucc::printHelp(outs());
    return finish();
  }
  if (line->version) {
    outs() << "grucc " GRUCC_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
    return finish();
  }

  std::vector<std::string> warnings;
  Expected<grucc::Report> report = grucc::compile(line->options, warnings);
  for (const std::string &warning : warnings)
    errs() << warning << '\n';
  if (!report)
    return fail(report.takeError());
  grucc::printReport(*report, line->report, outs());
  int code = finish();
  if (code != 0) // a failed run leaves nothing behind
    for (const std::string &path : {line->options.output, line->options.header})
      if (sys::fs::is_regular_file(path))
        sys::fs::remove(path);
  return code;
}
