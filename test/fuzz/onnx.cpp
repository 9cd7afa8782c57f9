//===- onnx.cpp - Any bytes as MODEL.onnx ---------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/onnx/ListOnnx.h"
#include "test/fuzz/Input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static grucc::fuzz::InputFile file("input.onnx");
  grucc::NetworkFlags flags;
  std::vector<std::string> warnings;
  llvm::StringRef path = file.write(data, size);
  grucc::fuzz::take(grucc::readNetwork(path, flags, warnings).takeError());
  std::string list;
  llvm::raw_string_ostream out(list);
  grucc::fuzz::take(grucc::listOnnx(path, /*asJson=*/size % 2, out));
  return 0;
}
