//===- PrintPacked.cpp - A function's weights as kernels read them -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A line for each layer: where W_ih, b_x, W_hh of each round and the kept biases begin, in
// numbers of float32; then the numbers of all layers.
//
//===----------------------------------------------------------------------===//

#include "TestCells.h"
#include "compiler/target/cpu/KernelPlan.h"
#include "mlir/Pass/Pass.h"
#include "llvm/Support/Format.h"
#include <cstring>

using namespace mlir;
using namespace grucc;

static LogicalResult print(func::FuncOp func) {
  FailureOr<cpu::KernelPlan> plan = cpu::KernelPlan::read(func);
  if (failed(plan))
    return failure();
  FailureOr<std::vector<char>> packed = cpu::packWeights(*plan);
  if (failed(packed))
    return failure();
  for (auto [index, layer] : llvm::enumerate(plan->layers)) {
    cpu::LayerLayout layout = plan->layout(layer.inputSize);
    int64_t start = plan->layerStart(index / plan->numDirections(), index % plan->numDirections());
    llvm::SmallVector<int64_t> places{layout.inputWeights, layout.inputBias};
    for (int64_t round = 0; round < plan->rounds(); ++round)
      places.push_back(layout.recurrentWeights + plan->roundStart(round));
    places.push_back(layout.recurrentBias);
    for (int64_t at : places)
      llvm::outs() << (start + at) / 4 << ' ';
    llvm::outs() << '\n';
  }
  for (size_t at = 0; at < packed->size(); at += sizeof(float)) {
    float number;
    std::memcpy(&number, packed->data() + at, sizeof(number));
    llvm::outs() << llvm::format("%.9g ", number);
  }
  llvm::outs() << '\n';
  return success();
}

namespace {
struct PrintPacked : PassWrapper<PrintPacked, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(PrintPacked)
  StringRef getArgument() const override { return "test-print-packed-weights"; }
  StringRef getDescription() const override { return "prints a function's packed weights"; }
  void runOnOperation() override {
    if (failed(print(getOperation())))
      signalPassFailure();
  }
};
} // namespace

void test::registerPrintPacked() { PassRegistration<PrintPacked>(); }
