//===- kernels.cpp - Kernels of any text, run -----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/Input.h"
#include "tools/grucc-ptx-run/Machine.h"
#include <cstring>

using namespace grucc;
using namespace grucc::ptxrun;

/// Every parameter of 8 bytes is a pointer to the same memory; others are 1.
static std::vector<char> parametersOf(const Kernel &kernel, Address memory) {
  std::vector<char> block(kernel.parameterBytes);
  for (const Parameter &parameter : kernel.parameters) {
    uint64_t value = parameter.size == 8 ? memory : 1;
    std::memcpy(block.data() + parameter.offset, &value,
                std::min<size_t>(parameter.size, sizeof value));
  }
  return block;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Device device(/*memoryBytes=*/1 << 16);
  auto module = device.load({reinterpret_cast<const char *>(data), size});
  if (!module) {
    fuzz::take(module.takeError());
    return 0;
  }
  llvm::Expected<Address> memory = device.allocate(1024);
  if (!memory) { // the variables have taken all of it
    fuzz::take(memory.takeError());
    return 0;
  }
  llvm::cantFail(device.fill(*memory, {0}, 512));
  for (const Kernel &kernel : (*module)->kernels())
    for (Scheduler scheduler : {Scheduler::LeastPc, Scheduler::Random}) {
      Launch launch;
      launch.grid = {2, 1, 1};
      launch.block = kernel.requiredBlock.x ? kernel.requiredBlock : Extent{40, 1, 1};
      launch.sharedBytes = 256;
      launch.parameters = parametersOf(kernel, *memory);
      launch.scheduler = scheduler;
      launch.instructionLimit = 4000;
      launch.memoryLimit = 1 << 24;
      if (!(*module)->syncs().empty() && scheduler == Scheduler::Random)
        launch.dropSync = 0;
      for (const Diagnostic &diagnostic : device.launch(**module, kernel, launch).diagnostics)
        fuzz::expect(!diagnostic.found.empty() && !diagnostic.expected.empty(),
                     "a diagnostic says what was found and what expected");
    }
  return 0;
}
