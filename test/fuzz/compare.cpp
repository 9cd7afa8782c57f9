//===- compare.cpp - Any bytes as another engine's results ----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// grucc-run --compare with --expected: the file is read, its layout guessed, its
// numbers compared with a small network's, and the mistake behind them looked for.
//
//===----------------------------------------------------------------------===//

#include "test/fuzz/Input.h"
#include "tools/grucc-run/CompareRows.h"
#include "tools/grucc-run/ReadExpected.h"

using namespace grucc;

/// Zeros, which the fuzzer meets at once.
static HostTensor zeros(llvm::ArrayRef<int64_t> shape) {
  return std::move(*HostTensor::allocate(GRUCC_FLOAT32, shape));
}

/// One unit and one input, without biases; as many rows as steps, or fewer.
static void compareWith(llvm::StringRef path, int64_t steps, int64_t batch) {
  TensorMap inputs, results, others;
  inputs["input"] = zeros({steps, batch, 1});
  results["output"] = zeros({steps, batch, 1});
  results["h_n"] = zeros({1, batch, 1});
  rnn::Network network;
  network.inputSize = network.hiddenSize = 1;
  network.bias = false;
  Setting setting = {network,
                     {{1, 2, 3}, {4, 5, 6}},
                     RowLayout::of(inputs, /*batchFirst=*/false, results.at("h_n").shape()),
                     &inputs};
  Comparison comparison;
  comparison.bound = 1e-5;
  comparison.steps = steps;
  comparison.batch = batch;
  comparison.hiddenSize = 1;
  comparison.subjects.emplace_back().take("model.so", results);
  if (llvm::Error error =
          readExpected(path, setting, results, others, comparison.subjects.emplace_back()))
    return fuzz::take(std::move(error));
  compareRows(setting, comparison);
  for (const Subject &subject : comparison.subjects)
    comparison.findings.push_back(
        subject.isBeyond() ? findMistakes(setting, subject, comparison.bound) : Findings());
  printTable(llvm::nulls(), comparison);
  printJson(llvm::nulls(), comparison);
  printErrors(llvm::nulls(), comparison);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static fuzz::InputFile file("expected.safetensors");
  llvm::StringRef path = file.write(data, size);
  compareWith(path, 3, 2);
  compareWith(path, 2, 2);
  return 0;
}
