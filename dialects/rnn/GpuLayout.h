//===- GpuLayout.h - What a schedule makes of a network's sizes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Threads, shared memory and packed weights of the three kinds of kernels that
// #rnn.gpu_schedule tells of: what the cost model counts, and what kernels do.
//
// Units and k that fill up a tile have weights 0, and states 0. They add +0 to a
// sum, which changes at most the sign of a sum that is 0, and that no state feels:
// sigmoid is the same for both zeros, and a state that small is stored as 0 (N7).
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_GPULAYOUT_H
#define GRUCC_DIALECTS_RNN_GPULAYOUT_H

#include "dialects/rnn/GpuStorage.h"
#include "dialects/rnn/SumOrder.h"
#include "llvm/Support/MathExtras.h"

namespace grucc {

/// Most registers that each of so many threads of a block can have.
inline int64_t registerLimit(rnn::GpuAttr gpu, int64_t threads) {
  // Each of four schedulers has its own part, and gives them out in eights.
  int64_t warps = llvm::divideCeil(threads, 4 * warpThreads);
  return std::min<int64_t>(gpu.getRegisters() / 4 / (warps * warpThreads) / 8 * 8, 255);
}
/// Those that a kernel asks for where as many as possible should not be. Said outright:
/// left to itself the assembler spills to have one more warp side by side.
inline int64_t askedRegisters(rnn::GpuAttr gpu, int64_t threads) {
  constexpr int64_t most = 128; // 16 warps of a multiprocessor
  return std::min(registerLimit(gpu, threads), most);
}

/// The blocks that a sum over `depth` k is taken in for so many units.
struct SumBlocks {
  int64_t depth, units;
  const GpuStorage *storage;

  int64_t size() const {
    if (!storage->mostBlock)
      return sumBlock(depth, units);
    return std::min<int64_t>(storage->mostBlock, llvm::alignTo(depth, storage->k));
  }
  int64_t count() const { return llvm::divideCeil(depth, size()); }
  int64_t lastSize() const { return depth - (count() - 1) * size(); }
  int64_t groups() const { return llvm::divideCeil(size(), storage->k); }
  /// Numbers from one block to the next where each begins with a group.
  int64_t stride() const { return groups() * storage->k; }
};

/// gates [rows, G] = x [rows, K] * weights. A block has rows() x columns() of it.
struct ProjectLayout {
  rnn::GpuScheduleAttr schedule;
  int64_t depth, hiddenSize;
  int64_t gates; ///< of the cell
  const GpuStorage *storage;

  /// A warp's lanes along rows, and along columns.
  static constexpr int64_t laneRows = 4, laneColumns = 8;

  SumBlocks sums() const { return {depth, hiddenSize, storage}; }
  int64_t threads() const { return warpThreads * schedule.getProjectWarps(); }
  int64_t warpRows() const { return laneRows * schedule.getProjectThreadRows(); }
  int64_t rows() const { return schedule.getProjectWarps() * warpRows(); }
  int64_t columns() const { return laneColumns * schedule.getProjectThreadColumns(); }
  /// G: floats of one row of gates.
  int64_t gateColumns() const { return gates * hiddenSize; }
  int64_t tiles() const { return llvm::divideCeil(gateColumns(), columns()); }
  /// k that are in shared memory at a time: a part of a block of 64, or a block. Shared
  /// products add up all k in one sum.
  int64_t chunk() const {
    if (storage->isShared())
      return std::max(schedule.getProjectK(), storage->k);
    return sums().size() < 64 ? sums().size() : schedule.getProjectK();
  }
  int64_t chunks() const { return llvm::divideCeil(depth, chunk()); }
  /// Inputs [chunk][rows], at a stride that spreads four rows of eight k over all banks.
  int64_t inputStride() const { return rows() + 4; }
  int64_t inputFloats() const { return chunk() * inputStride(); }
  int64_t stageFloats() const {
    return storage->isShared() ? rows() * rowWords() : inputFloats() + chunk() * columns();
  }
  /// Of shared products: inputs [rows][chunk] alone; weights come from memory.
  int64_t rowWords() const { return chunk() / storage->perWord + storage->padding; }
  int64_t sharedBytes() const { return 4 * stageFloats() * std::min<int64_t>(chunks(), 2); }
  /// Weights [tile][K][columns]; of shared products [tile][group of k][parts][lane][4 words].
  int64_t weightFloats() const { return tiles() * tileWords(); }
  int64_t chunkWords() const { return chunk() * columns() / storage->perWord; }
  int64_t tileWords() const {
    return storage->isShared() ? chunks() * chunkWords() : depth * columns();
  }
};

/// All steps in one block: thread sumBlock * paddedUnits() + unit.
///
/// Of shared products a warp has the units of one and all k. In 16 bits a lane has the sums
/// of units lane / 4 and eight more, of rows lane % 4 and four more.
struct ScanLayout {
  rnn::GpuScheduleAttr schedule;
  int64_t hiddenSize;
  int64_t gates; ///< of the cell
  const GpuStorage *storage;

  bool exists() const { return schedule.getScanRows() > 0; }
  SumBlocks sums() const { return {hiddenSize, hiddenSize, storage}; }
  int64_t rows() const { return schedule.getScanRows(); }
  int64_t threadRows() const { return llvm::divideCeil(rows(), storage->laneRows); }
  int64_t threadUnits() const { return storage->laneUnits(); }
  int64_t paddedUnits() const { return llvm::alignTo(hiddenSize, storage->warpUnits()); }
  /// Threads that have a unit's sum among them, by its blocks, and the k of each.
  int64_t splits() const { return storage->splitsSums ? sums().count() : 1; }
  int64_t threadK() const { return storage->splitsSums ? sums().size() : paddedUnits(); }
  int64_t threads() const { return paddedUnits() / storage->warpUnits() * warpThreads * splits(); }
  /// The k whose weights a thread reads at a time, four words of each gate; and how many
  /// such groups there are, of all threads, and in registers.
  int64_t groupK() const { return storage->k; }
  int64_t groups() const { return llvm::divideCeil(threadK(), groupK()); }
  int64_t registerGroups() const {
    return std::min(schedule.getScanRegisterK() / groupK(), groups());
  }
  /// States [row of the product][k of every thread].
  int64_t rowFloats() const {
    return splits() * groups() * groupK() / storage->perWord + storage->padding;
  }
  int64_t stateFloats() const { return llvm::alignTo(rows(), storage->rows) * rowFloats(); }
  /// Where no thread waits for another's sums, nothing but the barrier of the next step
  /// comes between reading old states and writing new ones: two turns.
  int64_t stateTurns() const { return splits() == 1 ? 2 : 1; }
  /// Sums of one unit and block: [gate][row].
  int64_t blockSums() const { return gates * rows(); }
  /// Sums of all blocks but the first: [sum block - 1][gate][row][unit].
  int64_t partialsAt() const { return stateTurns() * stateFloats(); }
  int64_t partialFloats() const { return (splits() - 1) * blockSums() * paddedUnits(); }
  /// Whether gates are loaded a turn before they are used. Many products of one thread hide
  /// that they are far away, and need the registers.
  bool gatesAhead() const { return splits() == sums().count(); }
  /// Weights [group][gate][thread][4], as they are packed.
  int64_t groupFloats() const { return gates * threads() * wordGroup; }
  int64_t weightFloats() const { return groups() * groupFloats(); }
  /// Those of one group in shared memory, the same way, without the threads of the last
  /// sum block where it is over.
  int64_t weightsAt() const { return partialsAt() + partialFloats(); }
  bool isBeyondLast(int64_t group) const {
    return storage->splitsSums && group * groupK() >= sums().lastSize();
  }
  int64_t sharedThreads(int64_t group) const {
    return threads() - (isBeyondLast(group) ? paddedUnits() : 0);
  }
  int64_t sharedGroupAt(int64_t group) const {
    int64_t at = weightsAt();
    for (int64_t g = registerGroups(); g < group; ++g)
      at += gates * sharedThreads(g) * wordGroup;
    return at;
  }
  int64_t sharedWeightFloats() const { return sharedGroupAt(groups()) - weightsAt(); }
  int64_t sharedBytes() const { return 4 * sharedGroupAt(groups()); }
};

/// One step: thread (rowGroup * blocks() + sumBlock) * units + unit, and a few idle ones.
///
/// Of shared products a warp has one sum block of the units of one, and all rows of the block.
struct StepLayout {
  rnn::GpuScheduleAttr schedule;
  int64_t hiddenSize;
  int64_t gates; ///< of the cell
  const GpuStorage *storage;

  SumBlocks sums() const { return {hiddenSize, hiddenSize, storage}; }
  int64_t rows() const { return schedule.getStepRows(); }
  int64_t threadRows() const { return schedule.getStepThreadRows(); }
  int64_t rowGroups() const { return rows() / threadRows(); }
  int64_t units() const { return storage->isShared() ? storage->units : schedule.getStepUnits(); }
  int64_t tiles() const { return llvm::divideCeil(hiddenSize, units()); }
  /// Sum blocks side by side, and turns until all are done.
  int64_t blocks() const { return std::min(schedule.getStepBlocks(), sums().count()); }
  int64_t rounds() const { return llvm::divideCeil(sums().count(), blocks()); }
  int64_t threads() const {
    return storage->isShared() ? blocks() * warpThreads
                               : llvm::alignTo(units() * blocks() * rowGroups(), warpThreads);
  }
  int64_t threadCells() const { return llvm::divideCeil(rows() * units(), threads()); }
  /// States [row][sum block][stride], one four words apart so that sum blocks are in other
  /// banks.
  int64_t blockFloats() const { return sums().stride() / storage->perWord + wordGroup; }
  int64_t rowFloats() const { return blocks() * blockFloats(); }
  int64_t stateFloats() const { return rows() * rowFloats(); }
  /// Sums [gate][row][sum block][unit], rows in other banks.
  int64_t partialRowFloats() const { return (blocks() + 1) * units(); }
  int64_t partialFloats() const { return gates * rows() * partialRowFloats(); }
  int64_t sharedBytes() const { return 4 * (stateFloats() + partialFloats()); }
  /// Weights [tile][round][group of k][gate][sum block][part][lane][4 words].
  int64_t groupFloats() const { return gates * gateFloats(); }
  int64_t parts() const { return units() / storage->units; }
  int64_t gateFloats() const { return blocks() * parts() * storage->words(); }
  int64_t roundGroups() const { return sums().groups(); }
  int64_t roundFloats() const { return roundGroups() * groupFloats(); }
  int64_t weightFloats() const { return tiles() * rounds() * roundFloats(); }
};

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_GPULAYOUT_H
