//===- GpuCostModel.h - How long a step takes on a GPU, and which schedule is best -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Estimates, none of them measured: they choose between schedules, and say what
// limits one, and how they come about.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_GPUCOSTMODEL_H
#define GRUCC_COMPILER_SCHEDULE_GPUCOSTMODEL_H

#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/GpuEstimate.h"
#include "dialects/rnn/GpuLimits.h"

namespace grucc {

/// A step of one layer and direction, in microseconds, by what takes it. Each part
/// comes after the one before; `limit` names the largest.
struct GpuStepTime {
  GpuEstimate launch = 0;   ///< of a kernel, where each step is one
  GpuEstimate sums = 0;     ///< multiply-adds, or their latency, whichever is longer
  GpuEstimate weights = 0;  ///< weights from where they are kept, beyond what sums hide
  GpuEstimate gates = 0;    ///< the longest way through a cell, with its memory accesses
  GpuEstimate barriers = 0; ///< threads of a block that wait for each other

  GpuEstimate total() const { return launch + sums + weights + gates + barriers; }
  llvm::StringRef limit() const;
};

/// All that formulas have names for: the model's constants and facts about the card.
llvm::SmallVector<GpuSymbol> gpuSymbols(rnn::GpuAttr gpu);

/// Of `scan`, for `batch` rows; it must exist.
GpuStepTime scanStepTime(const ScanLayout &layout, rnn::GpuAttr gpu, int64_t batch);
/// What a launch of `scan` takes once: until its weights are there, in microseconds.
GpuEstimate scanStartTime(const ScanLayout &layout, rnn::GpuAttr gpu);
/// Of `step`, for `batch` rows.
GpuStepTime stepTime(const StepLayout &layout, rnn::GpuAttr gpu, int64_t batch);
/// Of the projection of `rows` rows, whole.
GpuEstimate projectTime(const ProjectLayout &layout, rnn::GpuAttr gpu, int64_t rows);

/// Registers of a thread, as the assembler is expected to give them out.
int64_t projectRegisters(const ProjectLayout &layout, rnn::GpuAttr gpu);
int64_t scanRegisters(const ScanLayout &layout, rnn::GpuAttr gpu);
int64_t stepRegisters(const StepLayout &layout, rnn::GpuAttr gpu);

/// Where `scan` is expected to be faster than `step`: from so many steps on, up to so
/// many rows.
struct ScanRange {
  int64_t minSteps = 0, maxBatch = 0;
};
ScanRange scanRange(const ScanLayout &scan, const StepLayout &step, rnn::GpuAttr gpu);

/// Those that `scan` cannot do without.
int64_t scanNeeds(const ScanLayout &layout, rnn::GpuAttr gpu);

/// The schedule for these sizes and numbers on this GPU.
rnn::GpuScheduleAttr selectGpuSchedule(const NetworkSizes &sizes, rnn::GpuAttr gpu,
                                       const GpuStorage &storage);

} // namespace grucc

#endif // GRUCC_COMPILER_SCHEDULE_GPUCOSTMODEL_H
