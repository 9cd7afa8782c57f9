//===- Emitter.h - A builder for kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Memory, vectors of `lanes` floats, and functions of a CPU.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_EMITTER_H
#define GRUCC_COMPILER_TARGET_CPU_EMITTER_H

#include "compiler/target/KernelBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace grucc::cpu {

using grucc::Values;
using mlir::Value;
using mlir::ValueRange;

/// One dimension of memory at a run-time place: element i is
/// memory[offset + i]; row r of it starts at offset + r * stride.
struct Rows {
  Value memory; ///< memref<?xT>
  Value offset; ///< index
  Value stride; ///< index

  Values values() const { return {memory, offset, stride}; }
};

class Emitter : public KernelBuilder {
public:
  Emitter(mlir::Location loc, mlir::OpBuilder &builder, mlir::Type element, bool fma)
      : KernelBuilder(loc, builder, element, fma) {}
  /// For a CPU.
  Emitter(mlir::Location loc, mlir::OpBuilder &builder, mlir::Type element,
          rnn::MachineAttr machine)
      : Emitter(loc, builder, element, machine.getFma()) {
    this->machine = machine;
    fmaInFlight = machine.getFmaInFlight();
    lineBytes = machine.getLineBytes();
  }

  // These stand on every private function.
  rnn::ScheduleAttr schedule;
  rnn::MachineAttr machine;
  rnn::MemoryAttr memory;
  int64_t fmaInFlight = 1;      ///< sums of which none waits for another
  int64_t lineBytes = 0;        ///< of caches; of a CPU
  mlir::Block *entry = nullptr; ///< of the function that is being written

  /// Of the caller's buffers, in bytes.
  int64_t bufferAlignment() const {
    return machine ? machine.getRow().bufferAlignment() : rnn::usualAlignment;
  }
  mlir::MemRefType memoryType() {
    return mlir::MemRefType::get({mlir::ShapedType::kDynamic}, element);
  }
  /// memref<?xi64>, whatever the width of a pointer: counts and orders.
  mlir::MemRefType countsType() {
    return mlir::MemRefType::get({mlir::ShapedType::kDynamic}, getI64Type());
  }
  /// Of the C interface.
  mlir::Type pointerType() { return mlir::LLVM::LLVMPointerType::get(getContext()); }
  /// memref<?xi8>: packed weights, masks.
  mlir::MemRefType bytesType() {
    return mlir::MemRefType::get({mlir::ShapedType::kDynamic}, getI8Type());
  }
  /// memory[offset .. offset + lanes).
  Value load(Value memory, Value offset, int64_t lanes);
  /// What stands at byte `at` of memref<?xi8>, a multiple of `alignment`: CPUs whose loads must be
  /// aligned would else take it byte by byte.
  Value loadBytes(mlir::VectorType type, Value bytes, Value at, int64_t alignment);
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
  /// A private function `name` with these argument types and no results; the
  /// body ends where `body` ends.
  mlir::func::FuncOp function(mlir::ModuleOp module, llvm::StringRef name,
                              mlir::TypeRange arguments, llvm::function_ref<void(ValueRange)> body);
  /// The same with results, which the body gives.
  mlir::func::FuncOp function(mlir::ModuleOp module, llvm::StringRef name,
                              mlir::TypeRange arguments, mlir::TypeRange results,
                              llvm::function_ref<Values(ValueRange)> body);
  /// Keeps a function out of its callers.
  static void neverInline(mlir::func::FuncOp func) {
    func->setAttr("passthrough", Builder(func.getContext()).getStrArrayAttr({"noinline"}));
  }
  void call(mlir::func::FuncOp callee, ValueRange operands) {
    mlir::func::CallOp::create(*this, callee, operands);
  }
};

/// Refuses `name` for a function that is made of `op`, whose `argument` says it, where the module
/// has a symbol of that name.
mlir::LogicalResult expectFreeName(mlir::ModuleOp module, mlir::Operation *op,
                                   llvm::StringRef argument, llvm::StringRef name);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_EMITTER_H
