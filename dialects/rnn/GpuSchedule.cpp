//===- GpuSchedule.cpp - What a schedule for a GPU must fulfil -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc::rnn;

LogicalResult GpuScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                      int64_t projectWarps, int64_t projectThreadRows,
                                      int64_t projectThreadColumns, int64_t projectK,
                                      int64_t scanRows, int64_t scanRegisterK, int64_t stepRows,
                                      int64_t stepThreadRows, int64_t stepUnits, int64_t stepBlocks,
                                      int64_t stepUnroll) {
  auto within = [&](StringRef field, int64_t value, int64_t least, int64_t most) -> LogicalResult {
    if (value >= least && value <= most)
      return success();
    return emitError() << "schedule: " << field << ": found " << value << ", expected " << least
                       << " to " << most;
  };
  auto powerOfTwo = [&](StringRef field, int64_t value, int64_t least,
                        int64_t most) -> LogicalResult {
    if (value >= least && value <= most && llvm::isPowerOf2_64(value))
      return success();
    return emitError() << "schedule: " << field << ": found " << value
                       << ", expected a power of two from " << least << " to " << most;
  };
  if (failed(within("project_warps", projectWarps, 1, 8)) ||
      failed(powerOfTwo("project_thread_rows", projectThreadRows, 1, 4)) ||
      failed(powerOfTwo("project_thread_columns", projectThreadColumns, 4, 8)) ||
      failed(powerOfTwo("project_k", projectK, 8, 64)) ||
      failed(within("scan_rows", scanRows, 0, 8)) ||
      failed(within("scan_register_k", scanRegisterK, 0, 256)) ||
      failed(powerOfTwo("step_rows", stepRows, 1, 32)) ||
      failed(powerOfTwo("step_thread_rows", stepThreadRows, 1, 16)) ||
      failed(powerOfTwo("step_units", stepUnits, 1, 32)) ||
      failed(within("step_blocks", stepBlocks, 1, 32)) ||
      failed(powerOfTwo("step_unroll", stepUnroll, 1, 16)))
    return failure();
  if (scanRegisterK % 4)
    return emitError() << "schedule: scan_register_k: found " << scanRegisterK
                       << ", expected a multiple of 4";
  if (stepThreadRows > stepRows)
    return emitError() << "schedule: step_thread_rows: found " << stepThreadRows
                       << ", expected at most the " << stepRows << " of step_rows";
  return success();
}
