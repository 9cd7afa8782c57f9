//===- ProjectWriter.h - The input part of the gates, for all rows at once -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A product of matrices: a block takes tiles of inputs and weights through shared
// memory, a chunk of k at a time, while the next chunk is on its way to registers;
// two stages take turns, so that one barrier a chunk is enough.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_PROJECTWRITER_H
#define GRUCC_COMPILER_TARGET_PTX_PROJECTWRITER_H

#include "compiler/target/ptx/Kernels.h"

namespace grucc::ptx {

class ProjectWriter {
public:
  ProjectWriter(Emitter &e, mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                ProjectLayout layout, ValueRange parameters);
  void emit();

private:
  Emitter &e;
  const KernelPlan &plan;
  ProjectLayout layout;
  Value x, w, bias, gates, rows, lengths, hasLengths, inner, innerIsStep, shared;
  Value thread, tile, firstRow, warp, lane, laneColumn, laneRow, warpRow;
  Value ownRow; ///< this thread's first, in the block
  Value isUsed; ///< whether the warp has any row at all

  Value toIndex(Value bits) { return mlir::arith::IndexCastOp::create(e, e.getIndexType(), bits); }
  int64_t threadRows() const { return plan.schedule.getProjectThreadRows(); }
  int64_t threadColumns() const { return plan.schedule.getProjectThreadColumns(); }
  int64_t sumCount() const { return threadRows() * threadColumns(); }

  /// Whether any row of the block takes part; the same in all warps.
  Value anyTakesPart();
  /// state: the block's sums, and what was loaded for this chunk; then for the next.
  Values emitChunk(Value number, int64_t count, ValueRange state);

  // In float32: multiply-adds by threads.
  /// [row][column], rows and columns of this thread.
  Values emitSums();
  Values addBlock(ValueRange sums, ValueRange state);
  Values multiply(Value stage, int64_t count, ValueRange before);
  /// Biases, and the gates' place in memory.
  void finish(ValueRange sums);
  /// From the thread's first column to its c-th: fours side by side with its neighbours'.
  static int64_t columnOffset(int64_t c) {
    return c / kGroup * ProjectLayout::laneColumns * kGroup + c % kGroup;
  }

  // In 16 bits: tiles of 16 columns by 8 rows, by the tensor cores; weights come from
  // memory as the lanes need them.
  int64_t columnTiles() const { return layout.columns() / mmaWeights; }
  int64_t rowTiles() const { return layout.warpRows() / mmaRows; }
  /// [tile of columns][tile of rows][4].
  Values emitHalfSums();
  Values multiplyHalf(Value number, Value stage, ValueRange before);
  void finishHalf(ValueRange sums);

  // What this thread stages: r-th row of the block and i-th k of the chunk, and i-th
  // four of its weights.
  Value inputRow(int64_t r) {
    Value group = e.add(warp, r * plan.schedule.getProjectWarps());
    return e.add(e.mul(group, ProjectLayout::laneRows), laneRow);
  }
  Value inputK(int64_t i) { return e.add(laneColumn, i * ProjectLayout::laneColumns); }
  Value weightFour(int64_t i) { return e.add(thread, i * layout.threads()); }
  int64_t inputTurns() const {
    return llvm::divideCeil(layout.chunk(), ProjectLayout::laneColumns);
  }
  int64_t weightFours() const { return layout.chunk() * layout.columns() / kGroup; }
  int64_t weightTurns() const { return llvm::divideCeil(weightFours(), layout.threads()); }
  /// This thread's part of a chunk that begins at `k`: inputs, then weights; zeros
  /// beyond K.
  Values loadChunk(Value k);
  void storeChunk(ValueRange values, Value stage);
  /// Asks only where `value`, which is below `bound`, may reach `end`.
  void ifBelow(Value value, int64_t bound, int64_t end, llvm::function_ref<void()> body);
};

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_PROJECTWRITER_H
