//===- ptx.cpp - Any text as a module of PTX ------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/Input.h"
#include "tools/grucc-ptx-run/Machine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  grucc::ptxrun::Device device(/*memoryBytes=*/1 << 16);
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  grucc::fuzz::take(device.load(text).takeError());
  return 0;
}
