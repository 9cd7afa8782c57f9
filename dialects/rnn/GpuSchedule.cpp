//===- GpuSchedule.cpp - What a schedule for a GPU must fulfil -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"

using namespace mlir;
using namespace grucc::rnn;

LogicalResult GpuScheduleAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                      GpuSchedule fields) {
  if (failed(verifyFields(emitError, getTable(), valuesOf(fields))))
    return failure();
  if (fields.stepThreadRows > fields.stepRows)
    return emitError() << "schedule: step_thread_rows: found " << fields.stepThreadRows
                       << ", expected at most the " << fields.stepRows << " of step_rows";
  return success();
}
