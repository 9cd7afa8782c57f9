//===- ScanWriter.h - All steps in one block, whatever it multiplies with -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread has the cells of a few rows and units, [row][unit]: it keeps their states in
// registers, and their weights, as many as there is room for, the others in its own part
// of shared memory. In each turn the block meets, takes the products of all weights with
// the states in shared memory, and writes new states there. What differs with the numbers,
// sums by threads or products by tensor cores, is in the two classes that derive.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_SCANWRITER_H
#define GRUCC_COMPILER_TARGET_PTX_SCANWRITER_H

#include "compiler/target/ptx/Kernels.h"

namespace grucc::ptx {

class ScanWriter {
public:
  virtual ~ScanWriter() = default;
  void emit();

protected:
  ScanWriter(Emitter &e, mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
             ValueRange parameters);

  /// What a turn begins with: states in shared memory, and of each cell its own state
  /// and [gate], and [unit] its recurrent biases.
  struct Turn {
    Value number, firstRow, old, fresh;
    ValueRange own, gates;
    llvm::ArrayRef<Values> biases;
  };

  Emitter &e;
  const KernelPlan &plan;
  ScanLayout layout;
  Recurrence p;
  Value states, start, thread;
  // The constructors that derive fill these in.
  Values units, owns;          ///< of this thread; whether it has the unit's states
  Values rows, exist, lengths; ///< of this thread, in the batch
  Value longest;               ///< the steps that the block has to do
  Values kept;                 ///< weights in registers, [group][gate][4]

  /// All states in shared memory: h_0, or zeros, and zeros where there is no unit.
  virtual void fillStates() = 0;
  /// The new states, by emitState.
  virtual Values emitStates(const Turn &turn) = 0;
  virtual void storeState(Value state, int64_t row, int64_t unit, Value fresh) = 0;

  /// h_0 of one unit of sequence b where `there` holds and it is given; else 0.
  Value loadH0(Value b, Value unit, Value there);
  /// One cell's new state, or the old one where its row takes no part; written to shared
  /// memory and to the output.
  Value emitState(const Turn &turn, int64_t row, int64_t unit, ValueRange sums);

  /// The sums of one cell, number `index` of the `each` of a gate.
  Values sumsOf(ValueRange sums, int64_t each, int64_t index) const {
    Values own;
    for (int64_t gate = 0; gate < layout.gates; ++gate)
      own.push_back(sums[gate * each + index]);
    return own;
  }

  /// Four words of weights.
  virtual Values loadFour(Value pointer, bool constant) = 0;
  Value sharedWeights(int64_t group, int64_t gate);
  /// All groups of k whose weights are in shared memory; those that the last sum block
  /// does not have, where `has` holds alone.
  Values forEachSharedGroup(Values carried, llvm::function_ref<Values(int64_t, ValueRange)> body);
  /// Whether this thread's sum block has as many k as a block has.
  virtual Value isWhole() { return e.truth(true); }

private:
  void loadWeights();
  Values ownStates();
  Values loadGates(Value turn, Value firstRow);
  Value stepOf(Value turn);
  Value firstRowOf(Value turn) { return p.firstRow(stepOf(turn)); }
  Value takesPart(int64_t r, Value turn) { return e.less(stepOf(turn), lengths[r]); }
  Values emitTurn(Value turn, ValueRange now, llvm::ArrayRef<Values> biases);
  Value isPadded() { return e.negate(p.hasOffsets); }
  void finish(ValueRange states);
};

/// By multiply-adds: a thread has one sum block of one unit, for all rows.
std::unique_ptr<ScanWriter> scanBySums(Emitter &e, mlir::gpu::GPUModuleOp module,
                                       const KernelPlan &plan, ValueRange parameters);
/// By the tensor cores: a warp has the units of a product, for all rows.
std::unique_ptr<ScanWriter> scanByProducts(Emitter &e, mlir::gpu::GPUModuleOp module,
                                           const KernelPlan &plan, ValueRange parameters);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_SCANWRITER_H
