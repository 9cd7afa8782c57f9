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

/// A kernel in the making, by those who make its products.
class ProjectWriter {
public:
  virtual ~ProjectWriter() = default;
  void emit();

protected:
  ProjectWriter(Emitter &e, mlir::gpu::GPUModuleOp module, const KernelPlan &plan,
                ProjectLayout layout, ValueRange parameters);

  Emitter &e;
  const KernelPlan &plan;
  ProjectLayout layout;
  Value x, w, bias, gates, rows, lengths, hasLengths, inner, innerIsStep, shared;
  Value thread, tile, firstRow, warp, lane, laneColumn, laneRow, warpRow;
  Value ownRow; ///< this thread's first, in the block
  Value isUsed; ///< whether the warp has any row at all

  int64_t threadRows() const { return plan.schedule.getProjectThreadRows(); }
  int64_t threadColumns() const { return plan.schedule.getProjectThreadColumns(); }
  int64_t sumCount() const { return threadRows() * threadColumns(); }

  /// All sums of this thread, by emitChunk.
  virtual Values emitSums() = 0;
  /// The products of chunk `number`, of `count` k.
  virtual Values multiply(Value number, Value stage, int64_t count, ValueRange sums) = 0;
  /// Biases, and the gates' place in memory.
  virtual void finish(ValueRange sums) = 0;
  /// Puts the i-th k of the r-th row that this thread stages into shared memory.
  virtual void storeInput(Value input, int64_t r, int64_t i, Value stage) = 0;
  /// This thread's weights of the chunk that begins at `k`, where they are staged, too.
  virtual Values loadWeights(Value) { return {}; }
  virtual void storeWeights(ValueRange, Value) {}

  /// state: the block's sums, and what was loaded for this chunk; then for the next.
  Values emitChunk(Value number, int64_t count, ValueRange state);
  /// This thread's part of a chunk that begins at `k`: inputs, then weights; zeros
  /// beyond K.
  Values loadChunk(Value k);

  // What this thread stages: r-th row of the block and i-th k of the chunk.
  Value inputRow(int64_t r) {
    Value group = e.add(warp, r * plan.schedule.getProjectWarps());
    return e.add(e.mul(group, ProjectLayout::laneRows), laneRow);
  }
  Value inputK(int64_t i) { return e.add(laneColumn, i * ProjectLayout::laneColumns); }
  int64_t inputTurns() const {
    return llvm::divideCeil(layout.chunk(), ProjectLayout::laneColumns);
  }

private:
  Value toIndex(Value bits) { return mlir::arith::IndexCastOp::create(e, e.getIndexType(), bits); }
  /// Whether any row of the block takes part; the same in all warps.
  Value anyTakesPart();
  void storeChunk(ValueRange values, Value stage);
};

/// By multiply-adds of threads.
std::unique_ptr<ProjectWriter> projectBySums(Emitter &e, mlir::gpu::GPUModuleOp module,
                                             const KernelPlan &plan, ProjectLayout layout,
                                             ValueRange parameters);
/// By the tensor cores: tiles of a product's units by its rows. Weights come from memory as
/// the lanes need them.
std::unique_ptr<ProjectWriter> projectByProducts(Emitter &e, mlir::gpu::GPUModuleOp module,
                                                 const KernelPlan &plan, ProjectLayout layout,
                                                 ValueRange parameters);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_PROJECTWRITER_H
