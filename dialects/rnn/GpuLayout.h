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

#include "dialects/rnn/Rnn.h"
#include "dialects/rnn/SumOrder.h"
#include "llvm/Support/MathExtras.h"

namespace grucc {

inline constexpr int64_t warpThreads = 32;
/// Weights are read four k at a time.
inline constexpr int64_t kGroup = 4;

/// Weights in 16 bits go through tensor cores: 16 rows of weights by 16 k by 8 rows.
inline constexpr int64_t mmaWeights = 16, mmaK = 16, mmaRows = 8;
/// 32-bit words of such a part of the weights, four of each lane.
inline constexpr int64_t mmaWords = warpThreads * 4;
/// Numbers of 16 bits between rows in shared memory, beyond what a row has: lanes of
/// eight rows read other banks.
inline constexpr int64_t mmaPadding = 8;

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

/// The blocks that a sum over `depth` k is taken in for so many units; with 16 bits, blocks
/// for the tensor cores.
struct SumBlocks {
  int64_t depth, units;
  bool half = false;

  int64_t size() const {
    constexpr int64_t most = 128;
    return half ? std::min<int64_t>(most, llvm::alignTo(depth, mmaK)) : sumBlock(depth, units);
  }
  int64_t count() const { return llvm::divideCeil(depth, size()); }
  int64_t lastSize() const { return depth - (count() - 1) * size(); }
  int64_t groups() const { return llvm::divideCeil(size(), kGroup); }
  /// Floats from one block to the next where each begins at a multiple of four.
  int64_t stride() const { return groups() * kGroup; }
};

/// gates [rows, G] = x [rows, K] * weights. A block has rows() x columns() of it.
struct ProjectLayout {
  rnn::GpuScheduleAttr schedule;
  int64_t depth, hiddenSize;
  int64_t gates;     ///< of the cell
  bool half = false; ///< weights and the operands of products in 16 bits

  /// A warp's lanes along rows, and along columns.
  static constexpr int64_t laneRows = 4, laneColumns = 8;

  SumBlocks sums() const { return {depth, hiddenSize}; }
  int64_t threads() const { return warpThreads * schedule.getProjectWarps(); }
  int64_t warpRows() const { return laneRows * schedule.getProjectThreadRows(); }
  int64_t rows() const { return schedule.getProjectWarps() * warpRows(); }
  int64_t columns() const { return laneColumns * schedule.getProjectThreadColumns(); }
  /// G: floats of one row of gates.
  int64_t gateColumns() const { return gates * hiddenSize; }
  int64_t tiles() const { return llvm::divideCeil(gateColumns(), columns()); }
  /// k that are in shared memory at a time: a part of a block of 64, or a block.
  int64_t chunk() const {
    if (half)
      return std::max(schedule.getProjectK(), mmaK);
    return sums().size() < 64 ? sums().size() : schedule.getProjectK();
  }
  int64_t chunks() const { return llvm::divideCeil(depth, chunk()); }
  /// Inputs [chunk][rows], at a stride that spreads four rows of eight k over all banks.
  int64_t inputStride() const { return rows() + 4; }
  int64_t inputFloats() const { return chunk() * inputStride(); }
  int64_t stageFloats() const {
    return half ? rows() * halfStride() / 2 : inputFloats() + chunk() * columns();
  }
  /// With 16 bits: inputs [rows][chunk] alone; weights come from memory.
  int64_t halfStride() const { return chunk() + mmaPadding; }
  int64_t sharedBytes() const { return 4 * stageFloats() * std::min<int64_t>(chunks(), 2); }
  /// Weights [tile][K][columns]; with 16 bits, in words, [tile][16 k][16 columns][lane][4].
  int64_t weightFloats() const {
    return half ? tiles() * tileWords() : tiles() * depth * columns();
  }
  int64_t chunkWords() const { return chunk() / mmaK * (columns() / mmaWeights) * mmaWords; }
  int64_t tileWords() const { return chunks() * chunkWords(); }
};

/// All steps in one block: thread sumBlock * paddedUnits() + unit.
///
/// With 16 bits a warp has 16 units and all k. A lane has the sums of units lane / 4 and
/// eight more, of rows lane % 4 and four more.
struct ScanLayout {
  rnn::GpuScheduleAttr schedule;
  int64_t hiddenSize;
  int64_t gates;     ///< of the cell
  bool half = false; ///< weights and the operands of products in 16 bits

  static constexpr int64_t laneRows = 4;

  bool exists() const { return schedule.getScanRows() > 0; }
  SumBlocks sums() const { return {hiddenSize, hiddenSize, half}; }
  int64_t rows() const { return schedule.getScanRows(); }
  int64_t threadRows() const { return half ? llvm::divideCeil(rows(), laneRows) : rows(); }
  int64_t threadUnits() const { return half ? 2 : 1; }
  int64_t paddedUnits() const { return llvm::alignTo(hiddenSize, half ? mmaWeights : warpThreads); }
  int64_t threads() const {
    return half ? paddedUnits() / mmaWeights * warpThreads : sums().count() * paddedUnits();
  }
  /// The k whose weights a thread reads at a time, four words of each gate; and how many
  /// such groups there are, of all threads, and in registers.
  int64_t groupK() const { return half ? mmaK : kGroup; }
  int64_t groups() const { return half ? paddedUnits() / mmaK : sums().groups(); }
  int64_t registerGroups() const {
    return std::min(schedule.getScanRegisterK() / groupK(), groups());
  }
  /// States [rows][sum block][stride]; with 16 bits, [column of the product][k].
  int64_t rowFloats() const { return half ? halfStride() / 2 : sums().count() * sums().stride(); }
  int64_t halfStride() const { return paddedUnits() + mmaPadding; }
  int64_t stateFloats() const { return (half ? mmaRows : rows()) * rowFloats(); }
  /// With one sum block, nothing but the barrier of the next step comes between reading
  /// old states and writing new ones: two turns.
  int64_t stateTurns() const { return half || sums().count() == 1 ? 2 : 1; }
  /// Sums of one unit and block: [gate][row].
  int64_t blockSums() const { return gates * rows(); }
  /// Sums of all blocks but the first: [sum block - 1][gate][row][unit].
  int64_t partialsAt() const { return stateTurns() * stateFloats(); }
  int64_t partialFloats() const {
    return half ? 0 : (sums().count() - 1) * blockSums() * paddedUnits();
  }
  /// Whether gates are loaded a turn before they are used. Many products hide that they
  /// are far away, and need the registers.
  bool gatesAhead() const { return !half || sums().count() == 1; }
  /// Weights [group][gate][thread][4], as they are packed.
  int64_t groupFloats() const { return gates * threads() * kGroup; }
  int64_t weightFloats() const { return groups() * groupFloats(); }
  /// Those of one group in shared memory, the same way, without the threads of the last
  /// sum block where it is over.
  int64_t weightsAt() const { return partialsAt() + partialFloats(); }
  bool isBeyondLast(int64_t group) const { return !half && group * kGroup >= sums().lastSize(); }
  int64_t sharedThreads(int64_t group) const {
    return threads() - (isBeyondLast(group) ? paddedUnits() : 0);
  }
  int64_t sharedGroupAt(int64_t group) const {
    int64_t at = weightsAt();
    for (int64_t g = registerGroups(); g < group; ++g)
      at += gates * sharedThreads(g) * kGroup;
    return at;
  }
  int64_t sharedWeightFloats() const { return sharedGroupAt(groups()) - weightsAt(); }
  int64_t sharedBytes() const { return 4 * sharedGroupAt(groups()); }
};

/// One step: thread (rowGroup * blocks() + sumBlock) * units + unit, and a few idle ones.
///
/// With 16 bits a warp has one sum block of 16 units, and all rows of the block.
struct StepLayout {
  rnn::GpuScheduleAttr schedule;
  int64_t hiddenSize;
  int64_t gates;     ///< of the cell
  bool half = false; ///< weights and the operands of products in 16 bits

  SumBlocks sums() const { return {hiddenSize, hiddenSize, half}; }
  int64_t rows() const { return schedule.getStepRows(); }
  int64_t threadRows() const { return schedule.getStepThreadRows(); }
  int64_t rowGroups() const { return rows() / threadRows(); }
  int64_t units() const { return half ? mmaWeights : schedule.getStepUnits(); }
  int64_t tiles() const { return llvm::divideCeil(hiddenSize, units()); }
  /// Sum blocks side by side, and turns until all are done.
  int64_t blocks() const { return std::min(schedule.getStepBlocks(), sums().count()); }
  int64_t rounds() const { return llvm::divideCeil(sums().count(), blocks()); }
  int64_t threads() const {
    return half ? blocks() * warpThreads
                : llvm::alignTo(units() * blocks() * rowGroups(), warpThreads);
  }
  int64_t threadCells() const { return llvm::divideCeil(rows() * units(), threads()); }
  /// States [row][sum block][stride], one four apart so that sum blocks are in other banks.
  int64_t blockFloats() const {
    return half ? (sums().size() + mmaPadding) / 2 : sums().stride() + kGroup;
  }
  int64_t rowFloats() const { return blocks() * blockFloats(); }
  int64_t stateFloats() const { return rows() * rowFloats(); }
  /// Sums [gate][row][sum block][unit], rows in other banks.
  int64_t partialRowFloats() const { return (blocks() + 1) * units(); }
  int64_t partialFloats() const { return gates * rows() * partialRowFloats(); }
  int64_t sharedBytes() const { return 4 * (stateFloats() + partialFloats()); }
  /// Weights [tile][round][four of k][gate][sum block][unit][4]; with 16 bits, in words,
  /// [tile][round][16 k][gate][sum block][lane][4].
  int64_t groupFloats() const { return gates * gateFloats(); }
  int64_t gateFloats() const { return blocks() * (half ? mmaWords : units() * kGroup); }
  int64_t roundGroups() const { return half ? sums().size() / mmaK : sums().groups(); }
  int64_t roundFloats() const { return roundGroups() * groupFloats(); }
  int64_t weightFloats() const { return tiles() * rounds() * roundFloats(); }
};

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_GPULAYOUT_H
