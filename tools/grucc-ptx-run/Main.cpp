//===- Main.cpp - grucc-ptx-run: runs a kernel of PTX without a GPU ------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tensors.h"
#include "support/Diagnostic.h"
#include "support/OutputFiles.h"
#include "support/RegularFile.h"
#include "tools/support/Exit.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace grucc;
using namespace grucc::ptxrun;

static void printKernels(raw_ostream &os, const Module &module) {
  for (const Kernel &kernel : module.kernels()) {
    os << kernel.name << ": " << kernel.registers << " registers (estimated), "
       << kernel.sharedBytes << " bytes of static shared memory";
    if (kernel.maxThreads)
      os << ", at most " << kernel.maxThreads << " threads";
    if (kernel.requiredBlock.x)
      os << ", blocks of " << kernel.requiredBlock.x << "," << kernel.requiredBlock.y << ","
         << kernel.requiredBlock.z;
    os << '\n';
    for (auto [i, parameter] : enumerate(kernel.parameters))
      os << "  " << i << ": " << parameter.name << ", " << parameter.size << " bytes"
         << (parameter.isPointer ? ", a pointer" : "") << '\n';
  }
}

static void printSyncs(raw_ostream &os, const Module &module, StringRef kernel) {
  for (auto [i, sync] : enumerate(module.syncs()))
    if (kernel.empty() || sync.kernel == kernel)
      os << i << ": " << sync.kernel << ", line " << sync.line << ": " << sync.text << " ==> "
         << sync.remedy << '\n';
}

static void printCounters(raw_ostream &os, const Counters &counters, bool isJson) {
  if (isJson) {
    json::OStream writer(os, 2);
    writer.object([&] {
      for (auto [name, value] : counters.entries())
        writer.attribute(name, value);
    });
    os << '\n';
    return;
  }
  for (auto [name, value] : counters.entries())
    os << left_justify(name, 24) << right_justify(std::to_string(value), 16) << '\n';
}

static Expected<const Kernel *> chooseKernel(const CommandLine &line, const Module &module) {
  std::string names;
  for (const Kernel &kernel : module.kernels())
    names += (names.empty() ? "" : ", ") + kernel.name;
  if (line.kernel.empty() && module.kernels().size() == 1)
    return &module.kernels().front();
  if (const Kernel *kernel = module.find(line.kernel))
    return kernel;
  return inputError(line.model, "--kernel", line.kernel.empty() ? "nothing" : quoted(line.kernel),
                    names.empty() ? "a text with a kernel" : "one of " + names);
}

static Expected<int> run(const CommandLine &line) {
  auto text = readRegularFile(line.model);
  if (!text)
    return text.takeError();
  Device device;
  Expected<std::unique_ptr<Module>> module = device.load((*text)->getBuffer());
  if (!module)
    return toldError(line.model, toString(module.takeError()));
  if (line.listsKernels)
    printKernels(outs(), **module);
  if (line.listsSyncs)
    printSyncs(outs(), **module, line.kernel);
  if (line.listsKernels || line.listsSyncs)
    return 0;
  Expected<const Kernel *> kernel = chooseKernel(line, **module);
  if (!kernel)
    return kernel.takeError();
  Launch launch = line.launch;
  DeviceTensors tensors;
  if (Error error = bindArguments(line, device, **kernel, launch.parameters, tensors))
    return std::move(error);
  LaunchResult result = device.launch(**module, **kernel, launch);
  if (line.printsCounters)
    printCounters(outs(), result.counters, line.isJson);
  for (const Diagnostic &diagnostic : result.diagnostics)
    errs() << errorLine(line.model, diagnostic.text()) << '\n';
  if (!result.diagnostics.empty())
    return 1;
  if (line.output.empty())
    return 0;
  Expected<std::string> file = formatTensors(line, device, tensors);
  if (!file)
    return file.takeError();
  if (Error error = writeFiles({{line.output, *file}}))
    return std::move(error);
  return 0;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  catchExhaustion("grucc-ptx-run");
  Expected<CommandLine> line = parseCommandLine(ArrayRef(argv, argc).drop_front());
  if (!line)
    return fail(line.takeError());
  if (line->isHelp) {
    printHelp(outs());
    return finish("grucc-ptx-run");
  }
  Expected<int> code = run(*line);
  if (!code)
    return fail(code.takeError());
  int finished = finish("grucc-ptx-run");
  return *code ? *code : finished;
}
