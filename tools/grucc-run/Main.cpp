//===- Main.cpp - grucc-run: runs a compiled model on tensors in files ----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "RunModel.h"
#include "support/OutputFiles.h"
#include "tools/support/Exit.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;

static Expected<grucc::RunResult> run(const grucc::CommandLine &line) {
  Expected<grucc::TensorMap> inputs = grucc::readTensors(line.input);
  if (!inputs)
    return inputs.takeError();
  if (!line.isReference)
    return grucc::runModel(line, std::move(*inputs));
  if (StringRef(line.model).ends_with(".mlir"))
    return grucc::interpretFunction(line, std::move(*inputs));
  return grucc::runReference(line, std::move(*inputs));
}

// The comparison on standard output; what is beyond the bound as errors.
static int compare(const grucc::CommandLine &line) {
  Expected<grucc::TensorMap> inputs = grucc::readTensors(line.input);
  if (!inputs)
    return grucc::fail(inputs.takeError());
  Expected<grucc::Comparison> comparison = grucc::compareModel(line, std::move(*inputs));
  if (!comparison)
    return grucc::fail(comparison.takeError());
  (line.isJson ? grucc::printJson : grucc::printTable)(outs(), *comparison);
  if (int code = grucc::finish("grucc-run"))
    return code;
  grucc::printErrors(errs(), *comparison);
  return comparison->isBeyond() ? 1 : 0;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  grucc::catchExhaustion("grucc-run");
  Expected<grucc::CommandLine> line = grucc::parseCommandLine(ArrayRef(argv, argc).drop_front());
  if (!line)
    return grucc::fail(line.takeError());
  if (line->isHelp) {
    grucc::printHelp(outs());
    return grucc::finish("grucc-run");
  }
  if (!line->compare.empty())
    return compare(*line);
  Expected<grucc::RunResult> result = run(*line);
  if (!result)
    return grucc::fail(result.takeError());
  if (Error error = grucc::writeFiles({{line->output, grucc::formatTensors(result->tensors)}}))
    return grucc::fail(std::move(error));
  if (line->repeat) {
    std::vector<double> &times = result->microseconds;
    llvm::sort(times);
    outs() << format("minimum %.3f us, median %.3f us of %lld runs\n", times.front(),
                     times[times.size() / 2], static_cast<long long>(times.size()));
  }
  return grucc::finish("grucc-run");
}
