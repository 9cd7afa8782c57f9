//===- Emitter.h - A builder for kernels of a GPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a GPU has instead of a CPU's memory: pointers into global and shared memory, threads, blocks
// and barriers. Numbers are scalars, so that each has a register of its own.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_EMITTER_H
#define GRUCC_COMPILER_TARGET_PTX_EMITTER_H

#include "compiler/target/KernelBuilder.h"
#include "dialects/rnn/GpuStorage.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace grucc::ptx {

using grucc::Values;
using mlir::Value;
using mlir::ValueRange;

class Emitter : public KernelBuilder {
public:
  Emitter(mlir::Location loc, mlir::OpBuilder &builder)
      : KernelBuilder(loc, builder, builder.getF32Type(), /*fma=*/true) {}

  /// One number.
  Value number(double value) { return constant(value, /*lanes=*/0); }
  Value zero() { return number(0); }
  Value plus(Value a, Value b) { return mlir::arith::AddFOp::create(*this, a, b); }
  Value rem(Value a, int64_t b);
  Value notZero(Value a);
  Value negate(Value condition);
  /// All of a few conditions.
  Value all(ValueRange conditions);

  Value thread(); ///< in its block, an index
  Value block(mlir::gpu::Dimension dimension);
  /// All threads of the block meet, and see what the others have written.
  void barrier();
  /// Whether `condition` holds in any thread of the warp.
  Value anyInWarp(Value condition);

  /// The pointer into global memory that a kernel's parameter is.
  Value global(Value parameter);
  /// The start of the block's dynamic shared memory.
  Value shared(mlir::gpu::GPUModuleOp module);
  /// base + offset, in floats.
  Value at(Value base, Value offset) { return at(base, offset, element); }
  Value at(Value base, int64_t offset);
  /// base + offset, in 64-bit integers.
  Value countAt(Value base, Value offset) { return at(base, offset, getI64Type()); }

  /// One float, or `lanes` of them from a place that is aligned to all of them.
  /// `constant`: nothing writes there while the kernel runs.
  Values load(Value pointer, int64_t lanes, bool constant);
  Value load(Value pointer, bool constant) { return load(pointer, 1, constant).front(); }
  /// Floats, or words.
  void store(ValueRange values, Value pointer);

  // Numbers of a storage that has several in a word.
  /// base + offset, in such numbers.
  Value narrowAt(const GpuStorage &storage, Value base, Value offset) {
    return at(base, offset, getIntegerType(wordBits / storage.perWord));
  }
  Values loadWords(Value pointer, int64_t count, bool constant);
  /// Rounded; what is finite stays finite.
  void storeNarrow(const GpuStorage &storage, Value number, Value pointer);
  /// sums + weights [units, k] * states [k, rows], by the lanes of a warp: weights and
  /// states in words of the tensor cores' layout, sums (unit lane / 4 and 8 more) x (row
  /// 2 (lane % 4) and the next). `depth` k at a time.
  Values multiply(const GpuStorage &storage, int64_t depth, ValueRange weights, ValueRange states,
                  ValueRange sums);
  /// One 64-bit count, as an index; constant.
  Value loadCount(Value pointer);

  /// condition ? then() : zeros, loading nothing where it does not hold.
  Values valuesIf(Value condition, int64_t count, llvm::function_ref<Values()> then);
  /// condition ? then() : otherwise(), of any types, computing only one.
  Values chooseValues(Value condition, llvm::function_ref<Values()> then,
                      llvm::function_ref<Values()> otherwise);

private:
  static constexpr unsigned wordBits = 32;

  Value at(Value base, Value offset, mlir::Type type);
};

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_EMITTER_H
