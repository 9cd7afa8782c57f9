//===- Interpreter.h - Runs a function of rnn ops by Reference -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_INTERPRETER_H
#define GRUCC_DIALECTS_RNN_INTERPRETER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <variant>
#include <vector>

namespace grucc::reference {

/// A tensor of float32, float64 or int64, row-major. A scalar has no
/// dimensions and one value.
struct Tensor {
  std::vector<int64_t> shape;
  std::variant<std::vector<float>, std::vector<double>, std::vector<int64_t>> values;
};

/// The numbers that a function is evaluated in, whatever its own types say.
enum class Arithmetic {
  Float32, ///< float64 values are rounded first
  Float64  ///< float32 values are widened first: the oracle
};

/// Runs `function` on its arguments, in order. Every rnn op is understood, and
/// constants (dense resources too). The results are of the arithmetic's type;
/// int64 stays int64. Arguments that do not fit the function's types or one
/// another are errors: `lengths: found 5, expected 0 to 3`.
llvm::Expected<std::vector<Tensor>> run(mlir::func::FuncOp function,
                                        llvm::ArrayRef<Tensor> arguments, Arithmetic arithmetic);

} // namespace grucc::reference

#endif // GRUCC_DIALECTS_RNN_INTERPRETER_H
