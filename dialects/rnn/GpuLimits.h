//===- GpuLimits.h - What kernels of a schedule ask a GPU for -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_GPULIMITS_H
#define GRUCC_DIALECTS_RNN_GPULIMITS_H

#include "dialects/rnn/GpuLayout.h"
#include "dialects/rnn/Network.h"

namespace grucc {

inline constexpr int64_t mostThreads = 1024; ///< of a block

/// The layouts of one network's kernels.
struct GpuLayouts {
  rnn::GpuScheduleAttr schedule;
  int64_t hiddenSize;
  int64_t gates; ///< of the cell
  const GpuStorage *storage;

  ProjectLayout project(int64_t inputSize) const {
    return {schedule, inputSize, hiddenSize, gates, storage};
  }
  ScanLayout scan() const { return {schedule, hiddenSize, gates, storage}; }
  StepLayout step() const { return {schedule, hiddenSize, gates, storage}; }
};

/// Whether a GPU has what blocks of these kernels ask for, and the schedule what the numbers
/// ask for; else an error by `error`. Registers are left to whoever counts them.
llvm::LogicalResult verifyLimits(llvm::function_ref<mlir::InFlightDiagnostic()> error,
                                 const GpuLayouts &layouts, const rnn::Network &network,
                                 rnn::GpuAttr gpu);

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_GPULIMITS_H
