//===- safetensors.cpp - Any bytes as WEIGHTS.safetensors -----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Frontend.h"
#include "test/fuzz/Input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static grucc::fuzz::InputFile file("input.safetensors");
  std::vector<std::string> warnings;
  grucc::fuzz::take(grucc::readNetwork(file.write(data, size), {}, warnings).takeError());
  return 0;
}
