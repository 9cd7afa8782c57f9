//===- Main.cpp - grucc: compiles a GRU ahead of time ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "PrintReport.h"
#include "PrintTargets.h"
#include "Probe.h"
#include "Tune.h"
#include "compiler/Compile.h"
#include "compiler/frontend/onnx/ListOnnx.h"
#include "tools/support/Exit.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  grucc::catchExhaustion("grucc");
  Expected<grucc::CommandLine> line = grucc::parseCommandLine(ArrayRef(argv, argc).drop_front());
  if (!line)
    return grucc::fail(line.takeError());
  if (line->help) {
    grucc::printHelp(outs());
    return grucc::finish("grucc");
  }
  if (line->version) {
    outs() << "grucc " GRUCC_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
    return grucc::finish("grucc");
  }

  if (!line->printed.empty()) {
    grucc::printTargets(line->printed, outs());
    return grucc::finish("grucc");
  }
  if (line->probe) {
    Error error = grucc::probe(*line);
    return error ? grucc::fail(std::move(error)) : grucc::finish("grucc");
  }
  if (line->list != grucc::ReportForm::None) {
    Error error =
        grucc::listOnnx(line->options.input, line->list == grucc::ReportForm::Json, outs());
    return error ? grucc::fail(std::move(error)) : grucc::finish("grucc");
  }
  if (!line->tune.empty()) {
    Error error = grucc::tune(*line);
    return error ? grucc::fail(std::move(error)) : grucc::finish("grucc");
  }

  std::vector<std::string> warnings;
  Expected<grucc::Report> report =
      grucc::compile(line->options, warnings, [&](const grucc::Report &made) {
        grucc::printReport(made, line->report, outs());
        return grucc::flushOutput("grucc");
      });
  for (const std::string &warning : warnings)
    errs() << warning << '\n';
  if (!report)
    return grucc::fail(report.takeError());
  for (const std::string &note : report->assumed)
    errs() << note << '\n';
  return grucc::finish("grucc");
}
