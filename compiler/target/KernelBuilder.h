//===- KernelBuilder.h - A builder for kernels of any target -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The few words that kernels are written in: index arithmetic, loops with carried
// values, and multiply-add in the one form that the target's numbers allow (N4).
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_KERNELBUILDER_H
#define GRUCC_COMPILER_TARGET_KERNELBUILDER_H

#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace grucc {

using mlir::Value;
using mlir::ValueRange;
using Values = llvm::SmallVector<Value>;

class KernelBuilder : public mlir::ImplicitLocOpBuilder {
public:
  KernelBuilder(mlir::Location loc, mlir::OpBuilder &builder, mlir::Type element, bool fma)
      : ImplicitLocOpBuilder(loc, builder), element(element), fma(fma) {}

  mlir::Type element; ///< f32 or f64
  bool fma;           ///< whether the target has a fused multiply-add

  mlir::VectorType vectorType(int64_t lanes) { return mlir::VectorType::get({lanes}, element); }

  Value index(int64_t value) { return mlir::arith::ConstantIndexOp::create(*this, value); }
  Value add(Value a, Value b) { return createOrFold<mlir::arith::AddIOp>(a, b); }
  Value sub(Value a, Value b) { return createOrFold<mlir::arith::SubIOp>(a, b); }
  Value mul(Value a, Value b) { return createOrFold<mlir::arith::MulIOp>(a, b); }
  Value add(Value a, int64_t b) { return b == 0 ? a : add(a, index(b)); }
  Value mul(Value a, int64_t b) { return b == 1 ? a : mul(a, index(b)); }
  /// a / b for a >= 0, b > 0.
  Value div(Value a, Value b) { return createOrFold<mlir::arith::DivUIOp>(a, b); }
  Value div(Value a, int64_t b) { return b == 1 ? a : div(a, index(b)); }
  Value min(Value a, Value b) { return createOrFold<mlir::arith::MinSIOp>(a, b); }
  Value max(Value a, Value b) { return createOrFold<mlir::arith::MaxSIOp>(a, b); }
  Value equal(Value a, int64_t b) {
    return mlir::arith::CmpIOp::create(*this, mlir::arith::CmpIPredicate::eq, a, index(b));
  }
  Value less(Value a, Value b) {
    return mlir::arith::CmpIOp::create(*this, mlir::arith::CmpIPredicate::slt, a, b);
  }
  Value truth(bool value) { return mlir::arith::ConstantOp::create(*this, getBoolAttr(value)); }
  Value both(Value a, Value b) { return mlir::arith::AndIOp::create(*this, a, b); }
  Value either(Value a, Value b) { return mlir::arith::OrIOp::create(*this, a, b); }
  Value select(Value condition, Value a, Value b) {
    return mlir::arith::SelectOp::create(*this, condition, a, b);
  }

  /// A vector (or scalar, for lanes == 0) of one constant.
  Value constant(double value, int64_t lanes);
  Value zeros(int64_t lanes) { return constant(0.0, lanes); }
  /// The new state of units of a network's cell (rnn.cell_update).
  Value updateCell(rnn::CellAttr cell, ValueRange gates, ValueRange sums, ValueRange biases,
                   Value h) {
    return rnn::CellUpdateOp::create(*this, h.getType(), gates, sums, biases, h, cell);
  }
  /// a * b + c: fused where the target has it, else a product and a sum (N4).
  Value multiplyAdd(Value a, Value b, Value c);

  /// for (i = lower; i < upper; i += step) carried = body(i, carried).
  Values loop(Value lower, Value upper, Value step, ValueRange carried,
              llvm::function_ref<Values(Value, ValueRange)> body);
  void loop(Value lower, Value upper, Value step, llvm::function_ref<void(Value)> body);
  /// while (goesOn(carried)) carried = body(carried).
  Values loopWhile(ValueRange carried, llvm::function_ref<Value(ValueRange)> goesOn,
                   llvm::function_ref<Values(ValueRange)> body);
  void ifThen(Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise = nullptr);
  /// condition ? then() : otherwise(), computing only one.
  Value choose(Value condition, llvm::function_ref<Value()> then,
               llvm::function_ref<Value()> otherwise);
};

/// Whether multiply-adds around `op` are fused: as the machine of its function says, or where
/// nothing does.
bool fusesMultiplyAdds(mlir::Operation *op);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_KERNELBUILDER_H
