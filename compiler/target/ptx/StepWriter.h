//===- StepWriter.h - One step: recurrent sums and gates in one kernel -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Thread (row group, sum block, unit) adds up one sum block of its unit's
// gates for a few rows at a time, with weights straight from memory and states
// staged in shared memory; in 16 bits a warp does so for 16 units and all rows. The
// block sums meet in shared memory, where each cell (row, unit) adds them in
// ascending order; where a row has more sum blocks than a thread block takes, that
// is repeated round by round.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_STEPWRITER_H
#define GRUCC_COMPILER_TARGET_PTX_STEPWRITER_H

#include "compiler/target/ptx/Kernels.h"

namespace grucc::ptx {

/// Where the state before this step is.
struct OldState {
  Value length, active;
  Value isThere; ///< else it is zeros
  Value pointer; ///< unit 0
};

/// One (row, unit) of this block, and what it needs beside its sums.
struct StepCell {
  Value exists, row, b, unit;
  OldState old;
  Value h;
  Values gates, biases;
};

/// A kernel in the making, by those who make its products.
class StepWriter {
public:
  virtual ~StepWriter() = default;
  void emit();

protected:
  StepWriter(Emitter &e, mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
             const Recurrence &parameters, int64_t round);

  Emitter &e;
  const KernelPlan &plan;
  int64_t round; ///< of the cell
  StepLayout layout;
  Recurrence p;
  Value states, partials, thread, tile, firstB, firstRow;
  llvm::SmallVector<StepCell> cells;

  /// This thread's or warp's sum block, for its rows, into shared memory.
  virtual void emitSums(Value turn) = 0;
  /// The k-th old state of a row's sum block that begins at `start`, into shared memory.
  virtual void storeOld(Value h, Value start, Value k) = 0;

  int64_t partialOffset(int64_t gate, int64_t row) const {
    return (gate * layout.rows() + row) * layout.partialRowFloats();
  }

private:
  OldState findOld(Value b, Value exists);
  /// Cell `thread` + i * threads, its loads under way before any sum begins.
  StepCell loadCell(int64_t i);
  /// The same in all warps: each looks at all rows of the block.
  Value anyActive();
  bool isLastRound() const { return round + 1 == plan.cell.rounds; }
  int64_t gatesEnd() const { return plan.cell.round[round].end; }
  /// The sums of all cells, [cell][gate].
  Values emitTurns();
  /// Threads that stage the states of one row.
  int64_t rowThreads() const { return layout.threads() / layout.rows(); }
  /// What products are of in unit k of a row: its old state, or that times a gate.
  Value operandOf(const OldState &old, Value b, Value unit);
  /// The turn's part of it, of all rows, into shared memory.
  void stage(Value turn, Value row, Value b, const OldState &old);
  /// Adds the turn's sum blocks to every cell's sums, in ascending order.
  Values collect(ValueRange sums);
  /// Leaves a round's gates where their input parts were.
  void keepGates(const StepCell &cell, llvm::ArrayRef<Value> sums);
  void finish(const StepCell &cell, llvm::ArrayRef<Value> sums);
};

/// By multiply-adds: a thread has one sum block of one unit, for a few rows.
std::unique_ptr<StepWriter> stepBySums(Emitter &e, mlir::gpu::GPUModuleOp module,
                                       const KernelPlan &plan, const Recurrence &parameters,
                                       int64_t round);
/// By the tensor cores: a warp has one sum block of the units of a product, for all rows.
std::unique_ptr<StepWriter> stepByProducts(Emitter &e, mlir::gpu::GPUModuleOp module,
                                           const KernelPlan &plan, const Recurrence &parameters,
                                           int64_t round);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_STEPWRITER_H
