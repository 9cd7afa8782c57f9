//===- Interpretation.h - One run of a function, for Interpreter alone -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_INTERPRETATION_H
#define GRUCC_DIALECTS_RNN_INTERPRETATION_H

#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/Interpreter.h"
#include "dialects/rnn/Reference.h"
#include "dialects/rnn/Shapes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

namespace grucc::reference {

template <typename... Args> llvm::Error error(const char *format, Args &&...args) {
  return llvm::createStringError(llvm::formatv(format, std::forward<Args>(args)...).str());
}

/// One run of one function in numbers of type T.
template <typename T> class Interpreter {
public:
  llvm::Expected<std::vector<Tensor>> run(mlir::func::FuncOp function,
                                          llvm::ArrayRef<Tensor> arguments);

private:
  llvm::DenseMap<mlir::Value, Tensor> tensors;

  /// Takes the values over in numbers of type T.
  void define(mlir::Value value, const Tensor &tensor) {
    Tensor &own = tensors[value];
    own.shape = tensor.shape;
    own.values = std::visit(
        [](auto &values) -> decltype(own.values) {
          if constexpr (std::is_same_v<decltype(values), const std::vector<int64_t> &>)
            return values;
          else
            return std::vector<T>(values.begin(), values.end());
        },
        tensor.values);
  }
  void define(mlir::Value value, std::vector<int64_t> shape, std::vector<T> values) {
    tensors[value] = {std::move(shape), std::move(values)};
  }

  /// Null for an operand that is left out.
  const T *reals(mlir::Value value) {
    return value ? std::get<std::vector<T>>(tensors[value].values).data() : nullptr;
  }
  const int64_t *counts(mlir::Value value) {
    return value ? std::get<std::vector<int64_t>>(tensors[value].values).data() : nullptr;
  }
  const std::vector<int64_t> &shape(mlir::Value value) { return tensors[value].shape; }
  int64_t size(mlir::Value value, unsigned dimension) { return tensors[value].shape[dimension]; }

  /// A tensor's shape when it runs; one that is left out fits.
  llvm::Error expect(llvm::StringRef name, mlir::Value value, llvm::ArrayRef<int64_t> expected) {
    if (!value || llvm::ArrayRef<int64_t>(shape(value)) == expected)
      return llvm::Error::success();
    return error("{0}: found shape {1}, expected {2}", name, rnn::shapeText(shape(value)),
                 rnn::shapeText(expected));
  }

  /// Each of `lengths` [batch] in 0..steps (C10).
  llvm::Error expectLengths(mlir::Value lengths, int64_t batch, int64_t steps);

  llvm::Error runBlock(mlir::Block &block);
  llvm::Error runOp(mlir::Operation *op);
  llvm::Error run(mlir::arith::ConstantOp op);
  llvm::Error run(rnn::GruOp op);
  llvm::Error run(rnn::LayerOp op);
  llvm::Error run(rnn::ConcatOp op);
  llvm::Error run(rnn::DropoutOp op);
  llvm::Error run(rnn::TransposeOp op);
  llvm::Error run(rnn::StateOp op);
  llvm::Error run(rnn::StackOp op);
  llvm::Error run(rnn::FoldBiasesOp op);
  llvm::Error run(rnn::ProjectOp op);
  llvm::Error run(rnn::ScanOp op);
  llvm::Error run(rnn::CellOpInterface op);
  llvm::Error run(rnn::SigmoidOp op) {
    return map(op, [](T x) { return activations::sigmoid(x); });
  }
  llvm::Error run(rnn::TanhOp op) {
    return map(op, [](T x) { return activations::tanh(x); });
  }

  /// result[i] = function(operand[i]).
  template <typename Op, typename Function> llvm::Error map(Op op, Function function) {
    std::vector<T> values = std::get<std::vector<T>>(tensors[op.getOperand()].values);
    llvm::transform(values, values.begin(), function);
    define(op.getResult(), shape(op.getOperand()), std::move(values));
    return llvm::Error::success();
  }

  llvm::Error describePacked(rnn::GruOp op, Call<T> &call, std::vector<int64_t> &sorted);
};

} // namespace grucc::reference

#endif // GRUCC_DIALECTS_RNN_INTERPRETATION_H
