//===- InterpretFunction.cpp - A function of rnn ops, of any stage, in plain loops ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RunModel.h"
#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/ScanMlir.h"
#include "dialects/rnn/Interpreter.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Parser/Parser.h"
#include "support/Diagnostic.h"
#include "support/RegularFile.h"
#include "llvm/Support/SourceMgr.h"
#include <chrono>

using namespace llvm;

namespace grucc {
namespace {

using reference::Arithmetic;
using reference::Tensor;

std::optional<HostTensor> toHost(const Tensor &tensor) {
  grucc_dtype dtype = std::array{GRUCC_FLOAT32, GRUCC_FLOAT64, GRUCC_INT64}[tensor.values.index()];
  std::optional<HostTensor> host = HostTensor::allocate(dtype, tensor.shape);
  if (host)
    std::visit(
        [&](const auto &values) {
          if (!values.empty())
            std::memcpy(host->data(), values.data(), host->bytes());
        },
        tensor.values);
  return host;
}

Tensor fromHost(const HostTensor &host) {
  Tensor tensor;
  tensor.shape = host.shape().vec();
  auto take = [&](auto element) {
    ArrayRef<decltype(element)> values = host.values<decltype(element)>();
    tensor.values = std::vector<decltype(element)>(values.begin(), values.end());
  };
  if (host.dtype() == GRUCC_FLOAT32)
    take(float());
  else if (host.dtype() == GRUCC_FLOAT64)
    take(double());
  else
    take(int64_t());
  return tensor;
}

// Arguments and results are input, h_0, arg2, ... and output, h_n, result2, ...
std::string valueName(ArrayRef<StringRef> names, StringRef others, size_t index) {
  return index < names.size() ? names[index].str() : (others + Twine(index)).str();
}

Expected<mlir::OwningOpRef<mlir::ModuleOp>> parse(mlir::MLIRContext &context, StringRef path) {
  auto buffer = readRegularFile(path);
  if (!buffer)
    return buffer.takeError();
  if (Error error = scanMlir((*buffer)->getBuffer(), path))
    return std::move(error);
  std::string lines;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (!lines.empty()) // others may follow from the first
      return;
    lines += printable(path);
    if (auto place = dyn_cast<mlir::FileLineColLoc>(diagnostic.getLocation()))
      lines += (":" + Twine(place.getLine()) + ":" + Twine(place.getColumn())).str();
    lines += ": error: " + errorText(diagnostic);
  });
  SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), SMLoc());
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(sources, mlir::ParserConfig(&context));
  if (!module)
    return make_error<DiagnosticError>(lines, /*isUsage=*/false);
  return module;
}

} // namespace

Expected<RunResult> interpretFunction(const CommandLine &line, TensorMap inputs) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<rnn::RnnDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect>();
  auto module = parse(context, line.model);
  if (!module)
    return module.takeError();
  auto functions = to_vector((*module)->getOps<mlir::func::FuncOp>());
  if (functions.size() != 1)
    return inputError(line.model, "module", Twine(functions.size()) + " functions", "one");
  mlir::func::FuncOp function = functions.front();

  std::vector<Tensor> arguments;
  for (auto [i, type] : enumerate(function.getArgumentTypes())) {
    std::string name = valueName({"input", "h_0"}, "arg", i);
    auto found = inputs.find(name);
    if (found == inputs.end() || found->second.dtype() == GRUCC_UINT8)
      return inputError(line.input, name, found == inputs.end() ? "none" : "U8",
                        "a tensor for argument " + Twine(i) + " of the function");
    arguments.push_back(fromHost(found->second));
  }
  if (inputs.size() != arguments.size())
    return inputError(line.input, "tensors", Twine(inputs.size()), Twine(arguments.size()));

  bool isDouble = line.arithmetic == DType::Float64;
  RunResult result;
  std::vector<Tensor> values;
  for (int64_t i = 0; i < std::max<int64_t>(line.repeat, 1); ++i) {
    auto start = std::chrono::steady_clock::now();
    auto run =
        reference::run(function, arguments, isDouble ? Arithmetic::Float64 : Arithmetic::Float32);
    std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
    if (!run)
      return toldError(line.input, toString(run.takeError()));
    values = std::move(*run);
    result.microseconds.push_back(taken.count());
  }
  for (auto [i, value] : enumerate(values)) {
    std::string name = valueName({"output", "h_n"}, "result", i);
    std::optional<HostTensor> host = toHost(value);
    if (!host)
      return inputError(line.input, name, "no memory for it", "smaller tensors");
    result.tensors[name] = std::move(*host);
  }
  return result;
}

} // namespace grucc
