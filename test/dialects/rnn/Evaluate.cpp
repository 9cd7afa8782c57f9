//===- Evaluate.cpp - rnn-evaluate: runs the functions of a file by Reference -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   rnn-evaluate FILE.mlir float32|float64 [--equal]
//
// Prints what every function of the file returns. Arguments are filled with
// numbers in [-1, 1) that depend on the argument's position alone, so that
// functions with the same arguments can be compared; with --equal, all of them
// must return the same bits.
//
//===----------------------------------------------------------------------===//

#include "cells/TestCells.h"
#include "dialects/rnn/Interpreter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>

using namespace mlir;
using namespace grucc;
using reference::Tensor;

/// A tensor of static shape, filled by the argument's position.
static Tensor fill(unsigned position, Type type) {
  Tensor tensor;
  int64_t count = 1;
  if (auto shaped = dyn_cast<ShapedType>(type)) {
    tensor.shape.assign(shaped.getShape().begin(), shaped.getShape().end());
    count = shaped.getNumElements();
  }
  std::vector<float> values(count);
  uint64_t state = 0x9E3779B97F4A7C15u * (position + 1);
  for (float &value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<float>(static_cast<int64_t>(state) >> 44) * 0x1p-19f;
  }
  tensor.values = std::move(values);
  return tensor;
}

static void print(StringRef name, ArrayRef<Tensor> results) {
  for (const Tensor &result : results) {
    llvm::outs() << '@' << name << " [";
    llvm::interleaveComma(result.shape, llvm::outs());
    llvm::outs() << ']';
    std::visit(
        [](auto &values) {
          for (auto value : values)
            llvm::outs() << ' ' << llvm::format("%.17g", static_cast<double>(value));
        },
        result.values);
    llvm::outs() << '\n';
  }
}

static bool sameBits(const Tensor &a, const Tensor &b) {
  return a.shape == b.shape && a.values.index() == b.values.index() &&
         std::visit(
             [&](auto &values) {
               auto &others = std::get<std::decay_t<decltype(values)>>(b.values);
               return values.empty() || std::memcmp(values.data(), others.data(),
                                                    values.size() * sizeof(values[0])) == 0;
             },
             a.values);
}

int main(int argc, char **argv) {
  std::vector<StringRef> words(argv + 1, argv + argc);
  if (words.size() < 2 || (words[1] != "float32" && words[1] != "float64")) {
    llvm::errs() << "usage: rnn-evaluate FILE.mlir float32|float64 [--equal]\n";
    return 2;
  }
  auto arithmetic =
      words[1] == "float32" ? reference::Arithmetic::Float32 : reference::Arithmetic::Float64;
  bool equal = words.size() > 2 && words[2] == "--equal";

  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<rnn::RnnDialect, test::TestDialect, func::FuncDialect, arith::ArithDialect>();
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(words[0], &context);
  if (!module)
    return 1;

  std::vector<Tensor> first;
  bool done = false, failed = false;
  for (auto function : module->getOps<func::FuncOp>()) {
    std::vector<Tensor> arguments;
    for (auto [position, type] : llvm::enumerate(function.getArgumentTypes()))
      arguments.push_back(fill(position, type));
    llvm::Expected<std::vector<Tensor>> results = reference::run(function, arguments, arithmetic);
    if (!results) {
      llvm::errs() << '@' << function.getName()
                   << ": error: " << llvm::toString(results.takeError()) << '\n';
      failed = true;
      continue;
    }
    print(function.getName(), *results);
    if (equal && done && !llvm::equal(first, *results, sameBits)) {
      llvm::errs() << '@' << function.getName() << ": error: results differ from the first ones\n";
      failed = true;
    }
    if (!done)
      first = *results;
    done = true;
  }
  return failed || !done;
}
