//===- Emitter.h - A builder for kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The few words that kernels are written in: index arithmetic, vectors of
// `lanes` floats, loops with carried values, and multiply-add in the one form
// that the target's numbers allow (N4).
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_EMITTER_H
#define GRUCC_COMPILER_TARGET_CPU_EMITTER_H

#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace grucc::cpu {

using mlir::Value;
using mlir::ValueRange;
using Values = llvm::SmallVector<Value>;

/// One dimension of memory at a run-time place: element i is
/// memory[offset + i]; row r of it starts at offset + r * stride.
struct Rows {
  Value memory; ///< memref<?xT>
  Value offset; ///< index
  Value stride; ///< index
};

class Emitter : public mlir::ImplicitLocOpBuilder {
public:
  Emitter(mlir::Location loc, mlir::OpBuilder &builder, mlir::Type element, bool fma)
      : ImplicitLocOpBuilder(loc, builder), element(element), fma(fma) {}
  /// For a CPU.
  Emitter(mlir::Location loc, mlir::OpBuilder &builder, mlir::Type element,
          rnn::MachineAttr machine)
      : Emitter(loc, builder, element, machine.getFma()) {
    fmaInFlight = machine.getFmaInFlight();
    lineBytes = machine.getLineBytes();
  }

  rnn::ScheduleAttr schedule;   ///< of the network: stands on every private function
  mlir::Type element;           ///< f32 or f64
  bool fma;                     ///< whether the target has a fused multiply-add
  int64_t fmaInFlight = 1;      ///< sums of which none waits for another
  int64_t lineBytes = 0;        ///< of caches; of a CPU
  mlir::Block *entry = nullptr; ///< of the function that is being written

  mlir::MemRefType memoryType() {
    return mlir::MemRefType::get({mlir::ShapedType::kDynamic}, element);
  }
  /// memref<?xi64>, whatever the width of a pointer: counts and orders.
  mlir::MemRefType countsType() {
    return mlir::MemRefType::get({mlir::ShapedType::kDynamic}, getI64Type());
  }
  /// memref<?xi8>: packed weights, masks.
  mlir::MemRefType bytesType() {
    return mlir::MemRefType::get({mlir::ShapedType::kDynamic}, getI8Type());
  }
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
  Value both(Value a, Value b) { return mlir::arith::AndIOp::create(*this, a, b); }
  Value either(Value a, Value b) { return mlir::arith::OrIOp::create(*this, a, b); }
  Value select(Value condition, Value a, Value b) {
    return mlir::arith::SelectOp::create(*this, condition, a, b);
  }

  /// A vector (or scalar, for lanes == 0) of one constant.
  Value constant(double value, int64_t lanes);
  Value zeros(int64_t lanes) { return constant(0.0, lanes); }
  /// memory[offset .. offset + lanes).
  Value load(Value memory, Value offset, int64_t lanes);
  /// What stands at byte `at` of memref<?xi8>.
  Value loadBytes(mlir::VectorType type, Value bytes, Value at);
  /// Numbers [index, index + lanes) of those that start at byte `start`: biases.
  Value loadNumbers(Value bytes, Value start, Value index, int64_t lanes);
  /// As load, where only the first `valid` lanes exist; the others are zero.
  Value loadPart(Value memory, Value offset, int64_t lanes, int64_t valid);
  /// memory[offset] in every lane.
  Value splat(Value memory, Value offset, int64_t lanes);
  /// Begins to bring the cache line of memory[offset] to L2.
  void prefetch(Value memory, Value offset) {
    mlir::memref::PrefetchOp::create(*this, memory, offset, /*isWrite=*/false, /*localityHint=*/2,
                                     /*isDataCache=*/true);
  }
  void store(Value value, Value memory, Value offset);
  /// Only the first `valid` lanes.
  void storePart(Value value, Value memory, Value offset, int64_t valid);
  /// One count of memref<?xi64>, as an index.
  Value loadCount(Value counts, Value at) {
    return mlir::arith::IndexCastOp::create(*this, getIndexType(),
                                            mlir::memref::LoadOp::create(*this, counts, at));
  }
  void storeCount(Value value, Value counts, Value at) {
    value = mlir::arith::IndexCastOp::create(*this, getI64Type(), value);
    mlir::memref::StoreOp::create(*this, value, counts, at);
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

  /// A private function `name` with these argument types and no results; the
  /// body ends where `body` ends.
  mlir::func::FuncOp function(mlir::ModuleOp module, llvm::StringRef name,
                              mlir::TypeRange arguments, llvm::function_ref<void(ValueRange)> body);
  /// Keeps a function out of its callers.
  void neverInline(mlir::func::FuncOp func) {
    func->setAttr("passthrough", getStrArrayAttr({"noinline"}));
  }
  void call(mlir::func::FuncOp callee, ValueRange operands) {
    mlir::func::CallOp::create(*this, callee, operands);
  }
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_EMITTER_H
